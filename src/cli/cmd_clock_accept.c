/* clock accept: an administrator vouches for a clock that is far ahead of the ledger. */
#include "base/text.h"
#include "base/time.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_USER, OPTION_REASON, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_USER] = OPTION_USER_ROW,
    [OPTION_REASON] = {.name = "reason",
                       .argument = "TEXT",
                       .is_required = true,
                       .help = "why it is right, up to 1,000 characters"},
};

static ledger_status clock_accept_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    LEDGER_TRY(ledger_clock_accept(cli->call, cli->ledger, cli_value(cli, OPTION_REASON)));
    int64_t now_us = ledger_call_now_us(cli->call);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_boolean(writer, "accepted", true);
        results_write_time(writer, "clock", now_us);
        return output_json_end(cli->call, &cli->output);
    }
    char time[TIME_TEXT_SIZE];
    time_format(now_us, time);
    output_add(&cli->output, "Accepted the clock: it is %s\n", time);
    return LEDGER_DONE;
}

const struct command command_clock_accept = {
    .name = "clock accept",
    .summary = "Accept this machine's clock although it disagrees with the last event",
    .details =
        "Time in a ledger never goes back, so a clock that may be wrong is refused rather than believed. Look at "
        "it first: what is posted by it stays.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin clock accept --user ana --reason 'Nothing was posted over the holidays'"},
    .run = clock_accept_run,
};
