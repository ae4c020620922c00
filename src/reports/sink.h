/* What a report gives and what takes it: tables of typed values, row by row, and a few single values at the end.
 *
 * A report knows no format. Renderers, the hash and the comparison with a saved report are sinks; several take the same
 * report at once, and none may ask for a row again, so that a report of any length passes in constant memory.
 *
 * I1 What a row holds lives only until the sink returns.
 * I2 Sinks take memory from a call of their own, never from the report's, which is rewound between the rows. */
#ifndef LEDGER_REPORTS_SINK_H
#define LEDGER_REPORTS_SINK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/int128.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "ledger/report.h"

enum report_value_type {
    REPORT_ABSENT,
    REPORT_TEXT,
    REPORT_AMOUNT,  /* hundredths */
    REPORT_INTEGER, /* below 2^53, so that every reader of JSON has it exactly */
    REPORT_DAY,     /* days since 1970-01-01 */
    REPORT_TIME,    /* microseconds of UTC */
    REPORT_BOOLEAN,
};

struct report_value {
    enum report_value_type type;
    union {
        struct ledger_text text;
        int128 amount_minor;
        int64_t integer; /* INTEGER, DAY, TIME */
        bool truth;
    };
};

static inline struct report_value report_absent(void)
{
    return (struct report_value){.type = REPORT_ABSENT};
}

/* An absent text becomes an absent value. */
static inline struct report_value report_text(struct ledger_text text)
{
    return (struct report_value){.type = text_is_absent(text) ? REPORT_ABSENT : REPORT_TEXT, .text = text};
}

static inline struct report_value report_amount(int128 amount_minor)
{
    return (struct report_value){.type = REPORT_AMOUNT, .amount_minor = amount_minor};
}

static inline struct report_value report_integer(int64_t integer)
{
    return (struct report_value){.type = REPORT_INTEGER, .integer = integer};
}

static inline struct report_value report_day(int32_t day)
{
    return (struct report_value){.type = REPORT_DAY, .integer = day};
}

static inline struct report_value report_time(int64_t time_us)
{
    return (struct report_value){.type = REPORT_TIME, .integer = time_us};
}

static inline struct report_value report_boolean(bool truth)
{
    return (struct report_value){.type = REPORT_BOOLEAN, .truth = truth};
}

enum { REPORT_VALUE_TEXT_SIZE = 64 };

/* The value as every format writes it: amounts with two decimals, days and instants of RFC 3339, absent as the absent
 * text. It lives as long as the value and `buffer`. */
struct ledger_text report_value_text(const struct report_value *value, char buffer[REPORT_VALUE_TEXT_SIZE]);

/* The value as JSON: integers and booleans bare, absent as null, all else in quotes. `text` is what report_value_text
 * made of it. */
void report_value_add_json(struct text_builder *builder, const struct report_value *value);
void report_value_add_json_of(struct text_builder *builder, const struct report_value *value, struct ledger_text text);

enum report_column_kind {
    REPORT_COLUMN_CODE,    /* shown whole */
    REPORT_COLUMN_TEXT,    /* cut where a terminal is narrow */
    REPORT_COLUMN_CAPTION, /* the same; where it is absent, the row's caption is shown in its place */
    REPORT_COLUMN_TREE,    /* the same, and shows what is under what */
    REPORT_COLUMN_AMOUNT,
    REPORT_COLUMN_SIDE,   /* an amount on one of two sides: a zero is not shown to people */
    REPORT_COLUMN_SERIES, /* an amount, one of a series; where a terminal is narrow they are shown in parts */
};

struct report_column {
    const char *name;    /* its key in JSON, its heading in CSV */
    const char *heading; /* for people; NULL where it is not shown to them */
    enum report_column_kind kind;
    bool is_key; /* what names the row, together with the other keys */
};

enum { REPORT_COLUMNS_MAX = 16 + LEDGER_REPORT_COLUMNS_MAX, REPORT_TABLES_MAX = 8 };

struct report_table {
    const char *name;  /* its key in JSON */
    const char *title; /* for people */
    const struct report_column *columns;
    size_t columns_count;
    bool is_footer; /* for people its rows are totals below the table before it, column by column of the same name */
};

enum report_row_kind { REPORT_ROW_PLAIN, REPORT_ROW_TOTAL };

struct report_row {
    const struct report_value *values; /* one a column */
    const struct ledger_text *texts;   /* the same as text: made once for all sinks, by report_row */
    enum report_row_kind kind;
    size_t depth;        /* in the tree, for people */
    const char *caption; /* for people, where the row has no name of its own; NULL for none */
};

/* A table whose rows can be drawn: a series of points for each text of a column, whose rows follow each other. */
struct report_graph {
    size_t series_column; /* texts */
    size_t day_column;
    size_t amount_column;
};

/* What stands at the head of a report. The texts live as long as the report is made. */
struct report_head {
    const char *report_id;
    const char *report_type;       /* "trial-balance" */
    const char *report_name;       /* "Trial balance" */
    struct ledger_text subtitle;   /* for people: "as of 2026-03-31" */
    struct ledger_text parameters; /* canonical JSON: as used, with what was filled in */
    int64_t log_position;
    const char *time_zone_data_version;
    int64_t generated_at_us;
    struct ledger_text generated_by;
    const struct report_graph *graph; /* of its first table; NULL where it is not drawn */
};

struct report_sink;

/* Every slot is mandatory. begin; for each table begin_table, rows, end_table; values by name ascending; notes at any
 * time. */
struct report_sink_operations {
    ledger_status (*begin)(struct ledger_call *call, struct report_sink *sink, const struct report_head *head);
    ledger_status (*begin_table)(struct ledger_call *call, struct report_sink *sink, const struct report_table *table);
    ledger_status (*row)(struct ledger_call *call, struct report_sink *sink, const struct report_table *table,
                         const struct report_row *row);
    ledger_status (*end_table)(struct ledger_call *call, struct report_sink *sink, const struct report_table *table);
    ledger_status (*value)(struct ledger_call *call, struct report_sink *sink, const char *name,
                           const struct report_value *value);
    ledger_status (*note)(struct ledger_call *call, struct report_sink *sink, struct ledger_text note);
};

struct report_sink {
    const struct report_sink_operations *operations;
};

/* For the slots of a sink that has no use for what they give it. */
LEDGER_MUST_CHECK ledger_status report_sink_ignore_end_table(struct ledger_call *call, struct report_sink *sink,
                                                             const struct report_table *table);
LEDGER_MUST_CHECK ledger_status report_sink_ignore_value(struct ledger_call *call, struct report_sink *sink,
                                                         const char *name, const struct report_value *value);
LEDGER_MUST_CHECK ledger_status report_sink_ignore_note(struct ledger_call *call, struct report_sink *sink,
                                                        struct ledger_text note);

#endif
