/* Reports made for tests: parsed, held against the Python oracle, and looked into. */
#ifndef LEDGER_SUPPORT_REPORT_BOOKS_H
#define LEDGER_SUPPORT_REPORT_BOOKS_H

#include "support/ledger_fixture.h"

#include <jansson.h>

#include "ledger/report.h"

/* An account with a name and a parent (NULL for none), in a currency (NULL: the ledger's or the parent's). */
void books_account(struct fixture *fixture, const char *code, const char *name, enum ledger_account_type type,
                   enum ledger_account_role role, const char *parent, const char *currency);

/* Posts two entries of an event type. */
struct ledger_posted books_post(struct fixture *fixture, const char *event_type, const char *date,
                                const char *debit_code, const char *credit_code, const char *amount);

/* A small company in EUR, with USD beside: a tree of assets with a contra account, liabilities, equity with retained
 * earnings, revenue and expense as trees. Nothing is posted. */
void books_chart(struct fixture *fixture);

/* What a set-up begins with: the fixture, as `*state` too, whose ledger in EUR has that chart. */
struct fixture *books_begin(void **state);

/* A request of that type; the dates may be NULL. */
struct ledger_report_request books_request(enum ledger_report_type type, const char *start_date, const char *end_date);

/* Makes a report in a format; whatever fails fails the test. */
struct ledger_report_result books_make(struct fixture *fixture, const struct ledger_report_request *request,
                                       enum ledger_report_format format);

/* Makes it as JSON, lets the oracle check it, and parses it; for json_decref. */
json_t *books_report(struct fixture *fixture, const struct ledger_report_request *request);

/* A text of a row, "" for null; integers and booleans as they are written. */
const char *books_cell(const json_t *row, const char *column);

/* The row of a table that has these texts in two columns (the second may be NULL); NULL where there is none. */
const json_t *books_find(const json_t *report, const char *table, const char *column, const char *text,
                         const char *second_column, const char *second_text);

/* That a table has exactly these rows: each the cells of the named columns, with '|' between. */
void books_assert_rows(const json_t *report, const char *table, const char *const columns[], size_t columns_count,
                       const char *const rows[], size_t rows_count, const char *file, int line);

#define assert_rows(report, table, columns, rows)                                                                      \
    books_assert_rows((report), (table), (columns), sizeof(columns) / sizeof(columns)[0], (rows),                      \
                      sizeof(rows) / sizeof(rows)[0], __FILE__, __LINE__)

#endif
