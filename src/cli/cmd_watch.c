/* watch: verification that goes on by itself. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/subprocess.h"
#include "base/text.h"
#include "cli/checkpoint_result.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/results.h"
#include "cli/session.h"
#include "cli/verify_result.h"
#include "ledger/watch.h"

enum {
    OPTION_INTERVAL,
    OPTION_FULL_EVERY,
    OPTION_RATE_MAX,
    OPTION_COMMAND,
    OPTION_FREEZE_ON_VIOLATION,
    OPTION_ONCE,
    OPTION_USER,
    OPTIONS_COUNT,
};

enum {
    WATCH_INTERVAL_S_DEFAULT = 10,
    WATCH_FULL_EVERY_S_DEFAULT = 86400,
    WATCH_RATE_TX_PER_S_DEFAULT = 20000,
    WATCH_RATE_TX_PER_S_MIN = 1000,
    WATCH_SECONDS_MAX = 366 * 86400,
    WATCH_COMMAND_TIMEOUT_MS = 30000,
    WATCH_VIOLATIONS_TOLD_MAX = 20,
};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_INTERVAL] = {.name = "interval",
                         .argument = "SECONDS",
                         .help = "how often what was added is looked at, 10 unless named"},
    [OPTION_FULL_EVERY] = {.name = "full-every",
                           .argument = "SECONDS",
                           .help = "how often the whole is verified, 86400 (a day) unless named"},
    [OPTION_RATE_MAX] = {.name = "rate-max",
                         .argument = "TRANSACTIONS",
                         .help = "at most so many a second while the whole is verified, 1000 or more; 20000 unless "
                                 "named, 0 for as fast as it goes"},
    [OPTION_COMMAND] = {.name = "command",
                        .argument = "COMMAND",
                        .help = "what the shell runs on each violation, with the finding as JSON on its standard input "
                                "and 30 seconds of time; else a line on standard error tells it"},
    [OPTION_FREEZE_ON_VIOLATION] = {.name = "freeze-on-violation",
                                    .help = "freeze the ledger where anything CRITICAL is found"},
    [OPTION_ONCE] = {.name = "once", .help = "verify the whole once, tell and record what is new, and end"},
    [OPTION_USER] = {.name = "user",
                     .argument = "USER",
                     .help = "who watches, for the audit log; else the name that the operating system has for it"},
};

/* The state of one watch. */
struct watch_run {
    struct cli *cli;
    sigset_t signals; /* that end it */
    int signal;       /* the one that did; 0: none */
};

/* Sleeps until one of the signals comes, which are blocked everywhere else. */
static bool watch_wait(void *context, int64_t timeout_ms)
{
    struct watch_run *run = context;
    struct timespec timeout = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000};
    int signal = sigtimedwait(&run->signals, NULL, &timeout);
    if (signal > 0) {
        run->signal = signal;
    }
    return run->signal != 0;
}

static void watch_told(void *context, struct ledger_text line)
{
    struct watch_run *run = context;
    output_message(&run->cli->output, "ledger-admin: watch: %.*s\n", TEXT_ARGUMENTS(line));
}

static ledger_status watch_format(struct ledger_call *call, struct cli *cli, const struct ledger_finding *finding,
                                  struct ledger_text *ret_json)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 1024);
    json_writer_init(&writer, &builder);
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "ledger_id", ledger_get_settings(cli->ledger)->ledger_id);
    json_write_member_text(&writer, "severity", finding->critical_count > 0 ? TEXT("CRITICAL") : TEXT("WARNING"));
    json_write_member_integer(&writer, "violations_count", (int64_t)finding->violations_count);
    json_write_member_integer(&writer, "critical_count", (int64_t)finding->critical_count);
    json_write_member_integer(&writer, "log_size", finding->log_size);
    json_write_member_text(&writer, "root_hash", ledger_text_of(finding->root_hash));
    json_write_member_boolean(&writer, "recorded", finding->is_recorded);
    if (finding->is_recorded) {
        json_write_member_integer(&writer, "log_index", finding->log_index);
    }
    json_write_member_boolean(&writer, "frozen", finding->is_frozen);
    results_write_text_or_null(&writer, "trouble", finding->trouble);
    json_write_key(&writer, "violations");
    json_write_array_begin(&writer);
    for (size_t i = 0; i < finding->violations_kept && i < WATCH_VIOLATIONS_TOLD_MAX; i++) {
        verify_write_violation(&writer, &finding->violations[i]);
    }
    json_write_array_end(&writer);
    json_write_object_end(&writer);
    text_builder_add_char(&builder, '\n');
    return text_builder_finish(call, &builder, ret_json);
}

static void watch_print_finding(struct output *output, const struct ledger_finding *finding)
{
    output_message(output,
                   "ledger-admin: watch: %s: violations found: %llu (CRITICAL: %llu); the first new one: %.*s: "
                   "%.*s%s%.*s%s%.*s\n",
                   finding->critical_count > 0 ? "CRITICAL" : "WARNING", (unsigned long long)finding->violations_count,
                   (unsigned long long)finding->critical_count, TEXT_ARGUMENTS(finding->violations[0].check),
                   TEXT_ARGUMENTS(finding->violations[0].detail),
                   text_is_absent(finding->violations[0].transaction_number) ? "" : ", transaction ",
                   TEXT_ARGUMENTS(finding->violations[0].transaction_number),
                   text_is_absent(finding->violations[0].field) ? "" : ", ",
                   TEXT_ARGUMENTS(finding->violations[0].field));
    if (!text_is_absent(finding->trouble)) {
        output_message(output, "ledger-admin: watch: it could not be recorded: %.*s\n",
                       TEXT_ARGUMENTS(finding->trouble));
    } else if (finding->is_frozen) {
        output_message(output, "ledger-admin: watch: the ledger is frozen\n");
    }
}

static void watch_found(void *context, const struct ledger_finding *finding)
{
    struct watch_run *run = context;
    struct ledger_text command = cli_value(run->cli, OPTION_COMMAND);
    struct ledger_call call;
    struct ledger_text json;
    if (text_is_absent(command)) {
        watch_print_finding(&run->cli->output, finding);
        return;
    }
    call_init(&call);
    ledger_status status = watch_format(&call, run->cli, finding, &json);
    if (status == LEDGER_DONE) {
        status = subprocess_feed(&call, command, json, WATCH_COMMAND_TIMEOUT_MS);
    }
    if (status != LEDGER_DONE) {
        output_message(&run->cli->output, "ledger-admin: watch: %s\n", ledger_call_message(&call));
        watch_print_finding(&run->cli->output, finding);
    }
    call_done(&call);
}

static LEDGER_MUST_CHECK ledger_status watch_read_number(struct cli *cli, size_t option, int64_t minimum,
                                                         int64_t maximum, uint32_t *number)
{
    int64_t value = *number;
    if (cli_has(cli, option)) {
        LEDGER_TRY(options_number(cli->call, options[option].name, cli_value(cli, option), minimum, maximum, &value));
    }
    *number = (uint32_t)value;
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status watch_read_options(struct cli *cli, struct ledger_watch_options *watch_options)
{
    LEDGER_TRY(watch_read_number(cli, OPTION_INTERVAL, 1, WATCH_SECONDS_MAX, &watch_options->interval_s));
    LEDGER_TRY(watch_read_number(cli, OPTION_FULL_EVERY, 1, WATCH_SECONDS_MAX, &watch_options->full_every_s));
    LEDGER_TRY(watch_read_number(cli, OPTION_RATE_MAX, 0, UINT32_MAX, &watch_options->rate_max_tx_per_s));
    if (watch_options->rate_max_tx_per_s > 0 && watch_options->rate_max_tx_per_s < WATCH_RATE_TX_PER_S_MIN) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--rate-max is 0 or %d and more", WATCH_RATE_TX_PER_S_MIN);
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status watch_tell_end(struct watch_run *run, const struct ledger_watch_result *result)
{
    struct cli *cli = run->cli;
    bool has_verified = result->verifications_count + result->increments_count > 0;
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_boolean(writer, "valid", has_verified && result->is_valid);
        json_write_member_integer(writer, "verifications_count", (int64_t)result->verifications_count);
        json_write_member_integer(writer, "increments_count", (int64_t)result->increments_count);
        json_write_member_integer(writer, "findings_count", (int64_t)result->findings_count);
        json_write_member_integer(writer, "checkpoints_count", (int64_t)result->checkpoints_count);
        results_write_text_or_null(writer, "ended_by",
                                   run->signal == 0 ? TEXT_ABSENT : ledger_text_of(strsignal(run->signal)));
        LEDGER_TRY(output_json_end(cli->call, &cli->output));
    } else {
        output_add(&cli->output, "Verified the whole %llu times and what was added %llu times; findings: %llu\n",
                   (unsigned long long)result->verifications_count, (unsigned long long)result->increments_count,
                   (unsigned long long)result->findings_count);
    }
    if (cli_has(cli, OPTION_ONCE) && has_verified && !result->is_valid) {
        return ledger_fail(cli->call, LEDGER_INTEGRITY_IS_VIOLATED, "the ledger is not what was recorded: see verify");
    }
    return LEDGER_DONE;
}

/* The signals are blocked before there is any thread, so that sigtimedwait alone gets them. */
static ledger_status watch_run(struct cli *cli)
{
    struct watch_run run = {.cli = cli};
    struct ledger_watch_options watch_options = {
        .struct_size = sizeof watch_options,
        .interval_s = WATCH_INTERVAL_S_DEFAULT,
        .full_every_s = WATCH_FULL_EVERY_S_DEFAULT,
        .rate_max_tx_per_s = WATCH_RATE_TX_PER_S_DEFAULT,
        .freeze_on_violation = cli_has(cli, OPTION_FREEZE_ON_VIOLATION),
        .only_once = cli_has(cli, OPTION_ONCE),
        .wait = watch_wait,
        .found = watch_found,
        .told = watch_told,
        .context = &run,
    };
    LEDGER_TRY(watch_read_options(cli, &watch_options));
    (void)sigemptyset(&run.signals);
    (void)sigaddset(&run.signals, SIGTERM);
    (void)sigaddset(&run.signals, SIGINT);
    (void)pthread_sigmask(SIG_BLOCK, &run.signals, NULL);
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_REPORTS));
    struct ledger_checkpoint_options checkpoints = checkpoint_settings(cli);
    watch_options.checkpoints = text_is_empty(checkpoints.directory) ? NULL : &checkpoints;
    struct ledger_watch_result result;
    LEDGER_TRY(ledger_watch(cli->call, cli->ledger, &watch_options, &result));
    return watch_tell_end(&run, &result);
}

const struct command command_watch = {
    .name = "watch",
    .summary = "Verify the ledger for as long as it runs, and tell of what is found",
    .details =
        "What is added is verified as it comes, and the whole again and again, in the background and at a bounded "
        "rate. "
        "A violation becomes an event of the log and is told once, by a command or a line on standard error; with "
        "--freeze-on-violation the ledger is frozen. A whole that passes becomes an event too.\n"
        "Where LEDGER_CHECKPOINT_DIR is set, checkpoints are signed when they are due, by LEDGER_CHECKPOINT_EVENTS and "
        "LEDGER_CHECKPOINT_SECONDS.\n"
        "A database that is lost is waited for. SIGTERM and SIGINT end it in good order; deploy/watch has a unit for "
        "systemd.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin watch --user watch --freeze-on-violation --command 'mail -s \"ledger violated\" "
                 "security@example.org'",
                 "ledger-admin watch --once --rate-max 0 --user ana"},
    .run = watch_run,
};
