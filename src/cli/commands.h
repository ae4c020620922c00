/* THE table of commands, and the options that every command takes. */
#ifndef LEDGER_CLI_COMMANDS_H
#define LEDGER_CLI_COMMANDS_H

#include "cli/command.h"

/* Each is defined in the file of its name: cmd_<name>.c. */
extern const struct command command_init;
extern const struct command command_grants;
extern const struct command command_create_account;
extern const struct command command_accounts;
extern const struct command command_deactivate_account;
extern const struct command command_reactivate_account;
extern const struct command command_post_transaction;
extern const struct command command_import;
extern const struct command command_export;
extern const struct command command_reverse;
extern const struct command command_redact;
extern const struct command command_show;
extern const struct command command_transactions;
extern const struct command command_entries;
extern const struct command command_balance;
extern const struct command command_balance_history;
extern const struct command command_trial_balance;
extern const struct command command_report;
extern const struct command command_verify_report;
extern const struct command command_verify;
extern const struct command command_watch;
extern const struct command command_audit;
extern const struct command command_audit_adopt;
extern const struct command command_checkpoint;
extern const struct command command_checkpoint_list;
extern const struct command command_key_generate;
extern const struct command command_key_register;
extern const struct command command_key_show;
extern const struct command command_key_rotate;
extern const struct command command_epoch_begin;
extern const struct command command_prove;
extern const struct command command_prove_consistency;
extern const struct command command_check_proof;
extern const struct command command_freeze;
extern const struct command command_freeze_status;
extern const struct command command_unfreeze;
extern const struct command command_incident_open;
extern const struct command command_incident_note;
extern const struct command command_incident_attach_correction;
extern const struct command command_incident_close;
extern const struct command command_incident_list;
extern const struct command command_incident_show;
extern const struct command command_period_open;
extern const struct command command_period_close;
extern const struct command command_period_list;
extern const struct command command_approval_list;
extern const struct command command_approval_approve;
extern const struct command command_approval_deny;
extern const struct command command_clock_accept;
extern const struct command command_completion;

/* The commands in the order of the help, ending with NULL. */
extern const struct command *const commands[];

/* The options that stand before or after any command. */
enum global_option {
    GLOBAL_DB,
    GLOBAL_ENV_FILE,
    GLOBAL_JSON,
    GLOBAL_NO_COLOR,
    GLOBAL_QUIET,
    GLOBAL_HELP,
    GLOBAL_VERSION,
    GLOBAL_OPTIONS_COUNT,
};
extern const struct command_option global_options[GLOBAL_OPTIONS_COUNT];

/* The command of that whole name ("period close"), NULL where there is none. */
const struct command *commands_find(struct ledger_text name);

/* The length of the group's name in a command's name ("period" of "period close"), 0 where it is in none. A group's
 * name may be a command by itself ("audit" and "audit adopt"): it then stands before the commands of the group. */
size_t command_group_length(const struct command *command);

/* The group's name, or the command's own where it is in none. */
struct ledger_text command_first_word(const struct command *command);

/* Whether the command belongs to that group. */
bool command_is_in_group(const struct command *command, struct ledger_text group);

/* Whether any command does. */
bool commands_have_group(struct ledger_text group);

#endif
