/* init: makes a new ledger. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/session.h"
#include "cli/warnings.h"

enum { OPTION_CONFIRM, OPTION_USER, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_CONFIRM] = {.name = "confirm", .help = "really make it; without this nothing is done"},
    [OPTION_USER] = {.name = "user",
                     .argument = "USER",
                     .help = "who acts, for the audit log; else the name of the operating system's user"},
};

static LEDGER_MUST_CHECK ledger_status init_tell(struct cli *cli, const struct warnings *warnings)
{
    const struct ledger_settings *settings = ledger_get_settings(cli->ledger);
    struct ledger_text database;
    LEDGER_TRY(session_show_database(cli, &database));
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "ledger_id", settings->ledger_id);
        json_write_member_text(writer, "database", database);
        json_write_member_text(writer, "time_zone", settings->time_zone);
        json_write_member_text(writer, "default_currency", settings->default_currency);
        json_write_member_text(writer, "fiscal_year_start", settings->fiscal_year_start);
        json_write_member_integer(writer, "hash_version", settings->hash_version);
        warnings_write_json(writer, warnings);
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "Made a new ledger in %.*s\n", TEXT_ARGUMENTS(database));
    output_add(&cli->output, "  id:                %.*s\n", TEXT_ARGUMENTS(settings->ledger_id));
    output_add(&cli->output, "  time zone:         %.*s\n", TEXT_ARGUMENTS(settings->time_zone));
    output_add(&cli->output, "  default currency:  %.*s\n", TEXT_ARGUMENTS(settings->default_currency));
    output_add(&cli->output, "  fiscal year from:  %.*s\n", TEXT_ARGUMENTS(settings->fiscal_year_start));
    warnings_print(&cli->output, warnings);
    return LEDGER_DONE;
}

static ledger_status init_run(struct cli *cli)
{
    if (!cli_has(cli, OPTION_CONFIRM)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "init makes a new ledger whose time zone, default currency and fiscal year are fixed for "
                           "good by the settings; nothing was done, because --confirm is missing");
    }
    LEDGER_TRY(session_set_actor(cli, cli_value(cli, OPTION_USER), TEXT_ABSENT));
    LEDGER_TRY(session_create(cli));
    struct warnings warnings;
    warnings_gather(cli, &warnings);
    return init_tell(cli, &warnings);
}

const struct command command_init = {
    .name = "init",
    .summary = "Make a new, empty ledger",
    .details =
        "The settings DEFAULT_CURRENCY, LEDGER_TIMEZONE and FISCAL_YEAR_START are taken from the environment or "
        "the .env file, written into the ledger and fixed for good.\n"
        "A ledger that exists already is left as it is.\n"
        "On a server, the database has to be there, and the user needs what grants --role migrator prints. Settings "
        "of the server that weaken a ledger are told as warnings.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin init --confirm",
                 "DEFAULT_CURRENCY=EUR LEDGER_TIMEZONE=Europe/Lisbon ledger-admin --db sqlite:///books.db init "
                 "--confirm --user ana"},
    .run = init_run,
};
