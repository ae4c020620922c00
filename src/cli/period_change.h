/* What period open and period close share. */
#ifndef LEDGER_CLI_PERIOD_CHANGE_H
#define LEDGER_CLI_PERIOD_CHANGE_H

#include "cli/command.h"
#include "cli/results.h"
#include "ledger/period.h"

/* The options of both commands, in this order. */
enum {
    PERIOD_OPTION_START_DATE,
    PERIOD_OPTION_END_DATE,
    PERIOD_OPTION_USER,
    PERIOD_OPTION_REASON,
    PERIOD_OPTIONS_COUNT,
};
extern const struct command_option period_change_options[PERIOD_OPTIONS_COUNT];

/* Opens or closes the days from --start-date to --end-date and tells. */
LEDGER_MUST_CHECK ledger_status period_change_run(struct cli *cli, bool is_closed);

/* The members of one change; its last day is shown, not the day after. */
void period_change_write(struct json_writer *writer, const struct ledger_period *period);

#endif
