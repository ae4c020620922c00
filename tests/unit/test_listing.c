/* Pages of transactions, entries and events: put together they are the whole list, whatever is posted between them. */
#include "support/ledger_fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/listing.h"
#include "support/random.h"

enum { MODEL_MAX = 600 };

/* What was posted, in its order. */
struct posted {
    int64_t log_index;
    const char *event_type;
    const char *business_key;
    const char *date;
    const char *debit;
    const char *credit;
};

static struct posted model[MODEL_MAX];
static size_t model_count;
static uint64_t chance;

static uint64_t draw(uint64_t end)
{
    return random_next(&chance) % end;
}

/* Posts some; now and then an event that is no transaction comes between. */
static void post(struct fixture *fixture, size_t count)
{
    static const char *const types[] = {"SALE", "RENT", "LOAN"};
    static const char *const keys[] = {NULL, "K-1", "K-2"};
    static const char *const dates[] = {"2026-03-01", "2026-03-02", "2026-02-27", "2026-03-15"};
    static const char *const codes[] = {"1000", "1100", "2000", "4000", "5000"};
    for (size_t i = 0; i < count && model_count < MODEL_MAX; i++) {
        struct posted *posted = &model[model_count++];
        size_t debit = draw(5);
        size_t credit = (debit + 1 + draw(4)) % 5;
        *posted = (struct posted){.event_type = types[draw(3)],
                                  .business_key = keys[draw(3)],
                                  .date = dates[draw(4)],
                                  .debit = codes[debit],
                                  .credit = codes[credit]};
        struct ledger_posting posting = fixture_posting(fixture, posted->date, posted->debit, posted->credit, "12.34");
        posting.business_event_type = ledger_text_of(posted->event_type);
        posting.business_key = posted->business_key == NULL ? TEXT_ABSENT : ledger_text_of(posted->business_key);
        struct ledger_posted result;
        assert_done(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &result));
        posted->log_index = result.log_index;
        if (draw(7) == 0) {
            posting.entries_count = 1;
            assert_int_not_equal(ledger_post(fixture->call, fixture->ledger, &posting, &result), LEDGER_DONE);
        }
        ledger_call_reset(fixture->call);
        fixture->now_us += (int64_t)draw(3) * FIXTURE_MINUTE_US;
    }
}

static bool text_is(struct ledger_text text, const char *expected)
{
    return expected == NULL ? text.data == NULL
                            : text.size == strlen(expected) && memcmp(text.data, expected, text.size) == 0;
}

/* By the model alone, which knows nothing of how it is kept. */
static bool passes(const struct posted *posted, const struct ledger_listing *listing)
{
    bool has_account = listing->account_code.data == NULL || text_is(listing->account_code, posted->debit) ||
                       text_is(listing->account_code, posted->credit);
    return has_account &&
           (listing->start_date.data == NULL ||
            strncmp(posted->date, listing->start_date.data, listing->start_date.size) >= 0) &&
           (listing->end_date.data == NULL ||
            strncmp(posted->date, listing->end_date.data, listing->end_date.size) <= 0) &&
           (listing->business_event_type.data == NULL || text_is(listing->business_event_type, posted->event_type)) &&
           (listing->business_key.data == NULL ||
            (posted->business_key != NULL && text_is(listing->business_key, posted->business_key)));
}

/* The model's transactions that pass, in an order. */
static size_t expect(const struct ledger_listing *listing, size_t known_count, size_t *places)
{
    size_t count = 0;
    for (size_t i = 0; i < known_count; i++) {
        size_t place = listing->newest_first ? known_count - 1 - i : i;
        if (passes(&model[place], listing)) {
            places[count++] = place;
        }
    }
    return count;
}

static void keep_after(struct ledger_text next_after, char out[LEDGER_CURSOR_TEXT_SIZE])
{
    assert_true(next_after.size < LEDGER_CURSOR_TEXT_SIZE);
    memcpy(out, next_after.data, next_after.size);
    out[next_after.size] = '\0';
}

static void assert_transaction(const struct ledger_transaction_record *record, const struct posted *posted)
{
    assert_int_equal(record->log_index, posted->log_index);
    assert_true(text_is(record->business_event_type, posted->event_type));
    assert_true(text_is(record->business_key, posted->business_key));
    assert_int_equal(record->entries_count, 2);
    assert_true(text_is(record->entries[0].account_code, posted->debit));
    assert_true(text_is(record->entries[1].account_code, posted->credit));
    assert_true(text_is(record->entries[0].currency, "EUR"));
}

/* Walks all pages of transactions, of random sizes, and posts between them. Newest first, what is posted meanwhile is
 * not seen; oldest first all of it is. */
static void walk_transactions(struct fixture *fixture, struct ledger_listing listing)
{
    size_t seen_count = 0;
    size_t places[MODEL_MAX];
    size_t known_count = model_count;
    char after[LEDGER_CURSOR_TEXT_SIZE] = "";
    struct ledger_transaction_page page = {.has_more = true};
    listing.struct_size = sizeof listing;
    while (page.has_more) {
        listing.limit = 1 + draw(40);
        assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
        assert_true(page.transactions_count <= listing.limit);
        size_t expected_count = expect(&listing, listing.newest_first ? known_count : model_count, places);
        for (size_t i = 0; i < page.transactions_count; i++, seen_count++) {
            assert_true(seen_count < expected_count);
            assert_transaction(&page.transactions[i], &model[places[seen_count]]);
        }
        assert_int_equal(page.has_more, seen_count < expected_count);
        if (page.next_after.data != NULL) {
            keep_after(page.next_after, after);
            listing.after = ledger_text_of(after);
        }
        ledger_call_reset(fixture->call);
        if (page.has_more) {
            post(fixture, draw(3));
        }
    }
    assert_int_equal(seen_count, expect(&listing, listing.newest_first ? known_count : model_count, places));
}

static void walk_entries(struct fixture *fixture, struct ledger_listing listing)
{
    size_t places[MODEL_MAX];
    size_t seen_count = 0;
    size_t known_count = model_count;
    char after[LEDGER_CURSOR_TEXT_SIZE] = "";
    struct ledger_entry_page page = {.has_more = true};
    listing.struct_size = sizeof listing;
    while (page.has_more) {
        listing.limit = 1 + draw(40);
        assert_done(fixture->call, ledger_entry_list(fixture->call, fixture->ledger, &listing, &page));
        size_t expected_count = expect(&listing, listing.newest_first ? known_count : model_count, places);
        for (size_t i = 0; i < page.entries_count; i++, seen_count++) {
            assert_true(seen_count < expected_count);
            const struct posted *posted = &model[places[seen_count]];
            bool is_debit = text_is(listing.account_code, posted->debit);
            assert_int_equal(page.entries[i].log_index, posted->log_index);
            assert_int_equal(page.entries[i].entry_number, is_debit ? 1 : 2);
            assert_int_equal(page.entries[i].entry_type, is_debit ? LEDGER_DEBIT : LEDGER_CREDIT);
            assert_int_equal(page.entries[i].amount_minor, 1234);
            assert_true(text_is(page.entries[i].business_key, posted->business_key));
        }
        assert_int_equal(page.has_more, seen_count < expected_count);
        if (page.next_after.data != NULL) {
            keep_after(page.next_after, after);
            listing.after = ledger_text_of(after);
        }
        ledger_call_reset(fixture->call);
        if (page.has_more) {
            post(fixture, draw(3));
        }
    }
    assert_int_equal(seen_count, expect(&listing, listing.newest_first ? known_count : model_count, places));
}

static int setup(void **state)
{
    model_count = 0;
    chance = UINT64_C(0x2545f4914f6cdd1d);
    return fixture_setup(state);
}

static void pages_are_the_whole_list(void **state)
{
    struct fixture *fixture = *state;
    static const struct ledger_listing listings[] = {
        {.limit = 0},
        {.account_code = {"1000", 4}},
        {.start_date = {"2026-03-01", 10}, .end_date = {"2026-03-02", 10}},
        {.business_event_type = {"RENT", 4}},
        {.business_key = {"K-1", 3}, .account_code = {"5000", 4}, .start_date = {"2026-03-01", 10}},
        {.business_event_type = {"NEVER", 5}},
        {.account_code = {"3000", 4}},
    };
    walk_transactions(fixture, (struct ledger_listing){.newest_first = true}); /* of nothing */
    post(fixture, 150);
    for (size_t i = 0; i < sizeof listings / sizeof listings[0]; i++) {
        for (int newest_first = 0; newest_first < 2; newest_first++) {
            struct ledger_listing listing = listings[i];
            listing.newest_first = newest_first == 1;
            walk_transactions(fixture, listing);
            if (listing.account_code.data != NULL) {
                walk_entries(fixture, listing);
            }
        }
    }
    assert_true(model_count < MODEL_MAX); /* or the model would not have grown between the pages */
}

/* The last page's cursor shows later what was posted since. */
static void what_comes_later_is_behind_the_last_cursor(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_listing listing = {.struct_size = sizeof listing};
    struct ledger_transaction_page page;
    char after[LEDGER_CURSOR_TEXT_SIZE] = "";
    post(fixture, 5);
    assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
    assert_int_equal(page.transactions_count, 5);
    assert_false(page.has_more);
    for (int i = 0; i < 2; i++) { /* the second time the page is empty, and its cursor the same */
        keep_after(page.next_after, after);
        listing.after = ledger_text_of(after);
        assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
        assert_int_equal(page.transactions_count, 0);
        assert_false(page.has_more);
        assert_text_is(page.next_after, after);
    }
    ledger_call_reset(fixture->call);
    post(fixture, 2);
    assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
    assert_int_equal(page.transactions_count, 2);
    assert_int_equal(page.transactions[0].log_index, model[5].log_index);
}

static void events_come_by_cursors_too(void **state)
{
    struct fixture *fixture = *state;
    post(fixture, 60);
    struct ledger_audit_filter filter = {.limit = 0};
    const struct ledger_event_record *events = NULL;
    int64_t expected[256];
    size_t expected_count = 0;
    size_t count = 0;
    assert_done(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &expected_count));
    assert_true(expected_count > 60 && expected_count < 256);
    for (size_t i = 0; i < expected_count; i++) {
        expected[i] = events[i].log_index;
    }
    char after[LEDGER_CURSOR_TEXT_SIZE] = "";
    size_t seen_count = 0;
    do {
        filter.limit = 1 + draw(20);
        assert_done(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &count));
        for (size_t i = 0; i < count; i++, seen_count++) {
            assert_true(seen_count < expected_count);
            assert_int_equal(events[i].log_index, expected[seen_count]);
        }
        if (count > 0) {
            struct ledger_text cursor;
            assert_done(fixture->call, ledger_audit_cursor(fixture->call, &events[count - 1], &cursor));
            keep_after(cursor, after);
            filter.after = ledger_text_of(after);
        }
        ledger_call_reset(fixture->call);
        post(fixture, draw(2));
    } while (count > 0);
    assert_int_equal(seen_count, expected_count);
    assert_int_equal(expected[expected_count - 1], 0); /* the first event of all, behind whose cursor is nothing */
}

static void what_is_no_cursor_is_refused(void **state)
{
    struct fixture *fixture = *state;
    static const char *const texts[] = {"",
                                        "transaction",
                                        "transaction-",
                                        "transaction-01",
                                        "transaction--1",
                                        "transaction-1-",
                                        "transaction-1-2",
                                        "transaction-1 ",
                                        "transaction-x",
                                        "Transaction-1",
                                        "transaction-99999999999999999999999",
                                        "entry-1-1",
                                        "event-1-1",
                                        "1"};
    struct ledger_listing listing = {.struct_size = sizeof listing, .account_code = TEXT("1000")};
    struct ledger_transaction_page page;
    struct ledger_entry_page entries;
    struct ledger_audit_filter filter = {.limit = 1};
    const struct ledger_event_record *events = NULL;
    size_t count = 0;
    post(fixture, 3);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        listing.after = ledger_text_of(texts[i]);
        filter.after = i == 12 ? TEXT("event-1") : listing.after;
        assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                      LEDGER_CURSOR_IS_INVALID);
        assert_message(fixture->call, "is no cursor of a listing of transactions");
        ledger_call_reset(fixture->call);
        assert_status(fixture->call, ledger_audit_list(fixture->call, fixture->ledger, &filter, &events, &count),
                      LEDGER_CURSOR_IS_INVALID);
        ledger_call_reset(fixture->call);
        listing.after = i == 11 ? TEXT("entry-1") : listing.after;
        assert_status(fixture->call, ledger_entry_list(fixture->call, fixture->ledger, &listing, &entries),
                      LEDGER_CURSOR_IS_INVALID);
        ledger_call_reset(fixture->call);
    }
    /* Beyond the log there is nothing, and newest first everything. */
    listing = (struct ledger_listing){.struct_size = sizeof listing, .after = TEXT("transaction-1000000")};
    assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
    assert_int_equal(page.transactions_count, 0);
    listing.newest_first = true;
    assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
    assert_int_equal(page.transactions_count, 3);
}

static void what_is_asked_wrongly_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct ledger_transaction_page page;
    struct ledger_entry_page entries;
    struct ledger_listing listing = {.struct_size = sizeof listing};
    assert_status(fixture->call, ledger_entry_list(fixture->call, fixture->ledger, &listing, &entries),
                  LEDGER_USAGE_IS_WRONG);
    listing.account_code = TEXT("7777");
    assert_status(fixture->call, ledger_entry_list(fixture->call, fixture->ledger, &listing, &entries),
                  LEDGER_ACCOUNT_NOT_FOUND);
    assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                  LEDGER_ACCOUNT_NOT_FOUND);
    listing = (struct ledger_listing){.struct_size = sizeof listing, .start_date = TEXT("2026-02-30")};
    assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                  LEDGER_DATE_IS_INVALID);
    listing.start_date = TEXT("2026-03-02");
    listing.end_date = TEXT("2026-03-01");
    assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                  LEDGER_DATE_IS_INVALID);
    listing = (struct ledger_listing){.struct_size = sizeof listing, .limit = LEDGER_PAGE_MAX};
    assert_done(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page));
    listing.limit++;
    assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                  LEDGER_USAGE_IS_WRONG);
    listing.struct_size--;
    assert_status(fixture->call, ledger_transaction_list(fixture->call, fixture->ledger, &listing, &page),
                  LEDGER_VERSION_IS_UNSUPPORTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_are_the_whole_list, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_comes_later_is_behind_the_last_cursor, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(events_come_by_cursors_too, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_no_cursor_is_refused, setup, fixture_teardown),
        cmocka_unit_test_setup_teardown(what_is_asked_wrongly_is_refused, setup, fixture_teardown),
    };
    return cmocka_run_group_tests_name("listing", tests, NULL, NULL);
}
