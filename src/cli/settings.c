/* The settings of the command line. Those that only the service uses are checked here all the same, so that one .env
 * serves both and a slip in it is told early. */
#include "cli/settings.h"

#include <errno.h>
#include <unistd.h>

#include "base/config.h"
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
};

const struct setting settings_table[] = {
    {"LEDGER_DB_URI", "the ledger's database, where --db does not name it; without both, sqlite:///ledger.db"},
    {"DB_QUERY_TIMEOUT", "how many seconds a command may wait for the database, 0 to 86400; 30 where not set"},
    {"MAX_CORRECTION_AGE_DAYS",
     "transactions of more than so many days ago cannot be reversed; 0 or not set: no limit"},
    {"CORRECTION_APPROVAL_THRESHOLD",
     "reversals of debits above this amount wait for a second person; 0 or not set: none does"},
    {"DEFAULT_CURRENCY", "for init: the currency of accounts that name none; AOA where not set"},
    {"LEDGER_TIMEZONE", "for init: the time zone whose calendar days the ledger keeps; UTC where not set"},
    {"FISCAL_YEAR_START", "for init: month and day, MM-DD, on which a fiscal year begins; 01-01 where not set"},
    {"AUDIT_RETENTION_DAYS", "for the service: how long audit events are kept, 1 to 36500"},
    {"REPORT_RETENTION_DAYS", "for the service: how long reports are kept, 1 to 36500"},
    {"DB_POOL_SIZE", "for the service: how many connections it keeps, 1 to 1000"},
    {"DB_MAX_OVERFLOW", "for the service: how many more it may open for a while, 0 to 1000"},
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

    int64_t max_correction_age_days = 0;
    int64_t timeout_seconds = 0;
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
        {"DB_POOL_SIZE", 1, SETTINGS_CONNECTIONS_MAX, SETTINGS_POOL_SIZE_DEFAULT, &unused},
        {"DB_MAX_OVERFLOW", 0, SETTINGS_CONNECTIONS_MAX, SETTINGS_MAX_OVERFLOW_DEFAULT, &unused},
    };
    ledger_status status = settings_get_threshold(call, config, &settings.correction_approval_threshold_minor);
    for (size_t index = 0; index < sizeof numbers / sizeof numbers[0]; index++) {
        if (status != LEDGER_DONE && status != LEDGER_CONFIGURATION_IS_INVALID) {
            return status;
        }
        status = config_get_integer(call, config, numbers[index].name, numbers[index].minimum, numbers[index].maximum,
                                    numbers[index].default_value, numbers[index].number);
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    settings.max_correction_age_days = (uint32_t)max_correction_age_days;
    settings.timeout_ms = (uint32_t)(timeout_seconds * 1000);
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
