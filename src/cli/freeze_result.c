/* What the commands about freezing tell. */
#include "cli/freeze_result.h"

#include "base/text.h"
#include "base/time.h"
#include "cli/results.h"

static ledger_status freeze_write_json(struct cli *cli, const struct ledger_freeze_state *state)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_boolean(writer, "frozen", state->is_frozen);
    if (state->frozen_at_us == 0) {
        results_write_text_or_null(writer, "frozen_at", TEXT_ABSENT);
    } else {
        results_write_time(writer, "frozen_at", state->frozen_at_us);
        json_write_member_integer(writer, "log_index", state->log_index);
    }
    results_write_text_or_null(writer, "frozen_by", state->frozen_by);
    results_write_text_or_null(writer, "frozen_principal", state->frozen_principal);
    results_write_text_or_null(writer, "reason", state->reason);
    return output_json_end(cli->call, &cli->output);
}

ledger_status freeze_result(struct cli *cli, const char *line, const struct ledger_freeze_state *state)
{
    if (cli->output.wants_json) {
        return freeze_write_json(cli, state);
    }
    output_print(&cli->output, "%s\n", line);
    if (state->frozen_at_us == 0) {
        return LEDGER_DONE;
    }
    char since[TIME_TEXT_SIZE];
    (void)time_format(state->frozen_at_us, since);
    output_add(&cli->output, "It was frozen %s by %.*s", since, TEXT_ARGUMENTS(state->frozen_by));
    if (!text_is_absent(state->frozen_principal)) {
        output_add(&cli->output, " (%.*s)", TEXT_ARGUMENTS(state->frozen_principal));
    }
    output_add(&cli->output, ": %.*s\n", TEXT_ARGUMENTS(state->reason));
    return LEDGER_DONE;
}
