/* A key replaced: its successor's file, the event that names both, the checkpoint that both sign. In this order, so
 * that an interruption leaves what the next run goes on from. */
#include <unistd.h>

#include "base/text.h"
#include "integrity/checkpoint.h"
#include "integrity/ledger_keys.h"
#include "integrity/signing_key.h"

/* Whether the log has the rotation from this old key already, to the key in this file. */
static ledger_status rotation_was_begun(struct ledger_call *call, struct session *session, const char *path,
                                        const struct note_verifier *old, struct note_signer *ret_signer,
                                        struct ledger_key *ret_key, bool *ret_was_begun)
{
    READ_UNIT(reading);
    struct store_head head;
    struct ledger_keys keys;
    size_t index = 0;
    *ret_was_begun = false;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(ledger_keys_read(call, &session->store, STORE_POSITION_MAX, &keys));
    if (!ledger_keys_at(&keys, STORE_POSITION_MAX, &index) || index == 0 || access(path, F_OK) != 0 ||
        !ledger_keys_are_equal(&keys.verifiers[index - 1], old)) {
        return LEDGER_DONE;
    }
    const struct ledger_key_source source = {.file = ledger_text_of(path)};
    LEDGER_TRY(signing_key_read(call, &source, ret_signer));
    *ret_was_begun = ledger_keys_are_equal(&keys.verifiers[index], &ret_signer->verifier);
    *ret_key = keys.keys[index];
    return LEDGER_DONE;
}

static ledger_status rotation_begin(struct ledger_call *call, struct session *session, const char *path,
                                    const struct note_verifier *old, struct note_signer *signer,
                                    struct ledger_key *ret_key)
{
    LEDGER_TRY(note_signer_generate(call, old->name, signer));
    LEDGER_TRY(signing_key_write(call, path, signer));
    struct key_change change = {.verifier = &signer->verifier, .expected = old};
    ledger_status status = ledger_keys_change(call, session, &change);
    if (status != LEDGER_DONE && status != LEDGER_OUTCOME_IS_UNKNOWN) {
        (void)unlink(path); /* nobody knows it */
    }
    *ret_key = change.key;
    return status;
}

ledger_status ledger_key_rotate(struct ledger_call *call, struct ledger *ledger,
                                const struct ledger_checkpoint_options *options, struct ledger_text path,
                                struct ledger_key *ret_key, struct ledger_checkpoint *ret_checkpoint)
{
    SIGNING_KEY(old);
    SIGNING_KEY(new);
    struct ledger_text path_text;
    struct ledger_key key;
    bool was_begun = false;
    LEDGER_TRY(checkpoint_check_options(call, options));
    LEDGER_TRY(write_unit_check_actor(call));
    LEDGER_TRY(ledger_call_copy_text(call, path, &path_text));
    LEDGER_TRY(signing_key_read(call, &options->key, &old));
    SESSION_TAKE(call, ledger, session);
    LEDGER_TRY(rotation_was_begun(call, session, path_text.data, &old.verifier, &new, &key, &was_begun));
    if (!was_begun) {
        LEDGER_TRY(rotation_begin(call, session, path_text.data, &old.verifier, &new, &key));
    }
    struct note_signer both[] = {new, old};
    ledger_status status = checkpoint_make_with(call, session, options->directory, both, 2, ret_checkpoint);
    signing_key_clear(&both[0]);
    signing_key_clear(&both[1]);
    LEDGER_TRY(status);
    *ret_key = key;
    return LEDGER_DONE;
}
