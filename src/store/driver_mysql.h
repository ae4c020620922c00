/* The border of the MySQL and MariaDB driver: for mysql://, mariadb:// and mysql+pymysql:// URIs. */
#ifndef LEDGER_STORE_DRIVER_MYSQL_H
#define LEDGER_STORE_DRIVER_MYSQL_H

#include "store/driver.h"

/* Connects at once, so that a wrong address or password is told where the ledger is opened. */
LEDGER_MUST_CHECK ledger_status driver_mysql_open(struct ledger_call *call, const struct driver_options *options,
                                                  struct driver **ret_driver);

#endif
