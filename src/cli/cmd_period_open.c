/* period open: opens days that were closed. */
#include "cli/commands.h"
#include "cli/period_change.h"

static ledger_status period_open_run(struct cli *cli)
{
    return period_change_run(cli, false);
}

const struct command command_period_open = {
    .name = "period open",
    .summary = "Open a closed period again",
    .options = period_change_options,
    .options_count = PERIOD_OPTIONS_COUNT,
    .examples = {"ledger-admin period open --start-date 2026-03-01 --end-date 2026-03-31 --reason 'Late invoice' "
                 "--user ana"},
    .run = period_open_run,
};
