/* The transactions that imports are measured with, the same in each form.
 *
 *   bench_generate ndjson|journal|beancount COUNT
 *
 * Writes COUNT transactions of two entries to standard output: between two of 500 accounts that chance picks by a seed,
 * of 100.00 to 10,099.99 EUR, one behind the other over the five years from 2020 to 2024. `ndjson` is what ledger-admin
 * imports, the accounts first; `journal` is read alike by ledger, hledger and ledger-admin; `beancount` has the same
 * postings below the directives that beancount wants. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "support.h"

enum {
    ACCOUNTS = 500,
    ROOTS = 5,
    FIRST_CODE = 1000,
    FIRST_DATE = 1577836800, /* 2020-01-01 */
    DAYS = 1827,             /* to 2024-12-31 */
    SECONDS_PER_DAY = 86400,
    AMOUNT_MIN_CENTS = 10000,
    AMOUNTS = 1000000,
    DAY_SIZE = 16,
    BUFFER_BYTES = 1 << 20,
};

static const struct {
    const char *name;
    const char *type;
} roots[ROOTS] = {{"Assets", "ASSET"},
                  {"Liabilities", "LIABILITY"},
                  {"Equity", "EQUITY"},
                  {"Income", "REVENUE"},
                  {"Expenses", "EXPENSE"}};

struct generated {
    uint64_t number; /* from 1 */
    char day[DAY_SIZE];
    int second; /* of the day */
    unsigned debited;
    unsigned credited;
    unsigned cents;
};

static uint64_t chance = UINT64_C(0x9e3779b97f4a7c15);

static void account_print(unsigned account)
{
    (void)printf("%s:A%u", roots[account % ROOTS].name, FIRST_CODE + account);
}

/* A form: what stands before the first transaction, and one of them. */
struct form {
    const char *name;
    void (*begin)(void);
    void (*print)(const struct generated *transaction);
};

static void ndjson_begin(void)
{
    for (unsigned account = 0; account < ACCOUNTS; account++) {
        (void)printf(
            "{\"account\":{\"account_code\":\"%u\",\"account_name\":\"Bench account %u\",\"account_type\":\"%s\","
            "\"currency\":\"EUR\"}}\n",
            FIRST_CODE + account, account, roots[account % ROOTS].type);
    }
}

static void ndjson_print(const struct generated *transaction)
{
    (void)printf("{\"business_event_type\":\"SALE\",\"description\":\"Invoice %" PRIu64 " for services rendered\","
                 "\"transaction_date\":\"%sT%02d:%02d:%02dZ\",\"entries\":["
                 "{\"account_code\":\"%u\",\"entry_type\":\"DEBIT\",\"amount\":\"%u.%02u\"},"
                 "{\"account_code\":\"%u\",\"entry_type\":\"CREDIT\",\"amount\":\"%u.%02u\"}]}\n",
                 transaction->number, transaction->day, transaction->second / 3600, transaction->second / 60 % 60,
                 transaction->second % 60, FIRST_CODE + transaction->debited, transaction->cents / 100,
                 transaction->cents % 100, FIRST_CODE + transaction->credited, transaction->cents / 100,
                 transaction->cents % 100);
}

static void journal_begin(void)
{
    for (unsigned account = 0; account < ACCOUNTS; account++) {
        (void)printf("account ");
        account_print(account);
        (void)printf("\n");
    }
}

static void beancount_begin(void)
{
    for (unsigned account = 0; account < ACCOUNTS; account++) {
        (void)printf("2020-01-01 open ");
        account_print(account);
        (void)printf(" EUR\n");
    }
}

static void journal_print(const struct generated *transaction)
{
    (void)printf("\n%s * \"Invoice %" PRIu64 " for services rendered\"\n  ", transaction->day, transaction->number);
    account_print(transaction->debited);
    (void)printf("  %u.%02u EUR\n  ", transaction->cents / 100, transaction->cents % 100);
    account_print(transaction->credited);
    (void)printf("  -%u.%02u EUR\n", transaction->cents / 100, transaction->cents % 100);
}

static const struct form forms[] = {
    {"ndjson", ndjson_begin, ndjson_print},
    {"journal", journal_begin, journal_print},
    {"beancount", beancount_begin, journal_print},
};

static void generate(const struct form *form, uint64_t count)
{
    struct generated transaction = {.number = 0};
    int64_t day_now = -1;
    form->begin();
    while (transaction.number < count) {
        int64_t second = (int64_t)((uint64_t)DAYS * SECONDS_PER_DAY * transaction.number / count);
        if (second / SECONDS_PER_DAY != day_now) {
            day_now = second / SECONDS_PER_DAY;
            time_t time = (time_t)FIRST_DATE + day_now * SECONDS_PER_DAY;
            struct tm parts;
            (void)strftime(transaction.day, sizeof transaction.day, "%Y-%m-%d", gmtime_r(&time, &parts));
        }
        transaction.second = (int)(second % SECONDS_PER_DAY);
        transaction.debited = (unsigned)(random_next(&chance) % ACCOUNTS);
        /* Never the same on both sides. */
        transaction.credited = (transaction.debited + 1 + (unsigned)(random_next(&chance) % (ACCOUNTS - 1))) % ACCOUNTS;
        transaction.cents = AMOUNT_MIN_CENTS + (unsigned)(random_next(&chance) % AMOUNTS);
        transaction.number++;
        form->print(&transaction);
    }
}

int main(int argc, char **argv)
{
    uint64_t count = argc == 3 ? strtoull(argv[2], NULL, 10) : 0;
    const struct form *form = NULL;
    for (size_t i = 0; argc == 3 && i < sizeof forms / sizeof forms[0]; i++) {
        form = strcmp(argv[1], forms[i].name) == 0 ? &forms[i] : form;
    }
    if (count == 0 || form == NULL) {
        die("usage", "bench_generate ndjson|journal|beancount COUNT");
    }
    if (setvbuf(stdout, NULL, _IOFBF, BUFFER_BYTES) != 0) {
        die("memory", "ran out");
    }
    generate(form, count);
    if (fflush(stdout) != 0) {
        die("standard output", "cannot be written");
    }
    return 0;
}
