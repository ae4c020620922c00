/* import: posts what a file holds, each record exactly once. */
#include <inttypes.h>
#include <libgen.h>
#include <string.h>

#include "base/progress.h"
#include "base/quote.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "exchange/import.h"
#include "exchange/import_verbatim.h"

enum {
    OPTION_FORMAT,
    OPTION_MAPPING,
    OPTION_ACCOUNT_MAP,
    OPTION_SEPARATOR,
    OPTION_EVENT_TYPE,
    OPTION_IMPORT_ID,
    OPTION_REJECTS,
    OPTION_RESUME,
    OPTION_CREATE_ACCOUNTS,
    OPTION_ATOMIC,
    OPTION_DRY_RUN,
    OPTION_VERBATIM,
    OPTION_USER,
    OPTION_SOURCE_SYSTEM,
    OPTIONS_COUNT,
};

enum import_format {
    FORMAT_NDJSON,
    FORMAT_CSV,
    FORMAT_JOURNAL,
    FORMAT_HLEDGER, /* these two are journals by the names that export has for them */
    FORMAT_LEDGER,
    FORMAT_BEANCOUNT,
    FORMATS_COUNT,
};

static const char *const formats[FORMATS_COUNT + 1] = {
    [FORMAT_NDJSON] = "ndjson",   [FORMAT_CSV] = "csv",       [FORMAT_JOURNAL] = "journal",
    [FORMAT_HLEDGER] = "hledger", [FORMAT_LEDGER] = "ledger", [FORMAT_BEANCOUNT] = "beancount",
};

/* What names of files tell. */
static const struct {
    const char *extension;
    enum import_format format;
} extensions[] = {
    {".ndjson", FORMAT_NDJSON},  {".jsonl", FORMAT_NDJSON},    {".csv", FORMAT_CSV},
    {".tsv", FORMAT_CSV},        {".journal", FORMAT_JOURNAL}, {".hledger", FORMAT_JOURNAL},
    {".ledger", FORMAT_JOURNAL}, {".dat", FORMAT_JOURNAL},     {".beancount", FORMAT_BEANCOUNT},
    {".bean", FORMAT_BEANCOUNT},
};

static const char *const separators[] = {",", ";", "tab", NULL};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_FORMAT] = {.name = "format",
                       .argument = "FORMAT",
                       .hint = HINT_CHOICE,
                       .choices = formats,
                       .help = "what the file is; else its name tells: .ndjson .jsonl, .csv .tsv, .journal .hledger "
                               ".ledger .dat, .beancount .bean; standard input is ndjson"},
    [OPTION_MAPPING] = {.name = "mapping",
                        .argument = "FILE",
                        .hint = HINT_FILE,
                        .help = "what the columns, numbers, dates, commodities and names of the file mean"},
    [OPTION_ACCOUNT_MAP] = {.name = "account-map",
                            .argument = "FILE",
                            .hint = HINT_FILE,
                            .help = "account codes for the names of the file, a line each: NAME = CODE"},
    [OPTION_SEPARATOR] = {.name = "separator",
                          .argument = "SIGN",
                          .hint = HINT_CHOICE,
                          .choices = separators,
                          .help = "what stands between the fields of CSV; else its header tells"},
    [OPTION_EVENT_TYPE] = {.name = "event-type",
                           .argument = "TYPE",
                           .help = "the business event type of what has none; in journals it is JOURNAL"},
    [OPTION_IMPORT_ID] = {.name = "import-id",
                          .argument = "NAME",
                          .help = "the name by which this import is known again; else that of the file"},
    [OPTION_REJECTS] = {.name = "rejects",
                        .argument = "FILE",
                        .hint = HINT_FILE,
                        .help = "where the rejected records go, with the reasons; else the file's name with .rejects"},
    [OPTION_RESUME] = {.name = "resume",
                       .help = "go on behind the last record that an interrupted run of this import has done"},
    [OPTION_CREATE_ACCOUNTS] = {.name = "create-accounts",
                                .help = "create the accounts that the file declares and the ledger does not have"},
    [OPTION_ATOMIC] = {.name = "atomic",
                       .help = "post all of the file or nothing, in one commit; at most 100,000 transactions"},
    [OPTION_DRY_RUN] = {.name = "dry-run",
                        .help = "post nothing and record nothing: only say what would be refused, and why"},
    [OPTION_VERBATIM] = {.name = "verbatim",
                         .help =
                             "make the ledger of a verbatim export (export --verbatim) in a database that has none"},
    [OPTION_USER] = OPTION_USER_ROW,
    [OPTION_SOURCE_SYSTEM] = {.name = "source-system",
                              .argument = "NAME",
                              .help = "the system that the records come from; ledger-admin unless named"},
};

static void import_show(void *context, uint64_t bytes, uint64_t bytes_total, uint64_t records)
{
    struct progress *progress = context;
    (void)records;
    progress->total = bytes_total;
    progress_update(progress, bytes);
}

/* The name of the import, and where its rejects go: standard input has neither unless they are given. */
static LEDGER_MUST_CHECK ledger_status import_name(struct cli *cli, struct import_options *import)
{
    struct ledger_text path = cli->line.argument;
    bool is_standard = text_equals_string(path, "-");
    import->source_name = is_standard ? "standard input" : path.data;
    import->import_id = cli_value(cli, OPTION_IMPORT_ID);
    import->rejects_path = cli_value(cli, OPTION_REJECTS).data;
    if (is_standard && text_is_absent(import->import_id)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "standard input has no name: name the import with --import-id");
    }
    if (text_is_absent(import->import_id)) {
        struct ledger_text copy;
        LEDGER_TRY(ledger_call_copy_text(cli->call, path, &copy));
        import->import_id = ledger_text_of(basename((char *)(uintptr_t)copy.data));
    }
    if (import->rejects_path == NULL && !is_standard) {
        struct ledger_text rejects;
        LEDGER_TRY(ledger_call_format(cli->call, &rejects, "%s.rejects", path.data));
        import->rejects_path = rejects.data;
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status import_write_json(struct cli *cli, const struct import_options *import,
                                                         const struct import_result *result)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "import_id", import->import_id);
    json_write_member_integer(writer, "lines", (int64_t)result->lines);
    json_write_member_integer(writer, "records", (int64_t)result->records);
    json_write_member_integer(writer, "skipped", (int64_t)result->skipped);
    json_write_member_integer(writer, "posted", (int64_t)result->posted);
    json_write_member_integer(writer, "replayed", (int64_t)result->replayed);
    json_write_member_integer(writer, "rejected", (int64_t)result->rejected);
    json_write_member_integer(writer, "accounts_created", (int64_t)result->accounts_created);
    results_write_text_or_null(writer, "first_rejection", result->first_rejection);
    results_write_text_or_null(
        writer, "rejects",
        result->rejected == 0 || import->rejects_path == NULL ? TEXT_ABSENT : ledger_text_of(import->rejects_path));
    json_write_member_integer(writer, "longest_lock_us", result->figures.posting_us_max);
    return output_json_end(cli->call, &cli->output);
}

static LEDGER_MUST_CHECK ledger_status import_tell(struct cli *cli, const struct import_options *import,
                                                   const struct import_result *result)
{
    if (cli->output.wants_json) {
        LEDGER_TRY(import_write_json(cli, import, result));
    }
    output_print(&cli->output, "%s %" PRIu64 " transactions from %s", import->only_tries ? "Would post" : "Posted",
                 result->posted, import->source_name);
    output_print(&cli->output, result->rejected == 0 ? ".\n" : "; %" PRIu64 " records rejected.\n", result->rejected);
    if (result->skipped > 0) {
        output_add(&cli->output, "%" PRIu64 " records were done in an earlier run.\n", result->skipped);
    }
    if (result->replayed > 0) {
        output_add(&cli->output, "%" PRIu64 " were posted before, by their idempotency keys.\n", result->replayed);
    }
    if (result->accounts_created > 0) {
        output_add(&cli->output, "%" PRIu64 " accounts created.\n", result->accounts_created);
    }
    if (result->rejected == 0) {
        return LEDGER_DONE;
    }
    cli->call->refusal_is_recorded = true; /* each by its own event, or in that of its batch */
    cli->output.has_result = cli->output.wants_json;
    return ledger_fail(cli->call, LEDGER_BATCH_IS_REFUSED, "%" PRIu64 " record%s rejected, the first: %.*s%s%s",
                       result->rejected, result->rejected == 1 ? "" : "s", TEXT_ARGUMENTS(result->first_rejection),
                       import->rejects_path == NULL ? "" : "; all of them are in ",
                       import->rejects_path == NULL ? "" : import->rejects_path);
}

static LEDGER_MUST_CHECK ledger_status import_read(struct cli *cli, struct posting_reader *reader)
{
    struct progress progress;
    struct import_options import = {.resumes = cli_has(cli, OPTION_RESUME),
                                    .is_atomic = cli_has(cli, OPTION_ATOMIC),
                                    .only_tries = cli_has(cli, OPTION_DRY_RUN),
                                    .creates_accounts = cli_has(cli, OPTION_CREATE_ACCOUNTS),
                                    .progress = import_show,
                                    .context = &progress};
    LEDGER_TRY(import_name(cli, &import));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), cli_value(cli, OPTION_SOURCE_SYSTEM)));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    progress_begin(&progress, "importing", 0, !cli->output.wants_quiet && !cli->output.wants_json);
    struct import_result result;
    ledger_status status = import_run(cli->call, cli->ledger, reader, &import, &result);
    progress_end(&progress);
    return status == LEDGER_DONE ? import_tell(cli, &import, &result) : status;
}

/* A file of rejects has the format of what it was rejected from. */
static struct ledger_text without_ending(struct ledger_text path, const char *ending)
{
    size_t size = strlen(ending);
    bool has_it = path.size > size && memcmp(path.data + path.size - size, ending, size) == 0;
    return has_it ? (struct ledger_text){path.data, path.size - size} : path;
}

static LEDGER_MUST_CHECK ledger_status import_find_format(struct cli *cli, enum import_format *ret_format)
{
    struct ledger_text path = without_ending(cli->line.argument, ".rejects");
    size_t chosen = FORMAT_NDJSON;
    if (cli_has(cli, OPTION_FORMAT)) {
        LEDGER_TRY(options_choose(cli->call, "--format", formats, cli_value(cli, OPTION_FORMAT), &chosen));
    } else if (!text_equals_string(path, "-")) {
        size_t i = 0;
        const size_t count = sizeof extensions / sizeof extensions[0];
        while (i < count && without_ending(path, extensions[i].extension).size == path.size) {
            i++;
        }
        if (i == count) {
            char quoted[QUOTE_SIZE];
            return ledger_fail(
                cli->call, LEDGER_USAGE_IS_WRONG,
                "the name of %s does not tell what it is: say --format ndjson, csv, journal or beancount",
                text_quote(cli->line.argument, quoted));
        }
        chosen = extensions[i].format;
    }
    *ret_format = (enum import_format)chosen;
    return LEDGER_DONE;
}

/* What the options say goes before what the mapping file says. */
static LEDGER_MUST_CHECK ledger_status import_read_mapping(struct cli *cli, struct mapping *mapping)
{
    static const char signs[] = {',', ';', '\t'};
    if (cli_has(cli, OPTION_MAPPING)) {
        LEDGER_TRY(mapping_read(cli->call, mapping, cli_value(cli, OPTION_MAPPING).data));
    }
    if (cli_has(cli, OPTION_ACCOUNT_MAP)) {
        LEDGER_TRY(mapping_read_accounts(cli->call, mapping, cli_value(cli, OPTION_ACCOUNT_MAP).data));
    }
    if (cli_has(cli, OPTION_EVENT_TYPE)) {
        mapping->defaults[COLUMN_BUSINESS_EVENT_TYPE] = cli_value(cli, OPTION_EVENT_TYPE);
    }
    if (cli_has(cli, OPTION_SEPARATOR)) {
        size_t chosen = 0;
        LEDGER_TRY(options_choose(cli->call, "--separator", separators, cli_value(cli, OPTION_SEPARATOR), &chosen));
        mapping->separator = signs[chosen];
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status import_open(struct cli *cli, struct mapping *mapping,
                                                   struct posting_reader **ret_reader)
{
    enum import_format format = FORMAT_NDJSON;
    const char *path = cli->line.argument.data;
    LEDGER_TRY(import_find_format(cli, &format));
    LEDGER_TRY(import_read_mapping(cli, mapping));
    switch (format) {
    case FORMAT_CSV:
        return read_csv_open(cli->call, path, mapping, ret_reader);
    case FORMAT_JOURNAL:
    case FORMAT_HLEDGER:
    case FORMAT_LEDGER:
        return read_journal_open(cli->call, path, JOURNAL_PLAIN, mapping, cli_has(cli, OPTION_CREATE_ACCOUNTS),
                                 ret_reader);
    case FORMAT_BEANCOUNT:
        return read_journal_open(cli->call, path, JOURNAL_BEANCOUNT, mapping, cli_has(cli, OPTION_CREATE_ACCOUNTS),
                                 ret_reader);
    case FORMAT_NDJSON:
    default:
        return read_ndjson_open(cli->call, path, ret_reader);
    }
}

static void verbatim_show(void *context, uint64_t bytes, uint64_t bytes_total)
{
    import_show(context, bytes, bytes_total, 0);
}

static LEDGER_MUST_CHECK ledger_status verbatim_check_options(struct cli *cli)
{
    static const unsigned char taken[OPTIONS_COUNT] = {
        [OPTION_FORMAT] = true,   [OPTION_RESUME] = true, [OPTION_DRY_RUN] = true,
        [OPTION_VERBATIM] = true, [OPTION_USER] = true,
    };
    for (size_t i = 0; i < OPTIONS_COUNT; i++) {
        if (!taken[i] && cli_has(cli, i)) {
            return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                               "--%s does not go with --verbatim: the ledger becomes the one that the file has",
                               options[i].name);
        }
    }
    if (cli_has(cli, OPTION_FORMAT) && !text_equals_string(cli_value(cli, OPTION_FORMAT), formats[FORMAT_NDJSON])) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "a verbatim export is --format ndjson");
    }
    if (cli_has(cli, OPTION_RESUME) && cli_has(cli, OPTION_DRY_RUN)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "--dry-run only checks the file: there is nothing to resume");
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status verbatim_tell(struct cli *cli, const struct import_verbatim_result *result)
{
    bool only_checks = cli_has(cli, OPTION_DRY_RUN);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "ledger_id", result->ledger_id);
        json_write_member_integer(writer, "log_size", result->log_size);
        json_write_member_text(writer, "root_hash", ledger_text_of(result->root_hash));
        json_write_member_integer(writer, "transactions", result->transactions_count);
        json_write_member_integer(writer, "entries", result->entries_count);
        json_write_member_integer(writer, "events", result->events_count);
        json_write_member_integer(writer, "checkpoints", result->checkpoints_count);
        json_write_member_integer(writer, "resumed_at", result->resumed_at);
        return output_json_end(cli->call, &cli->output);
    }
    output_print(&cli->output, "%s the ledger %.*s\n", only_checks ? "The file is whole: it has" : "Made",
                 TEXT_ARGUMENTS(result->ledger_id));
    output_add(&cli->output, "  log size:      %lld\n", (long long)result->log_size);
    output_add(&cli->output, "  root hash:     %s\n", result->root_hash);
    output_add(&cli->output, "  transactions:  %lld\n", (long long)result->transactions_count);
    output_add(&cli->output, "  checkpoints:   %lld\n", (long long)result->checkpoints_count);
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status verbatim_run(struct cli *cli)
{
    struct progress progress;
    struct ledger_open_options opening;
    struct import_verbatim_options import = {.path = cli->line.argument.data,
                                             .opening = &opening,
                                             .resumes = cli_has(cli, OPTION_RESUME),
                                             .only_checks = cli_has(cli, OPTION_DRY_RUN),
                                             .progress = verbatim_show,
                                             .context = &progress};
    struct import_verbatim_result result;
    LEDGER_TRY(verbatim_check_options(cli));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_prepare(cli, &opening));
    progress_begin(&progress, "importing", 0, !cli->output.wants_quiet && !cli->output.wants_json);
    ledger_status status = import_verbatim(cli->call, &import, &result);
    progress_end(&progress);
    LEDGER_TRY(status);
    return verbatim_tell(cli, &result);
}

static ledger_status import_command_run(struct cli *cli)
{
    if (cli_has(cli, OPTION_VERBATIM)) {
        return verbatim_run(cli);
    }
    struct posting_reader *reader = NULL;
    struct mapping mapping;
    mapping_init(&mapping);
    ledger_status status = import_open(cli, &mapping, &reader);
    if (status == LEDGER_DONE) {
        status = import_read(cli, reader);
    }
    posting_reader_free(reader);
    mapping_done(&mapping);
    return status;
}

const struct command command_import = {
    .name = "import",
    .summary = "Post the transactions of a file",
    .details =
        "NDJSON has a transaction a line: business_event_type, description and entries (as in an entries file), and "
        "where wanted transaction_date, business_key, idempotency_key and allow_future; or an account: {\"account\": "
        "{\"account_code\", \"account_name\", \"account_type\"}}.\n"
        "CSV has a header. With transaction, account_code, entry_type and amount (or debit and credit) each row is an "
        "entry, and rows of one transaction stand together; with debit_account, credit_account and amount each row is "
        "a transaction. Further columns: transaction_date, business_event_type, description, business_key, "
        "idempotency_key, currency, memo, cost_center, business_unit, project_code. A mapping file says what other "
        "columns mean, in sections: [columns] OURS = THEIRS; [defaults] OURS = VALUE; [ignored] column = THEIRS, or *; "
        "[format] date = DD.MM.YYYY, decimal = , or ., separator, sign = debit or credit: what a positive amount is; "
        "[accounts] THEIRS = CODE; for journals also [commodities] SIGN = CURRENCY and [types] NAME = ACCOUNT TYPE.\n"
        "Journals are those of ledger, hledger and beancount, with what they include: the name of an account is its "
        "code (or see --account-map), a positive amount a debit, the code of a transaction its business_key, and tags "
        "cost_center, business_unit and project_code are such; comments become memos. Balance assertions are checked "
        "in "
        "the order of the file. Status marks, secondary dates, prices (P) and notes are read over. What cannot be kept "
        "(virtual postings, prices and lots of postings, automated and periodic transactions, aliases) is rejected by "
        "name. With --create-accounts every account is made before its first use, its type by the first part of its "
        "name.\n"
        "Each transaction stands for itself: what is refused goes to the file of rejects with the reason, and the "
        "others are posted, in their order. How far the import has come is kept in the log with every commit: an "
        "import that was interrupted goes on by --resume behind the last record that was posted, and none is posted "
        "twice.\n"
        "With --verbatim the file is a verbatim export, and the database has no ledger yet (there is no init before): "
        "the ledger of the file is made in it, with all its events, ids, instants and hashes, each of which is made "
        "again and compared, and with the same root. No event is added. Until the last line was checked the database "
        "cannot be opened as a ledger; an import that was interrupted goes on by --resume, and --dry-run only checks "
        "the file.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .argument = {.name = "FILE", .hint = HINT_FILE, .help = "the file; - reads standard input"},
    .examples = {"ledger-admin import journal.ndjson --resume --user ana",
                 "ledger-admin import bank.csv --mapping bank.ini --dry-run --user ana",
                 "ledger-admin import 2026.hledger --create-accounts --user ana",
                 "ledger-admin import - --import-id till-2026-03-31 --user till <till.ndjson",
                 "ledger-admin --db sqlite:///copy.db import ledger.verbatim.ndjson --verbatim --user ana"},
    .run = import_command_run,
};
