/* A ledger made, opened and closed. */
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "domain/currency.h"
#include "engine/event_facts.h"
#include "engine/write_unit.h"
#include "version.h"

#define URI_DEFAULT "sqlite:///ledger.db"

const char *ledger_version(void)
{
    return LEDGER_VERSION;
}

ledger_status ledger_show_uri(struct ledger_call *call, struct ledger_text uri, struct ledger_text *ret_shown)
{
    return driver_show_uri(call, uri, ret_shown);
}

const struct ledger_settings *ledger_get_settings(const struct ledger *ledger)
{
    return &ledger->settings;
}

void ledger_free(struct ledger *ledger)
{
    if (ledger == NULL) {
        return;
    }
    posting_line_done(&ledger->posting_line);
    pool_done(&ledger->pool);
    time_zone_free(ledger->zone);
    arena_done(&ledger->arena);
    (void)pthread_mutex_destroy(&ledger->mutex);
    free(ledger);
}

static ledger_status ledger_allocate(struct ledger_call *call, const struct ledger_open_options *options,
                                     struct ledger **ret_ledger)
{
    struct ledger *ledger = calloc(1, sizeof *ledger);
    if (ledger == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    (void)pthread_mutex_init(&ledger->mutex, NULL);
    arena_init(&ledger->arena);
    posting_line_init(&ledger->posting_line);
    pool_init(&ledger->pool, options->pool_size, options->pool_overflow_max);
    ledger->max_correction_age_days = options->max_correction_age_days;
    ledger->correction_approval_threshold_minor = options->correction_approval_threshold_minor;
    struct session *session = NULL;
    ledger_status status = session_new(call, ledger, &session);
    if (status != LEDGER_DONE) {
        ledger_free(ledger);
        return status;
    }
    pool_add(&ledger->pool, session);
    *ret_ledger = ledger;
    return LEDGER_DONE;
}

/* What lives as long as the handle. An absent text stays absent. */
static ledger_status ledger_keep_text(struct ledger_call *call, struct ledger *ledger, struct ledger_text *text)
{
    return text_keep(&ledger->arena, *text, text) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static ledger_status ledger_keep_setting(struct ledger_call *call, struct ledger *ledger, struct ledger_text *text)
{
    if (text_is_absent(*text)) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "a setting is missing in the row of ledger_settings");
    }
    return ledger_keep_text(call, ledger, text);
}

static ledger_status ledger_keep_settings(struct ledger_call *call, struct ledger *ledger,
                                          const struct ledger_settings *settings)
{
    ledger->settings = *settings;
    LEDGER_TRY(ledger_keep_setting(call, ledger, &ledger->settings.ledger_id));
    LEDGER_TRY(ledger_keep_setting(call, ledger, &ledger->settings.time_zone));
    LEDGER_TRY(ledger_keep_setting(call, ledger, &ledger->settings.default_currency));
    LEDGER_TRY(ledger_keep_setting(call, ledger, &ledger->settings.fiscal_year_start));
    return time_zone_open(call, ledger->settings.time_zone, &ledger->zone);
}

static ledger_status settings_compare(struct ledger_call *call, const char *setting, struct ledger_text expected,
                                      struct ledger_text actual)
{
    if (!text_is_absent(expected) && !text_equals(expected, actual)) {
        return ledger_fail(call, LEDGER_SETTING_DIFFERS,
                           "%s is \"%.*s\" in the environment, but the ledger was made with \"%.*s\"", setting,
                           TEXT_ARGUMENTS(expected), TEXT_ARGUMENTS(actual));
    }
    return LEDGER_DONE;
}

static ledger_status ledger_check_expected(struct ledger_call *call, const struct ledger *ledger,
                                           const struct ledger_open_options *options)
{
    LEDGER_TRY(settings_compare(call, "LEDGER_TIMEZONE", options->expected_time_zone, ledger->settings.time_zone));
    LEDGER_TRY(settings_compare(call, "DEFAULT_CURRENCY", options->expected_default_currency,
                                ledger->settings.default_currency));
    LEDGER_TRY(settings_compare(call, "FISCAL_YEAR_START", options->expected_fiscal_year_start,
                                ledger->settings.fiscal_year_start));
    if (ledger->settings.hash_version != RECORD_HASH_VERSION) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED, "the ledger has hash version %d, this program knows %d",
                           ledger->settings.hash_version, RECORD_HASH_VERSION);
    }
    return LEDGER_DONE;
}

static ledger_status ledger_check_version(struct ledger_call *call, struct driver *driver)
{
    int64_t version = 0;
    LEDGER_TRY(driver->operations->schema_version(call, driver, &version));
    if (version == 0) {
        return ledger_fail(call, LEDGER_IS_NOT_INITIALISED, "the database is empty: there is no ledger in it");
    }
    return LEDGER_DONE;
}

/* Opens the first session, and keeps how the others are opened. */
static ledger_status ledger_connect(struct ledger_call *call, struct ledger *ledger, struct session *session,
                                    const struct ledger_open_options *options, enum open_mode mode)
{
    struct driver_options first = {
        .uri = text_is_empty(options->uri) ? ledger_text_of(URI_DEFAULT) : options->uri,
        .password = options->password,
        .mode = mode,
        .query_timeout_ms = options->query_timeout_ms,
    };
    LEDGER_TRY(driver_open(call, &first, &session->store.driver));
    struct driver_options *later = &ledger->session_options;
    *later = first;
    later->mode = mode == OPEN_CREATE ? OPEN_EXISTING : mode;
    LEDGER_TRY(driver_resolve_uri(call, first.uri, &later->uri));
    LEDGER_TRY(ledger_keep_text(call, ledger, &later->uri));
    return ledger_keep_text(call, ledger, &later->password);
}

static ledger_status ledger_load(struct ledger_call *call, struct ledger *ledger,
                                 const struct ledger_open_options *options)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(ledger_connect(call, ledger, session, options, options->read_only ? OPEN_READ_ONLY : OPEN_EXISTING));
    LEDGER_TRY(ledger_check_version(call, session->store.driver));
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    struct ledger_settings settings;
    LEDGER_TRY(store_settings_get(call, &session->store, &settings));
    LEDGER_TRY(ledger_keep_settings(call, ledger, &settings));
    return ledger_check_expected(call, ledger, options);
}

static ledger_status options_check(struct ledger_call *call, const struct ledger_open_options *options)
{
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_open_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    return LEDGER_DONE;
}

struct opening {
    const struct ledger_open_options *options;
    struct ledger **ret_ledger;
};

static ledger_status ledger_try_open(struct ledger_call *call, void *context)
{
    const struct opening *opening = context;
    struct ledger *ledger = NULL;
    LEDGER_TRY(ledger_allocate(call, opening->options, &ledger));
    ledger_status status = ledger_load(call, ledger, opening->options);
    if (status != LEDGER_DONE) {
        ledger_free(ledger);
        return status;
    }
    *opening->ret_ledger = ledger;
    return LEDGER_DONE;
}

ledger_status ledger_open(struct ledger_call *call, const struct ledger_open_options *options,
                          struct ledger **ret_ledger)
{
    LEDGER_TRY(options_check(call, options));
    struct opening opening = {options, ret_ledger};
    return session_read(call, ledger_try_open, &opening);
}

static ledger_status ledger_connect_unfinished(struct ledger_call *call, struct ledger *ledger,
                                               const struct ledger_open_options *options,
                                               const struct ledger_settings *settings, bool is_new)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(ledger_keep_settings(call, ledger, settings));
    LEDGER_TRY(ledger_check_expected(call, ledger, options));
    LEDGER_TRY(ledger_connect(call, ledger, session, options, is_new ? OPEN_CREATE : OPEN_EXISTING));
    return is_new ? LEDGER_DONE : ledger_check_version(call, session->store.driver);
}

ledger_status ledger_open_unfinished(struct ledger_call *call, const struct ledger_open_options *options,
                                     const struct ledger_settings *settings, bool is_new, struct ledger **ret_ledger)
{
    struct ledger *ledger = NULL;
    LEDGER_TRY(options_check(call, options));
    LEDGER_TRY(ledger_allocate(call, options, &ledger));
    ledger_status status = ledger_connect_unfinished(call, ledger, options, settings, is_new);
    if (status != LEDGER_DONE) {
        ledger_free(ledger);
        return status;
    }
    *ret_ledger = ledger;
    return LEDGER_DONE;
}

static ledger_status settings_take(struct ledger_call *call, const struct ledger_settings *asked,
                                   char id_text[UUID_TEXT_SIZE + 1], struct ledger_settings *ret_settings)
{
    struct ledger_settings settings = *asked;
    settings.time_zone = text_is_empty(settings.time_zone) ? TEXT("UTC") : settings.time_zone;
    settings.default_currency = text_is_empty(settings.default_currency) ? TEXT("AOA") : settings.default_currency;
    settings.fiscal_year_start = text_is_empty(settings.fiscal_year_start) ? TEXT("01-01") : settings.fiscal_year_start;
    settings.hash_version = RECORD_HASH_VERSION;
    unsigned decimals = 0;
    if (currency_find(settings.default_currency, &decimals) != CURRENCY_IS_GOOD) {
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "the default currency \"%.*s\" is no ISO 4217 code with at most two decimals",
                           TEXT_ARGUMENTS(settings.default_currency));
    }
    /* 29 February has no day in most years, so no fiscal year begins on it: 2001 had none. */
    struct ledger_text day_text;
    int32_t day = 0;
    LEDGER_TRY(ledger_call_format(call, &day_text, "2001-%.*s", TEXT_ARGUMENTS(settings.fiscal_year_start)));
    size_t problems_before = ledger_call_problems_count(call);
    if (day_parse(call, day_text, &day) != LEDGER_DONE) {
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "the fiscal year cannot start on \"%.*s\": write MM-DD, a day that every year has",
                           TEXT_ARGUMENTS(settings.fiscal_year_start));
    }
    struct uuid_generator generator = {0, 0};
    uint8_t random[8];
    if (!random_bytes(random, sizeof random)) {
        return ledger_fail(call, LEDGER_DEFECT, "the operating system gave no random bytes");
    }
    struct uuid id = uuid_v7(&generator, ledger_call_now_us(call), random);
    uuid_format(&id, id_text);
    settings.ledger_id = ledger_text_of(id_text);
    *ret_settings = settings;
    return LEDGER_DONE;
}

/* The schema, the settings and the first event are one unit of work: a ledger is there whole or not at all. */
static ledger_status ledger_create_rows(struct ledger_call *call, struct session *session,
                                        const struct ledger_settings *settings)
{
    struct write_unit unit = {.session = session, .now_us = ledger_call_now_us(call)};
    unit.head.epoch = 1;
    unit.head.rules_version = 1;
    merkle_frontier_init(&unit.head.frontier);
    LEDGER_TRY(store_settings_insert(call, &session->store, settings));
    LEDGER_TRY(store_head_insert(call, &session->store, &unit.head));
    struct ledger_text metadata;
    struct ledger_text applied_at;
    LEDGER_TRY(store_migration_applied_at(call, &session->store, &applied_at));
    LEDGER_TRY(event_facts_of_settings(call, settings, applied_at, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, "LEDGER_CREATED", LEDGER_INFO, true, "INIT", TEXT("Ledger created"), metadata);
    LEDGER_TRY(write_unit_add_event(call, &unit, &event));
    return write_unit_finish(call, &unit);
}

/* Whether a creation of unknown outcome was done: whether the ledger that is there is this one. */
static bool ledger_is_created(struct ledger_call *call, struct session *session)
{
    struct ledger_settings settings;
    bool is_created = store_begin(call, &session->store, UNIT_WRITE) == LEDGER_DONE &&
                      store_settings_get(call, &session->store, &settings) == LEDGER_DONE &&
                      text_equals(settings.ledger_id, session->ledger->settings.ledger_id);
    store_rollback(&session->store);
    return is_created;
}

static ledger_status ledger_create_in(struct ledger_call *call, struct ledger *ledger,
                                      const struct ledger_open_options *options, const struct ledger_settings *settings)
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(ledger_keep_settings(call, ledger, settings));
    LEDGER_TRY(ledger_connect(call, ledger, session, options, OPEN_CREATE));
    LEDGER_TRY(session->store.driver->operations->create_schema(call, session->store.driver));
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = ledger_create_rows(call, session, settings);
    if (status != LEDGER_DONE) {
        store_rollback(&session->store);
    }
    if (status == LEDGER_OUTCOME_IS_UNKNOWN && ledger_is_created(call, session)) {
        ledger_call_drop_problems(call, problems_before);
        return LEDGER_DONE;
    }
    return status;
}

ledger_status ledger_create(struct ledger_call *call, const struct ledger_open_options *options,
                            const struct ledger_settings *asked, struct ledger **ret_ledger)
{
    LEDGER_TRY(options_check(call, options));
    LEDGER_TRY(write_unit_check_actor(call));
    char id_text[UUID_TEXT_SIZE + 1];
    struct ledger_settings settings;
    LEDGER_TRY(settings_take(call, asked, id_text, &settings));
    struct ledger *ledger = NULL;
    LEDGER_TRY(ledger_allocate(call, options, &ledger));
    ledger_status status = ledger_create_in(call, ledger, options, &settings);
    if (status != LEDGER_DONE) {
        ledger_free(ledger);
        return status;
    }
    *ret_ledger = ledger;
    return LEDGER_DONE;
}
