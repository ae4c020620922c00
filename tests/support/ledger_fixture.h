/* A ledger of its own for each test: a fresh database of the backend that the environment names (scratch_database.h), a
 * small chart of accounts, a call whose clock the test holds, and eyes beside the library's: SQL over a connection of
 * their own. Whatever fails here fails the test.
 *
 * Tests that are about the files of SQLite are a group of their own, which main() runs on SQLite alone
 * (fixture_run_groups); all others run on every backend. */
#ifndef LEDGER_SUPPORT_LEDGER_FIXTURE_H
#define LEDGER_SUPPORT_LEDGER_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/text.h"
#include "base/time.h"
#include "ledger/approval.h"
#include "ledger/audit.h"
#include "ledger/balance.h"
#include "ledger/period.h"
#include "ledger/transaction.h"
#include "ledger/verify.h"
#include "support/scratch_database.h"

/* The clock at the start: Sunday 2026-03-15, noon UTC. */
#define FIXTURE_NOW_US INT64_C(1773576000000000)
#define FIXTURE_MINUTE_US INT64_C(60000000)

enum { FIXTURE_TEXT_SIZE = SCRATCH_TEXT_SIZE };

struct store;

struct fixture {
    struct scratch_database database;
    struct ledger_open_options options;
    struct ledger_call *call; /* user "ana", principal "os:1000", source system "test" */
    int64_t now_us;           /* what its clock says */
    struct ledger *ledger;
    struct arena arena; /* what lives as long as the test */
};

/* cmocka's set-up and tear-down of a test: `*state` is the fixture. EUR, UTC, and the accounts of fixture_chart. */
int fixture_setup(void **state);
int fixture_teardown(void **state);

/* The same without a ledger: only the database, which is empty or no file yet, and the call. */
int fixture_setup_empty(void **state);

/* Makes the ledger with these settings; its options are those of the fixture. */
void fixture_create(struct fixture *fixture, const struct ledger_settings *settings);

/* In EUR: 1000 Cash and 1100 Bank (ASSET), 2000 Loans (LIABILITY), 3000 Capital (EQUITY), 4000 Sales (REVENUE), 5000
 * Rent (EXPENSE). 1800 and 4800 the same in USD, 1900 and 4900 in JPY. 1 is a header above nothing, 1999 inactive. */
void fixture_chart(struct fixture *fixture);

/* Closes the handle and opens it again by the fixture's options. */
void fixture_reopen(struct fixture *fixture);

/* Another handle on the same ledger, for the caller to free. */
struct ledger *fixture_open(struct fixture *fixture);

/* The store of the handle's one session, which nobody uses between the library's functions. */
struct store *fixture_store(struct fixture *fixture);

/* Another call of the same clock, for the caller to free. Absent texts are absent. */
struct ledger_call *fixture_call(struct fixture *fixture, const char *user, const char *principal,
                                 const char *source_system);

/* Moves the fixture's own call to another actor. */
void fixture_act_as(struct fixture *fixture, const char *user, const char *principal, const char *source_system);

void fixture_account(struct fixture *fixture, const char *code, enum ledger_account_type type,
                     enum ledger_account_role role, const char *currency);

/* A sound transaction of two entries, dated `date` (NULL: now). It lives as long as the test and its literals. */
struct ledger_posting fixture_posting(struct fixture *fixture, const char *date, const char *debit_code,
                                      const char *credit_code, const char *amount);

/* Posts it. */
struct ledger_posted fixture_post(struct fixture *fixture, const char *date, const char *debit_code,
                                  const char *credit_code, const char *amount);

/* Reverses, and says how it ended. */
ledger_status fixture_reverse(struct fixture *fixture, const char *transaction, const char *reason, const char *date,
                              const char *key, struct ledger_posted *ret_posted);

/* What scratch_database_text gives; as a number, of its first row. */
int64_t fixture_integer(struct fixture *fixture, const char *sql);
const char *fixture_text(struct fixture *fixture, const char *sql);

/* A member, text or integer, of the metadata of the newest event of a type but `age`; "" where it has none. It lives to
 * the next of it. */
const char *fixture_metadata(struct fixture *fixture, const char *event_type, unsigned age, const char *member);

/* Changes the database behind the ledger's back, its guards taken away for the moment: by one statement on SQLite, by
 * another on MariaDB. */
void fixture_damage(struct fixture *fixture, const char *sqlite, const char *mariadb);

/* The newest event of the log, in the call's memory. */
struct ledger_event_record fixture_last_event(struct fixture *fixture);

/* How many rows each refusal has to leave as they are: transactions, entries, totals. */
struct fixture_counts {
    int64_t transactions;
    int64_t entries;
    int64_t totals;
    int64_t events;
    int64_t log_size;
};
struct fixture_counts fixture_count(struct fixture *fixture);

/* Nothing was written since but one event, which says that `action` was refused with `status` and why. */
void fixture_assert_refused(struct fixture *fixture, const struct fixture_counts *before, const char *event_type,
                            const char *action, ledger_status status);

/* The ledger is what was recorded. */
void fixture_assert_valid(struct fixture *fixture);

/* Runs a group of tests on every backend, and another on SQLite alone; gives how many failed. */
#define fixture_run_groups(tests, tests_of_sqlite)                                                                     \
    (cmocka_run_group_tests(tests, NULL, NULL) +                                                                       \
     (scratch_backend() == SCRATCH_SQLITE ? cmocka_run_group_tests(tests_of_sqlite, NULL, NULL) : 0))

void fixture_assert_text(struct ledger_text text, const char *expected, const char *file, int line);

/* That a text is these characters; NULL for absent. */
#define assert_text_is(text, expected) fixture_assert_text((text), (expected), __FILE__, __LINE__)

void fixture_assert_status(const struct ledger_call *call, ledger_status status, ledger_status expected,
                           const char *file, int line);

/* That a call ended so; where not, its message is told. */
#define assert_status(call, expression, expected)                                                                      \
    fixture_assert_status((call), (expression), (expected), __FILE__, __LINE__)

#define assert_done(call, expression) assert_status(call, expression, LEDGER_DONE)

/* That the message of the last outcome has these words. */
#define assert_message(call, words) assert_non_null(strstr(ledger_call_message(call), (words)))

#endif
