/* Names of the domain's enumerations, beside the public ones of account.h and audit.h. */
#ifndef LEDGER_DOMAIN_NAMES_H
#define LEDGER_DOMAIN_NAMES_H

#include "base/uuid.h"
#include "ledger/transaction.h"

/* "DEBIT" or "CREDIT". Static. */
const char *entry_type_name(enum ledger_entry_type type);

/* The reverse: false for anything but DEBIT and CREDIT in capitals. */
bool entry_type_parse(struct ledger_text text, enum ledger_entry_type *ret_type);

enum { EVENT_ID_TEXT_SIZE = 37, EVENT_DESCRIPTION_SIZE = 64 };

/* The audit_id of an event: a UUID of version 7 (RFC 9562; MariaDB takes no later one) of the milliseconds of its
 * instant, then its position. */
void event_id_make(int64_t event_timestamp_us, int64_t log_index, struct uuid *ret_id);
void event_id_format(int64_t event_timestamp_us, int64_t log_index, char out[EVENT_ID_TEXT_SIZE]);

/* The rendered description of the event of a posting or reversal. */
void event_describe_posting(int64_t posting_date_us, int64_t number_in_day, bool is_reversal,
                            char out[EVENT_DESCRIPTION_SIZE]);

#endif
