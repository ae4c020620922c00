/* grants: prints the SQL that gives a role its privileges on a server. */
#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "ledger/grants.h"

enum { OPTION_ROLE, OPTION_USER, OPTION_HOST, OPTION_DATABASE, OPTIONS_COUNT };

/* In the order of enum ledger_server_role. */
static const char *const roles[] = {"app", "auditor", "backup", "migrator", NULL};

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_ROLE] = {.name = "role",
                     .argument = "ROLE",
                     .is_required = true,
                     .hint = HINT_CHOICE,
                     .choices = roles,
                     .help =
                         "whose privileges: who posts, who reads and verifies, who makes dumps, who makes the ledger "
                         "and brings it to later versions"},
    [OPTION_USER] = {.name = "user",
                     .argument = "NAME",
                     .help = "the user's name on the server; else ledger_ and the role"},
    [OPTION_HOST] = {.name = "host",
                     .argument = "HOST",
                     .help = "from where the user comes, as the server writes it, such as 10.0.0.%; else localhost"},
    [OPTION_DATABASE] = {.name = "database",
                         .argument = "NAME",
                         .help = "the database; else that of the URI, or ledger_db where there is no URI"},
};

static LEDGER_MUST_CHECK ledger_status grants_write_json(struct cli *cli, const struct ledger_grants *grants)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_text(writer, "role", cli_value(cli, OPTION_ROLE));
    json_write_member_text(writer, "user", grants->user);
    json_write_member_text(writer, "host", grants->host);
    json_write_member_text(writer, "database", grants->database);
    json_write_member_text(writer, "create_user", grants->create_user);
    json_write_key(writer, "statements");
    json_write_array_begin(writer);
    for (size_t index = 0; index < grants->statements_count; index++) {
        json_write_text(writer, grants->statements[index]);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

static ledger_status grants_run(struct cli *cli)
{
    size_t role;
    LEDGER_TRY(options_choose(cli->call, "--role", roles, cli_value(cli, OPTION_ROLE), &role));
    LEDGER_TRY(settings_read(cli->call, cli->line.env_file.data, &cli->settings));
    struct ledger_grants_options grants_options = {
        .struct_size = sizeof grants_options,
        .role = (enum ledger_server_role)role,
        .uri = text_is_absent(cli->line.database) ? cli->settings.database : cli->line.database,
        .user = cli_value(cli, OPTION_USER),
        .host = cli_value(cli, OPTION_HOST),
        .database = cli_value(cli, OPTION_DATABASE),
    };
    struct ledger_grants grants;
    LEDGER_TRY(ledger_grants_make(cli->call, &grants_options, &grants));
    if (cli->output.wants_json) {
        return grants_write_json(cli, &grants);
    }
    output_raw(&cli->output, grants.script);
    return LEDGER_DONE;
}

const struct command command_grants = {
    .name = "grants",
    .summary = "Print the SQL of the least privileges that a role needs on a server",
    .details =
        "Nothing is read, and no server is asked: an administrator of the server looks at the SQL and runs it. The "
        "statement that makes the user is a comment in it, because the password is the administrator's to choose.\n"
        "First the database is made, then the role migrator gets its privileges and runs init, then the others get "
        "theirs. Nobody but migrator and backup can remove a guard of the ledger, and nobody but migrator can change "
        "or empty a table.\n"
        "The last statements of app and auditor let them read who may do what on the server, but for passwords: "
        "checkpoints carry a digest of that, and verify tells where it changed. They may be left out, and have to be "
        "on MySQL.",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin grants --role migrator --database ledger_db | mysql -u root -p",
                 "ledger-admin grants --role app --user ledger_app --host 10.0.0.%",
                 "ledger-admin --json --db mysql://db1/books grants --role auditor"},
    .run = grants_run,
};
