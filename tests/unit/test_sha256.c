/* SHA-256: the vectors of FIPS 180-4 and NIST, pieces, and reuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"

static const char *hex_of(struct sha256_hash hash)
{
    static char hex[2 * SHA256_SIZE + 1];
    sha256_format(&hash, hex);
    return hex;
}

static void known_messages_have_their_hashes(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *hash;
    } rows[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
    };
    struct sha256 *sha256 = sha256_new();
    assert_non_null(sha256);
    for (int round = 0; round < 3; round++) {
        for (size_t index = 0; index < sizeof rows / sizeof rows[0]; index++) {
            struct sha256_hash hash = sha256_of(sha256, rows[index].message, strlen(rows[index].message));
            assert_string_equal(hex_of(hash), rows[index].hash);
        }
    }
    sha256_free(sha256);
    sha256_free(NULL);
}

static void pieces_give_what_the_whole_gives(void **state)
{
    (void)state;
    struct sha256 *sha256 = sha256_new();
    unsigned char message[300];
    for (size_t index = 0; index < sizeof message; index++) {
        message[index] = (unsigned char)(index * 7);
    }
    for (size_t size = 0; size <= sizeof message; size++) {
        struct sha256_hash whole = sha256_of(sha256, message, size);
        sha256_begin(sha256);
        sha256_add(sha256, NULL, 0);
        sha256_add(sha256, message, size / 3);
        sha256_add(sha256, message + size / 3, size - size / 3);
        struct sha256_hash pieces = sha256_finish(sha256);
        assert_memory_equal(whole.bytes, pieces.bytes, SHA256_SIZE);
    }
    sha256_free(sha256);
}

static void a_hash_left_unfinished_does_not_touch_the_next(void **state)
{
    (void)state;
    struct sha256 *sha256 = sha256_new();
    sha256_begin(sha256);
    sha256_add(sha256, "left behind", 11);
    assert_string_equal(hex_of(sha256_of(sha256, "abc", 3)),
                        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    sha256_free(sha256);
}

static void a_million_letters_have_their_hash(void **state)
{
    (void)state;
    struct sha256 *sha256 = sha256_new();
    char letters[1000];
    memset(letters, 'a', sizeof letters);
    sha256_begin(sha256);
    for (int count = 0; count < 1000; count++) {
        sha256_add(sha256, letters, sizeof letters);
    }
    assert_string_equal(hex_of(sha256_finish(sha256)),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    sha256_free(sha256);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_messages_have_their_hashes),
        cmocka_unit_test(pieces_give_what_the_whole_gives),
        cmocka_unit_test(a_hash_left_unfinished_does_not_touch_the_next),
        cmocka_unit_test(a_million_letters_have_their_hash),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
