/* Names of the domain's enumerations, beside the public ones of account.h and audit.h. */
#ifndef LEDGER_DOMAIN_NAMES_H
#define LEDGER_DOMAIN_NAMES_H

#include "ledger/transaction.h"

/* "DEBIT" or "CREDIT". Static. */
const char *entry_type_name(enum ledger_entry_type type);

/* The reverse: false for anything but DEBIT and CREDIT in capitals. */
bool entry_type_parse(struct ledger_text text, enum ledger_entry_type *ret_type);

#endif
