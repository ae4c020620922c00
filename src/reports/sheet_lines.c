/* Lines of ledger sheets, read in the order of the log and sorted. */
#include "reports/sheet_lines.h"

#include <stdlib.h>

#include "base/sorter.h"
#include "engine/account_list.h"

enum { LIST_VISIT_COST = 8 }; /* of an entry by its list, in positions of the log that are passed */

enum { TEXT_MEMO, TEXT_EVENT_TYPE, TEXT_BUSINESS_KEY, TEXT_DESCRIPTION, TEXTS_COUNT };
static const uint32_t text_absent_size = UINT32_MAX;

/* A line on its way through the sort; the bytes of its texts stand behind it. */
struct sorted_line {
    int64_t amount_minor;
    int64_t number_in_day;
    int64_t posting_date_us;
    int32_t transaction_day;
    uint32_t entry_number;
    uint32_t entry_type;
    uint32_t text_sizes[TEXTS_COUNT];
};

struct sheet_lines {
    const struct report *report;
    struct sheet_wanted wanted;
    struct sorter *sorter;
    int32_t from_day;
    int32_t to_day;
    bool has_next;
    size_t next_index; /* in the chart */
    const void *next_record;
    bool is_taken; /* the next one is `current` already */
    struct sheet_line current;
};

/* By the place of the account in the chart, then by day: lines come to the sorter in the order of the log. */
static uint64_t line_key(size_t index, int32_t day)
{
    return (uint64_t)index << 32 | ((uint32_t)day ^ UINT32_C(0x80000000));
}

static ledger_status lines_add(struct ledger_call *call, struct sheet_lines *lines, size_t index,
                               const struct store_sheet_line *line)
{
    const struct ledger_text texts[TEXTS_COUNT] = {
        [TEXT_MEMO] = line->memo,
        [TEXT_EVENT_TYPE] = line->business_event_type,
        [TEXT_BUSINESS_KEY] = line->business_key,
        [TEXT_DESCRIPTION] = line->description,
    };
    struct sorted_line sorted = {
        .amount_minor = line->amount_minor,
        .number_in_day = line->number_in_day,
        .posting_date_us = line->posting_date_us,
        .transaction_day = line->transaction_day,
        .entry_number = line->entry_number,
        .entry_type = line->entry_type,
    };
    size_t size = sizeof sorted;
    for (size_t i = 0; i < TEXTS_COUNT; i++) {
        bool is_absent = text_is_absent(texts[i]);
        assert(texts[i].size < text_absent_size); /* no database has longer ones */
        sorted.text_sizes[i] = is_absent ? text_absent_size : (uint32_t)texts[i].size;
        size += is_absent ? 0 : texts[i].size;
    }
    void *record = NULL;
    LEDGER_TRY(sorter_add(call, lines->sorter, line_key(index, line->transaction_day), size, &record));
    char *place = record;
    memcpy(place, &sorted, sizeof sorted);
    place += sizeof sorted;
    for (size_t i = 0; i < TEXTS_COUNT; i++) {
        if (texts[i].size > 0) {
            memcpy(place, texts[i].data, texts[i].size);
            place += texts[i].size;
        }
    }
    return LEDGER_DONE;
}

/* From the log. */

static ledger_status lines_scan(struct ledger_call *call, struct sheet_lines *lines, int64_t from_log_index)
{
    const struct sheet_wanted *wanted = &lines->wanted;
    bool is_single = wanted->end == wanted->first + 1;
    const struct store_sheet_range range = {
        .from_log_index = from_log_index,
        .before_log_index = lines->report->log_position,
        .account_id = is_single ? wanted->chart->accounts[wanted->first].account_id : 0,
        .from_day = lines->from_day,
        .to_day = lines->to_day,
    };
    STORE_SCAN(scan);
    LEDGER_TRY(store_sheet_scan(call, &lines->report->session->store, &range, &scan));
    for (;;) {
        bool has_line = false;
        struct store_sheet_line line;
        LEDGER_TRY(store_sheet_next(call, &scan, &has_line, &line));
        if (!has_line) {
            return LEDGER_DONE;
        }
        size_t index = chart_find(wanted->chart, line.account_id);
        if (index >= wanted->first && index < wanted->end) {
            LEDGER_TRY(lines_add(call, lines, index, &line));
        }
    }
}

/* From the account lists. */

static ledger_status lines_take_list(struct ledger_call *call, struct sheet_lines *lines, size_t index, int64_t segment)
{
    struct store *store = &lines->report->session->store;
    bool has_list = false;
    struct store_account_list list;
    LEDGER_TRY(store_account_list_get(call, store, segment, lines->wanted.chart->accounts[index].account_id, &has_list,
                                      &list));
    if (!has_list) {
        return LEDGER_DONE;
    }
    struct account_list_reader reader;
    account_list_reader_init(&reader, segment, list.entries);
    int64_t entry_key = 0;
    while (account_list_next(&reader, &entry_key) && entry_key >> 16 < lines->report->log_position) {
        STORE_SCAN(scan);
        struct store_sheet_line line;
        LEDGER_TRY(store_sheet_get(call, store, entry_key, &scan, &line));
        if (line.transaction_day >= lines->from_day && line.transaction_day <= lines->to_day) {
            LEDGER_TRY(lines_add(call, lines, index, &line));
        }
    }
    return LEDGER_DONE;
}

/* The full segments by their lists, the rest of the log by a scan. */
static ledger_status lines_take_lists(struct ledger_call *call, struct sheet_lines *lines, int64_t sealed_count)
{
    for (size_t index = lines->wanted.first; index < lines->wanted.end; index++) {
        for (int64_t segment = 0; segment < sealed_count && segment << STORE_SEGMENT_BITS < lines->report->log_position;
             segment++) {
            struct arena_mark mark = arena_mark(&call->arena);
            LEDGER_TRY(lines_take_list(call, lines, index, segment));
            arena_rewind(&call->arena, mark);
        }
    }
    return lines_scan(call, lines, sealed_count << STORE_SEGMENT_BITS);
}

/* Whether the lists come cheaper than the whole log. */
static bool lines_are_few(const struct sheet_lines *lines, int64_t sealed_count)
{
    const struct sheet_wanted *wanted = &lines->wanted;
    int64_t lists_count = (int64_t)(wanted->end - wanted->first) * sealed_count;
    return wanted->visits_count < (lines->report->log_position - lists_count) / LIST_VISIT_COST;
}

/* Reading back. */

static ledger_status lines_advance(struct ledger_call *call, struct sheet_lines *lines)
{
    uint64_t key = 0;
    size_t size = 0;
    LEDGER_TRY(sorter_next(call, lines->sorter, &key, &lines->next_record, &size));
    lines->has_next = lines->next_record != NULL;
    lines->next_index = (size_t)(key >> 32);
    lines->is_taken = false;
    return LEDGER_DONE;
}

static void line_read(const void *record, struct sheet_line *line)
{
    struct sorted_line sorted;
    memcpy(&sorted, record, sizeof sorted);
    *line = (struct sheet_line){
        .transaction_day = sorted.transaction_day,
        .entry_number = sorted.entry_number,
        .entry_type = (enum ledger_entry_type)sorted.entry_type,
        .amount_minor = sorted.amount_minor,
        .number_in_day = sorted.number_in_day,
        .posting_date_us = sorted.posting_date_us,
    };
    struct ledger_text *const texts[TEXTS_COUNT] = {
        [TEXT_MEMO] = &line->memo,
        [TEXT_EVENT_TYPE] = &line->business_event_type,
        [TEXT_BUSINESS_KEY] = &line->business_key,
        [TEXT_DESCRIPTION] = &line->description,
    };
    const char *place = (const char *)record + sizeof sorted;
    for (size_t i = 0; i < TEXTS_COUNT; i++) {
        if (sorted.text_sizes[i] != text_absent_size) {
            *texts[i] = (struct ledger_text){place, sorted.text_sizes[i]};
            place += sorted.text_sizes[i];
        }
    }
}

ledger_status sheet_lines_read(struct ledger_call *call, const struct report *report, const struct sheet_wanted *wanted,
                               struct sheet_lines **ret_lines)
{
    const struct report_parameters *parameters = &report->parameters;
    int64_t sealed_count = store_head_log_size(&report->head) >> STORE_SEGMENT_BITS;
    struct sheet_lines *lines = NULL;
    LEDGER_ALLOCATE(call, lines, 1);
    *ret_lines = lines;
    lines->report = report;
    lines->wanted = *wanted;
    lines->from_day = parameters->has_start_day ? parameters->start_day : STORE_TOTALS_ALL_DAYS_MIN;
    lines->to_day = chart_last_day(parameters);
    LEDGER_TRY(sorter_new(call, SORTER_PIECE_BYTES, &lines->sorter));
    if (lines_are_few(lines, sealed_count)) {
        LEDGER_TRY(lines_take_lists(call, lines, sealed_count));
    } else {
        LEDGER_TRY(lines_scan(call, lines, 0));
    }
    LEDGER_TRY(sorter_finish(call, lines->sorter));
    return lines_advance(call, lines);
}

void sheet_lines_free(struct sheet_lines *lines)
{
    if (lines != NULL) {
        sorter_free(lines->sorter);
        lines->sorter = NULL;
    }
}

bool sheet_lines_has(const struct sheet_lines *lines, size_t index)
{
    return lines->has_next && lines->next_index == index;
}

ledger_status sheet_lines_next(struct ledger_call *call, struct sheet_lines *lines, size_t index,
                               const struct sheet_line **ret_line)
{
    if (lines->is_taken) {
        LEDGER_TRY(lines_advance(call, lines));
    }
    *ret_line = NULL;
    if (sheet_lines_has(lines, index)) {
        line_read(lines->next_record, &lines->current);
        lines->is_taken = true;
        *ret_line = &lines->current;
    }
    return LEDGER_DONE;
}
