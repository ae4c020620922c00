/* Ed25519: the vectors of RFC 8032 section 7.1, and every bit of a signature, a key and a message. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/ed25519.h"

struct vector {
    const char *seed;
    const char *public_key;
    const char *message;
    const char *signature;
};

static const struct vector vectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "5"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "0"
     "0d291612bb0c00"},
    {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
     "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc"
     "0"
     "27beceea1ec40a"},
    {"833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
     "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2"
     "a"
     "9ac94fa54ca49f",
     "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad"
     "9"
     "bef1177331a704"},
};

static size_t bytes_of(const char *hex, uint8_t *out)
{
    size_t size = strlen(hex) / 2;
    for (size_t i = 0; i < size; i++) {
        char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'};
        out[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
    return size;
}

static bool holds(struct ledger_call *call, const uint8_t *public_key, const void *data, size_t size,
                  const uint8_t *signature)
{
    bool result = false;
    assert_int_equal(ed25519_verify(call, public_key, data, size, signature, &result), LEDGER_DONE);
    return result;
}

static void the_vectors_of_the_rfc_hold(void **state)
{
    (void)state;
    struct ledger_call call;
    call_init(&call);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        uint8_t seed[32];
        uint8_t expected_key[32];
        uint8_t message[64];
        uint8_t expected_signature[64];
        uint8_t key[32];
        uint8_t signature[64];
        bytes_of(vectors[i].seed, seed);
        bytes_of(vectors[i].public_key, expected_key);
        bytes_of(vectors[i].signature, expected_signature);
        size_t size = bytes_of(vectors[i].message, message);
        assert_int_equal(ed25519_public_key(&call, seed, key), LEDGER_DONE);
        assert_memory_equal(key, expected_key, sizeof key);
        assert_int_equal(ed25519_sign(&call, seed, message, size, signature), LEDGER_DONE);
        assert_memory_equal(signature, expected_signature, sizeof signature);
        assert_true(holds(&call, key, message, size, signature));
    }
    call_done(&call);
}

static void every_spoilt_bit_is_refused(void **state)
{
    (void)state;
    struct ledger_call call;
    uint8_t key[32];
    uint8_t message[64];
    uint8_t signature[64];
    call_init(&call);
    bytes_of(vectors[2].public_key, key);
    bytes_of(vectors[2].signature, signature);
    size_t size = bytes_of(vectors[2].message, message);
    for (unsigned bit = 0; bit < 8 * sizeof signature; bit++) {
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(holds(&call, key, message, size, signature));
        signature[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned bit = 0; bit < 8 * sizeof key; bit++) {
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(holds(&call, key, message, size, signature));
        key[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    for (unsigned bit = 0; bit < 8 * size; bit++) {
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
        assert_false(holds(&call, key, message, size, signature));
        message[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
    assert_false(holds(&call, key, message, size - 1, signature));
    assert_true(holds(&call, key, message, size, signature));
    assert_int_equal(ledger_call_problems_count(&call), 0);
    call_done(&call);
}

static void new_seeds_differ_and_sign(void **state)
{
    (void)state;
    struct ledger_call call;
    uint8_t first[32] = {0};
    uint8_t second[32] = {0};
    uint8_t key[32];
    uint8_t signature[64];
    call_init(&call);
    assert_int_equal(ed25519_generate(&call, first), LEDGER_DONE);
    assert_int_equal(ed25519_generate(&call, second), LEDGER_DONE);
    assert_memory_not_equal(first, second, sizeof first);
    assert_int_equal(ed25519_public_key(&call, first, key), LEDGER_DONE);
    assert_int_equal(ed25519_sign(&call, first, "abc", 3, signature), LEDGER_DONE);
    assert_true(holds(&call, key, "abc", 3, signature));
    call_done(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_vectors_of_the_rfc_hold),
        cmocka_unit_test(every_spoilt_bit_is_refused),
        cmocka_unit_test(new_seeds_differ_and_sign),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
