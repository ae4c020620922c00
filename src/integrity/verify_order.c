/* Numbers, posting days, instants and dates: what has to follow from what stood before. */
#include <assert.h>

#include "base/text.h"
#include "integrity/verify_state.h"

/* The number that a transaction of that instant has to have. */
int64_t verify_expected_number(const struct verify *verify, int64_t posting_date_us)
{
    bool same_day = verify->order.has_posting && time_to_utc_day(posting_date_us) == verify->order.posting_day;
    return same_day ? verify->order.last_number + 1 : 1;
}

static ledger_status posting_day_report(struct verify *verify, const struct store_posting_day *stored,
                                        const struct store_posting_day *computed)
{
    struct ledger_violation about = {.field = TEXT("posting_day_rows.first_log_index")};
    char day[VERIFY_TEXT_SIZE];
    const struct store_posting_day *known = stored != NULL ? stored : computed;
    assert(known != NULL);
    struct ledger_text day_text = verify_text_of_day(day, known->posting_day);
    if (stored != NULL) {
        about.stored = verify_text_of_integer(verify->stored_text, stored->first_log_index);
    }
    if (computed != NULL) {
        about.computed = verify_text_of_integer(verify->computed_text, computed->first_log_index);
    }
    return verify_found(verify, CHECK_NUMBERING, &about, "the first posting of %.*s %s", TEXT_ARGUMENTS(day_text),
                        stored == NULL     ? "is not in the list of posting days"
                        : computed == NULL ? "is in the list of posting days, but nothing was posted on it"
                                           : "is another than the list of posting days says");
}

/* The list of posting days and the transactions, side by side. */
static ledger_status order_begin_day(struct verify *verify, int32_t posting_day, int64_t log_index)
{
    const struct store_posting_day computed = {posting_day, log_index};
    while (verify->order.posting_days_seen < verify->posting_days_count) {
        const struct store_posting_day *stored = &verify->posting_days[verify->order.posting_days_seen];
        if (stored->posting_day > posting_day) {
            break;
        }
        verify->order.posting_days_seen++;
        if (stored->posting_day == posting_day) {
            return stored->first_log_index == log_index ? LEDGER_DONE : posting_day_report(verify, stored, &computed);
        }
        LEDGER_TRY(posting_day_report(verify, stored, NULL));
    }
    return posting_day_report(verify, NULL, &computed);
}

static ledger_status order_check_number(struct verify *verify, const struct ledger_transaction_record *transaction)
{
    int64_t expected = verify_expected_number(verify, transaction->posting_date_us);
    if (transaction->number_in_day == expected) {
        return LEDGER_DONE;
    }
    char expected_number[LEDGER_NUMBER_TEXT_SIZE];
    struct ledger_violation about = verify_about_transaction(verify, transaction);
    ledger_transaction_number(transaction->posting_date_us, expected, expected_number);
    about.field = TEXT("transactions.transaction_number");
    about.stored = about.transaction_number;
    about.computed = ledger_text_of(expected_number);
    return verify_found(verify, CHECK_NUMBERING, &about,
                        transaction->number_in_day > expected
                            ? "numbers before this one are missing: %s would have been next"
                            : "the number was given out before: %s would have been next",
                        expected_number);
}

static ledger_status order_check_time(struct verify *verify, const struct ledger_transaction_record *transaction,
                                      int64_t time_us)
{
    if (time_us >= verify->order.last_event_us) {
        verify->order.last_event_us = time_us;
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("audit_log.event_timestamp")};
    if (transaction != NULL) {
        about = verify_about_transaction(verify, transaction);
        about.field = TEXT("transactions.posting_date");
    }
    about.stored = verify_text_of_time(verify->stored_text, time_us);
    about.computed = verify_text_of_time(verify->computed_text, verify->order.last_event_us);
    return verify_found(verify, CHECK_POSTING_ORDER, &about,
                        "it was recorded before the event that it follows, which is of %.*s",
                        TEXT_ARGUMENTS(about.computed));
}

/* A day that its hash proves was right when it was posted: the zone's rules may have been another release's then. */
static ledger_status order_check_day(struct verify *verify, const struct ledger_transaction_record *transaction)
{
    verify->sums.checked_counts[CHECK_DATES]++;
    int32_t day = time_zone_day(verify->session->ledger->zone, transaction->transaction_date_us);
    if (!verify->zone_is_known || day == transaction->transaction_day) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_transaction(verify, transaction);
    about.field = TEXT("transactions.transaction_day");
    about.stored = verify_text_of_day(verify->stored_text, transaction->transaction_day);
    about.computed = verify_text_of_day(verify->computed_text, day);
    return verify_warn(verify, CHECK_DATES, &about,
                       "its instant is of another day by the time zone data of this machine (release %s)",
                       time_zone_data_version(verify->session->ledger->zone));
}

ledger_status verify_check_order(struct verify *verify, const struct ledger_transaction_record *transaction,
                                 bool is_trusted)
{
    verify->sums.checked_counts[CHECK_NUMBERING]++;
    verify->sums.checked_counts[CHECK_POSTING_ORDER]++;
    bool is_as_expected = transaction->posting_date_us >= verify->order.last_event_us &&
                          transaction->number_in_day == verify_expected_number(verify, transaction->posting_date_us);
    if (!is_trusted && !is_as_expected) {
        /* Its number or instant may be what was altered, and has been told. */
        verify->order.last_number += verify->order.has_posting;
        return LEDGER_DONE;
    }
    LEDGER_TRY(order_check_time(verify, transaction, transaction->posting_date_us));
    LEDGER_TRY(order_check_number(verify, transaction));
    int32_t posting_day = time_to_utc_day(transaction->posting_date_us);
    if (!verify->is_of_one && (!verify->order.has_posting || posting_day != verify->order.posting_day)) {
        LEDGER_TRY(order_begin_day(verify, posting_day, transaction->log_index));
    }
    verify->order.has_posting = true;
    verify->order.posting_day = posting_day;
    verify->order.last_number = transaction->number_in_day;
    return is_trusted ? order_check_day(verify, transaction) : LEDGER_DONE;
}

ledger_status verify_check_event_order(struct verify *verify, const struct ledger_event_record *event)
{
    verify->sums.checked_counts[CHECK_POSTING_ORDER]++;
    return order_check_time(verify, NULL, event->event_timestamp_us);
}

ledger_status verify_finish_order(struct verify *verify)
{
    for (; verify->order.posting_days_seen < verify->posting_days_count; verify->order.posting_days_seen++) {
        LEDGER_TRY(posting_day_report(verify, &verify->posting_days[verify->order.posting_days_seen], NULL));
    }
    return LEDGER_DONE;
}
