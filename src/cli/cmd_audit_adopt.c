/* audit adopt: the log takes note of rows that were written into audit_log by hand. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {[OPTION_USER] = OPTION_USER_ROW};

static ledger_status audit_adopt_run(struct cli *cli)
{
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_open(cli, SESSION_WRITES));
    struct ledger_adoption adoption;
    LEDGER_TRY(ledger_audit_adopt(cli->call, cli->ledger, &adoption));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_integer(writer, "adopted_count", (int64_t)adoption.adopted_count);
        json_write_member_integer(writer, "adopted_before_count", (int64_t)adoption.adopted_before_count);
        return output_json_end(cli->call, &cli->output);
    }
    if (adoption.adopted_count == 0) {
        output_print(&cli->output, "There are no rows to adopt: %s.\n",
                     adoption.adopted_before_count == 0 ? "nobody wrote into audit_log by hand"
                                                        : "those that were written by hand are adopted already");
        return LEDGER_DONE;
    }
    output_print(&cli->output, "Adopted %zu row%s that %s written into audit_log by hand.\n", adoption.adopted_count,
                 adoption.adopted_count == 1 ? "" : "s", adoption.adopted_count == 1 ? "was" : "were");
    output_add(&cli->output,
               "Nothing says that they are true; verify now finds whether they are changed or removed.\n");
    return LEDGER_DONE;
}

const struct command command_audit_adopt = {
    .name = "audit adopt",
    .summary = "Take note, in the log, of rows that were written into audit_log by hand",
    .details = "Such rows are no part of the log, before and after. Their digests become an event, with the database's "
               "user: from then on verify finds one that is changed or removed. Find out first who wrote them: audit "
               "--manual shows them.\n"
               "MariaDB lets rows be added to audit_log; SQLite does not, so there are none.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin audit adopt --user ana"},
    .run = audit_adopt_run,
};
