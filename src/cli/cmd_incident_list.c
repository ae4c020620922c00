/* incident list: the incidents that are open. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/incident_result.h"
#include "cli/session.h"

enum { OPTION_ALL, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ALL] = {.name = "all", .help = "show those that are closed as well"},
};

enum { COLUMN_INCIDENT, COLUMN_STATE, COLUMN_SEVERITY, COLUMN_TIME, COLUMN_USER, COLUMN_SUMMARY, COLUMNS_COUNT };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_INCIDENT] = {.name = "incident_id", .heading = "Incident", .kind = TABLE_CODE},
    [COLUMN_STATE] = {.name = "state", .heading = "State", .kind = TABLE_CODE},
    [COLUMN_SEVERITY] = {.name = "severity", .heading = "Severity", .kind = TABLE_CODE},
    [COLUMN_TIME] = {.name = "opened_at", .heading = "Opened at", .kind = TABLE_CODE},
    [COLUMN_USER] = {.name = "opened_by", .heading = "By", .kind = TABLE_TEXT},
    [COLUMN_SUMMARY] = {.name = "summary", .heading = "Summary", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status incident_list_print(struct cli *cli, const struct ledger_incident *incidents,
                                                           size_t count)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_incident *incident = &incidents[index];
        char time[TIME_TEXT_SIZE];
        time_format(incident->steps[0].recorded_at_us, time);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_INCIDENT] = ledger_text_of(incident->incident_id),
            [COLUMN_STATE] = incident->is_closed ? TEXT("CLOSED") : TEXT("OPEN"),
            [COLUMN_SEVERITY] = ledger_text_of(ledger_severity_name(incident->severity)),
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_USER] = incident->steps[0].user,
            [COLUMN_SUMMARY] = incident->steps[0].text,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static ledger_status incident_list_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    const struct ledger_incident *incidents = NULL;
    size_t count = 0;
    LEDGER_TRY(ledger_incident_list(cli->call, cli->ledger, !cli_has(cli, OPTION_ALL), &incidents, &count));
    if (!cli->output.wants_json) {
        return incident_list_print(cli, incidents, count);
    }
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "incidents");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        json_write_object_begin(writer);
        incident_result_write(writer, &incidents[index], false);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

const struct command command_incident_list = {
    .name = "incident list",
    .summary = "Show the incidents that are open",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin incident list", "ledger-admin --json incident list --all"},
    .run = incident_list_run,
};
