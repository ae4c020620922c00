/* THE table of commands: what is not listed here does not exist for the parser, the help, the completion scripts and
 * the manual. */
#include "cli/commands.h"

#include "base/text.h"

const struct command *const commands[] = {
    &command_init,
    &command_grants,
    &command_create_account,
    &command_accounts,
    &command_deactivate_account,
    &command_reactivate_account,
    &command_post_transaction,
    &command_import,
    &command_export,
    &command_reverse,
    &command_redact,
    &command_show,
    &command_transactions,
    &command_entries,
    &command_balance,
    &command_balance_history,
    &command_trial_balance,
    &command_report,
    &command_verify_report,
    &command_verify,
    &command_watch,
    &command_audit,
    &command_audit_adopt,
    &command_checkpoint,
    &command_checkpoint_list,
    &command_key_generate,
    &command_key_register,
    &command_key_show,
    &command_key_rotate,
    &command_epoch_begin,
    &command_prove,
    &command_prove_consistency,
    &command_check_proof,
    &command_freeze,
    &command_freeze_status,
    &command_unfreeze,
    &command_incident_open,
    &command_incident_note,
    &command_incident_attach_correction,
    &command_incident_close,
    &command_incident_list,
    &command_incident_show,
    &command_period_open,
    &command_period_close,
    &command_period_list,
    &command_approval_list,
    &command_approval_approve,
    &command_approval_deny,
    &command_clock_accept,
    &command_completion,
    NULL,
};

const struct command_option global_options[GLOBAL_OPTIONS_COUNT] = {
    [GLOBAL_DB] = {.name = "db",
                   .argument = "URI",
                   .help = "the ledger's database: sqlite:///relative.db, sqlite:////absolute.db or "
                           "mysql://user@host:port/database; it goes before LEDGER_DB_URI, and without both it is "
                           "sqlite:///ledger.db. A password in it is hidden from those who list processes, but only "
                           "once the program runs: LEDGER_DB_PASSWORD is safer"},
    [GLOBAL_ENV_FILE] = {.name = "env-file",
                         .argument = "FILE",
                         .hint = HINT_FILE,
                         .help = "read settings from this file instead of ./.env; it must exist"},
    [GLOBAL_JSON] = {.name = "json",
                     .help = "print the result, or the error, as exactly one JSON document on standard output"},
    [GLOBAL_NO_COLOR] = {.name = "no-color",
                         .help = "never use colour; the same as setting NO_COLOR in the environment"},
    [GLOBAL_QUIET] = {.name = "quiet", .help = "print no more than the essence of the result"},
    [GLOBAL_HELP] = {.name = "help", .help = "show this help, or that of the command, and do nothing else"},
    [GLOBAL_VERSION] = {.name = "version", .help = "show the version and do nothing else"},
};

const struct command *commands_find(struct ledger_text name)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (text_equals_string(name, (*command)->name)) {
            return *command;
        }
    }
    return NULL;
}

size_t command_group_length(const struct command *command)
{
    const char *blank = strchr(command->name, ' ');
    return blank == NULL ? 0 : (size_t)(blank - command->name);
}

bool command_is_in_group(const struct command *command, struct ledger_text group)
{
    size_t length = command_group_length(command);
    return length > 0 && length == group.size && memcmp(command->name, group.data, length) == 0;
}

struct ledger_text command_first_word(const struct command *command)
{
    size_t length = command_group_length(command);
    struct ledger_text name = ledger_text_of(command->name);
    return length == 0 ? name : (struct ledger_text){name.data, length};
}

bool commands_have_group(struct ledger_text group)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (command_is_in_group(*command, group)) {
            return true;
        }
    }
    return false;
}
