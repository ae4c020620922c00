/* Redaction: the texts of a transaction give way to a mark, by an event that keeps the hash that they had.
 *
 * I1 Whatever repeats a text goes in the same unit of work: memos that a reversal took over from its original, with all
 *    other texts of that reversal, since one salt and one hash cover them; reasons of requests for a reversal.
 * I2 A transaction that is not what its record_hash says keeps its texts: with them would go what it can be proven by.
 * I3 Nothing else repeats them: events commit to hashes of reasons, and refusals quote no free text. */
#include "engine/redaction.h"

#include <assert.h>
#include <string.h>

#include "base/text.h"
#include "domain/names.h"
#include "domain/redaction_mark.h"
#include "engine/approvals.h"
#include "engine/draft.h"
#include "engine/event_facts.h"
#include "engine/freeze.h"
#include "engine/refusal.h"
#include "engine/texts.h"
#include "engine/transactions.h"

static ledger_status redaction_get(struct ledger_call *call, struct write_unit *unit, int64_t log_index,
                                   struct ledger_transaction_record *ret_transaction)
{
    bool is_found = false;
    LEDGER_TRY(store_transaction_get(call, &unit->session->store, log_index, &is_found, ret_transaction));
    return is_found ? LEDGER_DONE
                    : ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED, "the transaction at log position %lld is missing",
                                  (long long)log_index);
}

/* A request to reverse it would lose its reason: it is decided first. */
static ledger_status redaction_check_waiting(struct ledger_call *call, struct write_unit *unit,
                                             const struct ledger_transaction_record *transaction)
{
    bool is_waiting = false;
    struct uuid request_id;
    LEDGER_TRY(approvals_find_waiting(call, unit->session, LEDGER_APPROVAL_OF_REVERSAL, transaction->transaction_id,
                                      &is_waiting, &request_id));
    if (!is_waiting && transaction->is_reversal) {
        LEDGER_TRY(approvals_find_waiting(call, unit->session, LEDGER_APPROVAL_OF_REVERSAL,
                                          transaction->reverses_transaction_id, &is_waiting, &request_id));
    }
    if (!is_waiting) {
        return LEDGER_DONE;
    }
    char request_text[LEDGER_ID_TEXT_SIZE];
    uuid_format(&request_id, request_text);
    return ledger_fail(call, LEDGER_APPROVAL_IS_PENDING,
                       "a request for a reversal waits, whose reason would be erased: decide %s first", request_text);
}

static ledger_status redaction_check(struct ledger_call *call, struct write_unit *unit,
                                     const struct ledger_transaction_record *transaction)
{
    LEDGER_TRY(freeze_check(call, unit));
    if (transaction->is_redacted) {
        char number[LEDGER_NUMBER_TEXT_SIZE];
        ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day, number);
        return ledger_fail(call, LEDGER_IS_REDACTED_ALREADY, "the texts of transaction %s are redacted already",
                           number);
    }
    return redaction_check_waiting(call, unit, transaction);
}

/* Memos with a text of their own: not the mark of a redaction that a reversal took over. */
static bool redaction_has_memos(const struct ledger_transaction_record *transaction)
{
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        struct ledger_text memo = transaction->entries[i].memo;
        if (!text_is_absent(memo) && !redaction_mark_begins(memo)) {
            return true;
        }
    }
    return false;
}

/* Those whose texts go, in the order of the log. */
struct redaction_members {
    struct ledger_transaction_record *records;
    size_t count;
    size_t capacity;
};

static ledger_status redaction_add_member(struct ledger_call *call, struct redaction_members *members,
                                          const struct ledger_transaction_record *transaction)
{
    if (members->count == members->capacity) {
        size_t capacity = members->capacity == 0 ? 4 : members->capacity * 2;
        struct ledger_transaction_record *grown = NULL;
        LEDGER_ALLOCATE(call, grown, capacity);
        if (members->count > 0) {
            memcpy(grown, members->records, members->count * sizeof *grown);
        }
        members->records = grown;
        members->capacity = capacity;
    }
    members->records[members->count++] = *transaction;
    return LEDGER_DONE;
}

/* I1. From the first original to the last reversal: all have the same memos. */
static ledger_status redaction_collect(struct ledger_call *call, struct write_unit *unit,
                                       const struct ledger_transaction_record *transaction,
                                       struct redaction_members *members)
{
    if (!redaction_has_memos(transaction)) {
        return redaction_add_member(call, members, transaction);
    }
    struct ledger_transaction_record member = *transaction;
    while (member.is_reversal) {
        LEDGER_TRY(redaction_get(call, unit, member.reverses_log_index, &member));
    }
    for (;;) {
        if (!member.is_redacted && redaction_has_memos(&member)) {
            LEDGER_TRY(redaction_check(call, unit, &member));
            LEDGER_TRY(redaction_add_member(call, members, &member));
        }
        if (!member.is_reversed) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(redaction_get(call, unit, member.reversed_by_log_index, &member));
    }
}

/* I2. */
static ledger_status redaction_make_texts_hash(struct ledger_call *call, struct write_unit *unit,
                                               const struct ledger_transaction_record *transaction,
                                               struct sha256_hash *ret_texts_hash)
{
    struct record_hasher *hasher = &unit->session->hasher;
    struct sha256_hash texts = record_texts_hash(hasher, transaction);
    struct sha256_hash content = record_content_hash(hasher, transaction, &texts);
    struct sha256_hash record = record_record_hash(hasher, &content, transaction->log_index,
                                                   transaction->posting_date_us, transaction->number_in_day);
    if (memcmp(record.bytes, transaction->record_hash, sizeof record.bytes) != 0) {
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the transaction at log position %lld is not what its record_hash says: run verify; its "
                           "texts may be needed to find out what was altered",
                           (long long)transaction->log_index);
    }
    *ret_texts_hash = texts;
    return LEDGER_DONE;
}

static ledger_status redaction_add_event(struct ledger_call *call, struct write_unit *unit,
                                         const struct ledger_transaction_record *transaction,
                                         const struct redaction_facts *facts, const char *number)
{
    struct ledger_text description;
    struct ledger_text metadata;
    LEDGER_TRY(ledger_call_format(call, &description, "Redacted the texts of transaction %s", number));
    LEDGER_TRY(event_facts_of_redaction(call, facts, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, "TRANSACTION_REDACTED", LEDGER_WARNING, true, "REDACT", description, metadata);
    event.has_transaction = true;
    memcpy(event.transaction_id, transaction->transaction_id, sizeof event.transaction_id);
    return write_unit_add_event(call, unit, &event);
}

static ledger_status redaction_add(struct ledger_call *call, struct write_unit *unit,
                                   const struct store_approval_change *request,
                                   const struct ledger_transaction_record *transaction,
                                   struct ledger_redacted *ret_redacted)
{
    struct store_redaction redaction = {.log_index = store_head_log_size(&unit->head)};
    struct redaction_facts facts = {.reason = request->reason, .request_id = request->request_id};
    char mark[REDACTION_MARK_SIZE];
    LEDGER_TRY(redaction_make_texts_hash(call, unit, transaction, &redaction.texts_hash));
    facts.texts_hash = redaction.texts_hash;
    memcpy(facts.transaction_id, transaction->transaction_id, sizeof facts.transaction_id);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        facts.memos_count += !text_is_absent(transaction->entries[i].memo);
    }
    ledger_transaction_number(transaction->posting_date_us, transaction->number_in_day,
                              ret_redacted->transaction_number);
    LEDGER_TRY(redaction_add_event(call, unit, transaction, &facts, ret_redacted->transaction_number));
    assert(store_head_log_size(&unit->head) == redaction.log_index + 1);
    redaction_mark_format(unit->now_us, redaction.log_index, mark);
    event_id_format(unit->now_us, redaction.log_index, ret_redacted->redacted_by);
    struct uuid id;
    memcpy(id.bytes, transaction->transaction_id, sizeof id.bytes);
    uuid_format(&id, ret_redacted->transaction_id);
    return store_redaction_insert(call, &unit->session->store, &redaction, transaction, ledger_text_of(mark));
}

ledger_status redaction_execute(struct ledger_call *call, struct write_unit *unit,
                                const struct store_approval_change *request,
                                const struct ledger_redacted **ret_redacted, size_t *ret_redacted_count)
{
    bool is_found = false;
    int64_t log_index = 0;
    struct ledger_transaction_record transaction;
    struct redaction_members members = {.count = 0};
    LEDGER_TRY(
        store_transaction_find_by_id(call, &unit->session->store, request->transaction_id, &is_found, &log_index));
    if (!is_found) {
        return ledger_fail(call, LEDGER_TRANSACTION_NOT_FOUND, "the transaction of the request is missing: run verify");
    }
    LEDGER_TRY(redaction_get(call, unit, log_index, &transaction));
    LEDGER_TRY(redaction_check(call, unit, &transaction));
    LEDGER_TRY(redaction_collect(call, unit, &transaction, &members));
    struct ledger_redacted *redacted = NULL;
    LEDGER_ALLOCATE(call, redacted, members.count);
    for (size_t i = 0; i < members.count; i++) {
        LEDGER_TRY(redaction_add(call, unit, request, &members.records[i], &redacted[i]));
    }
    *ret_redacted = redacted;
    *ret_redacted_count = members.count;
    return LEDGER_DONE;
}

ledger_status redaction_refuse(struct ledger_call *call, struct session *session, const uint8_t *transaction_id,
                               ledger_status status, const char *action)
{
    struct refusal refusal = {
        .event_type = "REDACTION_REFUSED", .action = action, .status = status, .transaction_id = transaction_id};
    return refusal_record(call, session, &refusal);
}

/* What is done is done: that a trace is left is told, not a failure. */
bool redaction_leaves_traces(struct ledger_call *call, struct session *session)
{
    size_t problems_before = ledger_call_problems_count(call);
    bool leaves = store_erase_traces(call, &session->store) != LEDGER_DONE;
    ledger_call_drop_problems(call, problems_before);
    return leaves;
}

struct redaction_ask {
    struct session *session;
    struct ledger_text transaction_text;
    struct ledger_text reason;
    struct ledger_transaction_record transaction;
    struct draft draft; /* never posted: its id names the request, its salt is the reason's */
    char request_id[LEDGER_ID_TEXT_SIZE];
};

static ledger_status ask_check_texts(struct ledger_call *call, const struct redaction_ask *ask)
{
    size_t problems_before = ledger_call_problems_count(call);
    if (text_is_empty(ask->reason)) {
        ledger_call_add_problem(call, LEDGER_TEXT_IS_INVALID, 0, "reason is missing or empty");
    }
    (void)texts_check_free(call, "reason", ask->reason, LEDGER_DESCRIPTION_MAX, 0);
    (void)texts_check_name(call, "transaction", ask->transaction_text, LEDGER_NAME_MAX);
    return ledger_call_worst(call, problems_before);
}

static ledger_status ask_read(struct ledger_call *call, void *context)
{
    struct redaction_ask *ask = context;
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, ask->session, &reading, &head));
    return transactions_get(call, ask->session, ask->transaction_text, store_head_log_size(&head), &ask->transaction);
}

static ledger_status ask_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct redaction_ask *ask = context;
    struct ledger_transaction_record transaction;
    LEDGER_TRY(redaction_get(call, unit, ask->transaction.log_index, &transaction));
    LEDGER_TRY(redaction_check(call, unit, &transaction));
    struct store_approval_change change = {.kind = LEDGER_APPROVAL_OF_REDACTION, .reason = ask->reason};
    memcpy(change.request_id.bytes, ask->draft.record.transaction_id, UUID_SIZE);
    memcpy(change.reason_salt, ask->draft.record.texts_salt, sizeof change.reason_salt);
    memcpy(change.transaction_id, transaction.transaction_id, UUID_SIZE);
    return approvals_request(call, unit, &change, ask->request_id);
}

static ledger_status ask_run(struct ledger_call *call, struct redaction_ask *ask)
{
    LEDGER_TRY(ask_check_texts(call, ask));
    LEDGER_TRY(session_read(call, ask_read, ask));
    LEDGER_TRY(draft_init(call, ask->session->ledger, &ask->draft, 1));
    return write_unit_run(call, ask->session, ask_body, ask);
}

ledger_status ledger_redact(struct ledger_call *call, struct ledger *ledger, struct ledger_text transaction,
                            struct ledger_text reason, char ret_request_id[LEDGER_ID_TEXT_SIZE])
{
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(write_unit_check_actor(call));
    struct redaction_ask ask = {.session = session, .transaction_text = transaction, .reason = reason};
    ledger_status status = ask_run(call, &ask);
    if (status == LEDGER_DONE || status == LEDGER_OUTCOME_IS_UNKNOWN) {
        memcpy(ret_request_id, ask.request_id, LEDGER_ID_TEXT_SIZE);
    }
    if (status == LEDGER_DONE) {
        return ledger_fail(call, LEDGER_APPROVAL_IS_PENDING, "the redaction waits for approval: request %s",
                           ask.request_id);
    }
    if (status == LEDGER_IS_REDACTED_ALREADY && redaction_leaves_traces(call, session)) {
        ledger_call_add_problem(call, status, 0, "they still stand in the files of the database, since somebody reads");
    }
    return redaction_refuse(call, session, ask.transaction.entries_count == 0 ? NULL : ask.transaction.transaction_id,
                            status, "REDACT");
}
