/* Attacks with full write access. See attack.h. */
#include "support/attack.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "base/text_builder.h"
#include "domain/amount.h"
#include "domain/checkpoint_text.h"
#include "domain/redaction_mark.h"
#include "domain/signed_note.h"
#include "engine/account_list.h"
#include "engine/session.h"
#include "engine/write_unit.h"
#include "integrity/log_tree.h"
#include "support/scratch_database.h"

enum { SQL_BYTES_FIRST = 1 << 16, ENTRY_BITS = 16 };

/* What the log is made of again: an event at each position. */
struct attack_event {
    struct sha256_hash leaf;
    bool is_transaction;
    int64_t time_us;
    int64_t number_in_day;
    int32_t transaction_day;
    const struct ledger_entry_record *entries;
    uint32_t entries_count;
};

struct attack {
    struct ledger_call *call;
    struct ledger_call *step; /* of one call of the ledger, and then emptied */
    struct scratch_database database;
    struct ledger *ledger;
    struct text_builder sql;
    struct record_hasher hasher;
    struct store_account_row *accounts;
    size_t accounts_count;
    struct attack_event *events;
    size_t events_count;
    size_t events_capacity;
    struct store_head head; /* as it stood; its frontier is made again */
    int64_t rule_events_removed;
    int64_t epochs_removed;
    bool was_unfrozen;
    bool is_on_server;
};

static void must(const struct ledger_call *call, ledger_status status, const char *what)
{
    if (status != LEDGER_DONE) {
        scratch_die(what, ledger_call_message(call));
    }
}

/* SQL for this backend. */
static const char *either(const struct attack *attack, const char *sqlite, const char *mariadb)
{
    return attack->is_on_server ? mariadb : sqlite;
}

static void attack_name_database(struct attack *attack, const char *uri)
{
    static const char scheme[] = "sqlite:///";
    struct scratch_database *database = &attack->database;
    (void)snprintf(database->uri, sizeof database->uri, "%s", uri);
    if (strncmp(uri, scheme, sizeof scheme - 1) == 0) {
        (void)snprintf(database->path, sizeof database->path, "%s", uri + sizeof scheme - 1);
        return;
    }
    attack->is_on_server = true;
    size_t size = strcspn(uri, "?");
    size_t begin = size;
    while (begin > 0 && uri[begin - 1] != '/') {
        begin--;
    }
    (void)snprintf(database->name, sizeof database->name, "%.*s", (int)(size - begin), uri + begin);
}

static void attack_open(struct attack *attack, bool is_read_only)
{
    struct ledger_open_options options = {
        .struct_size = sizeof options, .uri = ledger_text_of(attack->database.uri), .read_only = is_read_only};
    must(attack->call, ledger_open(attack->call, &options, &attack->ledger), "open the ledger");
}

static void attack_close(struct attack *attack)
{
    ledger_free(attack->ledger);
    attack->ledger = NULL;
}

static void attack_begin(struct attack *attack, const char *uri)
{
    *attack = (struct attack){.call = ledger_call_new(), .step = ledger_call_new()};
    if (attack->call == NULL || attack->step == NULL || !record_hasher_init(&attack->hasher)) {
        scratch_die("attack", "memory ran out");
    }
    attack_name_database(attack, uri);
    text_builder_init(&attack->sql, &attack->call->arena, SQL_BYTES_FIRST);
}

static void attack_end(struct attack *attack)
{
    record_hasher_done(&attack->hasher);
    ledger_call_free(attack->step);
    ledger_call_free(attack->call);
}

/* Runs what was gathered, past every guard. */
static void attack_run_sql(struct attack *attack)
{
    struct ledger_text sql;
    must(attack->call, text_builder_finish(attack->call, &attack->sql, &sql), "write SQL");
    scratch_database_damage(&attack->database, sql.data);
    text_builder_reset(&attack->sql);
}

static void attack_add_hash(struct attack *attack, const char *before, const void *hash)
{
    text_builder_add_string(&attack->sql, before);
    text_builder_add_string(&attack->sql, " = x'");
    text_builder_add_hex(&attack->sql, hash, SHA256_SIZE);
    text_builder_add_string(&attack->sql, "'");
}

/* Reading what stands there, and working out what follows from it. */

static struct attack_event *attack_new_event(struct attack *attack)
{
    if (attack->events_count == attack->events_capacity) {
        attack->events_capacity = attack->events_capacity == 0 ? 1024 : attack->events_capacity * 2;
        attack->events = realloc(attack->events, attack->events_capacity * sizeof *attack->events);
        if (attack->events == NULL) {
            scratch_die("attack", "memory ran out");
        }
    }
    struct attack_event *event = &attack->events[attack->events_count++];
    *event = (struct attack_event){.is_transaction = false};
    return event;
}

static const struct store_account_row *attack_account(const struct attack *attack, int64_t account_id)
{
    for (size_t i = 0; i < attack->accounts_count; i++) {
        if (attack->accounts[i].account_id == account_id) {
            return &attack->accounts[i];
        }
    }
    scratch_die("attack", "an entry is of an account that does not exist");
}

/* The entries of a transaction, in the call's memory, with codes and hashes as they have to be. */
static void attack_take_entries(struct attack *attack, struct session *session,
                                struct ledger_transaction_record *transaction)
{
    bool is_found = false;
    struct ledger_transaction_record whole;
    must(attack->call, store_transaction_get(attack->call, &session->store, transaction->log_index, &is_found, &whole),
         "read a transaction");
    struct ledger_entry_record *entries = calloc(whole.entries_count + 1, sizeof *entries);
    if (entries == NULL) {
        scratch_die("attack", "memory ran out");
    }
    for (uint32_t i = 0; i < whole.entries_count; i++) {
        const struct store_account_row *account = attack_account(attack, whole.entries[i].account_id);
        entries[i] = whole.entries[i];
        entries[i].account_code = account->account_code;
        entries[i].currency = account->currency;
        struct sha256_hash hash = record_entry_hash(&attack->hasher, whole.transaction_id, &entries[i]);
        memcpy(entries[i].entry_hash, hash.bytes, sizeof hash.bytes);
        if (memcmp(entries[i].entry_hash, whole.entries[i].entry_hash, SHA256_SIZE) != 0) {
            attack_add_hash(
                attack,
                either(attack, "UPDATE entry_rows SET entry_hash", "UPDATE journal_entries SET entry_hash_bytes"),
                hash.bytes);
            text_builder_add_format(&attack->sql, " WHERE %s = %lld;\n", either(attack, "entry_key", "entry_id"),
                                    (long long)(transaction->log_index << ENTRY_BITS) + entries[i].entry_number);
        }
    }
    *transaction = whole;
    transaction->entries = entries;
}

/* Of texts that were erased, the hash that was kept. */
static struct sha256_hash attack_texts_hash(struct attack *attack, struct session *session,
                                            const struct ledger_transaction_record *transaction)
{
    bool is_found = false;
    struct store_redaction redaction;
    if (!transaction->is_redacted) {
        return record_texts_hash(&attack->hasher, transaction);
    }
    must(attack->call,
         store_redaction_find(attack->call, &session->store, transaction->log_index, &is_found, &redaction),
         "read a redaction");
    if (!is_found) {
        scratch_die("attack", "a transaction is redacted without a redaction");
    }
    return redaction.texts_hash;
}

static void attack_take_transaction(struct attack *attack, struct session *session, int64_t log_index)
{
    struct ledger_transaction_record transaction = {.log_index = log_index};
    attack_take_entries(attack, session, &transaction);
    struct sha256_hash old_hash;
    memcpy(old_hash.bytes, transaction.record_hash, sizeof old_hash.bytes);
    struct sha256_hash transaction_hash = record_transaction_hash(&attack->hasher, &transaction);
    struct sha256_hash texts_hash = attack_texts_hash(attack, session, &transaction);
    struct sha256_hash content_hash = record_content_hash(&attack->hasher, &transaction, &texts_hash);
    struct sha256_hash record_hash = record_record_hash(&attack->hasher, &content_hash, log_index,
                                                        transaction.posting_date_us, transaction.number_in_day);
    memcpy(transaction.transaction_hash, transaction_hash.bytes, SHA256_SIZE);
    memcpy(transaction.record_hash, record_hash.bytes, SHA256_SIZE);
    if (memcmp(&old_hash, &record_hash, sizeof old_hash) != 0) {
        attack_add_hash(attack,
                        either(attack, "UPDATE transaction_rows SET transaction_hash",
                               "UPDATE transactions SET transaction_hash_bytes"),
                        transaction_hash.bytes);
        attack_add_hash(attack, either(attack, ", record_hash", ", record_hash_bytes"), record_hash.bytes);
        text_builder_add_format(&attack->sql, " WHERE log_index = %lld;\n", (long long)log_index);
    }
    struct attack_event *event = attack_new_event(attack);
    event->leaf = record_transaction_leaf_hash(&attack->hasher, &transaction);
    event->is_transaction = true;
    event->time_us = transaction.posting_date_us;
    event->number_in_day = transaction.number_in_day;
    event->transaction_day = transaction.transaction_day;
    event->entries = transaction.entries;
    event->entries_count = transaction.entries_count;
}

static void attack_take_event(struct attack *attack, const struct ledger_event_record *record)
{
    struct attack_event *event = attack_new_event(attack);
    event->leaf = record_leaf_hash(&attack->hasher, record);
    event->time_us = record->event_timestamp_us;
}

/* The positions of all transactions, and STORE_POSITION_MAX behind them: one scan of a kind may be open at a time. */
static ledger_status attack_list_transactions(struct ledger_call *call, struct store *store, int64_t **ret_positions)
{
    STORE_SCAN(scan);
    struct ledger_transaction_record transaction;
    bool has_transaction = true;
    int64_t *positions = NULL;
    size_t count = 0;
    LEDGER_TRY(store_transaction_scan(call, store, 0, STORE_POSITION_MAX, &scan));
    while (has_transaction) {
        if (count % 1024 == 0) {
            positions = realloc(positions, (count + 1024) * sizeof *positions);
            if (positions == NULL) {
                scratch_die("attack", "memory ran out");
            }
        }
        LEDGER_TRY(store_transaction_next(call, &scan, &has_transaction, &transaction));
        positions[count++] = has_transaction ? transaction.log_index : STORE_POSITION_MAX;
    }
    *ret_positions = positions;
    return LEDGER_DONE;
}

/* Every event in its order. */
static ledger_status attack_read_log(struct ledger_call *call, struct attack *attack, struct session *session)
{
    struct ledger_event_record event;
    bool has_event = false;
    int64_t *positions = NULL;
    STORE_SCAN(events);
    LEDGER_TRY(attack_list_transactions(call, &session->store, &positions));
    LEDGER_TRY(store_event_scan(call, &session->store, 0, STORE_POSITION_MAX, &events));
    LEDGER_TRY(store_event_next(call, &events, &has_event, &event));
    for (size_t i = 0; has_event || positions[i] < STORE_POSITION_MAX;) {
        if (!has_event || positions[i] < event.log_index) {
            attack_take_transaction(attack, session, positions[i++]);
        } else {
            attack_take_event(attack, &event);
            LEDGER_TRY(store_event_next(call, &events, &has_event, &event));
        }
    }
    free(positions);
    return LEDGER_DONE;
}

static ledger_status attack_read(struct ledger_call *call, struct attack *attack)
{
    SESSION_TAKE(call, attack->ledger, session);
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    LEDGER_TRY(store_head_get(call, &session->store, &attack->head));
    LEDGER_TRY(store_account_row_list(call, &session->store, &attack->accounts, &attack->accounts_count));
    return attack_read_log(call, attack, session);
}

/* Everything that follows from the log goes, and the head stands as before its first event. */
static void attack_clear_derived(struct attack *attack)
{
    text_builder_add_string(
        &attack->sql,
        either(attack,
               "DELETE FROM tile_rows; DELETE FROM account_list_rows; DELETE FROM open_total_rows;"
               "DELETE FROM daily_total_rows; DELETE FROM monthly_total_rows; DELETE FROM balance_rows;"
               "DELETE FROM posting_day_rows;"
               "UPDATE head_row SET log_size = 0, frontier = x'', open_leaves = x'', posting_day = 0, last_number = 0;",
               "DELETE FROM integrity_tiles; DELETE FROM account_list_rows; DELETE FROM open_total_rows;"
               "DELETE FROM daily_total_rows; DELETE FROM monthly_total_rows; DELETE FROM balance_rows;"
               "DELETE FROM posting_day_rows;"
               "UPDATE integrity_head SET log_size = 0, frontier_bytes = '', posting_day = '1970-01-01', "
               "last_number = 0, last_posting_date = '1970-01-01 00:00:00', epoch = 0, rules_version = 0;"));
}

/* Making it again, by the engine's own functions. */

static ledger_status attack_begin_day(struct ledger_call *call, struct write_unit *unit, int32_t posting_day)
{
    if (posting_day == unit->head.posting_day && unit->head.last_number > 0) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(store_open_total_fold(call, &unit->session->store, unit->head.posting_day));
    unit->head.posting_day = posting_day;
    return store_posting_day_insert(call, &unit->session->store, posting_day, store_head_log_size(&unit->head));
}

static ledger_status attack_add_totals(struct ledger_call *call, struct write_unit *unit,
                                       const struct attack_event *event)
{
    for (uint32_t i = 0; i < event->entries_count; i++) {
        const struct ledger_entry_record *entry = &event->entries[i];
        struct store_total_delta delta = {.transaction_period = event->transaction_day,
                                          .totals = {.account_id = entry->account_id, .entry_count = 1}};
        bool is_debit = entry->entry_type == LEDGER_DEBIT;
        delta.totals.debit_total_minor = is_debit ? entry->amount_minor : 0;
        delta.totals.credit_total_minor = is_debit ? 0 : entry->amount_minor;
        LEDGER_TRY(store_total_add(call, &unit->session->store, STORE_TOTAL_OPEN, &delta, 1, 0,
                                   store_head_log_size(&unit->head)));
    }
    return LEDGER_DONE;
}

static ledger_status attack_add_event(struct ledger_call *call, struct write_unit *unit,
                                      const struct attack_event *event)
{
    unit->now_us = event->time_us;
    if (event->is_transaction) {
        LEDGER_TRY(attack_begin_day(call, unit, time_to_utc_day(event->time_us)));
        unit->head.last_number = event->number_in_day;
        LEDGER_TRY(attack_add_totals(call, unit, event));
    }
    return write_unit_add_leaf(call, unit, &event->leaf);
}

static int64_t attack_amounts_sum(const struct attack *attack)
{
    int64_t sum = 0;
    for (size_t i = 0; i < attack->events_count; i++) {
        for (uint32_t e = 0; e < attack->events[i].entries_count; e++) {
            sum += attack->events[i].entries[e].amount_minor;
        }
    }
    return sum;
}

static ledger_status attack_build(struct ledger_call *call, struct attack *attack)
{
    SESSION_TAKE(call, attack->ledger, session);
    struct write_unit unit = {.session = session};
    LEDGER_TRY(store_begin(call, &session->store, UNIT_WRITE));
    LEDGER_TRY(store_head_get(call, &session->store, &unit.head));
    for (size_t i = 0; i < attack->events_count; i++) {
        LEDGER_TRY(attack_add_event(call, &unit, &attack->events[i]));
    }
    unit.head.epoch = attack->head.epoch - attack->epochs_removed;
    unit.head.rules_version = attack->head.rules_version - attack->rule_events_removed;
    unit.head.is_frozen = attack->head.is_frozen && !attack->was_unfrozen;
    unit.head.amount_bound_minor = attack_amounts_sum(attack);
    return write_unit_finish(call, &unit);
}

/* Makes everything right that follows from the rows. */
static void attack_make_right(struct attack *attack)
{
    attack_open(attack, true);
    must(attack->call, attack_read(attack->call, attack), "read the log");
    attack_close(attack);
    attack_clear_derived(attack);
    attack_run_sql(attack);
    attack_open(attack, false);
    must(attack->call, attack_build(attack->call, attack), "make the log again");
    attack_close(attack);
    for (size_t i = 0; i < attack->events_count; i++) {
        free((void *)(uintptr_t)attack->events[i].entries);
    }
    free(attack->events);
    attack->events = NULL;
    attack->events_count = 0;
    attack->events_capacity = 0;
}

void attack_recompute(const char *uri)
{
    struct attack attack;
    attack_begin(&attack, uri);
    attack_make_right(&attack);
    attack_end(&attack);
}

void attack_rewrite_amount(const char *uri, int64_t log_index, struct ledger_text amount)
{
    struct attack attack;
    int64_t amount_minor = 0;
    attack_begin(&attack, uri);
    if (amount_parse(amount, 2, &amount_minor) != AMOUNT_IS_GOOD) {
        scratch_die(amount.data, "is no amount");
    }
    if (attack.is_on_server) {
        text_builder_add_format(&attack.sql,
                                "UPDATE journal_entries SET amount = '%lld.%02lld' WHERE entry_id DIV 65536 = %lld;",
                                (long long)amount_minor / 100, (long long)amount_minor % 100, (long long)log_index);
    } else {
        text_builder_add_format(&attack.sql, "UPDATE entry_rows SET amount_minor = %lld WHERE entry_key >> 16 = %lld;",
                                (long long)amount_minor, (long long)log_index);
    }
    attack_run_sql(&attack);
    attack_make_right(&attack);
    attack_end(&attack);
}

/* A number that a query gives. */
static int64_t attack_ask(struct attack *attack, const char *sql)
{
    return strtoll(scratch_database_text(&attack->database, sql), NULL, 10);
}

/* What the head counts of the events that will be cut. */
static void attack_count_cut(struct attack *attack, int64_t log_size)
{
    char sql[1024];
    (void)snprintf(
        sql, sizeof sql,
        "SELECT count(*) FROM audit_log WHERE log_index >= %lld AND event_type IN ('ACCOUNT_CREATED', "
        "'ACCOUNT_DEACTIVATED', 'ACCOUNT_REACTIVATED', 'PERIOD_CLOSED', 'PERIOD_OPENED', "
        "'APPROVAL_REQUESTED', 'APPROVAL_GRANTED', 'APPROVAL_DENIED', 'REDACTION_REQUESTED', 'LEDGER_FROZEN', "
        "'LEDGER_UNFROZEN')",
        (long long)log_size);
    attack->rule_events_removed = attack_ask(attack, sql);
    (void)snprintf(sql, sizeof sql,
                   "SELECT count(*) FROM audit_log WHERE log_index >= %lld AND event_type = 'EPOCH_BEGUN'",
                   (long long)log_size);
    attack->epochs_removed = attack_ask(attack, sql);
    (void)snprintf(sql, sizeof sql,
                   "SELECT CASE event_type WHEN 'LEDGER_FROZEN' THEN 0 ELSE 1 END FROM audit_log WHERE event_type IN "
                   "('LEDGER_FROZEN', 'LEDGER_UNFROZEN', 'LEDGER_CREATED') AND log_index < %lld ORDER BY log_index "
                   "DESC LIMIT 1",
                   (long long)log_size);
    attack->was_unfrozen = attack_ask(attack, sql) == 1;
}

/* Deletes the rows of the events from a position on, and what they changed in others. */
static void attack_cut(struct attack *attack, int64_t log_size)
{
    static const char *const sqlite_tables[] = {
        "transaction_rows", "event_rows", "account_version_rows", "period_rows", "approval_rows",
        "redaction_rows",   NULL};
    static const char *const server_tables[] = {
        "transactions",    "audit_log",     "event_positions", "account_versions",
        "closing_periods", "approval_rows", "redactions",      NULL};
    long long first = (long long)log_size;
    if (attack->is_on_server) {
        text_builder_add_format(&attack->sql,
                                "UPDATE transactions o JOIN transactions r ON r.reverses_transaction_id = "
                                "o.transaction_id SET o.status = 'POSTED', o.reversed_by_transaction_id = NULL WHERE "
                                "r.log_index >= %lld; DELETE FROM journal_entries WHERE entry_id >= %lld * 65536;",
                                first, first);
    } else {
        text_builder_add_format(&attack->sql, "DELETE FROM entry_rows WHERE entry_key >= %lld * 65536;", first);
    }
    for (const char *const *table = attack->is_on_server ? server_tables : sqlite_tables; *table != NULL; table++) {
        text_builder_add_format(&attack->sql, "DELETE FROM %s WHERE log_index >= %lld;", *table, first);
    }
    text_builder_add_string(&attack->sql,
                            either(attack,
                                   "DELETE FROM account_rows WHERE account_id NOT IN (SELECT account_id FROM "
                                   "account_version_rows);",
                                   "DELETE FROM chart_of_accounts WHERE account_id NOT IN (SELECT account_id FROM "
                                   "account_versions); UPDATE chart_of_accounts a JOIN account_versions v ON "
                                   "v.account_id = a.account_id AND v.version = (SELECT max(w.version) FROM "
                                   "account_versions w WHERE w.account_id = a.account_id) SET a.account_name = "
                                   "v.account_name, a.account_role = v.account_role, a.description = v.description, "
                                   "a.is_active = v.is_active, a.version = v.version;"));
    attack_run_sql(attack);
}

static void attack_cut_and_make_right(struct attack *attack, int64_t log_size)
{
    attack_count_cut(attack, log_size);
    attack_cut(attack, log_size);
    attack_make_right(attack);
}

void attack_truncate(const char *uri, int64_t log_size)
{
    struct attack attack;
    attack_begin(&attack, uri);
    attack_cut_and_make_right(&attack, log_size);
    attack_end(&attack);
}

/* The transactions from a position on, with codes and currencies, in the call's memory. */
static ledger_status attack_keep_cut(struct ledger_call *call, struct attack *attack, int64_t log_size,
                                     struct ledger_transaction_record **ret_records, size_t *ret_count)
{
    SESSION_TAKE(call, attack->ledger, session);
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    LEDGER_TRY(store_head_get(call, &session->store, &attack->head));
    LEDGER_TRY(store_account_row_list(call, &session->store, &attack->accounts, &attack->accounts_count));
    struct ledger_transaction_record *records = NULL;
    size_t count = 0;
    LEDGER_ALLOCATE(call, records, (size_t)store_head_log_size(&attack->head) + 1);
    for (int64_t i = log_size; i < store_head_log_size(&attack->head); i++) {
        bool is_found = false;
        LEDGER_TRY(store_transaction_get(call, &session->store, i, &is_found, &records[count]));
        count += is_found && !records[count].is_reversal;
    }
    *ret_records = records;
    *ret_count = count;
    return LEDGER_DONE;
}

static int64_t attack_clock(void *context)
{
    return *(const int64_t *)context;
}

/* Of an erased text, whose mark nobody can post, what the attacker makes up. */
static struct ledger_text attack_text(struct ledger_text text)
{
    return redaction_mark_begins(text) ? TEXT("what was erased") : text;
}

static void attack_post_one(struct attack *attack, const struct ledger_transaction_record *record, bool is_first_time)
{
    struct ledger_entry *entries = calloc(record->entries_count + 1, sizeof *entries);
    int64_t now_us = record->posting_date_us;
    struct ledger_actor actor = {.user = record->created_by,
                                 .principal = record->principal,
                                 .source_system = record->source_system,
                                 .source_ip = record->source_ip};
    if (entries == NULL) {
        scratch_die("attack", "memory ran out");
    }
    for (uint32_t i = 0; i < record->entries_count; i++) {
        const struct ledger_entry_record *entry = &record->entries[i];
        entries[i] = (struct ledger_entry){
            .account_code = attack_account(attack, entry->account_id)->account_code,
            .entry_type = entry->entry_type,
            .amount_minor = entry->amount_minor + 100,
            .memo = attack_text(entry->memo),
            .cost_center = entry->cost_center,
            .business_unit = entry->business_unit,
            .project_code = entry->project_code,
        };
    }
    const struct ledger_posting posting = {
        .business_event_type = record->business_event_type,
        .business_key = record->business_key,
        .description = attack_text(record->description),
        .has_transaction_date_us = true,
        .transaction_date_us = record->transaction_date_us,
        .idempotency_key = is_first_time ? record->idempotency_key : TEXT_ABSENT,
        .allow_future = true,
        .entries = entries,
        .entries_count = record->entries_count,
    };
    struct ledger_posted posted;
    ledger_call_set_clock(attack->step, attack_clock, &now_us);
    must(attack->step, ledger_call_set_actor(attack->step, &actor), "act as another");
    must(attack->step, ledger_post(attack->step, attack->ledger, &posting, &posted), "post anew");
    ledger_call_reset(attack->step);
    free(entries);
}

void attack_repost(const char *uri, int64_t log_size)
{
    struct attack attack;
    struct ledger_transaction_record *records = NULL;
    size_t count = 0;
    attack_begin(&attack, uri);
    attack_open(&attack, true);
    must(attack.call, attack_keep_cut(attack.call, &attack, log_size, &records, &count), "read what will be cut");
    attack_close(&attack);
    if (count == 0) {
        scratch_die("repost", "there is no transaction behind that position");
    }
    int64_t old_size = store_head_log_size(&attack.head);
    attack_cut_and_make_right(&attack, log_size);
    attack_open(&attack, false);
    for (size_t i = 0; i < count; i++) {
        attack_post_one(&attack, &records[i], true);
    }
    for (int64_t size = log_size + (int64_t)count; size < old_size; size++) {
        attack_post_one(&attack, &records[count - 1], false);
    }
    attack_close(&attack);
    attack_end(&attack);
}

/* Moves what stands behind a position one place down: out of the way first, since keys must differ at every moment. */
static void attack_shift(struct attack *attack, const char *table, const char *column, int64_t behind, int64_t by)
{
    text_builder_add_format(&attack->sql, "UPDATE %s SET %s = -(%s - %lld) WHERE %s > %lld;", table, column, column,
                            (long long)by, column, (long long)behind);
    text_builder_add_format(&attack->sql, "UPDATE %s SET %s = -%s WHERE %s < 0;", table, column, column, column);
}

static void attack_remove_on_sqlite(struct attack *attack, int64_t log_index)
{
    long long position = (long long)log_index;
    text_builder_add_format(&attack->sql,
                            "UPDATE transaction_rows SET number_in_day = number_in_day - 1 WHERE log_index > %lld AND "
                            "posting_date / 86400000000 = (SELECT posting_date / 86400000000 FROM transaction_rows "
                            "WHERE log_index = %lld); DELETE FROM entry_rows WHERE entry_key >> 16 = %lld;"
                            "DELETE FROM transaction_rows WHERE log_index = %lld;",
                            position, position, position, position);
    attack_shift(attack, "transaction_rows", "log_index", log_index, 1);
    attack_shift(attack, "transaction_rows", "reverses_log_index", log_index, 1);
    attack_shift(attack, "entry_rows", "entry_key", log_index << ENTRY_BITS, INT64_C(1) << ENTRY_BITS);
    attack_shift(attack, "event_rows", "log_index", log_index, 1);
    attack_shift(attack, "account_version_rows", "log_index", log_index, 1);
    attack_shift(attack, "period_rows", "log_index", log_index, 1);
    attack_shift(attack, "approval_rows", "log_index", log_index, 1);
    attack_shift(attack, "redaction_rows", "log_index", log_index, 1);
    attack_shift(attack, "redaction_rows", "transaction_log_index", log_index, 1);
}

#define AUDIT_ID                                                                                                       \
    "lower(concat(insert(lpad(hex(timestampdiff(MICROSECOND, '1970-01-01', event_timestamp) DIV 1000), 12, '0'), 9, "  \
    "0, '-'), '-7000-8000-', lpad(hex(log_index), 12, '0')))"

/* audit_id has the position in it, and what the audit log says of a posting its number. */
static void attack_remove_on_server(struct attack *attack, int64_t log_index)
{
    long long position = (long long)log_index;
    text_builder_add_format(
        &attack->sql,
        "DELETE FROM journal_entries WHERE entry_id DIV 65536 = %lld; DELETE FROM audit_log WHERE log_index = %lld;"
        "SET @day = (SELECT left(transaction_number, 8) FROM transactions WHERE log_index = %lld);"
        "DELETE FROM transactions WHERE log_index = %lld;"
        "UPDATE transactions SET transaction_number = concat(@day, '-', lpad(substring(transaction_number, 10) - 1, 6, "
        "'0')) WHERE log_index > %lld AND left(transaction_number, 8) = @day ORDER BY log_index;",
        position, position, position, position, position);
    attack_shift(attack, "transactions", "log_index", log_index, 1);
    attack_shift(attack, "journal_entries", "entry_id", log_index << ENTRY_BITS, INT64_C(1) << ENTRY_BITS);
    attack_shift(attack, "audit_log", "log_index", log_index, 1);
    attack_shift(attack, "account_versions", "log_index", log_index, 1);
    attack_shift(attack, "closing_periods", "log_index", log_index, 1);
    attack_shift(attack, "approval_rows", "log_index", log_index, 1);
    attack_shift(attack, "redactions", "log_index", log_index, 1);
    text_builder_add_format(&attack->sql,
                            "UPDATE audit_log SET audit_id = " AUDIT_ID " WHERE log_index >= %lld ORDER BY log_index;"
                            "UPDATE audit_log a JOIN transactions t ON t.transaction_id = a.transaction_id SET "
                            "a.description = concat(if(t.reverses_transaction_id IS NULL, 'Posted transaction ', "
                            "'Posted reversal '), t.transaction_number) WHERE a.log_index = t.log_index AND "
                            "a.log_index >= %lld;"
                            "DELETE FROM event_positions; INSERT INTO event_positions (log_index, audit_id) SELECT "
                            "log_index, audit_id FROM audit_log WHERE log_index IS NOT NULL AND event_type NOT IN "
                            "('TRANSACTION_POSTED', 'TRANSACTION_REVERSED');",
                            position, position);
}

void attack_remove(const char *uri, int64_t log_index)
{
    struct attack attack;
    attack_begin(&attack, uri);
    if (attack.is_on_server) {
        attack_remove_on_server(&attack, log_index);
    } else {
        attack_remove_on_sqlite(&attack, log_index);
    }
    attack_run_sql(&attack);
    attack_make_right(&attack);
    attack_end(&attack);
}

void attack_remove_checkpoints(const char *uri, int64_t from_log_size)
{
    struct attack attack;
    attack_begin(&attack, uri);
    text_builder_add_format(&attack.sql, "DELETE FROM %s WHERE log_size >= %lld;",
                            either(&attack, "checkpoint_rows", "checkpoints"), (long long)from_log_size);
    attack_run_sql(&attack);
    attack_end(&attack);
}

static struct note_signer attack_read_key(struct attack *attack, const char *path)
{
    struct ledger_text text;
    struct note_signer signer;
    must(attack->call, file_read(attack->call, path, 4096, &text), "read the key");
    must(attack->call, note_signer_parse(attack->call, text, &signer), "read the key");
    return signer;
}

/* The events that name a key name this one. */
static void attack_name_key(struct attack *attack, const struct note_signer *signer)
{
    struct ledger_text verifier;
    must(attack->call, note_verifier_format(attack->call, &signer->verifier, &verifier), "write the key");
    text_builder_add_format(
        &attack->sql,
        either(attack,
               "UPDATE event_rows SET event_metadata = '{\"verifier_key\":\"%.*s\"}' WHERE event_type IN (SELECT "
               "text_id FROM text_dictionary WHERE text IN ('KEY_REGISTERED', 'KEY_ROTATED'));",
               "UPDATE audit_log SET event_metadata = '{\"verifier_key\":\"%.*s\"}' WHERE event_type IN "
               "('KEY_REGISTERED', 'KEY_ROTATED');"),
        TEXT_ARGUMENTS(verifier));
    attack_run_sql(attack);
}

/* The same checkpoint of another log. */
static ledger_status attack_sign_one(struct ledger_call *call, struct attack *attack, struct log_tree *tree,
                                     const struct note_signer *signer, const struct store_checkpoint *checkpoint)
{
    struct note note;
    struct checkpoint_text text;
    struct ledger_text formatted;
    struct ledger_text signed_text;
    struct merkle_nodes nodes = log_tree_nodes(tree);
    LEDGER_TRY(note_parse(call, checkpoint->note, &note));
    LEDGER_TRY(checkpoint_text_parse(call, note.text, &text));
    LEDGER_TRY(merkle_root_of(call, &nodes, text.log_size, &text.root));
    LEDGER_TRY(checkpoint_text_format(call, &text, &formatted));
    LEDGER_TRY(note_sign(call, formatted, signer, 1, &signed_text));
    attack_add_hash(attack,
                    either(attack, "UPDATE checkpoint_rows SET root_hash", "UPDATE checkpoints SET root_hash_bytes"),
                    text.root.bytes);
    text_builder_add_format(&attack->sql, ", note = '%.*s' WHERE log_size = %lld;", TEXT_ARGUMENTS(signed_text),
                            (long long)checkpoint->log_size);
    return LEDGER_DONE;
}

static ledger_status attack_sign_all(struct ledger_call *call, struct attack *attack, const struct note_signer *signer)
{
    SESSION_TAKE(call, attack->ledger, session);
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    struct store_checkpoint *checkpoints = NULL;
    size_t count = 0;
    struct log_tree *tree = NULL;
    LEDGER_TRY(store_head_get(call, &session->store, &attack->head));
    LEDGER_TRY(log_tree_new(call, &session->store, &attack->head, attack->hasher.sha256, &tree));
    LEDGER_TRY(store_checkpoint_list(call, &session->store, &checkpoints, &count));
    for (size_t i = 0; i < count; i++) {
        LEDGER_TRY(attack_sign_one(call, attack, tree, signer, &checkpoints[i]));
    }
    return LEDGER_DONE;
}

void attack_sign_checkpoints(const char *uri, const char *key_path)
{
    struct attack attack;
    attack_begin(&attack, uri);
    struct note_signer signer = attack_read_key(&attack, key_path);
    attack_name_key(&attack, &signer);
    attack_make_right(&attack);
    attack_open(&attack, true);
    must(attack.call, attack_sign_all(attack.call, &attack, &signer), "sign the checkpoints anew");
    attack_close(&attack);
    attack_run_sql(&attack);
    attack_end(&attack);
}
