/* checkpoint list: what was signed, and where it is kept. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/session.h"

enum { COLUMN_EPOCH, COLUMN_SIZE, COLUMN_TIME, COLUMN_ROOT, COLUMN_GUARDS, COLUMN_GRANTS, COLUMN_KEPT, COLUMNS_COUNT };

enum { NUMBER_TEXT_SIZE = 24 };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_EPOCH] = {.name = "epoch", .heading = "Epoch", .kind = TABLE_AMOUNT},
    [COLUMN_SIZE] = {.name = "log_size", .heading = "Events", .kind = TABLE_AMOUNT},
    [COLUMN_TIME] = {.name = "created_at", .heading = "Time", .kind = TABLE_CODE},
    [COLUMN_ROOT] = {.name = "root_hash", .heading = "Root", .kind = TABLE_TEXT},
    [COLUMN_GUARDS] = {.name = "guards_differ", .heading = "Guards", .kind = TABLE_CODE},
    [COLUMN_GRANTS] = {.name = "grants_differ", .heading = "Grants", .kind = TABLE_CODE},
    [COLUMN_KEPT] = {.name = "path", .heading = "Kept in", .kind = TABLE_CODE},
};

static struct ledger_text list_place(const struct ledger_checkpoint *checkpoint, bool has_directory)
{
    if (!has_directory) {
        return TEXT("database");
    }
    if (!checkpoint->is_in_database) {
        return TEXT("file");
    }
    return text_is_absent(checkpoint->path) ? TEXT("database") : TEXT("database, file");
}

static struct ledger_text list_grants(const struct ledger_checkpoint *checkpoint)
{
    if (checkpoint->grants_digest[0] == '\0') {
        return TEXT("not said");
    }
    return checkpoint->grants_differ ? TEXT("changed") : TEXT("same");
}

static LEDGER_MUST_CHECK ledger_status list_print(struct cli *cli, const struct ledger_checkpoint *checkpoints,
                                                  size_t count)
{
    struct table table;
    bool has_directory = !text_is_empty(cli->settings.checkpoint_directory);
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_checkpoint *checkpoint = &checkpoints[index];
        char epoch[NUMBER_TEXT_SIZE];
        char size[NUMBER_TEXT_SIZE];
        char time[TIME_TEXT_SIZE];
        (void)snprintf(epoch, sizeof epoch, "%lld", (long long)checkpoint->epoch);
        (void)snprintf(size, sizeof size, "%lld", (long long)checkpoint->log_size);
        time_format(checkpoint->created_at_us, time);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_EPOCH] = ledger_text_of(epoch),
            [COLUMN_SIZE] = ledger_text_of(size),
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_ROOT] = ledger_text_of(checkpoint->root_hash),
            [COLUMN_GUARDS] = checkpoint->guards_differ ? TEXT("changed") : TEXT("same"),
            [COLUMN_GRANTS] = list_grants(checkpoint),
            [COLUMN_KEPT] = list_place(checkpoint, has_directory),
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static ledger_status list_run(struct cli *cli)
{
    const struct ledger_checkpoint *checkpoints = NULL;
    size_t count = 0;
    LEDGER_TRY(session_open(cli, SESSION_READS));
    LEDGER_TRY(
        ledger_checkpoint_list(cli->call, cli->ledger, cli->settings.checkpoint_directory, &checkpoints, &count));
    if (!cli->output.wants_json) {
        return list_print(cli, checkpoints, count);
    }
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "checkpoints");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        json_write_object_begin(writer);
        checkpoint_write(writer, &checkpoints[index]);
        json_write_object_end(writer);
        LEDGER_TRY(output_json_flush(cli->call, &cli->output));
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

const struct command command_checkpoint_list = {
    .name = "checkpoint list",
    .summary = "Show the checkpoints in the database and in the directory",
    .details =
        "Guards are \"changed\" where a guard, view, constraint or mode of the database is not what it was at the "
        "checkpoint before, or was taken down and put back in between. Grants are \"changed\" where accounts may do on "
        "the database what they might not, or the other way round, and \"not said\" on SQLite and where the user who "
        "signed may not read them. Signatures and roots are not looked at: verify does.",
    .examples = {"ledger-admin checkpoint list", "ledger-admin --json checkpoint list"},
    .run = list_run,
};
