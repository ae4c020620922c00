/* key show: public keys, of the log or of a private key. */
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/session.h"

enum { OPTION_KEY, OPTION_ALL, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_KEY] = {.name = "key",
                    .argument = "FILE",
                    .hint = HINT_FILE,
                    .help = "the public part of the private key in this file; no ledger is opened"},
    [OPTION_ALL] = {.name = "all", .help = "every key that the ledger ever had, the oldest first"},
};

enum { COLUMN_POSITION, COLUMN_TIME, COLUMN_USER, COLUMN_KEY, COLUMNS_COUNT };

enum { NUMBER_TEXT_SIZE = 24 };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_POSITION] = {.name = "log_index", .heading = "Position", .kind = TABLE_AMOUNT},
    [COLUMN_TIME] = {.name = "registered_at", .heading = "Time", .kind = TABLE_CODE},
    [COLUMN_USER] = {.name = "registered_by", .heading = "User", .kind = TABLE_TEXT},
    [COLUMN_KEY] = {.name = "verifier_key", .heading = "Public key", .kind = TABLE_CODE},
};

static LEDGER_MUST_CHECK ledger_status key_show_file(struct cli *cli)
{
    const struct ledger_key_source source = {.file = cli_value(cli, OPTION_KEY)};
    struct ledger_text verifier_key;
    LEDGER_TRY(ledger_key_show(cli->call, &source, &verifier_key));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "verifier_key", verifier_key);
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "%.*s\n", TEXT_ARGUMENTS(verifier_key));
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status key_show_table(struct cli *cli, const struct ledger_key *keys, size_t count)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < count; index++) {
        char position[NUMBER_TEXT_SIZE];
        char time[TIME_TEXT_SIZE];
        (void)snprintf(position, sizeof position, "%lld", (long long)keys[index].log_index);
        time_format(keys[index].registered_at_us, time);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_POSITION] = ledger_text_of(position),
            [COLUMN_TIME] = ledger_text_of(time),
            [COLUMN_USER] = keys[index].registered_by,
            [COLUMN_KEY] = keys[index].verifier_key,
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    return output_table(cli->call, &cli->output, &table);
}

static LEDGER_MUST_CHECK ledger_status key_show_json(struct cli *cli, const struct ledger_key *keys, size_t count)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "verifier_key", keys[count - 1].verifier_key);
    json_write_key(writer, "keys");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        json_write_object_begin(writer);
        checkpoint_write_key(writer, &keys[index]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

static ledger_status key_show_run(struct cli *cli)
{
    const struct ledger_key *keys = NULL;
    size_t count = 0;
    if (cli_has(cli, OPTION_KEY)) {
        return key_show_file(cli);
    }
    LEDGER_TRY(session_open(cli, SESSION_READS));
    LEDGER_TRY(ledger_key_list(cli->call, cli->ledger, &keys, &count));
    if (count == 0) {
        return ledger_fail(cli->call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                           "the ledger has no key yet: key generate makes one");
    }
    if (cli->output.wants_json) {
        return key_show_json(cli, keys, count);
    }
    if (cli_has(cli, OPTION_ALL)) {
        return key_show_table(cli, keys, count);
    }
    output_print(&cli->output, "%.*s\n", TEXT_ARGUMENTS(keys[count - 1].verifier_key));
    return LEDGER_DONE;
}

const struct command command_key_show = {
    .name = "key show",
    .summary = "Show the public key that checkpoints are verified with",
    .details =
        "What the log says is good for whoever trusts the log. An auditor compares it with the key that was given "
        "to them on another way.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin key show", "ledger-admin key show --all",
                 "ledger-admin key show --key /etc/ledger/signing.key"},
    .run = key_show_run,
};
