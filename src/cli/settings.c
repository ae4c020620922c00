/* The settings of the command line. Those that only the service uses are checked here all the same, so that one .env
 * serves both and a slip in it is told early. */
#include "cli/settings.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "base/file.h"
#include "base/quote.h"
#include "base/text.h"
#include "domain/amount.h"

enum {
    SETTINGS_DAYS_MAX = 36500,
    SETTINGS_TIMEOUT_SECONDS_MAX = 86400,
    SETTINGS_CONNECTIONS_MAX = 1000,
    SETTINGS_RETENTION_DAYS_DEFAULT = 3650,
    SETTINGS_POOL_SIZE_DEFAULT = 10,
    SETTINGS_MAX_OVERFLOW_DEFAULT = 20,
    SETTINGS_PASSWORD_FILE_BYTES_MAX = 4096,
    SETTINGS_CHECKPOINT_EVENTS_MAX = 1000000000,
    SETTINGS_CHECKPOINT_EVENTS_DEFAULT = 10000,
    SETTINGS_CHECKPOINT_SECONDS_MAX = 31536000,
    SETTINGS_CHECKPOINT_SECONDS_DEFAULT = 3600,
};

#define PASSWORD_FILE "LEDGER_DB_PASSWORD_FILE"

const struct setting settings_table[] = {
    {"LEDGER_DB_URI", "the ledger's database, where --db does not name it; without both, sqlite:///ledger.db"},
    {"LEDGER_DB_PASSWORD", "the password of a server's user, where the URI has none"},
    {"LEDGER_DB_PASSWORD_FILE", "a file whose first line is that password; LEDGER_DB_PASSWORD goes before it"},
    {"DB_QUERY_TIMEOUT",
     "how many seconds a command may wait for the database, and a server may work on one statement, "
     "0 to 86400; 30 where not set"},
    {"DB_POOL_SIZE", "how many connections a program keeps, 1 to 1000; 10 where not set"},
    {"DB_MAX_OVERFLOW", "how many more it may open for a while, 0 to 1000; 20 where not set"},
    {"MAX_CORRECTION_AGE_DAYS",
     "transactions of more than so many days ago cannot be reversed; 0 or not set: no limit"},
    {"CORRECTION_APPROVAL_THRESHOLD",
     "reversals of debits above this amount wait for a second person; 0 or not set: none does"},
    {"LEDGER_CHECKPOINT_DIR",
     "the directory of signed checkpoints; it has to exist, best on a machine that the database's administrators "
     "cannot change"},
    {"LEDGER_CHECKPOINT_KEY_FILE", "the file of the private key that signs checkpoints; nobody but its owner may read "
                                   "it"},
    {"LEDGER_CHECKPOINT_KEY_COMMAND",
     "a command for /bin/sh that prints that key, where no file is named; it has as long as the database, and nothing "
     "of what it prints is shown"},
    {"LEDGER_CHECKPOINT_EVENTS", "for watch: after how many events a checkpoint is due, 0 to 1000000000; 0: not for "
                                 "that; 10000 where not set"},
    {"LEDGER_CHECKPOINT_SECONDS", "for watch: after how many seconds one is due where the log grew, 0 to 31536000; 0: "
                                  "not for that; 3600 where not set"},
    {"DEFAULT_CURRENCY", "for init: the currency of accounts that name none; AOA where not set"},
    {"LEDGER_TIMEZONE", "for init: the time zone whose calendar days the ledger keeps; UTC where not set"},
    {"FISCAL_YEAR_START", "for init: month and day, MM-DD, on which a fiscal year begins; 01-01 where not set"},
    {"AUDIT_RETENTION_DAYS", "for the service: how long audit events are kept, 1 to 36500"},
    {"REPORT_RETENTION_DAYS", "for the service: how long reports are kept, 1 to 36500"},
    {"NO_COLOR", "set to anything: no colour"},
    {NULL, NULL},
};

/* A text that is set and not empty, copied to the call; else absent. */
static LEDGER_MUST_CHECK ledger_status settings_get_text(struct ledger_call *call, const struct config *config,
                                                         const char *name, struct ledger_text *ret_text)
{
    struct ledger_text text = config_find(config, name);
    return ledger_call_copy_text(call, text_is_empty(text) ? TEXT_ABSENT : text, ret_text);
}

/* The threshold: an amount, or 0 for none. */
static LEDGER_MUST_CHECK ledger_status settings_get_threshold(struct ledger_call *call, const struct config *config,
                                                              int64_t *ret_amount_minor)
{
    static const char name[] = "CORRECTION_APPROVAL_THRESHOLD";
    struct ledger_text text = config_find(config, name);
    *ret_amount_minor = 0;
    if (text_is_empty(text)) {
        return LEDGER_DONE;
    }
    enum amount_fault fault = amount_parse(text, 2, ret_amount_minor);
    if (fault == AMOUNT_IS_GOOD || fault == AMOUNT_IS_ZERO) {
        return LEDGER_DONE;
    }
    char quoted[QUOTE_SIZE];
    return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "%s is %s in %s, which %s", name,
                       text_quote(text, quoted), config_describe_source(config, name), amount_fault_sentence(fault, 2));
}

/* The first line of a file, for what should stand neither in the environment nor in a .env. */
static LEDGER_MUST_CHECK ledger_status settings_read_password(struct ledger_call *call, const struct config *config,
                                                              struct ledger_text path, struct settings *settings)
{
    struct ledger_text content;
    struct stat status;
    char path_text[PATH_MAX];
    if (path.size >= sizeof path_text) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID, "%s is %s, which is longer than a path can be",
                           PASSWORD_FILE, config_describe_source(config, PASSWORD_FILE));
    }
    memcpy(path_text, path.data, path.size);
    path_text[path.size] = '\0';
    LEDGER_TRY(file_read(call, path_text, SETTINGS_PASSWORD_FILE_BYTES_MAX, &content));
    size_t size = 0;
    while (size < content.size && content.data[size] != '\n' && content.data[size] != '\r') {
        size++;
    }
    if (size == 0) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "%s names %s, whose first line is empty: write the "
                           "password there",
                           PASSWORD_FILE, path_text);
    }
    settings->password = (struct ledger_text){content.data, size};
    if (stat(path_text, &status) == 0 && S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0) {
        return ledger_call_copy_text(call, path, &settings->exposed_password_file);
    }
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status settings_get_password(struct ledger_call *call, const struct config *config,
                                                             struct settings *settings)
{
    struct ledger_text path = config_find(config, PASSWORD_FILE);
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_DB_PASSWORD", &settings->password));
    return !text_is_absent(settings->password) || text_is_empty(path)
               ? LEDGER_DONE
               : settings_read_password(call, config, path, settings);
}

/* Reads every setting, so that all problems are told at once. */
static LEDGER_MUST_CHECK ledger_status settings_take(struct ledger_call *call, const struct config *config,
                                                     struct settings *ret_settings)
{
    size_t first_problem = ledger_call_problems_count(call);
    struct settings settings = {.timeout_ms = LEDGER_CALL_TIMEOUT_MS_DEFAULT};
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_DB_URI", &settings.database));
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_TIMEZONE", &settings.time_zone));
    LEDGER_TRY(settings_get_text(call, config, "DEFAULT_CURRENCY", &settings.default_currency));
    LEDGER_TRY(settings_get_text(call, config, "FISCAL_YEAR_START", &settings.fiscal_year_start));
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_CHECKPOINT_DIR", &settings.checkpoint_directory));
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_CHECKPOINT_KEY_FILE", &settings.checkpoint_key_file));
    LEDGER_TRY(settings_get_text(call, config, "LEDGER_CHECKPOINT_KEY_COMMAND", &settings.checkpoint_key_command));

    int64_t max_correction_age_days = 0;
    int64_t timeout_seconds = 0;
    int64_t pool_size = 0;
    int64_t pool_overflow_max = 0;
    int64_t unused = 0;
    const struct {
        const char *name;
        int64_t minimum;
        int64_t maximum;
        int64_t default_value;
        int64_t *number;
    } numbers[] = {
        {"MAX_CORRECTION_AGE_DAYS", 0, SETTINGS_DAYS_MAX, 0, &max_correction_age_days},
        {"DB_QUERY_TIMEOUT", 0, SETTINGS_TIMEOUT_SECONDS_MAX, LEDGER_CALL_TIMEOUT_MS_DEFAULT / 1000, &timeout_seconds},
        {"AUDIT_RETENTION_DAYS", 1, SETTINGS_DAYS_MAX, SETTINGS_RETENTION_DAYS_DEFAULT, &unused},
        {"REPORT_RETENTION_DAYS", 1, SETTINGS_DAYS_MAX, SETTINGS_RETENTION_DAYS_DEFAULT, &unused},
        {"DB_POOL_SIZE", 1, SETTINGS_CONNECTIONS_MAX, SETTINGS_POOL_SIZE_DEFAULT, &pool_size},
        {"DB_MAX_OVERFLOW", 0, SETTINGS_CONNECTIONS_MAX, SETTINGS_MAX_OVERFLOW_DEFAULT, &pool_overflow_max},
        {"LEDGER_CHECKPOINT_EVENTS", 0, SETTINGS_CHECKPOINT_EVENTS_MAX, SETTINGS_CHECKPOINT_EVENTS_DEFAULT,
         &settings.checkpoint_events},
        {"LEDGER_CHECKPOINT_SECONDS", 0, SETTINGS_CHECKPOINT_SECONDS_MAX, SETTINGS_CHECKPOINT_SECONDS_DEFAULT,
         &settings.checkpoint_seconds},
    };
    ledger_status status = settings_get_threshold(call, config, &settings.correction_approval_threshold_minor);
    for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        if (status != LEDGER_DONE && status != LEDGER_CONFIGURATION_IS_INVALID) {
            return status;
        }
        status = config_get_integer(call, config, numbers[index].name, numbers[index].minimum, numbers[index].maximum,
                                    numbers[index].default_value, numbers[index].number);
    }
    if (status != LEDGER_DONE && status != LEDGER_CONFIGURATION_IS_INVALID) {
        return status;
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    LEDGER_TRY(settings_get_password(call, config, &settings));
    settings.max_correction_age_days = (uint32_t)max_correction_age_days;
    settings.timeout_ms = (uint32_t)(timeout_seconds * 1000);
    settings.pool_size = (uint32_t)pool_size;
    settings.pool_overflow_max = pool_overflow_max == 0 ? LEDGER_POOL_NO_OVERFLOW : (uint32_t)pool_overflow_max;
    *ret_settings = settings;
    return LEDGER_DONE;
}

ledger_status settings_read(struct ledger_call *call, const char *env_file, struct settings *ret_settings)
{
    static const char default_env_file[] = ".env";
    struct config config;
    config_init(&config);
    ledger_status status = LEDGER_DONE;
    if (env_file != NULL) {
        status = config_read(call, &config, env_file);
    } else if (access(default_env_file, F_OK) == 0 || errno != ENOENT) {
        status = config_read(call, &config, default_env_file);
    }
    if (status == LEDGER_DONE) {
        status = settings_take(call, &config, ret_settings);
    }
    config_done(&config);
    return status;
}
