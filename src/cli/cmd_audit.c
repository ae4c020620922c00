/* audit: the events of the audit log, newest first. */
#include "base/json.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/listing_options.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/audit.h"

enum {
    OPTION_DAYS,
    OPTION_EVENT_TYPE,
    OPTION_USER_FILTER,
    OPTION_SEVERITY,
    OPTION_LIMIT,
    OPTION_AFTER,
    OPTION_MANUAL,
    OPTIONS_COUNT,
};

enum {
    AUDIT_DAYS_MAX = 36500,
    AUDIT_LIMIT_MAX = 1000000,
    AUDIT_LIMIT_DEFAULT = 100,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_DAYS] = {.name = "days", .argument = "N", .help = "the last N days, 1 to 36500; else all"},
    [OPTION_EVENT_TYPE] = {.name = "event-type",
                           .argument = "TYPE",
                           .help = "only events of this type, TRANSACTION_POSTED for one"},
    [OPTION_USER_FILTER] = {.name = "user-filter", .argument = "USER", .help = "only events of this user"},
    [OPTION_SEVERITY] = {.name = "severity",
                         .argument = "SEVERITY",
                         .hint = HINT_CHOICE,
                         .choices = choices_severity,
                         .help = "only events of this severity"},
    [OPTION_LIMIT] = {.name = "limit", .argument = "N", .help = "of a page, 1 to 1000000; 100 unless named"},
    [OPTION_AFTER] = {.name = "after", .argument = "CURSOR", .help = LISTING_AFTER_HELP},
    [OPTION_MANUAL] = {.name = "manual",
                       .help =
                           "instead of events, the rows of audit_log that were written by hand: they are no part of "
                           "the log; with no other option"},
};

enum {
    COLUMN_TIME,
    COLUMN_LOG_INDEX,
    COLUMN_SEVERITY,
    COLUMN_EVENT_TYPE,
    COLUMN_OUTCOME,
    COLUMN_USER,
    COLUMN_DESCRIPTION,
    COLUMNS_COUNT,
};

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_TIME] = {.name = "event_timestamp", .heading = "Time", .kind = TABLE_CODE},
    [COLUMN_LOG_INDEX] = {.name = "log_index", .heading = "Log", .kind = TABLE_AMOUNT},
    [COLUMN_SEVERITY] = {.name = "severity", .heading = "Severity", .kind = TABLE_CODE},
    [COLUMN_EVENT_TYPE] = {.name = "event_type", .heading = "Event", .kind = TABLE_CODE},
    [COLUMN_OUTCOME] = {.name = "outcome", .heading = "Outcome", .kind = TABLE_CODE},
    [COLUMN_USER] = {.name = "user_id", .heading = "User", .kind = TABLE_TEXT},
    [COLUMN_DESCRIPTION] = {.name = "description", .heading = "Description", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status audit_read_filter(struct cli *cli, struct ledger_audit_filter *filter)
{
    int64_t number = AUDIT_LIMIT_DEFAULT;
    if (cli_has(cli, OPTION_LIMIT)) {
        LEDGER_TRY(options_number(cli->call, "limit", cli_value(cli, OPTION_LIMIT), 1, AUDIT_LIMIT_MAX, &number));
    }
    filter->limit = (size_t)number + 1; /* one more, to know whether there are more */
    if (cli_has(cli, OPTION_DAYS)) {
        LEDGER_TRY(options_number(cli->call, "days", cli_value(cli, OPTION_DAYS), 1, AUDIT_DAYS_MAX, &number));
        filter->from_us = ledger_call_now_us(cli->call) - number * TIME_US_PER_DAY;
    }
    if (cli_has(cli, OPTION_SEVERITY)) {
        filter->has_severity = true;
        if (!ledger_severity_parse(cli_value(cli, OPTION_SEVERITY), &filter->severity)) {
            size_t unused;
            return options_choose(cli->call, "--severity", choices_severity, cli_value(cli, OPTION_SEVERITY), &unused);
        }
    }
    filter->event_type = cli_value(cli, OPTION_EVENT_TYPE);
    filter->user_id = cli_value(cli, OPTION_USER_FILTER);
    filter->after = cli_value(cli, OPTION_AFTER);
    return LEDGER_DONE;
}

/* The metadata is JSON by its making; where somebody changed it, it is shown as the text that it is. */
static void audit_write_metadata(struct ledger_call *call, struct json_writer *writer, struct ledger_text metadata)
{
    size_t first_problem = ledger_call_problems_count(call);
    const struct json_value *value;
    json_write_key(writer, "event_metadata");
    if (!text_is_absent(metadata) && json_read(call, metadata, "event_metadata", &value) == LEDGER_DONE) {
        json_write_value(writer, value);
    } else {
        json_write_text(writer, metadata);
    }
    ledger_call_drop_problems(call, first_problem);
}

static void audit_write_event(struct ledger_call *call, struct json_writer *writer,
                              const struct ledger_event_record *event)
{
    json_write_object_begin(writer);
    json_write_member_integer(writer, "log_index", event->log_index);
    results_write_text_or_null(writer, "audit_id", event->audit_id);
    results_write_time(writer, "event_timestamp", event->event_timestamp_us);
    results_write_text_or_null(writer, "event_type", event->event_type);
    json_write_member_text(writer, "severity", ledger_text_of(ledger_severity_name(event->severity)));
    json_write_member_text(writer, "outcome", event->is_success ? TEXT("SUCCESS") : TEXT("FAILED"));
    json_write_key(writer, "transaction_id");
    if (event->has_transaction) {
        struct uuid uuid;
        char text[UUID_TEXT_SIZE + 1];
        memcpy(uuid.bytes, event->transaction_id, UUID_SIZE);
        uuid_format(&uuid, text);
        json_write_string(writer, text);
    } else {
        json_write_null(writer);
    }
    results_write_text_or_null(writer, "user_id", event->user_id);
    results_write_text_or_null(writer, "principal", event->principal);
    results_write_text_or_null(writer, "source_system", event->source_system);
    results_write_text_or_null(writer, "source_ip", event->source_ip);
    results_write_text_or_null(writer, "action", event->action);
    results_write_text_or_null(writer, "description", event->description);
    audit_write_metadata(call, writer, event->event_metadata);
    json_write_object_end(writer);
}

static LEDGER_MUST_CHECK ledger_status audit_write_json(struct cli *cli, const struct ledger_event_record *events,
                                                        size_t count, bool has_more, struct ledger_text next_after)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "events");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        audit_write_event(cli->call, writer, &events[index]);
    }
    json_write_array_end(writer);
    json_write_member_integer(writer, "event_count", (int64_t)count);
    json_write_member_boolean(writer, "has_more", has_more);
    results_write_text_or_null(writer, "next_after", next_after);
    return output_json_end(cli->call, &cli->output);
}

static LEDGER_MUST_CHECK ledger_status audit_print(struct cli *cli, const struct ledger_event_record *events,
                                                   size_t count)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_event_record *event = &events[index];
        char time[TIME_TEXT_SIZE];
        char log_index[24];
        time_format(event->event_timestamp_us, time);
        snprintf(log_index, sizeof log_index, "%lld", (long long)event->log_index);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_LOG_INDEX] = ledger_text_of(log_index),
            [COLUMN_SEVERITY] = ledger_text_of(ledger_severity_name(event->severity)),
            [COLUMN_EVENT_TYPE] = event->event_type,
            [COLUMN_OUTCOME] = event->is_success ? TEXT("SUCCESS") : TEXT("FAILED"),
            [COLUMN_USER] = event->user_id,
            [COLUMN_DESCRIPTION] = event->description,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

enum {
    MANUAL_AUDIT_ID,
    MANUAL_TIME,
    MANUAL_EVENT_TYPE,
    MANUAL_USER,
    MANUAL_ADOPTED,
    MANUAL_DESCRIPTION,
    MANUAL_COLUMNS_COUNT,
};

static const struct table_column manual_columns[MANUAL_COLUMNS_COUNT] = {
    [MANUAL_AUDIT_ID] = {.name = "audit_id", .heading = "Audit id", .kind = TABLE_CODE},
    [MANUAL_TIME] = {.name = "event_timestamp", .heading = "Time, as written", .kind = TABLE_CODE},
    [MANUAL_EVENT_TYPE] = {.name = "event_type", .heading = "Event", .kind = TABLE_TEXT},
    [MANUAL_USER] = {.name = "user_id", .heading = "User", .kind = TABLE_TEXT},
    [MANUAL_ADOPTED] = {.name = "adopted_log_index", .heading = "Adopted at", .kind = TABLE_AMOUNT},
    [MANUAL_DESCRIPTION] = {.name = "description", .heading = "Description", .kind = TABLE_TEXT},
};

static LEDGER_MUST_CHECK ledger_status manual_print(struct cli *cli, const struct ledger_manual_event *rows,
                                                    size_t count)
{
    struct table table;
    table_init(&table, "Rows written by hand: no part of the log", manual_columns, MANUAL_COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_manual_event *row = &rows[index];
        char time[TIME_TEXT_SIZE];
        char adopted[24];
        char audit_id[UUID_TEXT_SIZE + 1];
        time_format(row->event_timestamp_us, time);
        results_format_id(row->audit_id, audit_id);
        snprintf(adopted, sizeof adopted, "%lld", (long long)row->adopted_log_index);
        struct ledger_text cells[MANUAL_COLUMNS_COUNT] = {
            [MANUAL_AUDIT_ID] = ledger_text_of(audit_id),
            [MANUAL_TIME] = ledger_text_of(time),
            [MANUAL_EVENT_TYPE] = row->event_type,
            [MANUAL_USER] = row->user_id,
            [MANUAL_ADOPTED] = row->is_adopted ? ledger_text_of(adopted) : TEXT("not"),
            [MANUAL_DESCRIPTION] = row->description,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static LEDGER_MUST_CHECK ledger_status audit_run_manual(struct cli *cli)
{
    const struct ledger_manual_event *rows = NULL;
    size_t count = 0;
    LEDGER_TRY(session_open(cli, SESSION_READS));
    LEDGER_TRY(ledger_audit_list_manual(cli->call, cli->ledger, &rows, &count));
    if (!cli->output.wants_json) {
        return manual_print(cli, rows, count);
    }
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    results_write_manual_rows(writer, rows, count);
    return output_json_end(cli->call, &cli->output);
}

static ledger_status audit_run(struct cli *cli)
{
    if (cli_has(cli, OPTION_MANUAL)) {
        for (size_t option = 0; option < OPTION_MANUAL; option++) {
            if (cli_has(cli, option)) {
                return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                                   "--manual shows all such rows: --%s does not go with it", options[option].name);
            }
        }
        return audit_run_manual(cli);
    }
    struct ledger_audit_filter filter = {0};
    LEDGER_TRY(audit_read_filter(cli, &filter));
    LEDGER_TRY(session_open(cli, SESSION_READS));
    const struct ledger_event_record *events;
    size_t count;
    LEDGER_TRY(ledger_audit_list(cli->call, cli->ledger, &filter, &events, &count));
    bool has_more = count == filter.limit;
    count -= has_more ? 1 : 0;
    struct ledger_text next_after = filter.after;
    if (count > 0) {
        LEDGER_TRY(ledger_audit_cursor(cli->call, &events[count - 1], &next_after));
    }
    if (cli->output.wants_json) {
        return audit_write_json(cli, events, count, has_more, next_after);
    }
    LEDGER_TRY(audit_print(cli, events, count));
    listing_tell_next(cli, has_more, next_after);
    return LEDGER_DONE;
}

const struct command command_audit = {
    .name = "audit",
    .summary = "Show the events of the audit log, newest first",
    .details =
        "Every posting, refused attempt, recorded report and administrative act is an event. "
        "Rows that somebody wrote into audit_log by hand are none: --manual shows them, and which of them the log "
        "has taken note of (audit adopt).",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin audit --days 7 --severity WARNING",
                 "ledger-admin --json audit --user-filter ana --limit 1000",
                 "ledger-admin audit --after event-4711-1790000000000000"},
    .run = audit_run,
};
