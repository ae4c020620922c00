/* Settings, the actor, and the opening of the ledger. */
#include "cli/session.h"

#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

ledger_status session_set_actor(struct cli *cli, struct ledger_text user, struct ledger_text source_system)
{
    /* The number alone: who acts must not depend on whether names can be looked up at the moment. */
    struct ledger_text principal;
    struct ledger_text name = user;
    LEDGER_TRY(ledger_call_format(cli->call, &principal, "os:%u", (unsigned)getuid()));
    if (text_is_absent(user)) {
        errno = 0;
        const struct passwd *entry = getpwuid(getuid());
        if (entry == NULL && errno == ENOMEM) {
            return ledger_fail_out_of_memory(cli->call);
        }
        LEDGER_TRY(ledger_call_copy_text(cli->call, entry == NULL ? principal : ledger_text_of(entry->pw_name), &name));
    }
    struct ledger_actor actor = {
        .user = name,
        .principal = principal,
        .source_system = text_is_absent(source_system) ? TEXT("ledger-admin") : source_system,
    };
    return ledger_call_set_actor(cli->call, &actor);
}

static struct ledger_text session_database(const struct cli *cli)
{
    if (!text_is_absent(cli->line.database)) {
        return cli->line.database;
    }
    return text_is_absent(cli->settings.database) ? TEXT("sqlite:///ledger.db") : cli->settings.database;
}

ledger_status session_show_database(struct cli *cli, struct ledger_text *ret_shown)
{
    return ledger_show_uri(cli->call, session_database(cli), ret_shown);
}

ledger_status session_prepare(struct cli *cli, struct ledger_open_options *ret_options)
{
    LEDGER_TRY(settings_read(cli->call, cli->line.env_file.data, &cli->settings));
    ledger_call_set_timeout(cli->call, cli->settings.timeout_ms);
    if (!text_is_absent(cli->settings.exposed_password_file)) {
        output_message(&cli->output,
                       "warning: others than its owner can read %.*s, which holds the password: chmod 600 it\n",
                       TEXT_ARGUMENTS(cli->settings.exposed_password_file));
    }
    *ret_options = (struct ledger_open_options){
        .struct_size = sizeof *ret_options,
        .uri = session_database(cli),
        .password = cli->settings.password,
        .pool_size = cli->settings.pool_size,
        .pool_overflow_max = cli->settings.pool_overflow_max,
        .query_timeout_ms = cli->settings.timeout_ms,
        .max_correction_age_days = cli->settings.max_correction_age_days,
        .correction_approval_threshold_minor = cli->settings.correction_approval_threshold_minor,
        .expected_time_zone = cli->settings.time_zone,
        .expected_default_currency = cli->settings.default_currency,
        .expected_fiscal_year_start = cli->settings.fiscal_year_start,
    };
    return LEDGER_DONE;
}

ledger_status session_open(struct cli *cli, enum session_access access)
{
    struct ledger_open_options options;
    LEDGER_TRY(session_prepare(cli, &options));
    options.read_only = access == SESSION_READS;
    LEDGER_TRY(ledger_open(cli->call, &options, &cli->ledger));
    cli->output.records_refusals = access == SESSION_WRITES;
    return LEDGER_DONE;
}

ledger_status session_create(struct cli *cli)
{
    struct ledger_open_options options;
    LEDGER_TRY(session_prepare(cli, &options));
    struct ledger_settings settings = {
        .time_zone = cli->settings.time_zone,
        .default_currency = cli->settings.default_currency,
        .fiscal_year_start = cli->settings.fiscal_year_start,
    };
    return ledger_create(cli->call, &options, &settings, &cli->ledger);
}
