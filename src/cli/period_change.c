/* What period open and period close share. */
#include "cli/period_change.h"

#include "base/text.h"
#include "base/time.h"
#include "cli/session.h"
#include "ledger/balance.h"

const struct command_option period_change_options[PERIOD_OPTIONS_COUNT] = {
    [PERIOD_OPTION_START_DATE] = {.name = "start-date",
                                  .argument = "DATE",
                                  .is_required = true,
                                  .help = "the first day, YYYY-MM-DD"},
    [PERIOD_OPTION_END_DATE] = {.name = "end-date",
                                .argument = "DATE",
                                .is_required = true,
                                .help = "the last day, YYYY-MM-DD, itself included"},
    [PERIOD_OPTION_USER] = OPTION_USER_ROW,
    [PERIOD_OPTION_REASON] = {.name = "reason", .argument = "TEXT", .help = "why, up to 1,000 characters"},
};

void period_change_write(struct json_writer *writer, const struct ledger_period *period)
{
    json_write_member_integer(writer, "log_index", period->log_index);
    results_write_day(writer, "start_date", period->start_day);
    results_write_day(writer, "end_date", period->end_day - 1);
    json_write_member_text(writer, "state", period->is_closed ? TEXT("CLOSED") : TEXT("OPEN"));
    results_write_text_or_null(writer, "reason", period->reason);
    results_write_time(writer, "changed_at", period->changed_at_us);
    results_write_text_or_null(writer, "changed_by", period->changed_by);
}

/* Both days are read before either is refused. */
static LEDGER_MUST_CHECK ledger_status period_change_read_days(struct cli *cli, int32_t *ret_start_day,
                                                               int32_t *ret_last_day)
{
    ledger_status start_status = ledger_day_parse(cli->call, cli_value(cli, PERIOD_OPTION_START_DATE), ret_start_day);
    ledger_status end_status = ledger_day_parse(cli->call, cli_value(cli, PERIOD_OPTION_END_DATE), ret_last_day);
    return start_status == LEDGER_DONE ? end_status : start_status;
}

ledger_status period_change_run(struct cli *cli, bool is_closed)
{
    int32_t start_day;
    int32_t last_day;
    LEDGER_TRY(period_change_read_days(cli, &start_day, &last_day));
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, PERIOD_OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_period period;
    LEDGER_TRY(ledger_period_set(cli->call, cli->ledger, start_day, last_day + 1, is_closed,
                                 cli_value(cli, PERIOD_OPTION_REASON), &period));
    if (cli->output.wants_json) {
        period_change_write(output_json_begin(cli->call, &cli->output), &period);
        return output_json_end(cli->call, &cli->output);
    }
    char first[TIME_TEXT_SIZE];
    char last[TIME_TEXT_SIZE];
    day_format(period.start_day, first);
    day_format(period.end_day - 1, last);
    output_add(&cli->output, "%s the period from %s to %s\n", is_closed ? "Closed" : "Opened", first, last);
    return LEDGER_DONE;
}
