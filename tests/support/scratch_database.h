/* A database of a test's own, gone at its end, on the backend that the environment names, and SQL on it over
 * connections that share nothing with the ledger but the library of the database.
 *
 * LEDGER_TEST_BACKEND is sqlite, as where it is not set, mariadb, or mysql: MySQL's dialect, spoken to a server of
 * MariaDB, for the unit tests alone. LEDGER_TEST_MYSQL names that server: tools/mariadb_server.py starts one. Where
 * something fails here nothing can be tested: the program ends with a failure that names it, never with a test skipped.
 */
#ifndef LEDGER_SUPPORT_SCRATCH_DATABASE_H
#define LEDGER_SUPPORT_SCRATCH_DATABASE_H

#include <stdbool.h>
#include <stddef.h>

enum scratch_backend { SCRATCH_SQLITE, SCRATCH_MARIADB, SCRATCH_MYSQL };

enum { SCRATCH_PATH_SIZE = 512, SCRATCH_NAME_SIZE = 64, SCRATCH_TEXT_SIZE = 4096 };

struct scratch_database {
    char directory[SCRATCH_PATH_SIZE]; /* for files of the test, on every backend */
    char path[SCRATCH_PATH_SIZE + 16]; /* SQLite: ledger.db in it */
    char name[SCRATCH_NAME_SIZE];      /* MariaDB: the database, which exists and is empty */
    char uri[SCRATCH_PATH_SIZE + 256];
};

enum scratch_backend scratch_backend(void);

/* The text for this backend: of SQL where tables, or the dialect, differ. */
const char *scratch_sql(const char *sqlite, const char *mariadb);

void scratch_database_init(struct scratch_database *database, const char *prefix);
void scratch_database_done(struct scratch_database *database);

/* The first value of each row, with a space between them; "" for none and for NULL. It lives to the next of it. On
 * MariaDB || puts texts together too. */
const char *scratch_database_text(const struct scratch_database *database, const char *sql);

/* Runs statements as somebody to whom everything is allowed: no guard, key to another table or constraint of a column
 * stops them. The guards stand as they were afterwards, but for those that the statements name. */
void scratch_database_damage(const struct scratch_database *database, const char *sql);

/* Makes the rows of `to` those of `from`; nobody has either open. On SQLite the whole file is copied. On MariaDB a
 * ledger of the same schema must be there already, and where `sql` is given the rows of those tables alone that it
 * names are brought back. */
void scratch_database_copy(const struct scratch_database *from, const struct scratch_database *to, const char *sql);

/* A session of root in the database, for the caller to close; of MariaDB alone. */
struct st_mysql;
struct st_mysql *scratch_database_connect(const struct scratch_database *database);

/* Ends the program, saying what could not be done. */
_Noreturn void scratch_die(const char *what, const char *why);

#endif
