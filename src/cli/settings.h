/* The settings of the command line: from the environment and a .env file. */
#ifndef LEDGER_CLI_SETTINGS_H
#define LEDGER_CLI_SETTINGS_H

#include "base/call.h"
#include "ledger/ledger.h"

/* Texts are absent and numbers 0 where nothing is set. */
struct settings {
    struct ledger_text database;              /* LEDGER_DB_URI */
    struct ledger_text password;              /* of a server's user, where the URI has none */
    struct ledger_text exposed_password_file; /* where it was read from, if others than its owner may read that too */
    struct ledger_text time_zone;
    struct ledger_text default_currency;
    struct ledger_text fiscal_year_start;
    uint32_t max_correction_age_days;
    int64_t correction_approval_threshold_minor;
    uint32_t timeout_ms; /* how long a function of the library may wait for the database */
    uint32_t pool_size;  /* as in ledger_open_options, and … */
    uint32_t pool_overflow_max;
    struct ledger_text checkpoint_directory;
    struct ledger_text checkpoint_key_file;
    struct ledger_text checkpoint_key_command;
    int64_t checkpoint_events; /* between two checkpoints at most, and … */
    int64_t checkpoint_seconds;
};

/* One setting, as the help and the manual show it. */
struct setting {
    const char *name;
    const char *help; /* one sentence without its full stop */
};

/* All settings, ending with a name of NULL. */
extern const struct setting settings_table[];

/* Reads them: the environment goes before the file. `env_file` must exist; where it is NULL, ./.env is read if there is
 * one. LEDGER_CONFIGURATION_IS_INVALID with every setting that is not understood, LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status settings_read(struct ledger_call *call, const char *env_file,
                                              struct settings *ret_settings);

#endif
