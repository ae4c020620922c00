/* period close: closes days to all posting. */
#include "cli/commands.h"
#include "cli/period_change.h"

static ledger_status period_close_run(struct cli *cli)
{
    return period_change_run(cli, true);
}

const struct command command_period_close = {
    .name = "period close",
    .summary = "Close a period: nothing can be posted to its days any more",
    .options = period_change_options,
    .options_count = PERIOD_OPTIONS_COUNT,
    .examples = {"ledger-admin period close --start-date 2026-03-01 --end-date 2026-03-31 --user ana"},
    .run = period_close_run,
};
