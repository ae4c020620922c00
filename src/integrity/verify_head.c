/* The head: read where it can be, and held at the end against what the log did. */
#include "base/text.h"
#include "integrity/verify_state.h"

/* A log whose head cannot be read is looked at all the same, up to its last row. */
ledger_status verify_load_head(struct verify *verify)
{
    struct ledger_call *scratch = verify_scratch(verify);
    ledger_status status = store_head_get(scratch, verify->store, &verify->head);
    verify->has_head = status == LEDGER_DONE;
    if (status != LEDGER_DONE && status != LEDGER_DATABASE_IS_DAMAGED) {
        return verify_scratch_failed(verify, status);
    }
    if (verify->has_head) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("integrity_head.log_size")};
    return verify_found(verify, CHECK_LOG_ROOT, &about, "%s", ledger_call_message(scratch));
}

static ledger_status head_check(struct verify *verify, const char *field, int64_t stored, int64_t computed,
                                const char *meaning)
{
    if (stored == computed) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = ledger_text_of(field),
        .stored = verify_text_of_integer(verify->stored_text, stored),
        .computed = verify_text_of_integer(verify->computed_text, computed),
    };
    return verify_found(verify, CHECK_HEAD_RULES, &about, "the head's %s is not what the log comes to", meaning);
}

static ledger_status head_check_posting_day(struct verify *verify)
{
    int32_t computed = verify->order.has_posting ? verify->order.posting_day : 0;
    if (verify->head.posting_day == computed) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("integrity_head.posting_day"),
        .stored = verify_text_of_day(verify->stored_text, verify->head.posting_day),
        .computed = verify_text_of_day(verify->computed_text, computed),
    };
    return verify_found(verify, CHECK_NUMBERING, &about, "the head's posting day is not that of the last transaction");
}

static ledger_status head_check_last_event(struct verify *verify)
{
    if (verify->head.last_posting_date_us == verify->order.last_event_us) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("integrity_head.last_posting_date"),
        .stored = verify_text_of_time(verify->stored_text, verify->head.last_posting_date_us),
        .computed = verify_text_of_time(verify->computed_text, verify->order.last_event_us),
    };
    return verify_found(verify, CHECK_POSTING_ORDER, &about, "the head's last instant is not that of the last event");
}

static ledger_status head_check_number(struct verify *verify)
{
    int64_t computed = verify->order.has_posting ? verify->order.last_number : 0;
    if (verify->head.last_number == computed) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("integrity_head.last_number"),
        .stored = verify_text_of_integer(verify->stored_text, verify->head.last_number),
        .computed = verify_text_of_integer(verify->computed_text, computed),
    };
    return verify_found(verify, CHECK_NUMBERING, &about, "the head's last number is not that of the last transaction");
}

/* What the bound has to be: the sum of all amounts, as far as it goes. Where an amount is not known, nothing is; where
 * transactions are not what was recorded, the sum may lack what they had, and a bound above it says nothing more. */
static ledger_status head_check_bound(struct verify *verify)
{
    int64_t stored = verify->head.amount_bound_minor;
    int128 bound = verify->sums.amounts_sum > INT64_MAX ? INT64_MAX : verify->sums.amounts_sum;
    bool is_told =
        verify->checks[CHECK_RECORD_HASH].violations_count > 0 || verify->checks[CHECK_LOG_LEAVES].violations_count > 0;
    if (stored == bound || verify->sums.amounts_are_unproven || (stored > bound && is_told)) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = TEXT("integrity_head.amount_bound"),
        .stored = verify_text_of_amount(verify->stored_text, stored),
        .computed = verify_text_of_amount(verify->computed_text, bound),
    };
    return verify_found(verify, CHECK_HEAD_RULES, &about,
                        "the bound of all totals is not the sum of all amounts posted");
}

ledger_status verify_finish_head(struct verify *verify)
{
    verify->sums.checked_counts[CHECK_HEAD_RULES] += verify->from_log_index == 0;
    if (!verify->has_head) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(head_check_posting_day(verify));
    LEDGER_TRY(head_check_number(verify));
    LEDGER_TRY(head_check_last_event(verify));
    if (verify->from_log_index > 0) {
        return LEDGER_DONE; /* the rest is of the whole log */
    }
    LEDGER_TRY(head_check(verify, "integrity_head.rules_version", verify->head.rules_version,
                          verify->sums.rule_events_count + 1, "rules_version"));
    LEDGER_TRY(head_check(verify, "integrity_head.epoch", verify->head.epoch, verify->epoch, "epoch"));
    LEDGER_TRY(head_check(verify, "integrity_head.frozen", verify->head.is_frozen, verify->is_frozen, "frozen mark"));
    return head_check_bound(verify);
}
