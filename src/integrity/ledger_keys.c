/* Keys made, registered, shown and listed; what the log says of them. */
#include "integrity/ledger_keys.h"

#include <string.h>
#include <unistd.h>

#include "base/json_write.h"
#include "base/text.h"
#include "engine/refusal.h"
#include "integrity/signing_key.h"

static const char *const key_event_types[] = {"KEY_REGISTERED", "KEY_ROTATED"};

enum { KEY_EVENT_TYPES_COUNT = sizeof key_event_types / sizeof key_event_types[0] };

struct key_list {
    struct ledger_key *keys;
    struct note_verifier *verifiers;
    size_t count;
    size_t capacity;
};

static ledger_status key_list_grow(struct ledger_call *call, struct key_list *list)
{
    struct key_list grown = {.count = list->count, .capacity = list->capacity == 0 ? 8 : list->capacity * 2};
    if (list->count < list->capacity) {
        return LEDGER_DONE;
    }
    LEDGER_ALLOCATE(call, grown.keys, grown.capacity);
    LEDGER_ALLOCATE(call, grown.verifiers, grown.capacity);
    for (size_t i = 0; i < list->count; i++) {
        grown.keys[i] = list->keys[i];
        grown.verifiers[i] = list->verifiers[i];
    }
    *list = grown;
    return LEDGER_DONE;
}

static ledger_status key_read_event(struct ledger_call *call, const struct ledger_event_record *event,
                                    struct ledger_key *key, struct note_verifier *verifier)
{
    const struct json_value *facts = NULL;
    struct ledger_text metadata;
    size_t problems_before = ledger_call_problems_count(call);
    LEDGER_TRY(ledger_call_copy_text(call, event->event_metadata, &metadata));
    ledger_status status =
        text_is_absent(metadata) ? LEDGER_INPUT_IS_MALFORMED : json_read(call, metadata, "event_metadata", &facts);
    const struct json_value *named = status == LEDGER_DONE ? json_find(facts, "verifier_key") : NULL;
    if (named != NULL && named->type == JSON_STRING) {
        status = note_verifier_parse(call, named->text, verifier);
    }
    if (status == LEDGER_OUT_OF_MEMORY) {
        return status;
    }
    if (status != LEDGER_DONE || named == NULL || named->type != JSON_STRING) {
        ledger_call_drop_problems(call, problems_before);
        return ledger_fail(call, LEDGER_DATABASE_IS_DAMAGED,
                           "the event at log position %lld (%.*s) names no key: run verify",
                           (long long)event->log_index, TEXT_ARGUMENTS(event->event_type));
    }
    const struct json_value *previous = json_find(facts, "previous_verifier_key");
    const struct json_value *is_lost = json_find(facts, "previous_key_is_lost");
    *key = (struct ledger_key){
        .verifier_key = named->text,
        .previous_verifier_key = previous != NULL && previous->type == JSON_STRING ? previous->text : TEXT_ABSENT,
        .previous_key_is_lost = is_lost != NULL && is_lost->type == JSON_TRUE,
        .log_index = event->log_index,
        .registered_at_us = event->event_timestamp_us,
    };
    LEDGER_TRY(ledger_call_copy_text(call, verifier->name, &verifier->name));
    return ledger_call_copy_text(call, event->user_id, &key->registered_by);
}

/* Rows of the two types come one type after the other: each goes to its place. */
static void key_list_settle(struct key_list *list)
{
    for (size_t i = list->count - 1; i > 0 && list->keys[i].log_index < list->keys[i - 1].log_index; i--) {
        struct ledger_key key = list->keys[i];
        struct note_verifier verifier = list->verifiers[i];
        list->keys[i] = list->keys[i - 1];
        list->verifiers[i] = list->verifiers[i - 1];
        list->keys[i - 1] = key;
        list->verifiers[i - 1] = verifier;
    }
}

static ledger_status key_list_read_type(struct ledger_call *call, struct store *store, const char *event_type,
                                        int64_t before_log_index, struct key_list *list)
{
    STORE_SCAN(scan);
    LEDGER_TRY(store_event_scan_by_type(call, store, ledger_text_of(event_type), 0, before_log_index, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(key_list_grow(call, list));
        LEDGER_TRY(key_read_event(call, &event, &list->keys[list->count], &list->verifiers[list->count]));
        list->count++;
        key_list_settle(list);
    }
}

ledger_status ledger_keys_read(struct ledger_call *call, struct store *store, int64_t before_log_index,
                               struct ledger_keys *ret_keys)
{
    struct key_list list = {.count = 0};
    for (size_t i = 0; i < KEY_EVENT_TYPES_COUNT; i++) {
        LEDGER_TRY(key_list_read_type(call, store, key_event_types[i], before_log_index, &list));
    }
    *ret_keys = (struct ledger_keys){list.keys, list.verifiers, list.count};
    return LEDGER_DONE;
}

bool ledger_keys_at(const struct ledger_keys *keys, uint64_t log_size, size_t *ret_index)
{
    size_t count = keys->count;
    while (count > 0 && (uint64_t)keys->keys[count - 1].log_index >= log_size) {
        count--;
    }
    *ret_index = count == 0 ? 0 : count - 1;
    return count > 0;
}

bool ledger_keys_are_equal(const struct note_verifier *left, const struct note_verifier *right)
{
    return left->type == right->type && left->key_id == right->key_id && text_equals(left->name, right->name) &&
           memcmp(left->public_key, right->public_key, sizeof left->public_key) == 0;
}

ledger_status checkpoint_note_verify(struct ledger_call *call, struct ledger_text note,
                                     const struct note_verifier *verifiers, size_t verifiers_count,
                                     struct checkpoint_text *ret_checkpoint)
{
    struct note parts;
    const struct note_verifier *signed_by = NULL;
    LEDGER_TRY(note_parse(call, note, &parts));
    LEDGER_TRY(note_verify(call, &parts, verifiers, verifiers_count, &signed_by));
    return checkpoint_text_parse(call, parts.text, ret_checkpoint);
}

static ledger_status key_facts(struct ledger_call *call, const struct ledger_key *key, struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 256);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    if (key->previous_key_is_lost) {
        json_write_member_boolean(&writer, "previous_key_is_lost", true);
    }
    json_write_member_text(&writer, "previous_verifier_key", key->previous_verifier_key);
    json_write_member_text(&writer, "verifier_key", key->verifier_key);
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_metadata);
}

/* Under the lock: what is in force now decides. */
static ledger_status key_check_change(struct ledger_call *call, const struct ledger_keys *keys,
                                      const struct key_change *change)
{
    size_t index = 0;
    if (!ledger_keys_at(keys, STORE_POSITION_MAX, &index)) {
        return change->expected == NULL ? LEDGER_DONE
                                        : ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                                                      "the ledger has no key yet: key generate makes its first");
    }
    if (ledger_keys_are_equal(&keys->verifiers[index], change->verifier)) {
        return ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                           "that is the ledger's key already, since log position "
                           "%lld",
                           (long long)keys->keys[index].log_index);
    }
    if (change->expected == NULL && !change->replaces_lost) {
        return ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                           "the ledger has a key already, %.*s: key rotate replaces it, and where it is lost, key "
                           "register --replaces-lost",
                           TEXT_ARGUMENTS(keys->keys[index].verifier_key));
    }
    if (change->expected != NULL && !ledger_keys_are_equal(&keys->verifiers[index], change->expected)) {
        return ledger_fail(call, LEDGER_KEY_IS_NOT_THE_LEDGERS,
                           "the ledger's key is %.*s, not the one that is configured",
                           TEXT_ARGUMENTS(keys->keys[index].verifier_key));
    }
    return LEDGER_DONE;
}

static ledger_status key_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct key_change *change = context;
    struct ledger_keys keys;
    LEDGER_TRY(ledger_keys_read(call, &unit->session->store, STORE_POSITION_MAX, &keys));
    LEDGER_TRY(key_check_change(call, &keys, change));
    size_t index = 0;
    bool is_first = !ledger_keys_at(&keys, STORE_POSITION_MAX, &index);
    struct ledger_key *key = &change->key;
    *key = (struct ledger_key){
        .previous_verifier_key = is_first ? TEXT_ABSENT : keys.keys[index].verifier_key,
        .previous_key_is_lost = !is_first && change->replaces_lost,
        .log_index = store_head_log_size(&unit->head),
        .registered_at_us = unit->now_us,
        .registered_by = call->actor.user,
    };
    LEDGER_TRY(note_verifier_format(call, change->verifier, &key->verifier_key));
    struct ledger_text metadata;
    struct ledger_text description;
    LEDGER_TRY(key_facts(call, key, &metadata));
    LEDGER_TRY(ledger_call_format(call, &description, "%s %.*s",
                                  is_first                    ? "Checkpoints are signed with the key"
                                  : key->previous_key_is_lost ? "A lost key is replaced by"
                                                              : "Checkpoints are signed with another key:",
                                  TEXT_ARGUMENTS(key->verifier_key)));
    struct ledger_event_record event =
        write_unit_event(call, key_event_types[is_first ? 0 : 1], is_first ? LEDGER_INFO : LEDGER_WARNING, true,
                         is_first ? "REGISTER_KEY" : "ROTATE_KEY", description, metadata);
    return write_unit_add_event(call, unit, &event);
}

ledger_status ledger_keys_change(struct ledger_call *call, struct session *session, struct key_change *change)
{
    LEDGER_TRY(write_unit_check_actor(call));
    ledger_status status = write_unit_run(call, session, key_body, change);
    if (status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    struct refusal refusal = {.event_type = "KEY_REFUSED",
                              .action = change->expected == NULL ? "REGISTER_KEY" : "ROTATE_KEY",
                              .status = status};
    return refusal_record(call, session, &refusal);
}

static ledger_status key_create(struct ledger_call *call, struct ledger_text name, struct ledger_text path,
                                struct ledger_text *ret_path, struct note_signer *ret_signer)
{
    LEDGER_TRY(note_signer_generate(call, name, ret_signer));
    LEDGER_TRY(ledger_call_copy_text(call, path, ret_path));
    return signing_key_write(call, ret_path->data, ret_signer);
}

ledger_status ledger_key_create_file(struct ledger_call *call, struct ledger_text name, struct ledger_text path,
                                     struct ledger_key *ret_key)
{
    SIGNING_KEY(signer);
    struct ledger_text path_text;
    struct ledger_key key = {.log_index = -1};
    LEDGER_TRY(key_create(call, name, path, &path_text, &signer));
    LEDGER_TRY(note_verifier_format(call, &signer.verifier, &key.verifier_key));
    *ret_key = key;
    return LEDGER_DONE;
}

/* Looked at before a file is made: a second key would be refused in the end. */
static ledger_status key_check_first(struct ledger_call *call, struct session *session)
{
    READ_UNIT(reading);
    struct store_head head;
    struct ledger_keys keys;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(ledger_keys_read(call, &session->store, STORE_POSITION_MAX, &keys));
    const struct note_verifier none = {.type = NOTE_ED25519};
    const struct key_change change = {.verifier = &none};
    return key_check_change(call, &keys, &change);
}

ledger_status ledger_key_generate(struct ledger_call *call, struct ledger *ledger, struct ledger_text name,
                                  struct ledger_text path, struct ledger_key *ret_key)
{
    SESSION_TAKE(call, ledger, session);
    SIGNING_KEY(signer);
    struct ledger_text path_text;
    LEDGER_TRY(write_unit_check_actor(call));
    ledger_status status = key_check_first(call, session);
    if (status != LEDGER_DONE) {
        struct refusal refusal = {.event_type = "KEY_REFUSED", .action = "REGISTER_KEY", .status = status};
        return refusal_record(call, session, &refusal);
    }
    if (text_is_absent(name)) {
        LEDGER_TRY(ledger_call_format(call, &name, "ledger/%.*s", TEXT_ARGUMENTS(ledger->settings.ledger_id)));
    }
    LEDGER_TRY(key_create(call, name, path, &path_text, &signer));
    struct key_change change = {.verifier = &signer.verifier};
    status = ledger_keys_change(call, session, &change);
    if (status != LEDGER_DONE && status != LEDGER_OUTCOME_IS_UNKNOWN) {
        (void)unlink(path_text.data); /* nobody knows it */
    }
    LEDGER_TRY(status);
    *ret_key = change.key;
    return LEDGER_DONE;
}

ledger_status ledger_key_register(struct ledger_call *call, struct ledger *ledger, struct ledger_text verifier_key,
                                  bool replaces_lost, struct ledger_key *ret_key)
{
    SESSION_TAKE(call, ledger, session);
    struct note_verifier verifier;
    struct ledger_text copy;
    LEDGER_TRY(ledger_call_copy_text(call, verifier_key, &copy));
    LEDGER_TRY(note_verifier_parse(call, copy, &verifier));
    if (verifier.type != NOTE_ED25519) {
        return ledger_fail(call, LEDGER_KEY_IS_INVALID,
                           "that is the key of a witness: it signs no checkpoint of its "
                           "own");
    }
    struct key_change change = {.verifier = &verifier, .replaces_lost = replaces_lost};
    LEDGER_TRY(ledger_keys_change(call, session, &change));
    *ret_key = change.key;
    return LEDGER_DONE;
}

ledger_status ledger_key_show(struct ledger_call *call, const struct ledger_key_source *source,
                              struct ledger_text *ret_verifier_key)
{
    SIGNING_KEY(signer);
    LEDGER_TRY(signing_key_read(call, source, &signer));
    return note_verifier_format(call, &signer.verifier, ret_verifier_key);
}

ledger_status ledger_key_list(struct ledger_call *call, struct ledger *ledger, const struct ledger_key **ret_keys,
                              size_t *ret_keys_count)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct ledger_keys keys;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(ledger_keys_read(call, &session->store, STORE_POSITION_MAX, &keys));
    *ret_keys = keys.keys;
    *ret_keys_count = keys.count;
    return LEDGER_DONE;
}
