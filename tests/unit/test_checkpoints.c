/* Checkpoints, keys and epochs, by the library. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "engine/event_facts.h"
#include "integrity/checkpoint_directory.h"
#include "integrity/ledger_keys.h"
#include "integrity/signing_key.h"
#include "ledger/checkpoint.h"
#include "ledger/freeze.h"
#include "store/store.h"
#include "support/ledger_fixture.h"

enum { PATH_SIZE = 256 };

/* A ledger with a key and a directory. */
struct signing {
    struct fixture *fixture;
    char top[PATH_SIZE];
    char directory[PATH_SIZE];
    char key_path[PATH_SIZE];
    struct ledger_checkpoint_options options;
};

static int setup(void **state)
{
    struct signing *signing = calloc(1, sizeof *signing);
    struct ledger_key key;
    const char *temporary = getenv("TMPDIR");
    assert_non_null(signing);
    assert_int_equal(fixture_setup((void **)&signing->fixture), 0);
    (void)snprintf(signing->top, sizeof signing->top, "%.200s/ledger-signing-XXXXXX",
                   temporary == NULL ? "/tmp" : temporary);
    assert_non_null(mkdtemp(signing->top));
    (void)snprintf(signing->directory, sizeof signing->directory, "%.200s/kept", signing->top);
    (void)snprintf(signing->key_path, sizeof signing->key_path, "%.200s/key", signing->top);
    assert_int_equal(mkdir(signing->directory, 0700), 0);
    signing->options = (struct ledger_checkpoint_options){
        .struct_size = sizeof signing->options,
        .directory = ledger_text_of(signing->directory),
        .key = {.file = ledger_text_of(signing->key_path)},
    };
    assert_done(signing->fixture->call, ledger_key_generate(signing->fixture->call, signing->fixture->ledger,
                                                            TEXT_ABSENT, ledger_text_of(signing->key_path), &key));
    *state = signing;
    return 0;
}

static int teardown(void **state)
{
    struct signing *signing = *state;
    char command[PATH_SIZE + 16];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", signing->top);
    int status = system(command);
    int failed = fixture_teardown((void **)&signing->fixture);
    free(signing);
    return failed != 0 || status != 0;
}

/* Its public key, in the call's memory. */
static struct ledger_text key_of(struct signing *signing)
{
    struct ledger_text verifier_key;
    assert_done(signing->fixture->call, ledger_key_show(signing->fixture->call, &signing->options.key, &verifier_key));
    return verifier_key;
}

static struct ledger_checkpoint make(struct signing *signing)
{
    struct ledger_checkpoint checkpoint;
    ledger_call_reset(signing->fixture->call);
    assert_done(signing->fixture->call, ledger_checkpoint_make(signing->fixture->call, signing->fixture->ledger,
                                                               &signing->options, &checkpoint));
    return checkpoint;
}

static void assert_not_made(struct signing *signing, ledger_status status)
{
    struct ledger_checkpoint checkpoint;
    int64_t rows = fixture_integer(signing->fixture, "SELECT count(*) FROM checkpoints");
    ledger_call_reset(signing->fixture->call);
    assert_status(
        signing->fixture->call,
        ledger_checkpoint_make(signing->fixture->call, signing->fixture->ledger, &signing->options, &checkpoint),
        status);
    assert_int_equal(fixture_integer(signing->fixture, "SELECT count(*) FROM checkpoints"), rows);
}

/* One event more. */
static void grow(struct signing *signing)
{
    signing->fixture->now_us += FIXTURE_MINUTE_US;
    (void)fixture_post(signing->fixture, NULL, "1000", "4000", "1");
}

static void a_checkpoint_is_of_the_log(void **state)
{
    struct signing *signing = *state;
    struct fixture *fixture = signing->fixture;
    grow(signing);
    struct ledger_checkpoint made = make(signing);
    assert_true(made.is_new);
    assert_false(made.guards_differ);
    assert_int_equal(made.epoch, 1);
    assert_int_equal(made.log_size, fixture_integer(fixture, "SELECT log_size FROM integrity_head"));
    assert_int_equal(made.created_at_us, fixture->now_us);
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    assert_done(fixture->call, ledger_verify(fixture->call, fixture->ledger, &options, &result));
    assert_string_equal(made.root_hash, result.root_hash);

    struct note_verifier verifier;
    struct checkpoint_text text;
    assert_done(fixture->call, note_verifier_parse(fixture->call, key_of(signing), &verifier));
    assert_done(fixture->call, checkpoint_note_verify(fixture->call, made.note, &verifier, 1, &text));
    assert_int_equal(text.log_size, made.log_size);
    char origin[PATH_SIZE];
    (void)snprintf(origin, sizeof origin, "ledger/%.*s/1",
                   TEXT_ARGUMENTS(ledger_get_settings(fixture->ledger)->ledger_id));
    assert_text_is(text.origin, origin);
    assert_true(text.has_time);
    assert_true(text.has_guards);

    struct ledger_text file;
    assert_done(fixture->call, file_read(fixture->call, made.path.data, NOTE_BYTES_MAX, &file));
    assert_true(text_equals(file, made.note));
    struct stat status;
    assert_int_equal(stat(made.path.data, &status), 0);
    assert_int_equal(status.st_mode & 07777, 0444);
    assert_string_equal(fixture_text(fixture, "SELECT root_hash FROM checkpoints"), made.root_hash);
    fixture_assert_valid(fixture);
}

static void nothing_new_gives_the_same(void **state)
{
    struct signing *signing = *state;
    struct ledger_checkpoint made = make(signing);
    char root[sizeof made.root_hash];
    memcpy(root, made.root_hash, sizeof root);
    int64_t at_us = made.created_at_us;
    signing->fixture->now_us += FIXTURE_MINUTE_US;
    struct ledger_checkpoint again = make(signing);
    assert_false(again.is_new);
    assert_string_equal(again.root_hash, root);
    assert_int_equal(again.created_at_us, at_us);
    assert_int_equal(fixture_integer(signing->fixture, "SELECT count(*) FROM checkpoints"), 1);
}

/* Across a full tile, so that proofs need tiles. */
static void checkpoints_continue_each_other(void **state)
{
    struct signing *signing = *state;
    for (unsigned i = 0; i < 300; i++) {
        (void)fixture_post(signing->fixture, NULL, "1000", "4000", "1");
        if (i % 50 == 3) {
            assert_true(make(signing).is_new);
        }
    }
    assert_true(make(signing).is_new);
    assert_int_equal(fixture_integer(signing->fixture, "SELECT count(*) FROM checkpoints"), 7);
    const struct ledger_checkpoint *checkpoints = NULL;
    size_t count = 0;
    assert_done(signing->fixture->call, ledger_checkpoint_list(signing->fixture->call, signing->fixture->ledger,
                                                               signing->options.directory, &checkpoints, &count));
    assert_int_equal(count, 7);
    for (size_t i = 0; i < count; i++) {
        assert_true(checkpoints[i].is_in_database);
        assert_false(text_is_absent(checkpoints[i].path));
        assert_false(checkpoints[i].guards_differ);
        assert_true(i == 0 || checkpoints[i].log_size > checkpoints[i - 1].log_size);
    }
    fixture_assert_valid(signing->fixture);
}

static void a_later_checkpoint_than_the_log_freezes(void **state)
{
    struct signing *signing = *state;
    struct fixture *fixture = signing->fixture;
    struct ledger_checkpoint made = make(signing);
    char path[PATH_SIZE + 64];
    /* Somebody who has the key signed a longer log. */
    SIGNING_KEY(signer);
    struct ledger_text text;
    struct ledger_text note;
    assert_done(fixture->call, signing_key_read(fixture->call, &signing->options.key, &signer));
    struct checkpoint_text later = {.origin = made.origin, .log_size = (uint64_t)made.log_size + 10};
    assert_done(fixture->call, checkpoint_text_format(fixture->call, &later, &text));
    assert_done(fixture->call, note_sign(fixture->call, text, &signer, 1, &note));
    (void)snprintf(path, sizeof path, "%s/1-%015llu.checkpoint", signing->directory,
                   (unsigned long long)later.log_size);
    assert_done(fixture->call, file_write(fixture->call, path, note));
    grow(signing);
    assert_not_made(signing, LEDGER_LOG_IS_INCONSISTENT);
    assert_message(fixture->call, "the ledger is frozen");
    assert_string_equal(fixture_text(fixture, "SELECT severity FROM audit_log WHERE event_type = 'CHECKPOINT_REFUSED'"),
                        "CRITICAL");
    assert_int_equal(fixture_integer(fixture, "SELECT frozen FROM integrity_head"), 1);
    struct ledger_posting posting = fixture_posting(fixture, NULL, "1000", "4000", "1");
    struct ledger_posted posted;
    assert_status(fixture->call, ledger_post(fixture->call, fixture->ledger, &posting, &posted), LEDGER_IS_FROZEN);
    int64_t log_size = fixture_integer(fixture, "SELECT log_size FROM integrity_head");
    assert_not_made(signing, LEDGER_LOG_IS_INCONSISTENT);
    assert_int_equal(fixture_integer(fixture, "SELECT log_size FROM integrity_head"), log_size); /* told once */
    fixture_assert_valid(fixture);

    /* The way out of it. */
    struct ledger_epoch epoch;
    ledger_call_reset(fixture->call);
    assert_done(fixture->call, file_read(fixture->call, path, NOTE_BYTES_MAX, &note));
    assert_status(fixture->call,
                  ledger_epoch_begin(fixture->call, fixture->ledger, note, key_of(signing), signing->options.directory,
                                     TEXT(""), &epoch),
                  LEDGER_TEXT_IS_INVALID);
    assert_done(fixture->call, ledger_epoch_begin(fixture->call, fixture->ledger, note, key_of(signing),
                                                  signing->options.directory, TEXT("Restored"), &epoch));
    assert_int_equal(epoch.epoch, 2);
    assert_int_equal(epoch.abandoned_log_size, later.log_size);
    assert_text_is(fixture_last_event(fixture).event_type, "EPOCH_BEGUN");
    made = make(signing);
    assert_true(made.is_new);
    assert_int_equal(made.epoch, 2);
    fixture_assert_valid(fixture);
}

static void an_epoch_that_no_event_began_is_found(void **state)
{
    struct signing *signing = *state;
    fixture_damage(signing->fixture, "UPDATE head_row SET epoch = 2", "UPDATE integrity_head SET epoch = 2");
    struct ledger_verify_options options = {.struct_size = sizeof options};
    struct ledger_verify_result result;
    assert_done(signing->fixture->call,
                ledger_verify(signing->fixture->call, signing->fixture->ledger, &options, &result));
    assert_false(result.is_valid);
    assert_text_is(result.violations[0].field, "integrity_head.epoch");
}

/* What the database says of its guards now. */
static struct sha256_hash digest_of_guards(struct signing *signing)
{
    struct sha256_hash digest;
    struct ledger_text mark;
    struct sha256 *sha256 = sha256_new();
    struct store *store = fixture_store(signing->fixture);
    assert_non_null(sha256);
    ledger_call_reset(signing->fixture->call);
    assert_done(signing->fixture->call, store_begin(signing->fixture->call, store, UNIT_READ));
    assert_done(signing->fixture->call, store_guards_digest(signing->fixture->call, store, sha256, &digest, &mark));
    store_rollback(store);
    sha256_free(sha256);
    assert_true(mark.size > 0);
    return digest;
}

static void the_digest_is_of_the_guards(void **state)
{
    struct signing *signing = *state;
    struct sha256_hash before = digest_of_guards(signing);
    grow(signing);
    struct sha256_hash after = digest_of_guards(signing);
    assert_memory_equal(&before, &after, sizeof before); /* rows are no part of it */
    fixture_damage(signing->fixture, "CREATE VIEW more AS SELECT 1 AS one", "CREATE VIEW more AS SELECT 1 AS one");
    after = digest_of_guards(signing);
    assert_memory_not_equal(&before, &after, sizeof before);
    fixture_damage(signing->fixture, "DROP VIEW more", "DROP VIEW more");
    after = digest_of_guards(signing);
    assert_memory_equal(&before, &after, sizeof before);
}

static void what_is_due_is_made(void **state)
{
    struct signing *signing = *state;
    struct fixture *fixture = signing->fixture;
    struct ledger_checkpoint checkpoint;
    bool is_made = true;
    assert_done(fixture->call,
                ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options, &is_made, &checkpoint));
    assert_false(is_made); /* for no reason */
    signing->options.events_between = 3;
    assert_done(fixture->call,
                ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options, &is_made, &checkpoint));
    assert_true(is_made); /* the first */
    for (int i = 1; i <= 6; i++) {
        grow(signing);
        assert_done(fixture->call, ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options,
                                                              &is_made, &checkpoint));
        assert_int_equal(is_made, i % 3 == 0);
    }
    signing->options.events_between = 0;
    signing->options.seconds_between = 100;
    fixture->now_us += 3 * FIXTURE_MINUTE_US;
    assert_done(fixture->call,
                ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options, &is_made, &checkpoint));
    assert_false(is_made); /* the log did not grow */
    grow(signing);
    assert_done(fixture->call,
                ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options, &is_made, &checkpoint));
    assert_true(is_made);
    grow(signing);
    assert_done(fixture->call,
                ledger_checkpoint_when_due(fixture->call, fixture->ledger, &signing->options, &is_made, &checkpoint));
    assert_false(is_made); /* only a minute went by */
}

static void the_key_in_force_follows_from_the_log(void **state)
{
    struct signing *signing = *state;
    struct fixture *fixture = signing->fixture;
    char path[PATH_SIZE + 16];
    struct ledger_key rotated;
    struct ledger_checkpoint both;
    (void)snprintf(path, sizeof path, "%s/new", signing->top);
    grow(signing);
    struct ledger_text old_key;
    assert_done(fixture->call, ledger_key_show(fixture->call, &signing->options.key, &old_key));
    assert_done(fixture->call, ledger_key_rotate(fixture->call, fixture->ledger, &signing->options,
                                                 ledger_text_of(path), &rotated, &both));
    assert_true(text_equals(rotated.previous_verifier_key, old_key));
    struct note note;
    assert_done(fixture->call, note_parse(fixture->call, both.note, &note));
    assert_int_equal(note.signatures_count, 2);

    struct store *store = fixture_store(fixture);
    struct ledger_keys keys;
    size_t index = 0;
    assert_done(fixture->call, store_begin(fixture->call, store, UNIT_READ));
    assert_done(fixture->call, ledger_keys_read(fixture->call, store, STORE_POSITION_MAX, &keys));
    store_rollback(store);
    assert_int_equal(keys.count, 2);
    uint64_t first = (uint64_t)keys.keys[0].log_index;
    uint64_t second = (uint64_t)keys.keys[1].log_index;
    assert_false(ledger_keys_at(&keys, 0, &index));
    assert_false(ledger_keys_at(&keys, first, &index));
    assert_true(ledger_keys_at(&keys, first + 1, &index) && index == 0);
    assert_true(ledger_keys_at(&keys, second, &index) && index == 0);
    assert_true(ledger_keys_at(&keys, second + 1, &index) && index == 1);
    assert_true(text_equals(keys.keys[1].verifier_key, rotated.verifier_key));

    grow(signing);
    assert_not_made(signing, LEDGER_KEY_IS_NOT_THE_LEDGERS);
    assert_text_is(fixture_last_event(fixture).event_type, "CHECKPOINT_REFUSED");
    signing->options.key.file = ledger_text_of(path);
    assert_true(make(signing).is_new);
    fixture_assert_valid(fixture);
}

static void a_lost_key_is_replaced(void **state)
{
    struct signing *signing = *state;
    struct fixture *fixture = signing->fixture;
    char path[PATH_SIZE + 16];
    struct ledger_key other;
    struct ledger_key key;
    (void)snprintf(path, sizeof path, "%s/other", signing->top);
    assert_done(fixture->call, ledger_key_create_file(fixture->call, TEXT("other"), ledger_text_of(path), &other));
    assert_int_equal(other.log_index, -1);
    assert_status(fixture->call, ledger_key_register(fixture->call, fixture->ledger, other.verifier_key, false, &key),
                  LEDGER_KEY_IS_NOT_THE_LEDGERS);
    assert_text_is(fixture_last_event(fixture).event_type, "KEY_REFUSED");
    assert_done(fixture->call, ledger_key_register(fixture->call, fixture->ledger, other.verifier_key, true, &key));
    assert_true(key.previous_key_is_lost);
    struct ledger_event_record event = fixture_last_event(fixture);
    assert_text_is(event.event_type, "KEY_ROTATED");
    assert_int_equal(event.severity, LEDGER_WARNING);
    assert_status(fixture->call, ledger_key_register(fixture->call, fixture->ledger, other.verifier_key, true, &key),
                  LEDGER_KEY_IS_NOT_THE_LEDGERS); /* it is that one already */
    signing->options.key.file = ledger_text_of(path);
    assert_true(make(signing).is_new);
    const struct ledger_key *keys = NULL;
    size_t count = 0;
    assert_done(fixture->call, ledger_key_list(fixture->call, fixture->ledger, &keys, &count));
    assert_int_equal(count, 2);
    assert_true(keys[1].previous_key_is_lost);
    assert_text_is(keys[1].registered_by, "ana");
}

static void a_key_file_is_its_owners_alone(void **state)
{
    struct signing *signing = *state;
    struct ledger_text verifier_key;
    static const mode_t refused[] = {0640, 0604, 0610, 0602, 0666};
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        assert_int_equal(chmod(signing->key_path, refused[i]), 0);
        assert_status(signing->fixture->call,
                      ledger_key_show(signing->fixture->call, &signing->options.key, &verifier_key),
                      LEDGER_KEY_IS_INVALID);
        assert_message(signing->fixture->call, "chmod 600");
        ledger_call_reset(signing->fixture->call);
    }
    assert_int_equal(chmod(signing->key_path, 0600), 0);
    assert_done(signing->fixture->call, ledger_key_show(signing->fixture->call, &signing->options.key, &verifier_key));
    struct ledger_key key;
    assert_status(signing->fixture->call,
                  ledger_key_create_file(signing->fixture->call, TEXT("x"), ledger_text_of(signing->key_path), &key),
                  LEDGER_FILE_IS_UNREADABLE);
    assert_status(signing->fixture->call,
                  ledger_key_create_file(signing->fixture->call, TEXT("a b"), ledger_text_of("/dev/null"), &key),
                  LEDGER_KEY_IS_INVALID);
}

static void a_command_gives_the_key(void **state)
{
    struct signing *signing = *state;
    struct ledger_call *call = signing->fixture->call;
    char command[2 * PATH_SIZE];
    struct ledger_text verifier_key;
    (void)snprintf(command, sizeof command, "cat '%s'", signing->key_path);
    struct ledger_key_source source = {.command = ledger_text_of(command)};
    assert_done(call, ledger_key_show(call, &source, &verifier_key));
    assert_true(text_equals(verifier_key, key_of(signing)) || verifier_key.size > 0);
    static const char *const bad[] = {"false", "echo secret", "no-such-command", "cat /dev/zero", "true"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        source.command = ledger_text_of(bad[i]);
        ledger_call_reset(call);
        assert_status(call, ledger_key_show(call, &source, &verifier_key), LEDGER_KEY_IS_INVALID);
        assert_null(strstr(ledger_call_message(call), "secret"));
    }
    ledger_call_set_timeout(call, 100);
    ledger_call_reset(call);
    source.command = ledger_text_of("sleep 30 & sleep 30");
    int64_t begun_ms = monotonic_ms();
    assert_status(call, ledger_key_show(call, &source, &verifier_key), LEDGER_KEY_IS_INVALID);
    assert_message(call, "in time");
    assert_true(monotonic_ms() - begun_ms < 10000);
    source.command = TEXT_ABSENT;
    assert_status(call, ledger_key_show(call, &source, &verifier_key), LEDGER_CONFIGURATION_IS_INVALID);
}

static void what_is_asked_wrongly_is_refused(void **state)
{
    struct signing *signing = *state;
    struct ledger_checkpoint checkpoint;
    struct ledger_call *call = signing->fixture->call;
    signing->options.struct_size = 1;
    assert_status(call, ledger_checkpoint_make(call, signing->fixture->ledger, &signing->options, &checkpoint),
                  LEDGER_VERSION_IS_UNSUPPORTED);
    signing->options.struct_size = sizeof signing->options;
    signing->options.directory = TEXT("");
    assert_status(call, ledger_checkpoint_make(call, signing->fixture->ledger, &signing->options, &checkpoint),
                  LEDGER_CONFIGURATION_IS_INVALID);
    signing->options.directory = TEXT("/nowhere/at/all");
    assert_status(call, ledger_checkpoint_make(call, signing->fixture->ledger, &signing->options, &checkpoint),
                  LEDGER_FILE_IS_UNREADABLE);
}

static void a_file_is_written_once(void **state)
{
    struct signing *signing = *state;
    struct ledger_call *call = signing->fixture->call;
    struct ledger_text path;
    struct ledger_text note;
    bool exists = true;
    assert_done(call, checkpoint_file_path(call, signing->options.directory, 3, 1234, &path));
    assert_non_null(strstr(path.data, "/3-000000000001234.checkpoint"));
    assert_done(call, checkpoint_file_write(call, path, TEXT("first"), &exists));
    assert_false(exists);
    assert_done(call, checkpoint_file_write(call, path, TEXT("second"), &exists));
    assert_true(exists);
    assert_done(call, checkpoint_file_read(call, path, &note));
    assert_text_is(note, "first");
    struct checkpoint_file last;
    bool is_found = false;
    assert_done(call, checkpoint_directory_find_last(call, signing->options.directory, &is_found, &last));
    assert_true(is_found);
    assert_int_equal(last.epoch, 3);
    assert_int_equal(last.log_size, 1234);
}

static void names_of_files_are_read(void **state)
{
    (void)state;
    static const char *const none[] = {"",
                                       "1-000000000000001",
                                       "1-000000000000001.checkpoint.tmp",
                                       "1-1.checkpoint",
                                       "-000000000000001.checkpoint",
                                       "1-00000000000000x.checkpoint",
                                       "01-000000000000001.checkpoint",
                                       "1-0000000000000001.checkpoint",
                                       "1-9999999999999999999.checkpoint",
                                       "9999999999999999999-000000000000001.checkpoint"};
    int64_t epoch = 0;
    int64_t log_size = 0;
    for (size_t i = 0; i < sizeof none / sizeof none[0]; i++) {
        assert_false(checkpoint_file_parse(none[i], &epoch, &log_size));
    }
    assert_true(checkpoint_file_parse("12-000000000000345.checkpoint", &epoch, &log_size));
    assert_int_equal(epoch, 12);
    assert_int_equal(log_size, 345);
    assert_true(checkpoint_file_parse("1-1234567890123456.checkpoint", &epoch, &log_size));
    assert_int_equal(log_size, INT64_C(1234567890123456));
}

static void facts_of_an_epoch_are_read(void **state)
{
    (void)state;
    int64_t epoch = 0;
    assert_true(event_facts_read_epoch(TEXT("{\"abandoned_log_size\":1,\"epoch\":12}"), &epoch));
    assert_int_equal(epoch, 12);
    assert_false(event_facts_read_epoch(TEXT_ABSENT, &epoch));
    assert_false(event_facts_read_epoch(TEXT("{\"epoch\":12}"), &epoch)); /* not alone in ours */
    assert_false(event_facts_read_epoch(TEXT("{\"a\":1,\"epoch\":}"), &epoch));
    assert_false(event_facts_read_epoch(TEXT("{\"a\":1,\"epoch\":1"), &epoch));
    assert_false(event_facts_read_epoch(TEXT("{\"a\":1,\"epoch\":1,\"z\":1}"), &epoch));
    assert_false(event_facts_read_epoch(TEXT("{\"a\":1,\"epoch\":9999999999999999999}"), &epoch));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_checkpoint_is_of_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(nothing_new_gives_the_same, setup, teardown),
        cmocka_unit_test_setup_teardown(checkpoints_continue_each_other, setup, teardown),
        cmocka_unit_test_setup_teardown(a_later_checkpoint_than_the_log_freezes, setup, teardown),
        cmocka_unit_test_setup_teardown(an_epoch_that_no_event_began_is_found, setup, teardown),
        cmocka_unit_test_setup_teardown(the_digest_is_of_the_guards, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_due_is_made, setup, teardown),
        cmocka_unit_test_setup_teardown(the_key_in_force_follows_from_the_log, setup, teardown),
        cmocka_unit_test_setup_teardown(a_lost_key_is_replaced, setup, teardown),
        cmocka_unit_test_setup_teardown(a_key_file_is_its_owners_alone, setup, teardown),
        cmocka_unit_test_setup_teardown(a_command_gives_the_key, setup, teardown),
        cmocka_unit_test_setup_teardown(what_is_asked_wrongly_is_refused, setup, teardown),
        cmocka_unit_test_setup_teardown(a_file_is_written_once, setup, teardown),
        cmocka_unit_test(names_of_files_are_read),
        cmocka_unit_test(facts_of_an_epoch_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
