/* period list: which days are closed, and every change that led there. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/period_change.h"
#include "cli/session.h"

enum { COLUMN_FIRST, COLUMN_LAST, COLUMN_STATE, COLUMN_TIME, COLUMN_USER, COLUMN_REASON, COLUMNS_COUNT };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_FIRST] = {.name = "start_date", .heading = "First day", .kind = TABLE_CODE},
    [COLUMN_LAST] = {.name = "end_date", .heading = "Last day", .kind = TABLE_CODE},
    [COLUMN_STATE] = {.name = "state", .heading = "Change", .kind = TABLE_CODE},
    [COLUMN_TIME] = {.name = "changed_at", .heading = "Time", .kind = TABLE_CODE},
    [COLUMN_USER] = {.name = "changed_by", .heading = "User", .kind = TABLE_TEXT},
    [COLUMN_REASON] = {.name = "reason", .heading = "Reason", .kind = TABLE_TEXT},
};

struct period_lists {
    const struct ledger_period *changes;
    size_t changes_count;
    const struct ledger_period *closed;
    size_t closed_count;
};

static LEDGER_MUST_CHECK ledger_status period_list_write_json(struct cli *cli, const struct period_lists *lists)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "closed");
    json_write_array_begin(writer);
    for (size_t index = 0; index < lists->closed_count; index++) {
        json_write_object_begin(writer);
        results_write_day(writer, "start_date", lists->closed[index].start_day);
        results_write_day(writer, "end_date", lists->closed[index].end_day - 1);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_key(writer, "changes");
    json_write_array_begin(writer);
    for (size_t index = 0; index < lists->changes_count; index++) {
        json_write_object_begin(writer);
        period_change_write(writer, &lists->changes[index]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

static LEDGER_MUST_CHECK ledger_status period_list_print(struct cli *cli, const struct period_lists *lists)
{
    char first[TIME_TEXT_SIZE];
    char last[TIME_TEXT_SIZE];
    for (size_t index = 0; index < lists->closed_count; index++) {
        day_format(lists->closed[index].start_day, first);
        day_format(lists->closed[index].end_day - 1, last);
        output_print(&cli->output, "Closed from %s to %s\n", first, last);
    }
    if (lists->closed_count == 0) {
        output_print(&cli->output, "Every day is open.\n");
    }
    if (lists->changes_count == 0 || cli->output.wants_quiet) {
        return LEDGER_DONE;
    }
    struct table table;
    table_init(&table, "Changes", columns, COLUMNS_COUNT);
    for (size_t index = 0; index < lists->changes_count; index++) {
        const struct ledger_period *change = &lists->changes[index];
        char time[TIME_TEXT_SIZE];
        day_format(change->start_day, first);
        day_format(change->end_day - 1, last);
        time_format(change->changed_at_us, time);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_FIRST] = ledger_text_of(first),
            [COLUMN_LAST] = ledger_text_of(last),
            [COLUMN_STATE] = change->is_closed ? TEXT("CLOSED") : TEXT("OPEN"),
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_USER] = change->changed_by,
            [COLUMN_REASON] = change->reason,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    output_print(&cli->output, "\n");
    return output_table(cli->call, &cli->output, &table);
}

static ledger_status period_list_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct period_lists lists;
    LEDGER_TRY(ledger_period_list_closed(cli->call, cli->ledger, &lists.closed, &lists.closed_count));
    LEDGER_TRY(ledger_period_list(cli->call, cli->ledger, &lists.changes, &lists.changes_count));
    return cli->output.wants_json ? period_list_write_json(cli, &lists) : period_list_print(cli, &lists);
}

const struct command command_period_list = {
    .name = "period list",
    .summary = "Show which days are closed, and every change of a period",
    .examples = {"ledger-admin period list"},
    .run = period_list_run,
};
