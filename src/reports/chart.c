/* The chart as a report sees it: read, put in order, and totals added to it. */
#include "reports/chart.h"

#include <stdlib.h>

#include "engine/account_tree.h"
#include "engine/total_spans.h"
#include "engine/totals.h"

struct chart_place {
    int64_t account_id;
    size_t index;
};

static int place_compare(const void *left, const void *right)
{
    int64_t left_id = ((const struct chart_place *)left)->account_id;
    int64_t right_id = ((const struct chart_place *)right)->account_id;
    return left_id < right_id ? -1 : left_id > right_id;
}

size_t chart_find(const struct chart *chart, int64_t account_id)
{
    /* Ids are given one after the other: nearly always it stands where it would with no gap before it. */
    uint64_t guess = chart->count == 0 ? 0 : (uint64_t)account_id - (uint64_t)chart->places[0].account_id;
    if (guess < chart->count && chart->places[guess].account_id == account_id) {
        return chart->places[guess].index;
    }
    struct chart_place key = {account_id, 0};
    const struct chart_place *found =
        chart->count == 0 ? NULL : bsearch(&key, chart->places, chart->count, sizeof key, place_compare);
    return found == NULL ? chart->count : found->index;
}

size_t chart_find_code(const struct chart *chart, struct ledger_text account_code)
{
    size_t index = 0;
    while (index < chart->count && !text_equals(chart->accounts[index].account_code, account_code)) {
        index++;
    }
    return index;
}

static ledger_status chart_index(struct ledger_call *call, struct chart *chart)
{
    struct chart_place *places = NULL;
    LEDGER_ALLOCATE(call, places, chart->count);
    for (size_t i = 0; i < chart->count; i++) {
        places[i] = (struct chart_place){chart->accounts[i].account_id, i};
    }
    qsort(places, chart->count, sizeof *places, place_compare);
    chart->places = places;
    return LEDGER_DONE;
}

/* The parent of an account is the one before it or one above that. Where a damaged chart has it otherwise, the account
 * stands as a root: nothing is left out. */
static ledger_status chart_measure(struct ledger_call *call, struct chart *chart)
{
    size_t *open = NULL; /* from the root to the account before, by depth */
    size_t open_count = 0;
    LEDGER_ALLOCATE(call, open, chart->count);
    LEDGER_ALLOCATE(call, chart->depths, chart->count);
    LEDGER_ALLOCATE(call, chart->ends, chart->count);
    for (size_t i = 0; i < chart->count; i++) {
        size_t depth = open_count;
        int64_t parent_id = chart->accounts[i].parent_account_id;
        while (depth > 0 && chart->accounts[open[depth - 1]].account_id != parent_id) {
            depth--;
        }
        for (size_t closed = depth; closed < open_count; closed++) {
            chart->ends[open[closed]] = i;
        }
        chart->depths[i] = depth;
        open[depth] = i;
        open_count = depth + 1;
    }
    for (size_t closed = 0; closed < open_count; closed++) {
        chart->ends[open[closed]] = chart->count;
    }
    return LEDGER_DONE;
}

ledger_status chart_read(struct ledger_call *call, const struct report *report, struct chart *ret_chart)
{
    struct ledger_account *accounts = NULL;
    struct chart chart = {.count = 0};
    LEDGER_TRY(store_account_list(call, &report->session->store, report->log_position, &accounts, &chart.count));
    LEDGER_TRY(account_tree_sort(call, accounts, chart.count, &chart.accounts));
    LEDGER_TRY(chart_index(call, &chart));
    LEDGER_TRY(chart_measure(call, &chart));
    *ret_chart = chart;
    return LEDGER_DONE;
}

ledger_status chart_totals_init(struct ledger_call *call, const struct chart *chart, struct chart_totals *ret_totals)
{
    LEDGER_ALLOCATE(call, ret_totals->nets, chart->count);
    LEDGER_ALLOCATE(call, ret_totals->entry_counts, chart->count);
    return LEDGER_DONE;
}

struct chart_addition {
    const struct chart *chart;
    struct chart_totals *totals;
    int sign;
};

static ledger_status chart_add(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    const struct chart_addition *addition = context;
    size_t index = chart_find(addition->chart, totals->account_id);
    if (index == addition->chart->count) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the totals name account %lld, which the chart of accounts does not have: run verify",
                           (long long)totals->account_id);
    }
    int128 net = (int128)totals->debit_total_minor - totals->credit_total_minor;
    addition->totals->nets[index] += addition->sign * net;
    addition->totals->entry_counts[index] += addition->sign * totals->entry_count;
    return LEDGER_DONE;
}

ledger_status chart_totals_add(struct ledger_call *call, const struct report *report, const struct chart *chart,
                               int32_t to_day, int sign, struct chart_totals *totals)
{
    struct totals_query query = {.to_day = to_day, .log_position = report->log_position};
    struct chart_addition addition = {chart, totals, sign};
    return totals_read(call, report->session, &report->head, &query, (struct total_sink){chart_add, &addition});
}

struct chart_span_addition {
    const struct chart *chart;
    struct chart_totals *spans;
};

static ledger_status chart_add_span(struct ledger_call *call, void *context, size_t span,
                                    const struct ledger_balance *totals)
{
    const struct chart_span_addition *spans = context;
    struct chart_addition addition = {spans->chart, &spans->spans[span], 1};
    return chart_add(call, &addition, totals);
}

ledger_status chart_totals_read_spans(struct ledger_call *call, const struct report *report, const struct chart *chart,
                                      const int32_t *days, size_t count, struct chart_totals **ret_totals)
{
    struct chart_totals *totals = NULL;
    const struct total_spans spans = {.days = days, .count = count, .log_position = report->log_position};
    LEDGER_ALLOCATE(call, totals, count);
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(chart_totals_init(call, chart, &totals[i]));
    }
    struct chart_span_addition addition = {chart, totals};
    LEDGER_TRY(total_spans_read(call, report->session, &report->head, &spans,
                                (struct total_span_sink){chart_add_span, &addition}));
    *ret_totals = totals;
    return LEDGER_DONE;
}

ledger_status chart_totals_add_transaction(struct ledger_call *call, const struct report *report,
                                           const struct chart *chart, int64_t log_index, int sign,
                                           struct chart_totals *totals)
{
    struct chart_addition addition = {chart, totals, sign};
    return store_entry_total_sum(call, &report->session->store, log_index, log_index + 1, STORE_TOTALS_ALL_DAYS_MIN,
                                 STORE_TOTALS_ALL_DAYS_MAX, 0, (struct total_sink){chart_add, &addition});
}

static int currency_compare(const void *left, const void *right)
{
    return text_compare(*(const struct ledger_text *)left, *(const struct ledger_text *)right);
}

ledger_status chart_list_currencies(struct ledger_call *call, const struct chart *chart, const bool *is_wanted,
                                    struct ledger_text **ret_currencies, size_t *ret_count)
{
    struct ledger_text *currencies = NULL;
    size_t count = 0;
    LEDGER_ALLOCATE(call, currencies, chart->count + 1); /* one more, for a caller that needs at least one */
    for (size_t i = 0; i < chart->count; i++) {
        struct ledger_text currency = chart->accounts[i].currency;
        size_t known = 0;
        while (known < count && !text_equals(currencies[known], currency)) {
            known++;
        }
        if (known == count && (is_wanted == NULL || is_wanted[i])) {
            currencies[count++] = currency;
        }
    }
    qsort(currencies, count, sizeof *currencies, currency_compare);
    *ret_currencies = currencies;
    *ret_count = count;
    return LEDGER_DONE;
}
