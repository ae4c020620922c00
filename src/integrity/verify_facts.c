/* Events that are not postings, and the rows of accounts, periods, approvals and settings that they made: what such an
 * event commits to is made again from the row, and has to be what the event says. The log is believed, the row is not:
 * the event has its leaf. */
#include <stdio.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/event_facts.h"
#include "integrity/verify_state.h"

enum { FIELD_SIZE = 96 };

enum fact_kind { FACT_NONE, FACT_SETTINGS, FACT_ACCOUNT, FACT_PERIOD, FACT_APPROVAL };

struct fact_type {
    const char *event_type;
    enum fact_kind kind;
};

static const struct fact_type fact_types[] = {
    {"LEDGER_CREATED", FACT_SETTINGS},      {"ACCOUNT_CREATED", FACT_ACCOUNT},   {"ACCOUNT_DEACTIVATED", FACT_ACCOUNT},
    {"ACCOUNT_REACTIVATED", FACT_ACCOUNT},  {"PERIOD_CLOSED", FACT_PERIOD},      {"PERIOD_OPENED", FACT_PERIOD},
    {"APPROVAL_REQUESTED", FACT_APPROVAL},  {"APPROVAL_GRANTED", FACT_APPROVAL}, {"APPROVAL_DENIED", FACT_APPROVAL},
    {"REDACTION_REQUESTED", FACT_APPROVAL},
};

static enum fact_kind fact_kind_of(struct ledger_text event_type)
{
    for (size_t i = 0; i < sizeof fact_types / sizeof fact_types[0]; i++) {
        if (text_equals_string(event_type, fact_types[i].event_type)) {
            return fact_types[i].kind;
        }
    }
    return FACT_NONE;
}

static const enum verify_check fact_checks[] = {
    [FACT_NONE] = CHECK_ORPHANS,        [FACT_SETTINGS] = CHECK_SETTINGS_FACTS, [FACT_ACCOUNT] = CHECK_ACCOUNT_FACTS,
    [FACT_PERIOD] = CHECK_PERIOD_FACTS, [FACT_APPROVAL] = CHECK_APPROVAL_FACTS,
};

/* Where a fact is kept, by its name in the event. */
struct fact_column {
    enum fact_kind kind;
    const char *fact;
    const char *field;
};

static const struct fact_column fact_columns[] = {
    {FACT_SETTINGS, "schema_applied_at", "schema_migrations.applied_at"},
    {FACT_ACCOUNT, "account_name", "account_versions.account_name"},
    {FACT_ACCOUNT, "account_role", "account_versions.account_role"},
    {FACT_ACCOUNT, "description", "account_versions.description"},
    {FACT_ACCOUNT, "is_active", "account_versions.is_active"},
    {FACT_ACCOUNT, "version", "account_versions.version"},
    {FACT_ACCOUNT, "account_id", "account_versions.account_id"},
    {FACT_ACCOUNT, "parent_account_code", "chart_of_accounts.parent_account_id"},
    {FACT_PERIOD, "start_date", "closing_periods.start_day"},
    {FACT_PERIOD, "end_date", "closing_periods.end_day"},
    {FACT_APPROVAL, "reason_hash", "approval_requests.reason"},
};

static const char *const fact_tables[] = {
    [FACT_NONE] = "audit_log",         [FACT_SETTINGS] = "ledger_settings",   [FACT_ACCOUNT] = "chart_of_accounts",
    [FACT_PERIOD] = "closing_periods", [FACT_APPROVAL] = "approval_requests",
};

/* A row that an event made, as far as they can be compared. */
struct fact_row {
    enum fact_kind kind;
    bool is_found;
    bool is_readable;            /* its facts could be written */
    struct ledger_text metadata; /* what its event has to commit to */
    int64_t changed_at_us;
    struct ledger_text changed_by;
    struct ledger_text account_code;
    const char *table; /* of changed_at and changed_by */
    /* Of an account: its own row's, with its first version. */
    bool is_first;
    bool has_account_row;
    int64_t created_at_us;
    struct ledger_text created_by;
    /* Of an approval. */
    bool has_actor;
    struct ledger_text principal;
    struct ledger_text source_system;
};

static ledger_status fact_read_settings(struct verify *verify, struct fact_row *row)
{
    struct ledger_call *scratch = &verify->scratch;
    struct ledger_settings settings;
    size_t problems_before = ledger_call_problems_count(scratch);
    ledger_status status = store_settings_get(scratch, verify->store, &settings);
    if (status == LEDGER_DATABASE_IS_DAMAGED) {
        ledger_call_drop_problems(scratch, problems_before);
        return LEDGER_DONE;
    }
    VERIFY_TRY_SCRATCH(verify, status);
    row->is_found = true;
    row->is_readable = true;
    struct ledger_text applied_at;
    VERIFY_TRY_SCRATCH(verify, store_migration_applied_at(scratch, verify->store, &applied_at));
    VERIFY_TRY_SCRATCH(verify, event_facts_of_settings(scratch, &settings, applied_at, &row->metadata));
    return LEDGER_DONE;
}

static ledger_status fact_read_account(struct verify *verify, int64_t log_index, struct fact_row *row)
{
    struct ledger_call *scratch = &verify->scratch;
    struct store_account_version version;
    VERIFY_TRY_SCRATCH(verify, store_account_version_get(scratch, verify->store, log_index, &row->is_found, &version));
    if (!row->is_found) {
        return LEDGER_DONE;
    }
    row->is_readable = true;
    row->table = "account_versions";
    row->changed_at_us = version.changed_at_us;
    row->changed_by = version.changed_by;
    row->account_code = version.account.account_code;
    row->is_first = version.account.version == 1;
    row->has_account_row = !text_is_absent(version.account.account_code);
    row->created_at_us = version.account.created_at_us;
    row->created_by = version.account.created_by;
    VERIFY_TRY_SCRATCH(verify, event_facts_of_account(scratch, &version.account, &row->metadata));
    return LEDGER_DONE;
}

static ledger_status fact_read_period(struct verify *verify, int64_t log_index, struct fact_row *row)
{
    struct ledger_call *scratch = &verify->scratch;
    struct ledger_period period;
    VERIFY_TRY_SCRATCH(verify, store_period_get(scratch, verify->store, log_index, &row->is_found, &period));
    if (!row->is_found) {
        return LEDGER_DONE;
    }
    row->is_readable = period.end_day > INT32_MIN;
    row->table = "closing_periods";
    row->changed_at_us = period.changed_at_us;
    row->changed_by = period.changed_by;
    if (row->is_readable) {
        VERIFY_TRY_SCRATCH(verify, event_facts_of_period(scratch, &period, &row->metadata));
    }
    return LEDGER_DONE;
}

static struct ledger_text fact_text_of(const struct json_value *value)
{
    if (value == NULL) {
        return TEXT_ABSENT;
    }
    switch (value->type) {
    case JSON_STRING:
    case JSON_NUMBER:
        return value->text;
    case JSON_TRUE:
        return TEXT("true");
    case JSON_FALSE:
        return TEXT("false");
    case JSON_NULL:
    case JSON_ARRAY:
    case JSON_OBJECT:
        break;
    }
    return TEXT_ABSENT;
}

static const struct json_value *fact_parse(struct verify *verify, struct ledger_text metadata)
{
    const struct json_value *value = NULL;
    size_t problems_before = ledger_call_problems_count(&verify->scratch);
    if (text_is_absent(metadata) || json_read(&verify->scratch, metadata, "event_metadata", &value) != LEDGER_DONE ||
        value->type != JSON_OBJECT) {
        value = NULL;
    }
    ledger_call_drop_problems(&verify->scratch, problems_before);
    return value;
}

/* The hash of a reason; of one that was erased, what the event has for it. */
static ledger_status fact_hash_reason(struct verify *verify, const struct ledger_event_record *event,
                                      const struct store_approval_change *change, struct ledger_text *ret_reason_hash)
{
    char text[2 * SHA256_SIZE + 1];
    *ret_reason_hash = TEXT_ABSENT;
    if (text_is_absent(change->reason)) {
        return LEDGER_DONE;
    }
    if (change->reason_is_redacted) {
        const struct json_value *said = fact_parse(verify, event->event_metadata);
        *ret_reason_hash = said == NULL ? TEXT_ABSENT : fact_text_of(json_find(said, "reason_hash"));
        return verify_check_reason(verify, change);
    }
    struct sha256_hash hash = record_reason_hash(verify->hasher, change->reason_salt, change->reason);
    sha256_format(&hash, text);
    VERIFY_TRY_SCRATCH(verify, ledger_call_copy_text(&verify->scratch, ledger_text_of(text), ret_reason_hash));
    return LEDGER_DONE;
}

/* What an approval compared stands in its event alone: either word is taken. */
static ledger_status fact_read_approval(struct verify *verify, const struct ledger_event_record *event,
                                        struct fact_row *row)
{
    struct ledger_call *scratch = &verify->scratch;
    struct store_approval_change change;
    VERIFY_TRY_SCRATCH(verify, store_approval_get(scratch, verify->store, event->log_index, &row->is_found, &change));
    if (!row->is_found) {
        return LEDGER_DONE;
    }
    row->is_readable = true;
    row->table = "approval_requests";
    row->changed_at_us = change.changed_at_us;
    row->changed_by = change.changed_by;
    row->has_actor = true;
    row->principal = change.principal;
    row->source_system = change.source_system;
    struct ledger_text compared = TEXT_ABSENT;
    if (change.state == LEDGER_APPROVAL_APPROVED) {
        static const char claims[] = "\"compared\":\"claims\"";
        struct ledger_text said = event->event_metadata;
        bool is_of_claims = said.size > 0 && memmem(said.data, said.size, claims, sizeof claims - 1) != NULL;
        compared = is_of_claims ? TEXT("claims") : TEXT("principals");
    }
    struct ledger_text reason_hash;
    LEDGER_TRY(fact_hash_reason(verify, event, &change, &reason_hash));
    VERIFY_TRY_SCRATCH(verify, event_facts_of_approval(scratch, &change, reason_hash, compared, &row->metadata));
    return LEDGER_DONE;
}

/* The row lives in `scratch` until it is emptied next. */
static ledger_status fact_read(struct verify *verify, const struct ledger_event_record *event, struct fact_row *row)
{
    *row = (struct fact_row){.kind = fact_kind_of(event->event_type)};
    switch (row->kind) {
    case FACT_SETTINGS:
        return fact_read_settings(verify, row);
    case FACT_ACCOUNT:
        return fact_read_account(verify, event->log_index, row);
    case FACT_PERIOD:
        return fact_read_period(verify, event->log_index, row);
    case FACT_APPROVAL:
        return fact_read_approval(verify, event, row);
    case FACT_NONE:
        break;
    }
    return LEDGER_DONE;
}

static struct ledger_violation fact_about(struct verify *verify, const struct ledger_event_record *event,
                                          const struct fact_row *row)
{
    struct ledger_violation about = {.account_code = row->account_code};
    if (event->has_transaction) {
        about = verify_about_id(verify, event->transaction_id);
    }
    return about;
}

static ledger_status fact_report(struct verify *verify, const struct ledger_event_record *event,
                                 const struct fact_row *row, const char *column, struct ledger_text stored,
                                 struct ledger_text computed)
{
    char field[FIELD_SIZE];
    struct ledger_violation about = fact_about(verify, event, row);
    (void)snprintf(field, sizeof field, "%s", column);
    about.field = ledger_text_of(field);
    about.stored = text_is_absent(stored) ? TEXT("(none)") : stored;
    about.computed = text_is_absent(computed) ? TEXT("(none)") : computed;
    return verify_found(verify, fact_checks[row->kind], &about,
                        "%s is not what the event at log position %lld (%.*s) says", field, (long long)event->log_index,
                        TEXT_ARGUMENTS(event->event_type));
}

static void fact_name_field(enum fact_kind kind, struct ledger_text fact, char field[FIELD_SIZE])
{
    for (size_t i = 0; i < sizeof fact_columns / sizeof fact_columns[0]; i++) {
        if (fact_columns[i].kind == kind && text_equals_string(fact, fact_columns[i].fact)) {
            (void)snprintf(field, FIELD_SIZE, "%s", fact_columns[i].field);
            return;
        }
    }
    (void)snprintf(field, FIELD_SIZE, "%s.%.*s", fact_tables[kind], TEXT_ARGUMENTS(fact));
}

static const struct json_value *fact_find(const struct json_value *object, struct ledger_text fact)
{
    const struct json_value *member = object->first;
    while (member != NULL && !text_equals(member->key, fact)) {
        member = member->next;
    }
    return member;
}

/* The members of `one` that are not the same in `other`; those missing in `one` alone are found with the two exchanged.
 */
static ledger_status fact_compare_members(struct verify *verify, const struct ledger_event_record *event,
                                          const struct fact_row *row, const struct json_value *stored,
                                          const struct json_value *said, bool only_missing, size_t *differences)
{
    const struct json_value *object = only_missing ? said : stored;
    for (const struct json_value *member = object->first; member != NULL; member = member->next) {
        char field[FIELD_SIZE];
        const struct json_value *in_row = fact_find(stored, member->key);
        const struct json_value *in_event = fact_find(said, member->key);
        if ((only_missing && in_row != NULL) || text_equals(fact_text_of(in_row), fact_text_of(in_event))) {
            continue;
        }
        ++*differences;
        fact_name_field(row->kind, member->key, field);
        LEDGER_TRY(fact_report(verify, event, row, field, fact_text_of(in_row), fact_text_of(in_event)));
    }
    return LEDGER_DONE;
}

static ledger_status fact_compare_metadata(struct verify *verify, const struct ledger_event_record *event,
                                           const struct fact_row *row)
{
    if (row->is_readable && text_equals(row->metadata, event->event_metadata)) {
        return LEDGER_DONE;
    }
    const struct json_value *stored = row->is_readable ? fact_parse(verify, row->metadata) : NULL;
    const struct json_value *said = fact_parse(verify, event->event_metadata);
    size_t differences = 0;
    if (stored != NULL && said != NULL) {
        LEDGER_TRY(fact_compare_members(verify, event, row, stored, said, false, &differences));
        LEDGER_TRY(fact_compare_members(verify, event, row, stored, said, true, &differences));
    }
    if (differences > 0) {
        return LEDGER_DONE;
    }
    char field[FIELD_SIZE];
    fact_name_field(row->kind, TEXT("*"), field);
    return fact_report(verify, event, row, field, row->metadata, event->event_metadata);
}

static ledger_status fact_compare_time(struct verify *verify, const struct ledger_event_record *event,
                                       const struct fact_row *row, const char *table, const char *column,
                                       int64_t stored_us)
{
    char field[FIELD_SIZE];
    if (stored_us == event->event_timestamp_us) {
        return LEDGER_DONE;
    }
    (void)snprintf(field, sizeof field, "%s.%s", table, column);
    return fact_report(verify, event, row, field, verify_text_of_time(verify->stored_text, stored_us),
                       verify_text_of_time(verify->computed_text, event->event_timestamp_us));
}

static ledger_status fact_compare_text(struct verify *verify, const struct ledger_event_record *event,
                                       const struct fact_row *row, const char *table, const char *column,
                                       struct ledger_text stored, struct ledger_text said)
{
    char field[FIELD_SIZE];
    if (text_equals(stored, said)) {
        return LEDGER_DONE;
    }
    (void)snprintf(field, sizeof field, "%s.%s", table, column);
    return fact_report(verify, event, row, field, stored, said);
}

static ledger_status fact_compare_actor(struct verify *verify, const struct ledger_event_record *event,
                                        const struct fact_row *row)
{
    if (row->table == NULL) {
        return LEDGER_DONE;
    }
    bool is_request = row->kind == FACT_APPROVAL;
    LEDGER_TRY(fact_compare_time(verify, event, row, row->table, is_request ? "requested_at" : "changed_at",
                                 row->changed_at_us));
    LEDGER_TRY(fact_compare_text(verify, event, row, row->table, is_request ? "requested_by" : "changed_by",
                                 row->changed_by, event->user_id));
    if (row->has_actor) {
        LEDGER_TRY(
            fact_compare_text(verify, event, row, row->table, "requested_principal", row->principal, event->principal));
        LEDGER_TRY(fact_compare_text(verify, event, row, row->table, "source_system", row->source_system,
                                     event->source_system));
    }
    if (row->kind != FACT_ACCOUNT || !row->is_first || !row->has_account_row) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(fact_compare_time(verify, event, row, "chart_of_accounts", "created_at", row->created_at_us));
    return fact_compare_text(verify, event, row, "chart_of_accounts", "created_by", row->created_by, event->user_id);
}

/* What the log says of an account counts for its entries, also where its row says otherwise or is gone. */
static ledger_status fact_take_account(struct verify *verify, const struct ledger_event_record *event)
{
    const struct json_value *said = fact_parse(verify, event->event_metadata);
    const struct json_value *id = said == NULL ? NULL : json_find(said, "account_id");
    const struct json_value *code = said == NULL ? NULL : json_find(said, "account_code");
    const struct json_value *currency = said == NULL ? NULL : json_find(said, "currency");
    if (id == NULL || code == NULL || currency == NULL || id->type != JSON_NUMBER || code->type != JSON_STRING ||
        currency->type != JSON_STRING || id->text.size > 18) {
        return LEDGER_DONE;
    }
    int64_t account_id = 0;
    for (size_t i = 0; i < id->text.size; i++) {
        if (id->text.data[i] < '0' || id->text.data[i] > '9') {
            return LEDGER_DONE;
        }
        account_id = account_id * 10 + (id->text.data[i] - '0');
    }
    struct verify_account *account = verify_find_account(verify, account_id);
    if (account == NULL) {
        LEDGER_TRY(verify_add_account(verify, account_id, &account));
    }
    if (!text_equals(account->account_code, code->text)) {
        LEDGER_TRY(ledger_call_copy_text(verify->call, code->text, &account->account_code));
    }
    if (!text_equals(account->currency, currency->text)) {
        LEDGER_TRY(ledger_call_copy_text(verify->call, currency->text, &account->currency));
    }
    return LEDGER_DONE;
}

static ledger_status fact_check(struct verify *verify, const struct ledger_event_record *event,
                                const struct fact_row *row)
{
    verify->sums.checked_counts[fact_checks[row->kind]]++;
    if (!row->is_found) {
        struct ledger_violation about = fact_about(verify, event, row);
        char field[FIELD_SIZE];
        fact_name_field(row->kind, row->kind == FACT_ACCOUNT ? TEXT("version") : TEXT("*"), field);
        about.field = ledger_text_of(field);
        return verify_found(verify, fact_checks[row->kind], &about,
                            "the row that the event at log position %lld (%.*s) made is missing",
                            (long long)event->log_index, TEXT_ARGUMENTS(event->event_type));
    }
    LEDGER_TRY(fact_compare_metadata(verify, event, row));
    return fact_compare_actor(verify, event, row);
}

static ledger_status event_check_transaction(struct verify *verify, const struct ledger_event_record *event)
{
    bool is_found = false;
    int64_t log_index = 0;
    verify->sums.checked_counts[CHECK_ORPHANS]++;
    LEDGER_TRY(store_transaction_find_by_id(verify->call, verify->store, event->transaction_id, &is_found, &log_index));
    if (is_found) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = verify_about_id(verify, event->transaction_id);
    about.field = TEXT("audit_log.transaction_id");
    return verify_found(verify, CHECK_ORPHANS, &about,
                        "the event at log position %lld is about a transaction that does not exist",
                        (long long)event->log_index);
}

static ledger_status event_report_altered(struct verify *verify, const struct ledger_event_record *event,
                                          const struct fact_row *row)
{
    struct verify_located located;
    struct ledger_violation about = fact_about(verify, event, row);
    LEDGER_TRY(verify_locate_event(verify, event, log_stored_leaf(verify), row->metadata, &located));
    about.field = ledger_text_of(located.field);
    if (!located.is_proven) {
        return verify_found(verify, CHECK_LOG_LEAVES, &about,
                            "the event at log position %lld (%.*s) is not the one that was recorded there: one of "
                            "these was altered: %s",
                            (long long)event->log_index, TEXT_ARGUMENTS(event->event_type), located.suspects);
    }
    about.stored = text_is_absent(located.stored) ? TEXT("(none)") : located.stored;
    about.computed = text_is_absent(located.computed) ? TEXT("(none)") : located.computed;
    return verify_found(verify, CHECK_LOG_LEAVES, &about,
                        "%s of the event at log position %lld was altered; with \"%.*s\" its leaf agrees",
                        located.field, (long long)event->log_index, TEXT_ARGUMENTS(about.computed));
}

/* Freezing has no row of its own but the mark in the head. */
static ledger_status verify_take_freezing(struct verify *verify, const struct ledger_event_record *event)
{
    bool is_freezing = text_equals_string(event->event_type, "LEDGER_FROZEN");
    if (!is_freezing && !text_equals_string(event->event_type, "LEDGER_UNFROZEN")) {
        return LEDGER_DONE;
    }
    verify->sums.rule_events_count++;
    if (verify->sink != NULL) {
        const struct verify_item item = {.kind = ITEM_FREEZING, .number = is_freezing};
        return verify->sink(verify, verify->sink_context, &item);
    }
    verify->is_frozen = is_freezing;
    return LEDGER_DONE;
}

ledger_status verify_take_epoch(struct verify *verify, int64_t log_index, int64_t epoch)
{
    if (verify->sink != NULL) {
        const struct verify_item item = {.kind = ITEM_EPOCH, .log_index = log_index, .number = epoch};
        return verify->sink(verify, verify->sink_context, &item);
    }
    if (epoch > verify->epoch) {
        verify->epoch = epoch;
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("audit_log.event_metadata")};
    return verify_found(verify, CHECK_HEAD_RULES, &about,
                        "the event at log position %lld begins no epoch that is later than epoch %lld",
                        (long long)log_index, (long long)verify->epoch);
}

/* Nor has an epoch. Each is later than the one before, or the event was not written by this program. */
static ledger_status verify_read_epoch(struct verify *verify, const struct ledger_event_record *event)
{
    int64_t epoch = 0;
    if (!text_equals_string(event->event_type, "EPOCH_BEGUN")) {
        return LEDGER_DONE;
    }
    bool is_read = event_facts_read_epoch(event->event_metadata, &epoch);
    return verify_take_epoch(verify, event->log_index, is_read ? epoch : 0);
}

/* Whether an event may be the one that was recorded at its position. */
static ledger_status fact_is_recorded(struct verify *verify, const struct ledger_event_record *event,
                                      bool *ret_is_recorded)
{
    enum log_leaf outcome = LOG_LEAF_IS_UNKNOWN;
    struct sha256_hash leaf = record_leaf_hash(verify->hasher, event);
    verify->log.position = event->log_index;
    LEDGER_TRY(log_compare_leaf(verify, &leaf, &outcome));
    *ret_is_recorded = outcome != LOG_LEAF_DIFFERS;
    return LEDGER_DONE;
}

/* Whether the ledger's zone is the one that it was made with. */
static ledger_status facts_take_zone(struct verify *verify)
{
    STORE_SCAN(scan);
    struct ledger_event_record event;
    struct fact_row row = {.kind = FACT_NONE};
    bool has_event = false;
    LEDGER_TRY(store_event_scan(verify->call, verify->store, 0, 1, &scan));
    LEDGER_TRY(store_event_next(verify->call, &scan, &has_event, &event));
    if (has_event && fact_kind_of(event.event_type) == FACT_SETTINGS) {
        bool is_recorded = false;
        LEDGER_TRY(fact_is_recorded(verify, &event, &is_recorded));
        (void)verify_scratch(verify);
        LEDGER_TRY(fact_read(verify, &event, &row));
        verify->zone_is_known = is_recorded && text_equals(row.metadata, event.event_metadata);
    }
    return LEDGER_DONE;
}

/* What the log says, before anything is held against it: whoever begins in the midst of the log has to know. */
ledger_status verify_take_facts(struct verify *verify)
{
    STORE_SCAN(scan);
    LEDGER_TRY(facts_take_zone(verify));
    LEDGER_TRY(
        store_event_scan_by_type(verify->call, verify->store, TEXT("ACCOUNT_CREATED"), 0, verify->log.log_size, &scan));
    for (;;) {
        bool has_event = false;
        bool is_recorded = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(verify->call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(fact_is_recorded(verify, &event, &is_recorded));
        if (is_recorded) {
            (void)verify_scratch(verify);
            LEDGER_TRY(fact_take_account(verify, &event));
        }
    }
}

ledger_status verify_event(struct verify *verify, const struct ledger_event_record *event, bool is_intruder)
{
    if (is_intruder) {
        struct ledger_violation about = {.field = TEXT("audit_log.log_index")};
        about.stored = verify_text_of_integer(verify->stored_text, event->log_index);
        return verify_found(verify, CHECK_LOG_LEAVES, &about,
                            "a second event (%.*s) stands at log position %lld, where the log has a posting",
                            TEXT_ARGUMENTS(event->event_type), (long long)event->log_index);
    }
    struct sha256_hash leaf = record_leaf_hash(verify->hasher, event);
    enum log_leaf outcome = LOG_LEAF_IS_UNKNOWN;
    struct fact_row row;
    (void)verify_scratch(verify);
    LEDGER_TRY(fact_read(verify, event, &row));
    verify->sums.checked_counts[CHECK_LOG_LEAVES]++;
    LEDGER_TRY(log_compare_leaf(verify, &leaf, &outcome));
    verify->sums.rule_events_count += row.kind != FACT_NONE && row.kind != FACT_SETTINGS;
    LEDGER_TRY(verify_take_freezing(verify, event));
    LEDGER_TRY(verify_read_epoch(verify, event));
    if (outcome == LOG_LEAF_DIFFERS) {
        LEDGER_TRY(event_report_altered(verify, event, &row));
        return log_add(verify, &leaf);
    }
    LEDGER_TRY(verify_check_event_order(verify, event));
    if (row.kind != FACT_NONE) {
        LEDGER_TRY(fact_check(verify, event, &row));
    }
    if (event->has_transaction) {
        LEDGER_TRY(event_check_transaction(verify, event));
    }
    return log_add(verify, &leaf);
}

/* A row whose position has no event of its kind was made by nobody. */
static ledger_status fact_check_row(struct ledger_call *call, void *context, enum store_rule_kind kind,
                                    int64_t log_index, struct ledger_text event_type)
{
    static const enum fact_kind kinds[] = {
        [STORE_RULE_ACCOUNT] = FACT_ACCOUNT, [STORE_RULE_PERIOD] = FACT_PERIOD, [STORE_RULE_APPROVAL] = FACT_APPROVAL};
    static const char *const fields[] = {"account_versions.log_index", "closing_periods.log_index",
                                         "approval_requests.log_index"};
    (void)call;
    struct verify *verify = context;
    if (fact_kind_of(event_type) == kinds[kind]) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {
        .field = ledger_text_of(fields[kind]),
        .stored = verify_text_of_integer(verify->stored_text, log_index),
    };
    return verify_found(verify, fact_checks[kinds[kind]], &about,
                        "no event at log position %lld made this row: it was inserted, or moved", (long long)log_index);
}

static ledger_status fact_check_orphan(struct ledger_call *call, void *context, int64_t account_id, bool is_version)
{
    (void)call;
    struct verify *verify = context;
    const struct verify_account *account = verify_find_account(verify, account_id);
    struct ledger_violation about = {
        .account_code = account == NULL ? TEXT_ABSENT : account->account_code,
        .field = is_version ? TEXT("account_versions.account_id") : TEXT("chart_of_accounts.account_id"),
        .stored = verify_text_of_integer(verify->stored_text, account_id),
    };
    return verify_found(verify, CHECK_ORPHANS, &about,
                        is_version ? "a version is there of account id %lld, which is not"
                                   : "account id %lld has no version",
                        (long long)account_id);
}

ledger_status verify_finish_facts(struct verify *verify)
{
    LEDGER_TRY(store_rule_row_scan(verify->call, verify->store, fact_check_row, verify));
    LEDGER_TRY(store_account_orphan_scan(verify->call, verify->store, fact_check_orphan, verify));
    int64_t settings_count = 0;
    LEDGER_TRY(store_settings_count(verify->call, verify->store, &settings_count));
    if (settings_count <= 1) {
        return LEDGER_DONE;
    }
    struct ledger_violation about = {.field = TEXT("ledger_settings.ledger_id"),
                                     .stored = verify_text_of_integer(verify->stored_text, settings_count),
                                     .computed = TEXT("1")};
    return verify_found(verify, CHECK_SETTINGS_FACTS, &about, "there is more than one row of settings");
}
