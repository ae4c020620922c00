/* verify: is the ledger what was recorded? */
#include "base/progress.h"
#include "base/table.h"
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "cli/verify_outside.h"
#include "cli/verify_result.h"
#include "cli/warnings.h"
#include "ledger/watch.h"

#include <errno.h>

enum {
    OPTION_TRANSACTION_ID,
    OPTION_SINCE,
    OPTION_THREADS,
    OPTION_STATE,
    OPTION_FREEZE_ON_VIOLATION,
    OPTION_USER,
    OPTION_CHECKPOINT,
    OPTION_KEY,
    OPTION_CHECKPOINT_DIR,
    OPTION_TRUSTED,
    OPTIONS_COUNT,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_TRANSACTION_ID] = {.name = "transaction-id",
                               .argument = "ID|NUMBER",
                               .help = "this transaction only; else the whole ledger"},
    [OPTION_SINCE] = {.name = "since",
                      .argument = "POSITION",
                      .help =
                          "only what stands in the log from there on: a log position, or the size that a checkpoint "
                          "names"},
    [OPTION_THREADS] = {.name = "threads",
                        .argument = "N",
                        .help = "how many threads look at the log, 1 to 16; else as many as there are cores"},
    [OPTION_STATE] = {.name = "state",
                      .argument = "FILE",
                      .help = "keep there how far the run came; a run that was interrupted goes on from it"},
    [OPTION_CHECKPOINT] = {.name = "checkpoint",
                           .argument = "FILE|DIRECTORY",
                           .hint = HINT_FILE,
                           .help = "a checkpoint that you kept, or a directory of them, which --key has signed: shows "
                                   "history that was rewritten or cut short since"},
    [OPTION_KEY] = {.name = "key",
                    .argument = "KEY|FILE",
                    .hint = HINT_FILE,
                    .help =
                        "the ledger's public key as you were given it, or a file that holds it; it counts more than "
                        "what the log says of keys"},
    [OPTION_CHECKPOINT_DIR] = {.name = "checkpoint-dir",
                               .argument = "DIRECTORY",
                               .hint = HINT_FILE,
                               .help = "the ledger's own checkpoints outside the database; else LEDGER_CHECKPOINT_DIR"},
    [OPTION_TRUSTED] = {.name = "trusted",
                        .argument = "URI",
                        .help =
                            "a copy of the ledger that you trust, a backup or a replica: every row is compared with "
                            "it, and what was altered or removed is shown with its old values"},
    [OPTION_FREEZE_ON_VIOLATION] = {.name = "freeze-on-violation",
                                    .help = "where anything CRITICAL is found, record it and freeze the ledger; needs "
                                            "--user"},
    [OPTION_USER] = {.name = "user",
                     .argument = "USER",
                     .help = "who acts, for the audit log; with --freeze-on-violation"},
};

enum { THREADS_MAX = 16 };
#define POSITION_MAX (INT64_C(1) << 46)

/* The state of one run. Violations are told as they are found, however many there are: people see them at once; their
 * JSON waits in a temporary file, since whether it will be wanted shows at the end. */
struct verify_run {
    struct cli *cli;
    struct warnings warnings;
    struct progress progress;
    struct arena arena; /* of one violation at a time */
    struct text_builder builder;
    struct ledger_finding finding; /* as it was recorded, where that was asked for */
    bool has_finding;
    FILE *spool; /* NULL until there is a violation */
    int spool_errno;
};

static void verify_write_time(struct json_writer *writer, const char *key, bool is_known, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];
    (void)time_format(time_us, text);
    results_write_text_or_null(writer, key, is_known ? ledger_text_of(text) : TEXT_ABSENT);
}

/* Between which positions and when; null where that is not known. */
static void verify_write_window(struct json_writer *writer, const struct ledger_violation *violation)
{
    json_write_key(writer, "window");
    if (!violation->has_window) {
        json_write_null(writer);
        return;
    }
    json_write_object_begin(writer);
    json_write_member_integer(writer, "from_log_index", violation->from_log_index);
    json_write_member_integer(writer, "before_log_index", violation->before_log_index);
    verify_write_time(writer, "from_time", violation->has_from_time, violation->from_time_us);
    verify_write_time(writer, "before_time", violation->has_before_time, violation->before_time_us);
    json_write_object_end(writer);
}

void verify_write_violation(struct json_writer *writer, const struct ledger_violation *violation)
{
    json_write_object_begin(writer);
    json_write_member_text(writer, "check", violation->check);
    json_write_member_text(writer, "severity", violation->is_critical ? TEXT("CRITICAL") : TEXT("WARNING"));
    results_write_text_or_null(writer, "transaction_id", violation->transaction_id);
    results_write_text_or_null(writer, "transaction_number", violation->transaction_number);
    json_write_member_integer(writer, "entry_number", violation->entry_number);
    results_write_text_or_null(writer, "account_code", violation->account_code);
    results_write_text_or_null(writer, "field", violation->field);
    results_write_text_or_null(writer, "stored", violation->stored);
    results_write_text_or_null(writer, "computed", violation->computed);
    results_write_text_or_null(writer, "trusted", violation->trusted);
    verify_write_window(writer, violation);
    results_write_text_or_null(writer, "detail", violation->detail);
    json_write_object_end(writer);
}

/* Keeps the JSON of a violation for the end. */
static void verify_spool_violation(struct verify_run *run, const struct ledger_violation *violation)
{
    bool is_first = run->spool == NULL;
    if (is_first && run->spool_errno == 0) {
        run->spool = tmpfile();
        run->spool_errno = run->spool == NULL ? errno : 0;
    }
    if (run->spool_errno != 0) {
        return;
    }
    struct json_writer writer;
    text_builder_reset(&run->builder);
    text_builder_add_string(&run->builder, is_first ? "\n    " : ",\n    ");
    json_writer_init(&writer, &run->builder);
    verify_write_violation(&writer, violation);
    if (run->builder.failed) {
        run->spool_errno = ENOMEM;
    } else if (fwrite(run->builder.data, 1, run->builder.size, run->spool) != run->builder.size) {
        run->spool_errno = errno == 0 ? EIO : errno;
    }
}

static void verify_print_text(struct output *output, const char *label, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        output_print(output, "  %-13s%.*s\n", label, TEXT_ARGUMENTS(text));
    }
}

static void verify_print_time(struct output *output, const char *label, bool is_known, int64_t time_us)
{
    char text[TIME_TEXT_SIZE];
    if (is_known) {
        (void)time_format(time_us, text);
        verify_print_text(output, label, ledger_text_of(text));
    }
}

static void verify_print_violation(struct output *output, const struct ledger_violation *violation)
{
    static const char phrase[] = "Debits != Credits";
    struct ledger_text detail = violation->detail;
    bool lacks_phrase = text_equals_string(violation->check, "entries-balance") &&
                        (detail.size == 0 || memmem(detail.data, detail.size, phrase, sizeof phrase - 1) == NULL);
    output_print(output, "%s: %.*s\n", violation->is_critical ? "CRITICAL" : "WARNING",
                 TEXT_ARGUMENTS(violation->check));
    output_print(output, "  %s%s%.*s\n", lacks_phrase ? phrase : "", lacks_phrase ? ": " : "", TEXT_ARGUMENTS(detail));
    verify_print_text(output, "transaction", violation->transaction_number);
    verify_print_text(output, "id", violation->transaction_id);
    if (violation->entry_number > 0) {
        output_print(output, "  %-13s%u\n", "entry", violation->entry_number);
    }
    verify_print_text(output, "account", violation->account_code);
    verify_print_text(output, "field", violation->field);
    verify_print_text(output, "stored", violation->stored);
    verify_print_text(output, "computed", violation->computed);
    verify_print_text(output, "trusted", violation->trusted);
    if (violation->has_window && violation->from_log_index < violation->before_log_index) {
        output_print(output, "  %-13s%lld to %lld\n", "positions", (long long)violation->from_log_index,
                     (long long)violation->before_log_index - 1);
    }
    verify_print_time(output, "after", violation->has_from_time, violation->from_time_us);
    verify_print_time(output, "before", violation->has_before_time, violation->before_time_us);
    output_print(output, "\n");
}

static void verify_found(void *context, const struct ledger_violation *violation)
{
    struct verify_run *run = context;
    if (run->cli->output.wants_json) {
        verify_spool_violation(run, violation);
        return;
    }
    progress_end(&run->progress);
    verify_print_violation(&run->cli->output, violation);
}

static void verify_progress(void *context, uint64_t done, uint64_t total)
{
    struct verify_run *run = context;
    run->progress.total = total;
    progress_update(&run->progress, done);
}

/* Copies the kept violations into the document. */
static LEDGER_MUST_CHECK ledger_status verify_copy_spool(struct verify_run *run)
{
    if (run->spool_errno == 0 && run->spool != NULL) {
        errno = 0;
        rewind(run->spool);
        char piece[16384];
        size_t size;
        while ((size = fread(piece, 1, sizeof piece, run->spool)) > 0) {
            output_raw(&run->cli->output, (struct ledger_text){piece, size});
        }
        run->spool_errno = ferror(run->spool) ? (errno == 0 ? EIO : errno) : 0;
    }
    if (run->spool_errno != 0) {
        return ledger_fail(run->cli->call, LEDGER_FILE_IS_UNREADABLE,
                           "violations were found, but the temporary file for their list failed: %s",
                           strerror(run->spool_errno));
    }
    return LEDGER_DONE;
}

/* Milliseconds as seconds. */
static struct ledger_text verify_format_seconds(char out[32], int64_t elapsed_ms)
{
    int length = snprintf(out, 32, "%lld.%03lld", (long long)(elapsed_ms / 1000), (long long)(elapsed_ms % 1000));
    return (struct ledger_text){out, (size_t)length};
}

static void verify_write_resumed(struct json_writer *writer, const struct ledger_verify_result *result)
{
    char time[TIME_TEXT_SIZE];
    bool is_resumed = result->resumed_from > 0;
    struct ledger_text at = {time, is_resumed ? time_format(result->resumed_us, time) : 0};
    json_write_member_integer(writer, "resumed_from", result->resumed_from);
    results_write_text_or_null(writer, "resumed_at", is_resumed ? at : TEXT_ABSENT);
}

static void verify_write_rate(struct json_writer *writer, const struct ledger_verify_result *result)
{
    char seconds[32];
    json_write_key(writer, "seconds");
    json_write_raw(writer, verify_format_seconds(seconds, result->elapsed_ms));
    json_write_member_integer(writer, "transactions_per_second", (int64_t)result->transactions_per_second);
    json_write_key(writer, "checks_not_made");
    json_write_array_begin(writer);
    for (size_t i = 0; i < result->checks_not_made_count; i++) {
        json_write_text(writer, result->checks_not_made[i]);
    }
    json_write_array_end(writer);
}

static LEDGER_MUST_CHECK ledger_status verify_write_json(struct verify_run *run,
                                                         const struct ledger_verify_result *result)
{
    struct cli *cli = run->cli;
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_boolean(writer, "valid", result->is_valid);
    json_write_member_integer(writer, "transactions_checked", (int64_t)result->transactions_checked);
    json_write_member_integer(writer, "violations_count", (int64_t)result->violations_count);
    json_write_member_text(writer, "compared_with", result->compared_with);
    json_write_member_text(writer, "limits", result->limits);
    json_write_member_integer(writer, "proven_log_size", result->proven_log_size);
    json_write_member_integer(writer, "log_size", result->log_size);
    json_write_member_text(writer, "root_hash", ledger_text_of(result->root_hash));
    json_write_member_integer(writer, "since", result->since);
    verify_write_resumed(writer, result);
    verify_write_rate(writer, result);
    if (run->has_finding) {
        json_write_member_boolean(writer, "recorded", run->finding.is_recorded);
        json_write_member_boolean(writer, "frozen", run->finding.is_frozen);
    }
    warnings_write_json(writer, &run->warnings);
    json_write_key(writer, "checks");
    json_write_array_begin(writer);
    for (size_t index = 0; index < result->checks_count; index++) {
        const struct ledger_check_result *check = &result->checks[index];
        json_write_object_begin(writer);
        json_write_member_text(writer, "name", check->name);
        json_write_member_text(writer, "title", check->title);
        json_write_member_integer(writer, "checked_count", (int64_t)check->checked_count);
        json_write_member_integer(writer, "violations_count", (int64_t)check->violations_count);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_key(writer, "violations");
    json_write_array_begin(writer);
    if (run->spool_errno == 0) {
        LEDGER_TRY(output_json_flush(cli->call, &cli->output));
    }
    LEDGER_TRY(verify_copy_spool(run));
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

enum { COLUMN_CHECK, COLUMN_TITLE, COLUMN_CHECKED, COLUMN_VIOLATIONS, COLUMNS_COUNT };

static const struct table_column columns[COLUMNS_COUNT] = {
    [COLUMN_CHECK] = {.name = "name", .heading = "Check", .kind = TABLE_CODE},
    [COLUMN_TITLE] = {.name = "title", .heading = "What holds", .kind = TABLE_TEXT},
    [COLUMN_CHECKED] = {.name = "checked_count", .heading = "Checked", .kind = TABLE_AMOUNT},
    [COLUMN_VIOLATIONS] = {.name = "violations_count", .heading = "Violations", .kind = TABLE_AMOUNT},
};

static LEDGER_MUST_CHECK ledger_status verify_print_checks(struct cli *cli, const struct ledger_verify_result *result)
{
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    for (size_t index = 0; index < result->checks_count; index++) {
        const struct ledger_check_result *check = &result->checks[index];
        char checked[24];
        char violations[24];
        snprintf(checked, sizeof checked, "%llu", (unsigned long long)check->checked_count);
        snprintf(violations, sizeof violations, "%llu", (unsigned long long)check->violations_count);
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_CHECK] = check->name,
            [COLUMN_TITLE] = check->title,
            [COLUMN_CHECKED] = ledger_text_of(checked),
            [COLUMN_VIOLATIONS] = ledger_text_of(violations),
        };
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, NULL, cells, NULL));
    }
    LEDGER_TRY(output_table(cli->call, &cli->output, &table));
    output_print(&cli->output, "\n");
    return LEDGER_DONE;
}

/* What was looked at, what was not, and how fast. */
static void verify_print_extent(struct cli *cli, const struct ledger_verify_result *result)
{
    char seconds[32];
    struct ledger_text seconds_text = verify_format_seconds(seconds, result->elapsed_ms);
    if (cli_has(cli, OPTION_TRANSACTION_ID)) {
        return;
    }
    output_add(&cli->output, "It took %.*s s: %llu transactions a second.\n", TEXT_ARGUMENTS(seconds_text),
               (unsigned long long)result->transactions_per_second);
    if (result->resumed_from > 0) {
        char time[TIME_TEXT_SIZE];
        size_t size = time_format(result->resumed_us, time);
        output_add(&cli->output,
                   "The run went on from log position %lld; what stands before was looked at up to %.*s.\n",
                   (long long)result->resumed_from, (int)size, time);
    }
    if (result->since == 0) {
        return;
    }
    output_add(
        &cli->output,
        "Only log positions from %lld on were looked at, and that the log goes on there from what was before. Not "
        "looked at: every event before, and with them",
        (long long)result->since);
    for (size_t i = 0; i < result->checks_not_made_count; i++) {
        output_add(&cli->output, "%s %.*s", i == 0 ? "" : ",", TEXT_ARGUMENTS(result->checks_not_made[i]));
    }
    output_add(&cli->output, ".\n");
}

static LEDGER_MUST_CHECK ledger_status verify_print(struct cli *cli, const struct ledger_verify_result *result)
{
    if (!cli->output.wants_quiet) {
        LEDGER_TRY(verify_print_checks(cli, result));
    }
    if (result->is_valid) {
        output_print(&cli->output, "%s\n",
                     cli_has(cli, OPTION_TRANSACTION_ID) ? "The transaction is balanced and as it was recorded."
                                                         : "All transactions balanced correctly!");
    }
    output_add(&cli->output, "Checked %llu transaction%s; the log has %lld events and the root %s.\n",
               (unsigned long long)result->transactions_checked, result->transactions_checked == 1 ? "" : "s",
               (long long)result->log_size, result->root_hash);
    verify_print_extent(cli, result);
    output_add(&cli->output, "Compared with %.*s. %.*s.\n", TEXT_ARGUMENTS(result->compared_with),
               TEXT_ARGUMENTS(result->limits));
    return LEDGER_DONE;
}

/* Records what was found, and freezes the ledger: before anybody reads of it. */
static LEDGER_MUST_CHECK ledger_status verify_freeze(struct verify_run *run, const struct ledger_verify_result *result)
{
    struct cli *cli = run->cli;
    if (result->is_valid || !cli_has(cli, OPTION_FREEZE_ON_VIOLATION)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(ledger_finding_record(cli->call, cli->ledger, result, true, &run->finding));
    run->has_finding = true;
    if (run->finding.is_recorded) {
        output_message(&cli->output,
                       "ledger-admin: the ledger is frozen; the violations are recorded at log position "
                       "%lld\n",
                       (long long)run->finding.log_index);
    } else {
        output_message(&cli->output, "ledger-admin: the ledger could not be frozen: %.*s\n",
                       TEXT_ARGUMENTS(run->finding.trouble));
    }
    return LEDGER_DONE;
}

/* Tells the result; violations are the outcome LEDGER_INTEGRITY_IS_VIOLATED. */
static LEDGER_MUST_CHECK ledger_status verify_tell(struct verify_run *run, const struct ledger_verify_result *result)
{
    struct cli *cli = run->cli;
    LEDGER_TRY(verify_freeze(run, result));
    LEDGER_TRY(cli->output.wants_json ? verify_write_json(run, result) : verify_print(cli, result));
    if (result->is_valid) {
        return LEDGER_DONE;
    }
    return ledger_fail(cli->call, LEDGER_INTEGRITY_IS_VIOLATED, "%llu violation%s found",
                       (unsigned long long)result->violations_count, result->violations_count == 1 ? "" : "s");
}

static LEDGER_MUST_CHECK ledger_status verify_read_number(struct cli *cli, size_t option, int64_t minimum,
                                                          int64_t maximum, int64_t *ret_number)
{
    return cli_has(cli, option)
               ? options_number(cli->call, options[option].name, cli_value(cli, option), minimum, maximum, ret_number)
               : LEDGER_DONE;
}

/* It writes where it is asked to freeze. */
static LEDGER_MUST_CHECK ledger_status verify_open(struct cli *cli)
{
    if (cli_has(cli, OPTION_FREEZE_ON_VIOLATION) != cli_has(cli, OPTION_USER)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--freeze-on-violation and --user go together");
    }
    if (!cli_has(cli, OPTION_FREEZE_ON_VIOLATION)) {
        return session_open(cli, SESSION_READS);
    }
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    return session_open(cli, SESSION_REPORTS);
}

static ledger_status verify_run(struct cli *cli)
{
    int64_t threads = 0;
    int64_t since = 0;
    LEDGER_TRY(verify_read_number(cli, OPTION_THREADS, 1, THREADS_MAX, &threads));
    LEDGER_TRY(verify_read_number(cli, OPTION_SINCE, 0, POSITION_MAX, &since));
    bool is_part = since > 0 || cli_has(cli, OPTION_TRANSACTION_ID);
    if ((cli_has(cli, OPTION_STATE) && is_part) ||
        (cli_has(cli, OPTION_SINCE) && cli_has(cli, OPTION_TRANSACTION_ID))) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "--transaction-id, --since and --state are each for another kind of run: give one of them");
    }
    LEDGER_TRY(verify_open(cli));
    struct verify_run run = {.cli = cli};
    struct ledger_verify_options verify_options = {
        .struct_size = sizeof verify_options,
        .transaction = cli_value(cli, OPTION_TRANSACTION_ID),
        .progress = verify_progress,
        .found = verify_found,
        .context = &run,
        .since = since,
        .threads = (uint32_t)threads,
        .state_file = cli_value(cli, OPTION_STATE),
    };
    const struct verify_outside_words outside = {
        .checkpoint = cli_value(cli, OPTION_CHECKPOINT),
        .key = cli_value(cli, OPTION_KEY),
        .checkpoint_directory = cli_value(cli, OPTION_CHECKPOINT_DIR),
        .trusted = cli_value(cli, OPTION_TRUSTED),
        .is_of_one = cli_has(cli, OPTION_TRANSACTION_ID),
    };
    LEDGER_TRY(verify_outside_read(cli, &outside, &verify_options));
    warnings_gather(cli, &run.warnings);
    warnings_print(&cli->output, &run.warnings);
    arena_init(&run.arena);
    text_builder_init(&run.builder, &run.arena, 1024);
    progress_begin(&run.progress, "verifying", 0, !cli->output.wants_quiet && !cli->output.wants_json);
    struct ledger_verify_result result;
    ledger_status status = ledger_verify(cli->call, cli->ledger, &verify_options, &result);
    progress_end(&run.progress);
    if (status == LEDGER_DONE) {
        status = verify_tell(&run, &result);
    }
    if (run.spool != NULL) {
        fclose(run.spool);
    }
    arena_done(&run.arena);
    return status;
}

const struct command command_verify = {
    .name = "verify",
    .summary = "Check that the ledger is what was recorded",
    .details =
        "Runs every check on one consistent snapshot and writes nothing, unless it is to freeze the "
        "ledger. Each violation is shown with its check, "
        "transaction, entry and field, what is stored and what it has to be; the exit status is then 3.\n"
        "The ledger's checkpoints are looked at, those in the database and those in its directory. Who can write all "
        "of "
        "that can make it agree with anything: a checkpoint that you kept yourself (--checkpoint, --key) he cannot. It "
        "shows that history was rewritten or cut short, and between which checkpoints; a copy of before (--trusted) "
        "shows what stood there.\n"
        "--since looks at the events from a position on, and proves that the log goes on there from what was before: "
        "what is "
        "not made then, sums of the whole ledger above all, is said. --state keeps how far a whole run came, every "
        "half a "
        "minute, so that one that was interrupted after hours goes on from there; the file is gone when the run is "
        "over.\n"
        "Settings of a server that weaken a ledger are told as warnings; they are no violations.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin verify", "ledger-admin --json verify --transaction-id 20260331-000042",
                 "ledger-admin verify --checkpoint /mnt/auditor/march.checkpoint --key /mnt/auditor/ledger.pub",
                 "ledger-admin verify --trusted sqlite:////backup/ledger.db", "ledger-admin verify --since 1000000",
                 "ledger-admin verify --threads 4 --state /var/tmp/verify.state",
                 "ledger-admin verify --freeze-on-violation --user ana"},
    .run = verify_run,
};
