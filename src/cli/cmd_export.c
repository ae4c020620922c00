/* export: writes the ledger in formats of others. */
#include "base/progress.h"
#include "base/text.h"
#include "cli/choices.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "exchange/export.h"

enum {
    OPTION_FORMAT,
    OPTION_OUTPUT,
    OPTION_DIRECTORY,
    OPTION_START_DATE,
    OPTION_END_DATE,
    OPTION_LOG_POSITION,
    OPTION_VERBATIM,
    OPTION_USER,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_FORMAT] = {.name = "format",
                       .argument = "FORMAT",
                       .is_required = true,
                       .hint = HINT_CHOICE,
                       .choices = choices_export_format,
                       .help = "what to write: see above"},
    [OPTION_OUTPUT] = {.name = "output",
                       .argument = "FILE",
                       .hint = HINT_FILE,
                       .help = "the file to write; else standard output, as with -"},
    [OPTION_DIRECTORY] = {.name = "directory",
                          .argument = "DIRECTORY",
                          .hint = HINT_FILE,
                          .help = "for ads, which has three files: the directory to write them in; it must exist"},
    [OPTION_START_DATE] = {.name = "start-date",
                           .argument = "DATE",
                           .help = "the first day of the transactions, YYYY-MM-DD; else from the beginning"},
    [OPTION_END_DATE] = {.name = "end-date", .argument = "DATE", .help = "the last day, YYYY-MM-DD; else no end"},
    [OPTION_LOG_POSITION] = {.name = "log-position",
                             .argument = "N",
                             .help = "as it was known when the integrity log had this size; else now"},
    [OPTION_VERBATIM] = {.name = "verbatim",
                         .help = "with ndjson: the whole log with ids, instants and hashes, which import --verbatim "
                                 "makes the same ledger of"},
    [OPTION_USER] = OPTION_USER_ROW,
};

static void export_show(void *context, uint64_t position, uint64_t log_size)
{
    struct progress *progress = context;
    progress->total = log_size;
    progress_update(progress, position);
}

static LEDGER_MUST_CHECK ledger_status export_take_path(struct cli *cli, struct export_request *request)
{
    struct ledger_text output = cli_value(cli, OPTION_OUTPUT);
    struct ledger_text directory = cli_value(cli, OPTION_DIRECTORY);
    if (export_takes_directory(request->format)) {
        if (text_is_absent(directory) || !text_is_absent(output)) {
            return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                               "--format ads writes three files: name their --directory, and no --output");
        }
        request->path = directory.data;
        return LEDGER_DONE;
    }
    if (!text_is_absent(directory)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--directory is for --format ads alone: give --output");
    }
    request->path = text_is_absent(output) ? "-" : output.data;
    if (cli->output.wants_json && text_equals_string(ledger_text_of(request->path), "-")) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "with --json, standard output takes JSON alone: name a file with --output");
    }
    return LEDGER_DONE;
}

/* A log is whole or it is another one. */
static LEDGER_MUST_CHECK ledger_status export_check_verbatim(struct cli *cli, const struct export_request *request)
{
    bool is_part = cli_has(cli, OPTION_START_DATE) || cli_has(cli, OPTION_END_DATE) || request->has_log_position;
    return request->is_verbatim && (request->format != EXPORT_NDJSON || is_part)
               ? ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                             "--verbatim is the whole ledger: with --format ndjson, without dates and --log-position")
               : LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status export_take_request(struct cli *cli, struct export_request *request)
{
    size_t format = 0;
    LEDGER_TRY(options_choose(cli->call, "--format", choices_export_format, cli_value(cli, OPTION_FORMAT), &format));
    request->format = (enum export_format)format;
    request->start_date = cli_value(cli, OPTION_START_DATE);
    request->end_date = cli_value(cli, OPTION_END_DATE);
    request->has_log_position = cli_has(cli, OPTION_LOG_POSITION);
    if (request->has_log_position) {
        LEDGER_TRY(options_number(cli->call, "log-position", cli_value(cli, OPTION_LOG_POSITION), 0, INT64_MAX,
                                  &request->log_position));
    }
    request->is_verbatim = cli_has(cli, OPTION_VERBATIM);
    LEDGER_TRY(export_check_verbatim(cli, request));
    return export_take_path(cli, request);
}

static LEDGER_MUST_CHECK ledger_status export_write_json(struct cli *cli, const struct export_request *request,
                                                         const struct export_result *result)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "format", ledger_text_of(choices_export_format[request->format]));
    json_write_member_integer(writer, "log_position", result->log_position);
    json_write_member_integer(writer, "accounts", result->accounts_count);
    json_write_member_integer(writer, "transactions", result->transactions_count);
    json_write_member_integer(writer, "entries", result->entries_count);
    json_write_key(writer, "files");
    json_write_array_begin(writer);
    for (size_t i = 0; i < result->files_count; i++) {
        json_write_object_begin(writer);
        json_write_member_text(writer, "path", result->files[i].path);
        json_write_member_integer(writer, "size_bytes", (int64_t)result->files[i].bytes);
        json_write_member_text(writer, "sha256", ledger_text_of(result->files[i].sha256));
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_member_boolean(writer, "recorded", result->is_recorded);
    return output_json_end(cli->call, &cli->output);
}

static LEDGER_MUST_CHECK ledger_status export_tell(struct cli *cli, const struct export_request *request,
                                                   const struct export_result *result)
{
    if (cli->output.wants_json) {
        return export_write_json(cli, request, result);
    }
    if (strcmp(request->path, "-") != 0) {
        output_print(&cli->output, "Exported %lld transactions to %s\n", (long long)result->transactions_count,
                     request->path);
        output_add(&cli->output, "  log position:  %lld\n", (long long)result->log_position);
        for (size_t i = 0; i < result->files_count; i++) {
            output_add(&cli->output, "  SHA-256:       %s  %.*s\n", result->files[i].sha256,
                       TEXT_ARGUMENTS(result->files[i].path));
        }
    }
    if (!result->is_recorded) {
        output_message(&cli->output, "ledger-admin: the export could not be recorded in the audit log\n");
    }
    return LEDGER_DONE;
}

static ledger_status export_command_run(struct cli *cli)
{
    struct progress progress;
    struct export_request request = {.progress = export_show, .context = &progress};
    struct export_result result;
    LEDGER_TRY(export_take_request(cli, &request));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_REPORTS));
    progress_begin(&progress, "exporting", 0, !cli->output.wants_quiet && !cli->output.wants_json);
    ledger_status status = export_run(cli->call, cli->ledger, &request, &result);
    progress_end(&progress);
    LEDGER_TRY(status);
    return export_tell(cli, &request, &result);
}

const struct command command_export = {
    .name = "export",
    .summary = "Write the accounts and transactions in a format of others",
    .details =
        "Formats: ndjson, everything, a record a line, and csv, an entry a row, are what `import` reads; hledger, "
        "ledger "
        "and beancount are journals for the programs of these names; ads is the AICPA audit data standard, with the "
        "files "
        "GL_Detail.csv, Trial_Balance.csv and Chart_Of_Accounts.csv.\n"
        "An export of ndjson imported into another ledger (import --create-accounts) gives the same balances; ids, "
        "numbers "
        "and hashes are made anew there, and accounts that are out of use are in use. In csv there are no accounts. In "
        "journals an account is named by its type and the codes from the root of its tree down.\n"
        "With --verbatim, ndjson has the whole integrity log, event by event, with everything that the hashes cover: "
        "import --verbatim makes the same ledger of it, with the same root, in another database, also of another kind. "
        "Each hash is made again before it is written, and a ledger that verify would fault is not exported so.\n"
        "A file is written whole or not at all, and the export is recorded in the audit log with the SHA-256 of each "
        "file: whoever has a file can prove that it is what the ledger gave.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin export --format ndjson --output ledger.ndjson --user ana",
                 "ledger-admin export --format hledger --end-date 2026-03-31 --user ana | hledger -f - balance",
                 "ledger-admin export --format ads --directory audit-2026 --start-date 2026-01-01 --end-date "
                 "2026-12-31 --user ana",
                 "ledger-admin export --format ndjson --verbatim --output ledger.verbatim.ndjson --user ana"},
    .run = export_command_run,
};
