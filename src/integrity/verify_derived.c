/* What a database keeps although it follows from other columns: codes and currencies of entries, numbers, status, the
 * rows of postings in the audit log, the current version of accounts. No hash covers any of it.
 *
 * I1 The pass reads such columns with the rows that it reads anyway, and only notes that something differs. Whether all
 *    rows were met is known by their number. So a ledger in order is read once, not twice.
 * I2 Where anything differs, or the pass found anything else, the database looks for each difference itself, and that
 * is what is told. What I1 proves holds only where log, hashes and numbers hold as well. */
#include "base/text.h"
#include "integrity/verify_state.h"

ledger_status verify_begin_derived(struct verify *verify)
{
    if (!store_keeps_derived(verify->store)) {
        return LEDGER_DONE;
    }
    int64_t twins_count = 0;
    LEDGER_TRY(store_reversal_twin_count(verify->call, verify->store, &twins_count));
    /* Only a scan that joins the reversals tells which original has two. */
    verify->reads_derived = twins_count == 0;
    verify->sums.derived_differs = verify->sums.derived_differs || twins_count > 0;
    return LEDGER_DONE;
}

static ledger_status derived_fault(struct ledger_call *call, void *context, struct ledger_text field, int64_t log_index,
                                   struct ledger_text stored, struct ledger_text expected)
{
    (void)call;
    struct ledger_violation about = {.field = field, .stored = stored, .computed = expected};
    if (text_is_absent(expected) && text_equals_string(field, "journal_entries.transaction_id")) {
        return verify_found(context, CHECK_ORPHANS, &about,
                            "an entry stands at log position %lld, where there is no transaction",
                            (long long)log_index);
    }
    return verify_found(context, CHECK_DERIVED_COLUMNS, &about,
                        "the row at log position %lld says something else than what it follows from",
                        (long long)log_index);
}

ledger_status verify_check_derived_accounts(struct verify *verify)
{
    verify->sums.checked_counts[CHECK_DERIVED_COLUMNS]++;
    return store_keeps_derived(verify->store)
               ? store_derived_fault_scan(verify->call, verify->store, STORE_DERIVED_PARTS - 1, derived_fault, verify)
               : LEDGER_DONE;
}

/* Whether every row was met that there is. */
static ledger_status derived_count(struct verify *verify)
{
    struct store_derived_count count;
    LEDGER_TRY(store_derived_count_get(verify->call, verify->store, &count));
    struct verify_sums *sums = &verify->sums;
    sums->derived_differs = sums->derived_differs || count.entries_count != sums->entries_met ||
                            count.position_faults_count != 0 ||
                            count.events_count != sums->posting_events_met + count.positions_count;
    verify->has_no_manual_rows = count.manual_events_count == 0;
    return LEDGER_DONE;
}

ledger_status verify_finish_derived(struct verify *verify)
{
    if (!store_keeps_derived(verify->store)) {
        return verify_check_strays(verify, true);
    }
    LEDGER_TRY(derived_count(verify));
    LEDGER_TRY(verify_check_strays(verify, verify->sums.derived_differs || verify->critical_count > 0));
    bool is_doubtful = verify->sums.derived_differs || verify->critical_count > 0;
    for (int64_t part = 0; is_doubtful && part < STORE_DERIVED_PARTS - 1; part++) {
        LEDGER_TRY(store_derived_fault_scan(verify->call, verify->store, part, derived_fault, verify));
    }
    return LEDGER_DONE;
}
