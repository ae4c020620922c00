/* Streams: everything in its order and told once, whatever the sizes; refusals, faults and rules that move on the way.
 */
#include <stdio.h>
#include <stdlib.h>

#include "ledger/stream.h"
#include "support/driver_fault.h"
#include "support/ledger_fixture.h"

enum { TOLD_MAX = 20000, TEXT_SIZE = 48 };

/* What the stream told, item by item. */
struct listener {
    struct fixture *fixture;
    uint64_t items_count;
    uint64_t refused_count;
    uint64_t unknown_count;
    int64_t last_log_index;
    char first_problem[200];
    uint64_t fails_at; /* the item whose batch the listener refuses to hear; 0: none */
};

static ledger_status told(void *context, uint64_t first_item, const struct ledger_posted *posted, size_t count,
                          const struct ledger_call *call)
{
    struct listener *listener = context;
    assert_int_equal(first_item, listener->items_count); /* in order, without a gap */
    for (size_t i = 0; i < count; i++) {
        if (posted[i].status == LEDGER_DONE) {
            assert_true(posted[i].log_index > listener->last_log_index);
            listener->last_log_index = posted[i].log_index;
        } else if (posted[i].status == LEDGER_OUTCOME_IS_UNKNOWN) {
            listener->unknown_count++;
            assert_true(posted[i].transaction_id[0] != '\0');
        } else {
            listener->refused_count++;
        }
    }
    if (ledger_call_problems_count(call) > 0 && listener->first_problem[0] == '\0') {
        const struct ledger_problem *problem = ledger_call_problem(call, 0);
        (void)snprintf(listener->first_problem, sizeof listener->first_problem, "%llu: %.*s",
                       (unsigned long long)first_item + problem->item_index, (int)problem->message.size,
                       problem->message.data);
    }
    listener->items_count += count;
    return listener->fails_at > 0 && listener->items_count >= listener->fails_at ? LEDGER_FILE_IS_UNREADABLE
                                                                                 : LEDGER_DONE;
}

static struct ledger_stream *stream_begin(struct fixture *fixture, struct ledger_call *call, struct listener *listener,
                                          size_t batch_items_max)
{
    *listener = (struct listener){.fixture = fixture, .last_log_index = -1, .fails_at = listener->fails_at};
    struct ledger_stream_options options = {
        .struct_size = sizeof options, .batch_items_max = batch_items_max, .told = told, .context = listener};
    struct ledger_stream *stream = NULL;
    assert_done(call, ledger_stream_begin(call, fixture->ledger, &options, &stream));
    return stream;
}

/* The texts of an item are gone when it was added, as a reader's are. */
static ledger_status stream_add_sale(struct ledger_stream *stream, uint64_t item, const char *credit_code)
{
    char description[TEXT_SIZE];
    char amount[TEXT_SIZE];
    char code[TEXT_SIZE];
    (void)snprintf(description, sizeof description, "Sale %llu", (unsigned long long)item);
    (void)snprintf(amount, sizeof amount, "%llu.25", (unsigned long long)item + 1);
    (void)snprintf(code, sizeof code, "%s", credit_code);
    struct ledger_entry entries[2] = {
        {.account_code = TEXT("1000"), .entry_type = LEDGER_DEBIT, .amount = ledger_text_of(amount)},
        {.account_code = ledger_text_of(code), .entry_type = LEDGER_CREDIT, .amount = ledger_text_of(amount)},
    };
    struct ledger_posting posting = {.business_event_type = TEXT("SALE"),
                                     .description = ledger_text_of(description),
                                     .entries = entries,
                                     .entries_count = 2};
    ledger_status status = ledger_stream_add(stream, &posting);
    memset(description, '#', sizeof description);
    memset(amount, '#', sizeof amount);
    memset(code, '#', sizeof code);
    return status;
}

static void stream_run(struct fixture *fixture, size_t batch_items_max, uint64_t items_count)
{
    struct listener listener = {.fails_at = 0};
    struct ledger_call *call = fixture_call(fixture, "ana", "os:1000", "test");
    struct ledger_stream *stream = stream_begin(fixture, call, &listener, batch_items_max);
    for (uint64_t i = 0; i < items_count; i++) {
        assert_done(call, stream_add_sale(stream, i, "4000"));
    }
    assert_done(call, ledger_stream_finish(stream));
    struct ledger_stream_figures figures;
    ledger_stream_figures(stream, &figures);
    assert_int_equal(figures.items_count, items_count);
    assert_int_equal(listener.items_count, items_count);
    assert_int_equal(listener.refused_count, 0);
    assert_true(figures.posting_us >= figures.posting_us_max);
    ledger_stream_free(stream);
    ledger_call_free(call);
}

static void everything_is_posted_in_order(void **state)
{
    struct fixture *fixture = *state;
    static const size_t sizes[] = {1, 2, 7, 64, 1000, 0};
    static const uint64_t counts[] = {0, 1, 2, 3, 6, 7, 8, 63, 64, 65, 200};
    uint64_t total = 0;
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            stream_run(fixture, sizes[s], counts[c]);
            total += counts[c];
        }
    }
    stream_run(fixture, 0, 9000); /* batches that grow */
    total += 9000;
    assert_int_equal(fixture_count(fixture).transactions, total);
    fixture_assert_valid(fixture);
}

static void one_connection_is_enough(void **state)
{
    struct fixture *fixture = *state;
    fixture->options.pool_size = 1;
    fixture->options.pool_overflow_max = LEDGER_POOL_NO_OVERFLOW;
    fixture_reopen(fixture);
    stream_run(fixture, 10, 95);
    assert_int_equal(fixture_count(fixture).transactions, 95);
    fixture_assert_valid(fixture);
}

static void what_is_refused_is_told_in_its_place(void **state)
{
    struct fixture *fixture = *state;
    struct listener listener = {.fails_at = 0};
    struct ledger_stream *stream = stream_begin(fixture, fixture->call, &listener, 8);
    for (uint64_t i = 0; i < 100; i++) {
        assert_done(fixture->call, stream_add_sale(stream, i, i % 10 == 7 ? "4999" : "4000"));
    }
    struct ledger_posting huge = {.business_event_type = TEXT("SALE"),
                                  .description = TEXT("More entries than there may be"),
                                  .entries_count = LEDGER_ENTRIES_MAX + 1};
    assert_done(fixture->call, ledger_stream_add(stream, &huge));
    assert_done(fixture->call, ledger_stream_finish(stream));
    ledger_stream_free(stream);
    assert_int_equal(listener.items_count, 101);
    assert_int_equal(listener.refused_count, 11);
    assert_string_equal(listener.first_problem, "7: entry 2: account not found: 4999");
    assert_int_equal(fixture_count(fixture).transactions, 90);
    fixture_assert_valid(fixture);
}

/* Another handle takes an account away while the stream has prepared batches with it. */
static void rules_that_move_are_obeyed(void **state)
{
    struct fixture *fixture = *state;
    struct ledger *other = fixture_open(fixture);
    struct ledger_call *call = fixture_call(fixture, "eva", "os:1001", "test");
    struct listener listener = {.fails_at = 0};
    struct ledger_stream *stream = stream_begin(fixture, fixture->call, &listener, 4);
    for (uint64_t i = 0; i < 40; i++) {
        assert_done(fixture->call, stream_add_sale(stream, i, "4000"));
    }
    struct ledger_account account;
    assert_done(call, ledger_account_set_active(call, other, TEXT("4000"), false, &account));
    for (uint64_t i = 40; i < 80; i++) {
        assert_done(fixture->call, stream_add_sale(stream, i, "4000"));
    }
    assert_done(fixture->call, ledger_stream_finish(stream));
    ledger_stream_free(stream);
    assert_int_equal(listener.items_count, 80);
    assert_true(listener.refused_count >= 40);
    assert_int_equal(fixture_count(fixture).transactions, 80 - listener.refused_count);
    ledger_call_free(call);
    ledger_free(other);
    fixture_assert_valid(fixture);
}

/* Another posts between the batches of the stream, where the stream has guessed that its own would stand. */
static void a_wrong_guess_of_places_is_mended(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_call *call = fixture_call(fixture, "ana", "os:1000", "test");
    struct listener listener = {.fails_at = 0};
    struct ledger_stream *stream = stream_begin(fixture, call, &listener, 3);
    for (uint64_t i = 0; i < 300; i++) {
        assert_done(call, stream_add_sale(stream, i, i % 50 == 7 ? "4999" : "4000"));
        if (i % 20 == 10) {
            (void)fixture_post(fixture, "2026-03-01", "1000", "4000", "1.00");
        }
    }
    assert_done(call, ledger_stream_finish(stream));
    ledger_stream_free(stream);
    ledger_call_free(call);
    assert_int_equal(listener.items_count, 300);
    assert_int_equal(listener.refused_count, 6);
    assert_int_equal(fixture_count(fixture).transactions, 300 - 6 + 15);
    fixture_assert_valid(fixture);
}

static void what_the_listener_refuses_ends_it(void **state)
{
    struct fixture *fixture = *state;
    struct listener listener = {.fails_at = 20};
    struct ledger_stream *stream = stream_begin(fixture, fixture->call, &listener, 5);
    ledger_status status = LEDGER_DONE;
    for (uint64_t i = 0; i < 1000 && status == LEDGER_DONE; i++) {
        status = stream_add_sale(stream, i, "4000");
    }
    assert_int_equal(status, LEDGER_FILE_IS_UNREADABLE);
    assert_int_equal(ledger_stream_finish(stream), LEDGER_FILE_IS_UNREADABLE);
    assert_int_equal(listener.items_count, 20);
    ledger_stream_free(stream);
    fixture_assert_valid(fixture);
}

static void what_is_not_finished_may_be_dropped(void **state)
{
    struct fixture *fixture = *state;
    for (uint64_t count = 0; count < 30; count += 3) {
        struct listener listener = {.fails_at = 0};
        struct ledger_call *call = fixture_call(fixture, "ana", "os:1000", "test");
        struct ledger_stream *stream = stream_begin(fixture, call, &listener, 4);
        for (uint64_t i = 0; i < count; i++) {
            assert_done(call, stream_add_sale(stream, i, "4000"));
        }
        ledger_stream_free(stream);
        ledger_call_free(call);
    }
    ledger_stream_free(NULL);
    fixture_assert_valid(fixture);
}

/* Every call of the driver fails once: what was told as posted is there, what was not is not, and nothing is there
 * twice. */
static void a_fault_ends_it_where_it_stands(void **state)
{
    struct fixture *fixture = *state;
    static const ledger_status outcomes[] = {LEDGER_DATABASE_IS_FULL, LEDGER_DATABASE_IS_BUSY};
    uint64_t before = 0;
    for (uint64_t fail_at = 1; fail_at < 400; fail_at += fail_at < 60 ? 1 : 37) {
        struct driver_fault_plan plan = {.fail_at = fail_at, .counts_write_units_only = true};
        plan.outcome = outcomes[fail_at % 2];
        driver_fault_install(&plan);
        fixture_reopen(fixture);
        plan.calls_count = 0;
        plan.has_failed = false;
        struct listener listener = {.fails_at = 0};
        struct ledger_call *call = fixture_call(fixture, "ana", "os:1000", "test");
        struct ledger_stream *stream = stream_begin(fixture, call, &listener, 6);
        ledger_status status = LEDGER_DONE;
        for (uint64_t i = 0; i < 60 && status == LEDGER_DONE; i++) {
            status = stream_add_sale(stream, i, "4000");
        }
        status = status == LEDGER_DONE ? ledger_stream_finish(stream) : status;
        assert_int_equal(status, plan.has_failed ? plan.outcome : LEDGER_DONE);
        ledger_stream_free(stream);
        ledger_call_free(call);
        driver_fault_install(NULL);
        fixture_reopen(fixture);
        uint64_t posted_count = (uint64_t)fixture_count(fixture).transactions - before;
        assert_int_equal(posted_count, listener.items_count - listener.refused_count);
        before += posted_count;
    }
    fixture_assert_valid(fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(everything_is_posted_in_order, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(one_connection_is_enough, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_refused_is_told_in_its_place, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(rules_that_move_are_obeyed, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_wrong_guess_of_places_is_mended, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_the_listener_refuses_ends_it, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_not_finished_may_be_dropped, fixture_setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(a_fault_ends_it_where_it_stands, fixture_setup, fixture_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
