/* Reads an entries file: the debits and credits of one transaction as JSON. */
#ifndef LEDGER_EXCHANGE_READ_ENTRIES_H
#define LEDGER_EXCHANGE_READ_ENTRIES_H

#include "exchange/json_members.h"
#include "ledger/transaction.h"

/* Reads a JSON array of {account_code, entry_type, amount, memo?, cost_center?, business_unit?, project_code?,
 * currency?} into the call's arena. Texts and amounts stay as they were written (an amount is a number or a string) and
 * may be views of `source`: whether they are acceptable is for the posting to say, and so is an array without entries,
 * which is read as such. `source_name` stands in messages ("entries.json").
 * LEDGER_INPUT_IS_MALFORMED with every problem that was found: what is no JSON, nothing at all, no array, an entry that
 * is no object, keys that are missing, unknown or of a wrong type. LEDGER_TOO_MANY_ENTRIES, LEDGER_INPUT_IS_TOO_LARGE.
 */
LEDGER_MUST_CHECK ledger_status read_entries(struct ledger_call *call, struct ledger_text source,
                                             const char *source_name, const struct ledger_entry **ret_entries,
                                             uint32_t *ret_entries_count);

/* The same of an array that is part of a larger document. */
LEDGER_MUST_CHECK ledger_status read_entries_array(const struct json_place *place, const struct json_value *array,
                                                   const struct ledger_entry **ret_entries,
                                                   uint32_t *ret_entries_count);

#endif
