/* Redaction: two persons, an event and a row; the texts give way to a mark, their salt goes, everything else holds. */
#include "support/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/freeze.h"
#include "ledger/redaction.h"
#include "ledger/report.h"
#include "store/store.h"

#define DESCRIPTION "for Maria Silva"
#define MEMO "her card"

static struct ledger_posted post(struct fixture *fixture, bool has_memo, const char *key)
{
    const struct ledger_entry entries[] = {
        {.account_code = TEXT("1000"),
         .entry_type = LEDGER_DEBIT,
         .amount_minor = 1000,
         .memo = has_memo ? TEXT(MEMO) : TEXT_ABSENT},
        {.account_code = TEXT("4000"), .entry_type = LEDGER_CREDIT, .amount_minor = 1000},
    };
    const struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"),
        .description = TEXT(DESCRIPTION),
        .idempotency_key = key == NULL ? TEXT_ABSENT : ledger_text_of(key),
        .entries = entries,
        .entries_count = 2,
    };
    struct ledger_posted posted;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
    return posted;
}

static ledger_status ask(struct fixture *fixture, const char *transaction, const char *reason,
                         char request_id[LEDGER_ID_TEXT_SIZE])
{
    ledger_call_reset(fixture->call);
    request_id[0] = '\0';
    return ledger_redact(fixture->call, fixture->ledger, ledger_text_of(transaction), ledger_text_of(reason),
                         request_id);
}

/* By another person, and back. */
static ledger_status approve(struct fixture *fixture, const char *request_id, struct ledger_approved *approved)
{
    ledger_call_reset(fixture->call);
    fixture_act_as(fixture, "bea", "os:1001", "desk");
    ledger_status status =
        ledger_approval_approve(fixture->call, fixture->ledger, ledger_text_of(request_id), approved);
    fixture_act_as(fixture, "ana", "os:1000", "test");
    return status;
}

static struct ledger_approved redact(struct fixture *fixture, const char *transaction)
{
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    assert_status(fixture->call, ask(fixture, transaction, "request 17", request_id), LEDGER_APPROVAL_IS_PENDING);
    assert_done(fixture->call, approve(fixture, request_id, &approved));
    assert_int_equal(approved.kind, LEDGER_APPROVAL_OF_REDACTION);
    assert_false(approved.traces_remain);
    return approved;
}

static void assert_text_is_gone(struct fixture *fixture, const char *text)
{
    static const char *const columns[][2] = {
        {"transactions", "description"}, {"transactions", "reversal_reason"}, {"journal_entries", "memo"},
        {"approval_requests", "reason"}, {"audit_log", "description"},        {"audit_log", "event_metadata"},
    };
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        char sql[256];
        (void)snprintf(sql, sizeof sql, "SELECT count(*) FROM %s WHERE %s LIKE '%%%s%%'", columns[i][0], columns[i][1],
                       text);
        assert_int_equal(fixture_integer(fixture, sql), 0);
    }
}

static void a_mark_stands_in_the_place_of_each_text(void **state)
{
    struct fixture *fixture = *state;
    char mark[128];
    struct ledger_posted posted = post(fixture, true, NULL);
    (void)post(fixture, true, NULL);
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ask(fixture, posted.transaction_number, "request 17", request_id),
                  LEDGER_APPROVAL_IS_PENDING);
    assert_message(fixture->call, request_id);
    assert_text_is(fixture_last_event(fixture).event_type, "REDACTION_REQUESTED");
    assert_int_equal(fixture_count(fixture).events, before.events + 1);
    struct ledger_approved approved;
    assert_done(fixture->call, approve(fixture, request_id, &approved));
    assert_int_equal(approved.redacted_count, 1);
    assert_string_equal(approved.redacted[0].transaction_id, posted.transaction_id);
    assert_string_equal(approved.redacted[0].transaction_number, posted.transaction_number);
    (void)snprintf(mark, sizeof mark, "[redacted by event %s]", approved.redacted[0].redacted_by);
    struct ledger_transaction_record record;
    assert_done(fixture->call,
                ledger_transaction_get(fixture->call, fixture->ledger, ledger_text_of(posted.transaction_id), &record));
    assert_true(record.is_redacted);
    assert_text_is(record.redacted_by, approved.redacted[0].redacted_by);
    assert_text_is(record.description, mark);
    assert_text_is(record.entries[0].memo, mark);
    assert_text_is(record.entries[1].memo, NULL);
    assert_text_is(record.reversal_reason, NULL);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "TRANSACTION_REDACTED");
    assert_text_is(event.audit_id, approved.redacted[0].redacted_by);
    assert_text_is(event.user_id, "bea");
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REDACTED", 0, "request_id"), request_id);
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REDACTED", 0, "reason"), "request 17");
    assert_string_equal(fixture_metadata(fixture, "TRANSACTION_REDACTED", 0, "memos_count"), "1");
    assert_string_equal(fixture_metadata(fixture, "APPROVAL_GRANTED", 0, "kind"), "REDACTION");
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM redactions"), 1);
    assert_string_equal(fixture_text(fixture, "SELECT texts_hash FROM redactions"),
                        fixture_metadata(fixture, "TRANSACTION_REDACTED", 0, "texts_hash"));
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM transactions WHERE texts_salt = ''"), 1);
    assert_int_equal(
        fixture_integer(fixture, "SELECT count(*) FROM transactions WHERE description = '" DESCRIPTION "'"), 1);
    assert_int_equal(fixture_count(fixture).transactions, before.transactions);
    fixture_assert_valid(fixture);
}

static void one_transaction_verifies(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted = post(fixture, true, NULL);
    (void)redact(fixture, posted.transaction_number);
    struct ledger_verify_options options = {.struct_size = sizeof options,
                                            .transaction = ledger_text_of(posted.transaction_id)};
    struct ledger_verify_result result;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    assert_true(result.is_valid);
    fixture_damage(fixture, "UPDATE entry_rows SET memo = 'again' WHERE memo IS NOT NULL",
                   "UPDATE journal_entries SET memo = 'again' WHERE memo IS NOT NULL");
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    assert_false(result.is_valid);
    assert_text_is(result.violations[0].check, "redactions");
    assert_text_is(result.violations[0].field, "journal_entries.memo");
}

/* Four eyes, and what can be asked for. */
static void who_asked_cannot_approve(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    char again_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    const struct ledger_approval *approvals = NULL;
    size_t count = 0;
    struct ledger_posted posted = post(fixture, true, NULL);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "request 17", request_id),
                  LEDGER_APPROVAL_IS_PENDING);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "request 18", again_id),
                  LEDGER_APPROVAL_IS_PENDING);
    assert_string_equal(again_id, request_id);
    struct fixture_counts before = fixture_count(fixture);
    ledger_call_reset(fixture->call);
    assert_status(fixture->call,
                  ledger_approval_approve(fixture->call, fixture->ledger, ledger_text_of(request_id), &approved),
                  LEDGER_APPROVER_IS_THE_REQUESTER);
    fixture_assert_refused(fixture, &before, "REDACTION_REFUSED", "APPROVE", LEDGER_APPROVER_IS_THE_REQUESTER);
    assert_done(fixture->call, ledger_approval_list(fixture->call, fixture->ledger, true, &approvals, &count));
    assert_int_equal(count, 1);
    assert_int_equal(approvals[0].kind, LEDGER_APPROVAL_OF_REDACTION);
    assert_text_is(approvals[0].reason, "request 17");
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_approval_deny(fixture->call, fixture->ledger, ledger_text_of(request_id), TEXT("not so")));
    assert_status(fixture->call, approve(fixture, request_id, &approved), LEDGER_APPROVAL_IS_DECIDED);
    assert_int_equal(
        fixture_integer(fixture, "SELECT count(*) FROM transactions WHERE description = '" DESCRIPTION "'"), 1);
    fixture_assert_valid(fixture);
}

static void what_cannot_be_redacted(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_posted posted = post(fixture, true, NULL);
    struct fixture_counts before = fixture_count(fixture);
    assert_status(fixture->call, ask(fixture, "20200101-000001", "r", request_id), LEDGER_TRANSACTION_NOT_FOUND);
    fixture_assert_refused(fixture, &before, "REDACTION_REFUSED", "REDACT", LEDGER_TRANSACTION_NOT_FOUND);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "", request_id), LEDGER_TEXT_IS_INVALID);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "\xff", request_id), LEDGER_TEXT_IS_INVALID);
    assert_string_equal(request_id, "");
    (void)redact(fixture, posted.transaction_id);
    before = fixture_count(fixture);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "r", request_id), LEDGER_IS_REDACTED_ALREADY);
    assert_message(fixture->call, posted.transaction_number);
    fixture_assert_refused(fixture, &before, "REDACTION_REFUSED", "REDACT", LEDGER_IS_REDACTED_ALREADY);
    fixture_assert_valid(fixture);
}

static void nothing_is_redacted_while_frozen(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    struct ledger_freeze_state frozen;
    struct ledger_posted posted = post(fixture, true, NULL);
    struct ledger_posted other = post(fixture, true, NULL);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "r", request_id), LEDGER_APPROVAL_IS_PENDING);
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_freeze(fixture->call, fixture->ledger, TEXT("an incident"), &frozen));
    assert_status(fixture->call, approve(fixture, request_id, &approved), LEDGER_IS_FROZEN);
    assert_status(fixture->call, ask(fixture, other.transaction_id, "r", request_id), LEDGER_IS_FROZEN);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM redactions"), 0);
    fixture_assert_valid(fixture);
}

/* A request that waited while another way led to the same. */
static void a_request_is_checked_again(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    struct ledger_posted original = post(fixture, true, NULL);
    struct ledger_posted reversal;
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, "typed twice", NULL, NULL, &reversal));
    assert_status(fixture->call, ask(fixture, original.transaction_id, "r", request_id), LEDGER_APPROVAL_IS_PENDING);
    (void)redact(fixture, reversal.transaction_id); /* takes the original with it */
    assert_status(fixture->call, approve(fixture, request_id, &approved), LEDGER_IS_REDACTED_ALREADY);
    fixture_assert_valid(fixture);
}

/* I2 of redaction.c. */
static void what_was_altered_keeps_its_texts(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    struct ledger_posted posted = post(fixture, true, NULL);
    assert_status(fixture->call, ask(fixture, posted.transaction_id, "r", request_id), LEDGER_APPROVAL_IS_PENDING);
    fixture_damage(fixture, "UPDATE transaction_rows SET description = 'another'",
                   "UPDATE transactions SET description = 'another'");
    assert_status(fixture->call, approve(fixture, request_id, &approved), LEDGER_DATABASE_IS_DAMAGED);
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM transactions WHERE description = 'another'"), 1);
}

static void reversals_that_repeat_the_memos_go_too(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = post(fixture, true, NULL);
    struct ledger_posted reversal;
    struct ledger_posted second;
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, "typed twice", NULL, NULL, &reversal));
    assert_done(fixture->call, fixture_reverse(fixture, reversal.transaction_id, "it was right", NULL, NULL, &second));
    struct ledger_approved approved = redact(fixture, reversal.transaction_number);
    assert_int_equal(approved.redacted_count, 3);
    assert_string_equal(approved.redacted[0].transaction_id, original.transaction_id);
    assert_string_equal(approved.redacted[2].transaction_id, second.transaction_id);
    assert_text_is_gone(fixture, MEMO);
    assert_text_is_gone(fixture, DESCRIPTION);
    assert_text_is_gone(fixture, "typed twice");
    fixture_assert_valid(fixture);
    /* What is reversed later repeats marks, which nobody needs to redact. */
    struct ledger_posted third;
    assert_done(fixture->call, fixture_reverse(fixture, second.transaction_id, "after all", NULL, NULL, &third));
    fixture_assert_valid(fixture);
    approved = redact(fixture, third.transaction_number);
    assert_int_equal(approved.redacted_count, 1);
    fixture_assert_valid(fixture);
}

/* Without memos nothing of it is repeated, and its reversal keeps its own words. */
static void a_reversal_without_memos_stays(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted original = post(fixture, false, NULL);
    struct ledger_posted reversal;
    assert_done(fixture->call, fixture_reverse(fixture, original.transaction_id, "typed twice", NULL, NULL, &reversal));
    struct ledger_approved approved = redact(fixture, original.transaction_number);
    assert_int_equal(approved.redacted_count, 1);
    assert_int_equal(
        fixture_integer(fixture, "SELECT count(*) FROM transactions WHERE reversal_reason = 'typed twice'"), 1);
    approved = redact(fixture, reversal.transaction_number);
    assert_int_equal(approved.redacted_count, 1);
    assert_text_is_gone(fixture, "typed twice");
    fixture_assert_valid(fixture);
}

static ledger_status ask_reversal(struct fixture *fixture, const struct ledger_posted *original, const char *reason,
                                  struct ledger_posted *posted)
{
    ledger_call_reset(fixture->call);
    return fixture_reverse(fixture, original->transaction_id, reason, NULL, NULL, posted);
}

static void reasons_of_requests_go_too(void **state)
{
    struct fixture *fixture = *state;
    char request_id[LEDGER_ID_TEXT_SIZE];
    struct ledger_approved approved;
    struct ledger_posted asked;
    fixture->options.correction_approval_threshold_minor = 100;
    fixture_reopen(fixture);
    struct ledger_posted original = post(fixture, false, NULL);
    assert_status(fixture->call, ask_reversal(fixture, &original, "denied secret", &asked), LEDGER_APPROVAL_IS_PENDING);
    assert_text_is_gone(fixture, "no event has it");
    assert_int_equal(
        fixture_integer(fixture, "SELECT count(*) FROM audit_log WHERE event_metadata LIKE '%denied secret%'"), 0);
    assert_status(fixture->call, ask(fixture, original.transaction_id, "r", request_id), LEDGER_APPROVAL_IS_PENDING);
    assert_string_equal(request_id, "");
    assert_message(fixture->call, asked.approval_request_id);
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_approval_deny(fixture->call, fixture->ledger,
                                                    ledger_text_of(asked.approval_request_id), TEXT("denial secret")));
    assert_status(fixture->call, ask_reversal(fixture, &original, "granted secret", &asked),
                  LEDGER_APPROVAL_IS_PENDING);
    assert_done(fixture->call, approve(fixture, asked.approval_request_id, &approved));
    /* Of the reversal: what led to it. */
    (void)redact(fixture, approved.posted.transaction_id);
    assert_text_is_gone(fixture, "granted secret");
    assert_text_is_gone(fixture, "denied secret");
    assert_int_equal(fixture_integer(fixture, "SELECT count(*) FROM approval_requests WHERE decision_reason LIKE "
                                              "'%denial%'"),
                     0);
    fixture_assert_valid(fixture);
    (void)redact(fixture, original.transaction_id);
    fixture_assert_valid(fixture);
}

static void a_key_cannot_be_compared_any_more(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted = post(fixture, true, "k1");
    struct ledger_posted again = post(fixture, true, "k1");
    assert_true(again.replayed);
    struct ledger_posted reversal;
    assert_done(fixture->call, fixture_reverse(fixture, posted.transaction_id, "typed twice", NULL, "k2", &reversal));
    assert_done(fixture->call, fixture_reverse(fixture, posted.transaction_id, "typed twice", NULL, "k2", &again));
    assert_true(again.replayed);
    (void)redact(fixture, posted.transaction_id);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    posting.idempotency_key = TEXT("k1");
    ledger_call_reset(fixture->call);
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    assert_message(fixture->call, "texts were redacted since");
    ledger_call_reset(fixture->call);
    assert_status(fixture->call, fixture_reverse(fixture, posted.transaction_id, "typed twice", NULL, "k2", &again),
                  LEDGER_IDEMPOTENCY_KEY_IS_TAKEN);
    assert_message(fixture->call, "texts were redacted since");
    fixture_assert_valid(fixture);
}

static void nobody_posts_a_mark(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted;
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    posting.description = TEXT("[redacted by event 01a2070b-1ac6-7000-8000-00000000000b]");
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted),
                  LEDGER_TEXT_IS_INVALID);
    assert_message(fixture->call, "begins as the mark of a redaction");
    posting.description = TEXT("[redacted]");
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted));
}

static struct ledger_report_result make_report(struct fixture *fixture, enum ledger_report_type type)
{
    struct ledger_report_request request = {.struct_size = sizeof request, .type = type};
    struct ledger_report_result result;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_report_make(fixture->call, fixture->ledger, &request, LEDGER_FORMAT_JSON, 0, false, &result));
    return result;
}

static void a_report_of_before_is_told_apart(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_posted posted = post(fixture, true, NULL);
    (void)post(fixture, true, NULL);
    struct ledger_report_result before = make_report(fixture, LEDGER_REPORT_GENERAL_LEDGER);
    char *saved = strndup(before.text.data, before.text.size);
    assert_non_null(saved);
    (void)redact(fixture, posted.transaction_number);
    struct ledger_report_comparison comparison;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_report_verify(fixture->call, fixture->ledger, ledger_text_of(saved), &comparison));
    assert_true(comparison.is_same);
    assert_true(comparison.file_hash_is_right);
    assert_int_equal(comparison.redacted_count, 3); /* two descriptions and a memo */
    assert_int_equal(comparison.differences_count, 0);
    /* Anything else that differs is told as ever. */
    char *amount = strstr(saved, "\"debit\": \"10.00\"");
    assert_non_null(amount);
    amount[11] = '9';
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_report_verify(fixture->call, fixture->ledger, ledger_text_of(saved), &comparison));
    assert_false(comparison.is_same);
    assert_false(comparison.file_hash_is_right);
    /* A text that was not redacted is no exception, nor is one in a report that was made after the redaction. */
    struct ledger_report_result after = make_report(fixture, LEDGER_REPORT_GENERAL_LEDGER);
    char *forged = strndup(after.text.data, after.text.size);
    assert_non_null(forged);
    char *mark = strstr(forged, "[redacted by");
    assert_non_null(mark);
    mark[0] = 'x';
    ledger_call_reset(fixture->call);
    assert_done(fixture->call,
                ledger_report_verify(fixture->call, fixture->ledger, ledger_text_of(forged), &comparison));
    assert_int_equal(comparison.redacted_count, 0);
    assert_int_equal(comparison.differences_count, 1);
    free(forged);
    free(saved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_mark_stands_in_the_place_of_each_text, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_transaction_verifies, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(who_asked_cannot_approve, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_cannot_be_redacted, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(nothing_is_redacted_while_frozen, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_request_is_checked_again, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_was_altered_keeps_its_texts, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(reversals_that_repeat_the_memos_go_too, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_reversal_without_memos_stays, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(reasons_of_requests_go_too, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_key_cannot_be_compared_any_more, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(nobody_posts_a_mark, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_report_of_before_is_told_apart, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
