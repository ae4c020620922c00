/* A reversal and its original: every entry turned round, and nothing else of it changed. */
#include "base/text.h"
#include "integrity/verify_state.h"

/* A worker knows what its own range proves; the whole looks again, with what all before proved. */
static ledger_status verify_doubt_reversal(struct verify *worker, int64_t log_index)
{
    void *array = worker->doubts;
    LEDGER_TRY(verify_array_grow(worker->call, worker->result_arena, &array, worker->doubts_count,
                                 &worker->doubts_capacity, sizeof *worker->doubts));
    worker->doubts = array;
    worker->doubts[worker->doubts_count++] = log_index;
    return LEDGER_DONE;
}

static ledger_status reversal_report(struct verify *verify, const struct ledger_transaction_record *reversal,
                                     uint32_t entry_number, const char *detail)
{
    if (verify->sink != NULL) {
        return verify_doubt_reversal(verify, reversal->log_index);
    }
    struct ledger_violation about = verify_about_transaction(verify, reversal);
    about.entry_number = entry_number;
    about.field = TEXT("transactions.reverses_transaction_id");
    return verify_found(verify, CHECK_REVERSAL_LINKS, &about, "%s", detail);
}

/* An entry as it was where that is proven. */
static struct ledger_entry_record reversal_entry(const struct verify *verify,
                                                 const struct ledger_transaction_record *transaction, uint32_t index)
{
    struct ledger_entry_record entry = transaction->entries[index];
    const struct verify_correction *correction =
        verify_find_correction(verify, transaction->log_index, entry.entry_number);
    if (correction != NULL) {
        entry.account_id = correction->account_id;
        entry.entry_type = correction->entry_type;
        entry.amount_minor = correction->amount_minor;
    }
    return entry;
}

/* The same memo; where one was erased, any. */
static bool reversal_repeats(struct ledger_text memo, struct ledger_text original, bool is_redacted)
{
    return text_equals(memo, original) || (is_redacted && !text_is_absent(memo) && !text_is_absent(original));
}

static bool reversal_inverts(const struct ledger_entry_record *entry, const struct ledger_entry_record *original,
                             bool is_redacted)
{
    return entry->account_id == original->account_id && entry->amount_minor == original->amount_minor &&
           entry->entry_type == (original->entry_type == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT) &&
           reversal_repeats(entry->memo, original->memo, is_redacted) &&
           text_equals(entry->cost_center, original->cost_center) &&
           text_equals(entry->business_unit, original->business_unit) &&
           text_equals(entry->project_code, original->project_code);
}

static ledger_status reversal_compare(struct verify *verify, const struct ledger_transaction_record *reversal,
                                      const struct ledger_transaction_record *original)
{
    if (reversal->entries_count != original->entries_count) {
        return reversal_report(verify, reversal, 0, "the reversal does not have as many entries as its original");
    }
    for (uint32_t i = 0; i < reversal->entries_count; i++) {
        struct ledger_entry_record entry = reversal_entry(verify, reversal, i);
        struct ledger_entry_record original_entry = reversal_entry(verify, original, i);
        if (!reversal_inverts(&entry, &original_entry, reversal->is_redacted || original->is_redacted)) {
            return reversal_report(verify, reversal, entry.entry_number,
                                   "the entry of the reversal is not its original's, turned round");
        }
    }
    const struct verify_correction *correction = verify_find_correction(verify, original->log_index, 0);
    int32_t original_day = correction == NULL ? original->transaction_day : correction->transaction_day;
    correction = verify_find_correction(verify, reversal->log_index, 0);
    int32_t day = correction == NULL ? reversal->transaction_day : correction->transaction_day;
    return day >= original_day ? LEDGER_DONE
                               : reversal_report(verify, reversal, 0, "the reversal is dated before its original");
}

ledger_status verify_check_reversal(struct verify *verify, int64_t log_index)
{
    struct ledger_call *scratch = verify_scratch(verify);
    struct ledger_transaction_record reversal;
    struct ledger_transaction_record original;
    bool is_found = false;
    VERIFY_TRY_SCRATCH(verify, store_transaction_get(scratch, verify->store, log_index, &is_found, &reversal));
    if (!is_found || !reversal.is_reversal) {
        return LEDGER_DONE;
    }
    if (reversal.reverses_log_index >= log_index) {
        return reversal_report(verify, &reversal, 0, "the original does not come before its reversal");
    }
    VERIFY_TRY_SCRATCH(
        verify, store_transaction_get(scratch, verify->store, reversal.reverses_log_index, &is_found, &original));
    if (!is_found) {
        return reversal_report(verify, &reversal, 0, "the original of the reversal is missing");
    }
    return reversal_compare(verify, &reversal, &original);
}
