/* The ledger compared field by field with a copy of it that somebody trusts: a backup, a replica.
 *
 * Both are read side by side, by log position, up to the end of the copy's log: what the ledger recorded later is not
 * in it. Where they differ, hashes may say which of the two is right: the facts of a row give a leaf, and the leaf may
 * be in a tree whose root was signed, or at least be what both logs have at its place. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "integrity/row_shape.h"
#include "integrity/verify_outside.h"

enum { PIECE_POSITIONS = 4096, REASON_SIZE = 200 };

enum side_of { THE_LEDGER, THE_COPY, SIDES };

/* One of the two, at the position at hand. */
struct trusted_side {
    struct verify *verify;
    struct store *store;
    bool has_head;
    struct store_head head;
    struct log_tree *tree;
    struct row_accounts accounts;
    struct store_scan transactions;
    struct store_scan events;
    struct store_scan entry_scan;
    bool has_transaction;
    bool has_event;
    bool has_entry;
    struct ledger_transaction_record transaction; /* each the next of its scan */
    struct ledger_event_record event;
    struct ledger_entry_record entry;
    int64_t entry_log_index;
    struct ledger_entry_record *entries; /* of the position at hand */
    uint32_t entries_count;
    uint32_t entries_capacity;
    struct ledger_call rows; /* the texts of those entries */
};

enum verdict_kind { VERDICT_IS_OPEN, VERDICT_COPY_IS_RIGHT, VERDICT_LEDGER_IS_RIGHT };

/* Which of the two is right at a position. */
struct trusted_verdict {
    bool is_made;
    enum verdict_kind kind;
    char reason[REASON_SIZE];
};

struct trusted {
    struct outside *outside;
    struct ledger *ledger;
    struct session *session;
    struct ledger_text shown_uri;
    struct ledger_keys keys; /* that its log names */
    struct trusted_side sides[SIDES];
    struct trusted_verdict verdict; /* of the position at hand */
    bool is_erased;                 /* a redaction took the texts of that position away, in one of the two */
};

/* Which of the two is right. */

static ledger_status side_node(struct trusted_side *side, int64_t position, bool *ret_is_known,
                               struct sha256_hash *ret_leaf)
{
    *ret_is_known = side->tree != NULL && position < store_head_log_size(&side->head);
    if (!*ret_is_known) {
        return LEDGER_DONE;
    }
    struct ledger_call *call = side->verify->call;
    struct merkle_nodes nodes = log_tree_nodes(side->tree);
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = nodes.get(call, nodes.context, 0, (uint64_t)position, ret_leaf);
    if (status == LEDGER_DATABASE_IS_DAMAGED) {
        ledger_call_drop_problems(call, problems_before);
        *ret_is_known = false;
        return LEDGER_DONE;
    }
    return status;
}

/* Of texts that were erased, the hash that was kept. */
static struct sha256_hash side_texts_hash(struct trusted_side *side, const struct ledger_transaction_record *facts)
{
    bool is_found = false;
    struct store_redaction redaction;
    if (facts->is_redacted &&
        store_redaction_find(&side->rows, side->store, facts->log_index, &is_found, &redaction) == LEDGER_DONE &&
        is_found) {
        return redaction.texts_hash;
    }
    return record_texts_hash(side->verify->hasher, facts);
}

/* The leaf that the facts of the row at hand give; the columns of hashes are not asked. */
static bool side_row_leaf(struct trusted_side *side, int64_t position, struct sha256_hash *ret_leaf)
{
    struct record_hasher *hasher = side->verify->hasher;
    if (side->has_event && side->event.log_index == position) {
        *ret_leaf = record_leaf_hash(hasher, &side->event);
        return true;
    }
    if (!side->has_transaction || side->transaction.log_index != position) {
        return false;
    }
    struct ledger_transaction_record facts = side->transaction;
    struct ledger_entry_record *entries =
        arena_allocate_array(&side->rows.arena, (size_t)side->entries_count + 1, sizeof *entries);
    if (entries == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < side->entries_count; i++) {
        entries[i] = side->entries[i];
        struct sha256_hash hash = record_entry_hash(hasher, facts.transaction_id, &entries[i]);
        memcpy(entries[i].entry_hash, hash.bytes, sizeof hash.bytes);
    }
    facts.entries = entries;
    facts.entries_count = side->entries_count;
    struct sha256_hash texts = side_texts_hash(side, &facts);
    struct sha256_hash content = record_content_hash(hasher, &facts, &texts);
    struct sha256_hash record =
        record_record_hash(hasher, &content, facts.log_index, facts.posting_date_us, facts.number_in_day);
    memcpy(facts.record_hash, record.bytes, sizeof record.bytes);
    *ret_leaf = record_transaction_leaf_hash(hasher, &facts);
    return true;
}

/* Whether the leaf is in the tree of a signed root, by a proof from the side's own tiles. */
static ledger_status side_leaf_is_signed(struct trusted_side *side, int64_t position, const struct sha256_hash *leaf,
                                         const struct outside_bound *bound, bool *ret_is_signed)
{
    *ret_is_signed = false;
    if (!bound->is_known || bound->log_size <= position || side->tree == NULL ||
        bound->log_size > store_head_log_size(&side->head)) {
        return LEDGER_DONE;
    }
    struct ledger_call *call = side->verify->call;
    struct merkle_nodes nodes = log_tree_nodes(side->tree);
    struct merkle_proof proof;
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = merkle_prove_inclusion(call, &nodes, (uint64_t)position, (uint64_t)bound->log_size, &proof);
    if (status == LEDGER_DATABASE_IS_DAMAGED) {
        ledger_call_drop_problems(call, problems_before);
        return LEDGER_DONE;
    }
    LEDGER_TRY(status);
    *ret_is_signed = merkle_check_inclusion(side->verify->hasher->sha256, &proof, (uint64_t)position,
                                            (uint64_t)bound->log_size, leaf, &bound->root);
    return LEDGER_DONE;
}

/* The signed size that proves a side's row; 0 where none does. For the ledger no key counts that its own log alone
 * names: who rewrote it can have signed it anew. */
static ledger_status side_find_proof(struct trusted *trusted, enum side_of which, int64_t position,
                                     const struct sha256_hash *leaf, int64_t *ret_log_size)
{
    const struct outside_windows *windows = &trusted->outside->windows;
    struct trusted_side *side = &trusted->sides[which];
    bool is_signed = false;
    *ret_log_size = 0;
    LEDGER_TRY(side_leaf_is_signed(side, position, leaf, &windows->holds_vouched_for, &is_signed));
    if (is_signed) {
        *ret_log_size = windows->holds_vouched_for.log_size;
        return LEDGER_DONE;
    }
    for (size_t i = 0; which == THE_COPY && i < windows->roots_count && !is_signed; i++) {
        LEDGER_TRY(side_leaf_is_signed(side, position, leaf, &windows->roots[i], &is_signed));
        *ret_log_size = is_signed ? windows->roots[i].log_size : 0;
    }
    return LEDGER_DONE;
}

static ledger_status verdict_by_checkpoints(struct trusted *trusted, int64_t position,
                                            const struct sha256_hash leaves[SIDES], const bool are_known[SIDES])
{
    struct trusted_verdict *verdict = &trusted->verdict;
    static const enum side_of order[SIDES] = {THE_LEDGER, THE_COPY};
    for (size_t i = 0; i < SIDES && verdict->kind == VERDICT_IS_OPEN; i++) {
        int64_t log_size = 0;
        if (are_known[order[i]]) {
            LEDGER_TRY(side_find_proof(trusted, order[i], position, &leaves[order[i]], &log_size));
        }
        if (log_size > 0) {
            bool is_copy = order[i] == THE_COPY;
            verdict->kind = is_copy ? VERDICT_COPY_IS_RIGHT : VERDICT_LEDGER_IS_RIGHT;
            (void)snprintf(verdict->reason, sizeof verdict->reason,
                           "the checkpoint of %lld events proves that %s is right", (long long)log_size,
                           is_copy ? "the copy" : "the ledger, and not the copy,");
        }
    }
    return LEDGER_DONE;
}

static ledger_status verdict_by_leaf(struct trusted *trusted, int64_t position, const struct sha256_hash leaves[SIDES],
                                     const bool are_known[SIDES])
{
    struct trusted_verdict *verdict = &trusted->verdict;
    struct sha256_hash stored[SIDES];
    bool are_stored[SIDES];
    for (size_t i = 0; i < SIDES; i++) {
        LEDGER_TRY(side_node(&trusted->sides[i], position, &are_stored[i], &stored[i]));
    }
    if (!are_stored[THE_LEDGER] || !are_stored[THE_COPY] ||
        memcmp(&stored[THE_LEDGER], &stored[THE_COPY], sizeof stored[THE_COPY]) != 0) {
        return LEDGER_DONE;
    }
    bool copy_agrees = are_known[THE_COPY] && memcmp(&leaves[THE_COPY], &stored[THE_COPY], sizeof stored[0]) == 0;
    bool ledger_agrees = are_known[THE_LEDGER] && memcmp(&leaves[THE_LEDGER], &stored[THE_COPY], sizeof stored[0]) == 0;
    if (copy_agrees != ledger_agrees) {
        verdict->kind = copy_agrees ? VERDICT_COPY_IS_RIGHT : VERDICT_LEDGER_IS_RIGHT;
        (void)snprintf(verdict->reason, sizeof verdict->reason,
                       "both logs have the same leaf there, which only %s gives",
                       copy_agrees ? "what the copy has" : "what the ledger has");
    }
    return LEDGER_DONE;
}

static ledger_status verdict_make(struct trusted *trusted, int64_t position)
{
    struct trusted_verdict *verdict = &trusted->verdict;
    struct sha256_hash leaves[SIDES];
    bool are_known[SIDES];
    if (verdict->is_made) {
        return LEDGER_DONE;
    }
    *verdict = (struct trusted_verdict){.is_made = true, .reason = "nothing proves which of the two is right"};
    for (size_t i = 0; i < SIDES; i++) {
        are_known[i] = side_row_leaf(&trusted->sides[i], position, &leaves[i]);
    }
    if (are_known[THE_LEDGER] && are_known[THE_COPY] && memcmp(&leaves[0], &leaves[1], sizeof leaves[0]) == 0) {
        (void)snprintf(verdict->reason, sizeof verdict->reason,
                       "it follows from the other columns, which are the same in both");
        return LEDGER_DONE;
    }
    LEDGER_TRY(verdict_by_checkpoints(trusted, position, leaves, are_known));
    return verdict->kind == VERDICT_IS_OPEN ? verdict_by_leaf(trusted, position, leaves, are_known) : LEDGER_DONE;
}

/* Telling differences. */

/* What stands at the position at hand, for a violation. */
static struct ledger_violation trusted_about(struct trusted *trusted, int64_t position,
                                             const struct ledger_entry_record *entry)
{
    struct ledger_violation about = {.entry_number = entry == NULL ? 0 : entry->entry_number};
    for (size_t i = 0; i < SIDES; i++) {
        const struct trusted_side *side = &trusted->sides[i];
        if (side->has_transaction && side->transaction.log_index == position) {
            about = verify_about_transaction(side->verify, &side->transaction);
            about.entry_number = entry == NULL ? 0 : entry->entry_number;
        }
    }
    return about;
}

static ledger_status trusted_report(struct trusted *trusted, int64_t position, const char *field,
                                    struct ledger_violation *about, const char *what, const char *noun)
{
    struct verify *verify = trusted->outside->verify;
    const struct trusted_verdict *verdict = &trusted->verdict;
    about->field = ledger_text_of(field);
    about->computed = verdict->kind == VERDICT_COPY_IS_RIGHT ? about->trusted : TEXT_ABSENT;
    bool copy_is_wrong = verdict->kind == VERDICT_LEDGER_IS_RIGHT;
    return (copy_is_wrong ? verify_warn : verify_found)(verify, CHECK_TRUSTED_COPY, about,
                                                        "%s of the %s at log position %lld %s; %s", field, noun,
                                                        (long long)position, what, verdict->reason);
}

enum { FIELD_SIZE = 96 };

/* Every column of a row that is there in both. */
static ledger_status trusted_compare_rows(struct trusted *trusted, int64_t position, const struct table_shape *shape,
                                          const void *const rows[SIDES], const struct ledger_entry_record *entry)
{
    for (size_t i = 0; i < shape->columns_count; i++) {
        const struct column *column = &shape->columns[i];
        char field[FIELD_SIZE];
        char stored[VERIFY_TEXT_SIZE];
        char held[VERIFY_TEXT_SIZE];
        bool is_erased = column->is_erasable && trusted->is_erased; /* the check redactions says whether rightly */
        if (is_erased || column_equals(column, rows[THE_LEDGER], rows[THE_COPY])) {
            continue;
        }
        LEDGER_TRY(verdict_make(trusted, position));
        struct ledger_violation about = trusted_about(trusted, position, entry);
        about.stored = column_text(&trusted->sides[THE_LEDGER].accounts, column, rows[THE_LEDGER], stored);
        about.trusted = column_text(&trusted->sides[THE_COPY].accounts, column, rows[THE_COPY], held);
        about.stored = text_is_absent(about.stored) ? TEXT("(none)") : about.stored;
        about.trusted = text_is_absent(about.trusted) ? TEXT("(none)") : about.trusted;
        (void)snprintf(field, sizeof field, "%s.%s", shape->table, column->name);
        LEDGER_TRY(trusted_report(trusted, position, field, &about, "is not what the trusted copy has", shape->noun));
    }
    return LEDGER_DONE;
}

/* A row that one of the two lacks. */
static ledger_status trusted_report_row(struct trusted *trusted, int64_t position, const struct table_shape *shape,
                                        enum side_of has_it, const void *row, const struct ledger_entry_record *entry)
{
    struct trusted_side *side = &trusted->sides[has_it];
    char field[FIELD_SIZE];
    struct ledger_text text;
    LEDGER_TRY(verdict_make(trusted, position));
    if (row_shape_text(&side->rows, &side->accounts, shape, row, &text) != LEDGER_DONE) {
        return ledger_fail_out_of_memory(side->verify->call);
    }
    struct ledger_violation about = trusted_about(trusted, position, entry);
    about.stored = has_it == THE_LEDGER ? text : TEXT_ABSENT;
    about.trusted = has_it == THE_COPY ? text : TEXT_ABSENT;
    (void)snprintf(field, sizeof field, "%s.*", shape->table);
    return trusted_report(trusted, position, field, &about,
                          has_it == THE_COPY ? "is missing in the ledger: the trusted copy has it"
                                             : "is not in the trusted copy: it was added",
                          shape->noun);
}

static ledger_status trusted_compare_either(struct trusted *trusted, int64_t position, const struct table_shape *shape,
                                            const void *ledger_row, const void *copy_row,
                                            const struct ledger_entry_record *entry)
{
    const void *const rows[SIDES] = {ledger_row, copy_row};
    if (ledger_row != NULL && copy_row != NULL) {
        return trusted_compare_rows(trusted, position, shape, rows, entry);
    }
    if (copy_row != NULL) {
        return trusted_report_row(trusted, position, shape, THE_COPY, copy_row, entry);
    }
    return ledger_row == NULL ? LEDGER_DONE
                              : trusted_report_row(trusted, position, shape, THE_LEDGER, ledger_row, entry);
}

/* Reading side by side. */

static void side_close(struct trusted_side *side)
{
    store_scan_close(&side->transactions);
    store_scan_close(&side->events);
    store_scan_close(&side->entry_scan);
}

static ledger_status side_next_transaction(struct trusted_side *side)
{
    return store_transaction_next(side->verify->call, &side->transactions, &side->has_transaction, &side->transaction);
}

static ledger_status side_next_event(struct trusted_side *side)
{
    return store_event_next(side->verify->call, &side->events, &side->has_event, &side->event);
}

static ledger_status side_next_entry(struct trusted_side *side)
{
    return store_entry_next(side->verify->call, &side->entry_scan, &side->has_entry, &side->entry_log_index,
                            &side->entry);
}

static ledger_status side_open(struct trusted_side *side, int64_t from, int64_t before)
{
    struct ledger_call *call = side->verify->call;
    LEDGER_TRY(store_transaction_scan(call, side->store, from, before, &side->transactions));
    LEDGER_TRY(store_event_scan(call, side->store, from, before, &side->events));
    LEDGER_TRY(store_entry_scan(call, side->store, from, before, &side->entry_scan));
    LEDGER_TRY(side_next_transaction(side));
    LEDGER_TRY(side_next_event(side));
    return side_next_entry(side);
}

static ledger_status side_keep_entry(struct trusted_side *side)
{
    struct ledger_call *call = side->verify->call;
    if (side->entries_count == side->entries_capacity) {
        uint32_t capacity = side->entries_capacity == 0 ? 16 : side->entries_capacity * 2;
        struct ledger_entry_record *grown = NULL;
        LEDGER_ALLOCATE(call, grown, capacity);
        if (side->entries_count > 0) {
            memcpy(grown, side->entries, side->entries_count * sizeof *grown);
        }
        side->entries = grown;
        side->entries_capacity = capacity;
    }
    struct ledger_entry_record *entry = &side->entries[side->entries_count++];
    *entry = side->entry;
    const struct store_account_row *account = row_account_find(&side->accounts, entry->account_id);
    if (account != NULL) {
        entry->account_code = account->account_code;
        entry->currency = account->currency;
    }
    struct ledger_text *const texts[] = {&entry->memo, &entry->cost_center, &entry->business_unit,
                                         &entry->project_code};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (ledger_call_copy_text(&side->rows, *texts[i], texts[i]) != LEDGER_DONE) {
            return ledger_fail_out_of_memory(call);
        }
    }
    return LEDGER_DONE;
}

/* Gathers the entries of the position at hand. */
static ledger_status side_arrive(struct trusted_side *side, int64_t position)
{
    ledger_call_reset(&side->rows);
    side->entries_count = 0;
    while (side->has_entry && side->entry_log_index == position) {
        LEDGER_TRY(side_keep_entry(side));
        LEDGER_TRY(side_next_entry(side));
    }
    return LEDGER_DONE;
}

static ledger_status side_leave(struct trusted_side *side, int64_t position)
{
    while (side->has_transaction && side->transaction.log_index == position) {
        LEDGER_TRY(side_next_transaction(side));
    }
    while (side->has_event && side->event.log_index == position) {
        LEDGER_TRY(side_next_event(side));
    }
    return LEDGER_DONE;
}

static int64_t side_position(const struct trusted_side *side)
{
    int64_t position = INT64_MAX;
    if (side->has_transaction) {
        position = side->transaction.log_index;
    }
    if (side->has_event && side->event.log_index < position) {
        position = side->event.log_index;
    }
    if (side->has_entry && side->entry_log_index < position) {
        position = side->entry_log_index;
    }
    return position;
}

static const struct ledger_entry_record *side_entry(const struct trusted_side *side, uint32_t index)
{
    return index < side->entries_count ? &side->entries[index] : NULL;
}

/* Entries come by their numbers on both sides. */
static ledger_status trusted_compare_entries(struct trusted *trusted, int64_t position)
{
    const struct trusted_side *ledger = &trusted->sides[THE_LEDGER];
    const struct trusted_side *copy = &trusted->sides[THE_COPY];
    uint32_t ledger_seen = 0;
    uint32_t copy_seen = 0;
    while (ledger_seen < ledger->entries_count || copy_seen < copy->entries_count) {
        const struct ledger_entry_record *of_ledger = side_entry(ledger, ledger_seen);
        const struct ledger_entry_record *of_copy = side_entry(copy, copy_seen);
        if (of_ledger != NULL && of_copy != NULL && of_ledger->entry_number != of_copy->entry_number) {
            bool ledger_is_first = of_ledger->entry_number < of_copy->entry_number;
            of_copy = ledger_is_first ? NULL : of_copy;
            of_ledger = ledger_is_first ? of_ledger : NULL;
        }
        ledger_seen += of_ledger != NULL;
        copy_seen += of_copy != NULL;
        LEDGER_TRY(trusted_compare_either(trusted, position, &entry_shape, of_ledger, of_copy,
                                          of_ledger == NULL ? of_copy : of_ledger));
    }
    return LEDGER_DONE;
}

static const void *side_transaction(const struct trusted_side *side, int64_t position)
{
    return side->has_transaction && side->transaction.log_index == position ? &side->transaction : NULL;
}

static const void *side_event(const struct trusted_side *side, int64_t position)
{
    return side->has_event && side->event.log_index == position ? &side->event : NULL;
}

static bool side_is_redacted(const struct trusted_side *side, int64_t position)
{
    return side->has_transaction && side->transaction.log_index == position && side->transaction.is_redacted;
}

static ledger_status trusted_step(struct trusted *trusted, int64_t position)
{
    struct trusted_side *ledger = &trusted->sides[THE_LEDGER];
    struct trusted_side *copy = &trusted->sides[THE_COPY];
    trusted->verdict.is_made = false;
    trusted->is_erased = side_is_redacted(ledger, position) || side_is_redacted(copy, position);
    trusted->outside->verify->checks[CHECK_TRUSTED_COPY].checked_count++;
    LEDGER_TRY(side_arrive(ledger, position));
    LEDGER_TRY(side_arrive(copy, position));
    LEDGER_TRY(trusted_compare_either(trusted, position, &transaction_shape, side_transaction(ledger, position),
                                      side_transaction(copy, position), NULL));
    LEDGER_TRY(trusted_compare_entries(trusted, position));
    LEDGER_TRY(trusted_compare_either(trusted, position, &event_shape, side_event(ledger, position),
                                      side_event(copy, position), NULL));
    LEDGER_TRY(side_leave(ledger, position));
    return side_leave(copy, position);
}

static ledger_status trusted_read_piece(struct trusted *trusted, int64_t from, int64_t before)
{
    struct trusted_side *ledger = &trusted->sides[THE_LEDGER];
    struct trusted_side *copy = &trusted->sides[THE_COPY];
    LEDGER_TRY(side_open(ledger, from, before));
    LEDGER_TRY(side_open(copy, from, before));
    for (;;) {
        int64_t position = side_position(ledger);
        int64_t of_copy = side_position(copy);
        position = of_copy < position ? of_copy : position;
        if (position == INT64_MAX) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(trusted_step(trusted, position));
    }
}

/* In pieces, between which the stores forget the texts that they remember. */
static ledger_status trusted_compare_log(struct trusted *trusted)
{
    struct trusted_side *copy = &trusted->sides[THE_COPY];
    int64_t log_size = store_head_log_size(&copy->head);
    ledger_status status = LEDGER_DONE;
    int64_t from = trusted->outside->verify->from_log_index;
    for (; status == LEDGER_DONE && from < log_size; from += PIECE_POSITIONS) {
        int64_t before = log_size - from > PIECE_POSITIONS ? from + PIECE_POSITIONS : log_size;
        status = trusted_read_piece(trusted, from, before);
        side_close(&trusted->sides[THE_LEDGER]);
        side_close(copy);
    }
    return status;
}

/* What events made: accounts, periods, approvals. The events themselves have been compared. */

union rule_row {
    struct store_account_version version;
    struct ledger_period period;
    struct store_approval_change change;
};

static const struct table_shape *const rule_shapes[] = {
    [STORE_RULE_ACCOUNT] = &version_shape,
    [STORE_RULE_PERIOD] = &period_shape,
    [STORE_RULE_APPROVAL] = &approval_shape,
};

static ledger_status side_get_rule(struct trusted_side *side, enum store_rule_kind kind, int64_t position,
                                   union rule_row *row, const void **ret_row)
{
    bool is_found = false;
    struct ledger_call *call = &side->rows;
    ledger_status status = LEDGER_DONE;
    ledger_call_reset(call);
    switch (kind) {
    case STORE_RULE_ACCOUNT:
        status = store_account_version_get(call, side->store, position, &is_found, &row->version);
        break;
    case STORE_RULE_PERIOD:
        status = store_period_get(call, side->store, position, &is_found, &row->period);
        break;
    case STORE_RULE_APPROVAL:
        status = store_approval_get(call, side->store, position, &is_found, &row->change);
        break;
    }
    if (status != LEDGER_DONE) {
        return ledger_fail(side->verify->call, status, "%s", ledger_call_message(call));
    }
    *ret_row = is_found ? row : NULL;
    return LEDGER_DONE;
}

static ledger_status trusted_compare_rule(struct trusted *trusted, enum store_rule_kind kind, int64_t position)
{
    union rule_row rows[SIDES] = {0};
    const void *found[SIDES];
    for (size_t i = 0; i < SIDES; i++) {
        LEDGER_TRY(side_get_rule(&trusted->sides[i], kind, position, &rows[i], &found[i]));
    }
    trusted->verdict = (struct trusted_verdict){
        .is_made = true, .reason = "see the checks of facts, which hold such rows against their events"};
    trusted->is_erased = kind == STORE_RULE_APPROVAL &&
                         (rows[THE_LEDGER].change.reason_is_redacted || rows[THE_COPY].change.reason_is_redacted);
    return trusted_compare_either(trusted, position, rule_shapes[kind], found[THE_LEDGER], found[THE_COPY], NULL);
}

/* A place of a row that an event made. */
struct rule_place {
    enum store_rule_kind kind;
    int64_t log_index;
};

struct rule_places {
    struct trusted *trusted;
    struct rule_place *places;
    size_t count;
    size_t capacity;
};

static ledger_status rule_places_add(struct ledger_call *call, void *context, enum store_rule_kind kind,
                                     int64_t log_index, struct ledger_text event_type)
{
    (void)event_type;
    struct rule_places *places = context;
    if (log_index >= store_head_log_size(&places->trusted->sides[THE_COPY].head)) {
        return LEDGER_DONE;
    }
    LEDGER_GROW(call, places->places, places->count, places->capacity);
    places->places[places->count++] = (struct rule_place){kind, log_index};
    return LEDGER_DONE;
}

/* All rows of the copy, then those that only the ledger has. */
static ledger_status trusted_compare_rules(struct trusted *trusted)
{
    struct ledger_call *call = trusted->outside->verify->call;
    struct rule_places of_copy = {.trusted = trusted};
    struct rule_places of_ledger = {.trusted = trusted};
    LEDGER_TRY(store_rule_row_scan(call, trusted->sides[THE_COPY].store, rule_places_add, &of_copy));
    LEDGER_TRY(store_rule_row_scan(call, trusted->sides[THE_LEDGER].store, rule_places_add, &of_ledger));
    for (size_t i = 0; i < of_copy.count; i++) {
        LEDGER_TRY(trusted_compare_rule(trusted, of_copy.places[i].kind, of_copy.places[i].log_index));
    }
    for (size_t i = 0; i < of_ledger.count; i++) {
        union rule_row row;
        const void *found = NULL;
        LEDGER_TRY(side_get_rule(&trusted->sides[THE_COPY], of_ledger.places[i].kind, of_ledger.places[i].log_index,
                                 &row, &found));
        if (found == NULL) {
            LEDGER_TRY(trusted_compare_rule(trusted, of_ledger.places[i].kind, of_ledger.places[i].log_index));
        }
    }
    return LEDGER_DONE;
}

static ledger_status trusted_compare_settings(struct trusted *trusted)
{
    struct ledger_call *call = trusted->outside->verify->call;
    struct ledger_settings settings[SIDES];
    size_t problems_before = ledger_call_problems_count(call);
    for (size_t i = 0; i < SIDES; i++) {
        ledger_status status = store_settings_get(call, trusted->sides[i].store, &settings[i]);
        if (status == LEDGER_DATABASE_IS_DAMAGED) {
            ledger_call_drop_problems(call, problems_before);
            return LEDGER_DONE; /* settings-facts tells */
        }
        LEDGER_TRY(status);
    }
    trusted->verdict =
        (struct trusted_verdict){.is_made = true, .reason = "see settings-facts, which holds them against the log"};
    return trusted_compare_either(trusted, 0, &settings_shape, &settings[THE_LEDGER], &settings[THE_COPY], NULL);
}

/* Beginning and end. */

static ledger_status side_begin(struct trusted_side *side, struct verify *verify, struct store *store)
{
    side->verify = verify;
    side->store = store;
    return store_account_row_list(verify->call, store, &side->accounts.rows, &side->accounts.count);
}

/* Where the copy itself is damaged there is nothing to compare with. */
static ledger_status trusted_begin_copy(struct trusted *trusted)
{
    struct verify *verify = trusted->outside->verify;
    struct trusted_side *copy = &trusted->sides[THE_COPY];
    LEDGER_TRY(pool_take(verify->call, trusted->ledger, &trusted->session));
    LEDGER_TRY(store_begin(verify->call, &trusted->session->store, UNIT_READ));
    LEDGER_TRY(side_begin(copy, verify, &trusted->session->store));
    LEDGER_TRY(store_head_get(verify->call, copy->store, &copy->head));
    copy->has_head = true;
    LEDGER_TRY(ledger_keys_read(verify->call, copy->store, STORE_POSITION_MAX, &trusted->keys));
    return log_tree_new(verify->call, copy->store, &copy->head, verify->hasher->sha256, &copy->tree);
}

ledger_status trusted_begin(struct outside *outside)
{
    struct verify *verify = outside->verify;
    struct ledger_call *call = verify->call;
    struct trusted *trusted = NULL;
    LEDGER_ALLOCATE(call, trusted, 1);
    trusted->outside = outside;
    for (size_t i = 0; i < SIDES; i++) {
        call_init(&trusted->sides[i].rows);
    }
    outside->trusted = trusted;
    LEDGER_TRY(ledger_show_uri(call, verify->options->trusted_uri, &trusted->shown_uri));
    struct ledger_open_options options = {
        .struct_size = sizeof options,
        .uri = verify->options->trusted_uri,
        .password = verify->options->trusted_password,
        .read_only = true,
        .pool_size = 1,
    };
    LEDGER_TRY(ledger_open(call, &options, &trusted->ledger));
    struct ledger_text ledger_id = verify->session->ledger->settings.ledger_id;
    struct ledger_text copy_id = ledger_get_settings(trusted->ledger)->ledger_id;
    if (!text_equals(ledger_id, copy_id)) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG,
                           "the trusted copy is of another ledger: %.*s, where this one is %.*s",
                           TEXT_ARGUMENTS(copy_id), TEXT_ARGUMENTS(ledger_id));
    }
    return trusted_begin_copy(trusted);
}

ledger_status trusted_compare(struct outside *outside)
{
    struct trusted *trusted = outside->trusted;
    struct verify *verify = outside->verify;
    struct trusted_side *ledger = &trusted->sides[THE_LEDGER];
    LEDGER_TRY(side_begin(ledger, verify, verify->store));
    ledger->has_head = verify->has_head;
    ledger->head = verify->head;
    ledger->tree = outside->tree;
    LEDGER_TRY(trusted_compare_settings(trusted));
    LEDGER_TRY(trusted_compare_log(trusted));
    return trusted_compare_rules(trusted);
}

bool trusted_names_key(const struct trusted *trusted, const struct note_verifier *verifier)
{
    for (size_t i = 0; trusted != NULL && i < trusted->keys.count; i++) {
        if (ledger_keys_are_equal(&trusted->keys.verifiers[i], verifier)) {
            return true;
        }
    }
    return false;
}

ledger_status trusted_describe(const struct trusted *trusted, struct ledger_call *call, struct ledger_text *ret_text)
{
    return ledger_call_format(call, ret_text, "the trusted copy %.*s of %lld events",
                              TEXT_ARGUMENTS(trusted->shown_uri),
                              (long long)store_head_log_size(&trusted->sides[THE_COPY].head));
}

void trusted_done(struct trusted *trusted)
{
    if (trusted == NULL) {
        return;
    }
    for (size_t i = 0; i < SIDES; i++) {
        side_close(&trusted->sides[i]);
        call_done(&trusted->sides[i].rows);
    }
    if (trusted->session != NULL) {
        store_rollback(&trusted->session->store);
        pool_give_back(trusted->ledger, trusted->session);
    }
    ledger_free(trusted->ledger);
}
