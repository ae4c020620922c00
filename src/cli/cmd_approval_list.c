/* approval list: the requests that wait for a second person. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "base/uuid.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"
#include "ledger/approval.h"

enum { OPTION_ALL, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ALL] = {.name = "all", .help = "show those that are decided as well"},
};

enum {
    COLUMN_REQUEST,
    COLUMN_KIND,
    COLUMN_STATE,
    COLUMN_TRANSACTION,
    COLUMN_USER,
    COLUMN_TIME,
    COLUMN_REASON,
    COLUMNS_COUNT,
};

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_REQUEST] = {.name = "request_id", .heading = "Request", .kind = TABLE_CODE},
    [COLUMN_KIND] = {.name = "kind", .heading = "Kind", .kind = TABLE_CODE},
    [COLUMN_STATE] = {.name = "state", .heading = "State", .kind = TABLE_CODE},
    [COLUMN_TRANSACTION] = {.name = "transaction_id", .heading = "Transaction", .kind = TABLE_CODE},
    [COLUMN_USER] = {.name = "requested_by", .heading = "Requested by", .kind = TABLE_TEXT},
    [COLUMN_TIME] = {.name = "requested_at", .heading = "Requested at", .kind = TABLE_CODE},
    [COLUMN_REASON] = {.name = "reason", .heading = "Reason", .kind = TABLE_TEXT},
};

static void approval_format_transaction(const struct ledger_approval *approval, char out[UUID_TEXT_SIZE + 1])
{
    struct uuid uuid;
    memcpy(uuid.bytes, approval->transaction_id, UUID_SIZE);
    uuid_format(&uuid, out);
}

static void approval_write(struct json_writer *writer, const struct ledger_approval *approval)
{
    char transaction_id[UUID_TEXT_SIZE + 1];
    approval_format_transaction(approval, transaction_id);
    json_write_object_begin(writer);
    json_write_member_text(writer, "request_id", ledger_text_of(approval->request_id));
    json_write_member_text(writer, "kind", ledger_text_of(ledger_approval_kind_name(approval->kind)));
    json_write_member_text(writer, "state", ledger_text_of(ledger_approval_state_name(approval->state)));
    json_write_member_text(writer, "transaction_id", ledger_text_of(transaction_id));
    results_write_text_or_null(writer, "reason", approval->reason);
    results_write_text_or_null(writer, "transaction_date", approval->transaction_date);
    results_write_text_or_null(writer, "idempotency_key", approval->idempotency_key);
    results_write_time(writer, "requested_at", approval->requested_at_us);
    results_write_text_or_null(writer, "requested_by", approval->requested_by);
    results_write_text_or_null(writer, "requested_principal", approval->requested_principal);
    results_write_text_or_null(writer, "source_system", approval->source_system);
    if (approval->state == LEDGER_APPROVAL_WAITING) {
        results_write_text_or_null(writer, "decided_at", TEXT_ABSENT);
    } else {
        results_write_time(writer, "decided_at", approval->decided_at_us);
    }
    results_write_text_or_null(writer, "decided_by", approval->decided_by);
    results_write_text_or_null(writer, "decided_principal", approval->decided_principal);
    results_write_text_or_null(writer, "decision_reason", approval->decision_reason);
    json_write_member_integer(writer, "log_index", approval->log_index);
    json_write_object_end(writer);
}

static LEDGER_MUST_CHECK ledger_status approval_list_print(struct cli *cli, const struct ledger_approval *approvals,
                                                           size_t count)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_approval *approval = &approvals[index];
        char transaction_id[UUID_TEXT_SIZE + 1];
        char time[TIME_TEXT_SIZE];
        approval_format_transaction(approval, transaction_id);
        time_format(approval->requested_at_us, time);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_REQUEST] = ledger_text_of(approval->request_id),
            [COLUMN_KIND] = ledger_text_of(ledger_approval_kind_name(approval->kind)),
            [COLUMN_STATE] = ledger_text_of(ledger_approval_state_name(approval->state)),
            [COLUMN_TRANSACTION] = ledger_text_of(transaction_id),
            [COLUMN_USER] = approval->requested_by,
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_REASON] = approval->reason,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static ledger_status approval_list_run(struct cli *cli)
{
    LEDGER_TRY(session_open(cli, SESSION_READS));
    const struct ledger_approval *approvals;
    size_t count;
    LEDGER_TRY(ledger_approval_list(cli->call, cli->ledger, !cli_has(cli, OPTION_ALL), &approvals, &count));
    if (!cli->output.wants_json) {
        return approval_list_print(cli, approvals, count);
    }
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "approvals");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        approval_write(writer, &approvals[index]);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

const struct command command_approval_list = {
    .name = "approval list",
    .summary = "Show the reversals and redactions that wait for approval",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin approval list", "ledger-admin --json approval list --all"},
    .run = approval_list_run,
};
