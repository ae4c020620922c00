/* Transactions looked up by id or number. */
#include "engine/transactions.h"

#include "base/text.h"
#include "base/utf8.h"
#include "domain/names.h"

/* YYYYMMDD-NNNNNN: eight digits, a hyphen, and at least six more, no zeros before a seventh. */
static bool number_parse(struct ledger_text text, int32_t *ret_posting_day, int64_t *ret_number_in_day)
{
    if (text.size < 15 || text.size > 27 || text.data[8] != '-') {
        return false;
    }
    int64_t number = 0;
    int32_t date = 0;
    for (size_t i = 0; i < text.size; i++) {
        char digit = text.data[i];
        if (i != 8 && (digit < '0' || digit > '9')) {
            return false;
        }
        if (i < 8) {
            date = date * 10 + (digit - '0');
        } else if (i > 8) {
            number = number * 10 + (digit - '0');
        }
    }
    if (text.size > 15 && text.data[9] == '0') {
        return false;
    }
    if (date / 100 % 100 < 1 || date / 100 % 100 > 12) {
        return false;
    }
    *ret_posting_day = day_from_civil(date / 10000, date / 100 % 100, date % 100);
    struct civil_date civil = day_to_civil(*ret_posting_day);
    *ret_number_in_day = number;
    return civil.year * 10000 + civil.month * 100 + civil.day == date;
}

ledger_status transactions_find(struct ledger_call *call, struct session *session, struct ledger_text id_or_number,
                                int64_t log_size, int64_t *ret_log_index)
{
    bool is_found = false;
    struct uuid id;
    int32_t posting_day = 0;
    int64_t number_in_day = 0;
    if (uuid_parse(id_or_number, &id)) {
        LEDGER_TRY(store_transaction_find_by_id(call, &session->store, id.bytes, &is_found, ret_log_index));
    } else if (number_parse(id_or_number, &posting_day, &number_in_day)) {
        LEDGER_TRY(store_transaction_find_by_number(call, &session->store, posting_day, number_in_day, log_size,
                                                    &is_found, ret_log_index));
    } else {
        return ledger_fail(call, LEDGER_TRANSACTION_NOT_FOUND,
                           "transaction not found: that is neither an id (a UUID) nor a number (YYYYMMDD-NNNNNN)");
    }
    if (!is_found) {
        return ledger_fail(call, LEDGER_TRANSACTION_NOT_FOUND, "transaction not found: %.*s",
                           TEXT_ARGUMENTS(id_or_number));
    }
    return LEDGER_DONE;
}

/* The event that erased the texts, where they were. */
static ledger_status transactions_name_redaction(struct ledger_call *call, struct session *session,
                                                 struct ledger_transaction_record *transaction)
{
    bool is_found = false;
    struct store_redaction redaction;
    if (!transaction->is_redacted) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_redaction_find(call, &session->store, transaction->log_index, &is_found, &redaction));
    if (!is_found || !redaction.has_event) {
        return LEDGER_DONE;
    }
    char event_id[EVENT_ID_TEXT_SIZE];
    event_id_format(redaction.event_timestamp_us, redaction.log_index, event_id);
    return ledger_call_copy_text(call, ledger_text_of(event_id), &transaction->redacted_by);
}

ledger_status transactions_get_at(struct ledger_call *call, struct session *session, int64_t log_index, bool *ret_found,
                                  struct ledger_transaction_record *ret_transaction)
{
    struct ledger_transaction_record transaction;
    LEDGER_TRY(store_transaction_get(call, &session->store, log_index, ret_found, &transaction));
    if (!*ret_found) {
        return LEDGER_DONE;
    }
    struct ledger_entry_record *entries = NULL;
    LEDGER_ALLOCATE(call, entries, transaction.entries_count);
    for (uint32_t i = 0; i < transaction.entries_count; i++) {
        entries[i] = transaction.entries[i];
        const struct rules_account *account = rules_get_account(&session->rules, entries[i].account_id);
        if (account != NULL) {
            LEDGER_TRY(ledger_call_copy_text(call, account->account.account_code, &entries[i].account_code));
            LEDGER_TRY(ledger_call_copy_text(call, account->account.currency, &entries[i].currency));
        }
    }
    transaction.entries = entries;
    LEDGER_TRY(transactions_name_redaction(call, session, &transaction));
    *ret_transaction = transaction;
    return LEDGER_DONE;
}

ledger_status transactions_get(struct ledger_call *call, struct session *session, struct ledger_text id_or_number,
                               int64_t log_size, struct ledger_transaction_record *ret_transaction)
{
    int64_t log_index = 0;
    bool is_found = false;
    LEDGER_TRY(transactions_find(call, session, id_or_number, log_size, &log_index));
    LEDGER_TRY(transactions_get_at(call, session, log_index, &is_found, ret_transaction));
    return is_found ? LEDGER_DONE
                    : ledger_fail(call, LEDGER_TRANSACTION_NOT_FOUND, "transaction not found: %.*s",
                                  TEXT_ARGUMENTS(id_or_number));
}

ledger_status ledger_transaction_get(struct ledger_call *call, struct ledger *ledger, struct ledger_text id_or_number,
                                     struct ledger_transaction_record *ret_transaction)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    return transactions_get(call, session, id_or_number, store_head_log_size(&head), ret_transaction);
}
