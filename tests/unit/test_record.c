/* The hashed forms against golden vectors that tests/oracle/hash_vectors.py made once, which shares no code with us,
 * and against a writer of JSON strings that is slow and plain. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/uuid.h"
#include "domain/form_writer.h"
#include "domain/names.h"
#include "domain/record.h"
#include "ledger/audit.h"

struct vector {
    const char *name;
    const char *hash;
};

/* clang-format off */
static const struct vector vectors[] = {
    {"plain.transaction_hash", "5601a27cffe05dbc6d4144fb6875dab96f1d812d8c2f4db6bc9f00dfb33bf6a8"},
    {"plain.texts_hash", "cf588a889f764bdc9ee05f66bc2d972fb83ba6155c3c7e705f17f15f84830a1e"},
    {"plain.entry_hash.1", "b1d9e09755afbd12fc4032d270c2b86f35ece1e76194e0a6b865df5c0b8c4a68"},
    {"plain.entry_hash.2", "846ca8f29cdbf3d89186fe42f84915d63e8765438bf035f9cb84ad338574584b"},
    {"plain.content_hash", "b9389ef51575df0afb947dce88dfe49443de440d82790cf8bebd21f8d39115d5"},
    {"plain.record_hash", "cdde1a0305f7cd0ef36364a6fa869bec6e1f134c4f8bd5018ef3a119f749d562"},
    {"plain.leaf_hash", "016c4e52aa7c2703e3a360582ab01cdf7fef6b3e9122bcaed616e3231941c12a"},
    {"odd.transaction_hash", "54fda5ef1f9a5d4a1560f7d8ad0b85c61223c87521242aa93ee021dbf2766a05"},
    {"odd.texts_hash", "2a1ae20b8c8083ba52b0e04246dfb6259e2bab40351c7d75331b761e8f867cb5"},
    {"odd.entry_hash.1", "c9d63a57bb77fe54bd9f85c87427aaa9113c1f6c63596224ff1d5d31d040276c"},
    {"odd.entry_hash.2", "12ed5fbbfe0d9cd47e4c025ff987e6284acf72ee08ebb7e56729d363b79d1c58"},
    {"odd.entry_hash.3", "bcf55c2b13796c3c88c42cad82c3e1b0bad617af3aefb7059d6ca52c49959243"},
    {"odd.content_hash", "57c7300b553fdec110a7aea0746332095e0df494848231336099ba556a8d66de"},
    {"odd.record_hash", "0f772abb766314b98556d4b91732f5af084c412e7d14a8e347569db23a8e50cc"},
    {"odd.leaf_hash", "a11a5aff59b26bfe360ad40a3ac708d9f76c782ef96bc501681fa5d249f20419"},
    {"single.transaction_hash", "4083b8ba606d0fca1049e0d9c94752af06464f31072179b42027262017509372"},
    {"single.texts_hash", "333b13ff02f57ae18049b82ca66f37592c5a3d8fd54e44e23ae5c7085c24fd2a"},
    {"single.entry_hash.1", "6cf2eb576faab3abb2d4ade0579f2f2bc0a8f86bf4990be171802bb5909e84a2"},
    {"single.content_hash", "501fbc0e873b4593956e16db2deaf636fb5affb180f7e8c86e66fbffe94b9e7d"},
    {"single.record_hash", "83ee2650d2a326d6d90f1ee0e9c69189bd1910383e37f9e64bd31f958879e541"},
    {"single.leaf_hash", "1a455b5b6b7efc1363429d4b9ce52d308798548878e49c0a303d68d9c35a7dbc"},
    {"long.transaction_hash", "7f6a4f4bea517653e22c863dc4da6a46ef64b541d0f9a509450f88b35a5d3212"},
    {"long.texts_hash", "e0c2a1d081a6c1814cc4fafda3ca5ba1b9d058f49fbb8532daddbb2c59431a40"},
    {"long.entry_hash.1", "599224c462fabbd9fe57b8160430e584b3796644320c3e82244e481fd0e4f308"},
    {"long.entry_hash.2", "c6d422eaaaca0a9d5f87813253013c188b7dd0b097967cec07e0d43e11db82fe"},
    {"long.entry_hash.3", "0cebfb0446e8ddce85a5ee6ded3ad0bae78855b649ae3fee5fbc335384be7f44"},
    {"long.content_hash", "7311f6dd44e766db7632757d6dca1247b963328cdc4e7123ab5004f10ac3ee06"},
    {"long.record_hash", "30ddc12a97804c1b8c3b2d8007552d29e71180685a651b199e72cf189b0a2417"},
    {"long.leaf_hash", "ad96e14c3198b963fdef95333645416f0c8ecf8c4678354aab32a17a5c7ba7d2"},
    {"event.plain", "b2bd526934f99c9e749306edb5b1671bf0a91f8d0894ad084b0abf4296159e05"},
    {"event.refused", "ec95a261e117e803d8bb7d9133d08aaa8dd72e9f91ed0f2fb483d189ec47cf8b"},
    {"manual.plain", "7f5b847f362422f41a49e01aa6b56f8111e47317b483c8a22fa924ebf767339e"},
    {"manual.full", "81d29dcb934ff7832cee1b9f668364daee00a9c32fde00ebc5ff151ee27a2e5c"},
    {"fingerprint.posting", "492482645678b029fe39341321b00d00835040ce206fe7a3c95a7b686a980af9"},
    {"fingerprint.posting_at", "614fa239cb9f811f07fa8600a60ba05d471cfe089bca987fac2f754e277616f5"},
    {"fingerprint.posting_now", "d8554e00d3ae9334c738ebe9855b0378f0cb557b5f621461da0e37f4f3a9beaa"},
    {"fingerprint.reversal", "d305f1406e66a3ce53c8b7593c521ab7b9778c078cd81e58e8afd0adee08c433"},
    {"fingerprint.reversal_now", "0a22a8d5a72c25275b33e1b848d8450920ccac75501e010af8710419f4d0e311"},
    {"fingerprint.reason", "b19767bab898687df281b64554428f8630a1675849ff5b61593a64bfe4181c4f"},
    {"time.0", "ce0d59443c6efd1637b0c154f108b14fabfbfb83806119dc88e851c5629fc150"},
    {"instant.0", "589e72ccb6264cf42b11f065d112c02dd42feca0dae027e00f75c0202cfa8ab6"},
    {"time.1", "a9e80dc4436fe28cdce3a8aec9facaa83e10abbad014279c1e2d7ad5e432e4bd"},
    {"instant.1", "9277fdb957e1e57b6491f69e97f9d6d4a1a39053a63dddc5c15fc7f7b037d632"},
    {"time.2", "196facb492c80c4759f6c3e0a3ef0b0e100db9afae914cb83db2fdaedd3fde2b"},
    {"instant.2", "12a0a526c24d8709075d16ef393a93c011db13112fee5d1b3c210abdee3fea05"},
    {"time.3", "0ff129f6eec11dbd9fcd93a76ab7d3a75b8ef9a9b2843ef468992c897f2fc8b2"},
    {"instant.3", "68a10cce1a9acd641316157add87c2500f0124875c9a80ebca9f5d38bafd967b"},
    {"time.4", "4d832fd8cb8bd6b00abdc6bf3d968472118d1e0c47e71bac6a209e3b4e540e4e"},
    {"instant.4", "575839c9657edb791a2c39c19f1f05b0f92507bfe0e8f7deb996f6fa8aa1708d"},
    {"time.5", "b533b78604f8f2a890f598f47133e909ad09803cf13baf711e3e2004f07367b9"},
    {"instant.5", "2936b5faf0d615527794666b5cb4067c40e60680ce1724c71ab88f6aeff60a1f"},
    {"time.6", "e7a6aa12180caac30c7f7d4895b08a500cdfd1cbf0db1ec83451523473c2cfde"},
    {"instant.6", "4e92704216be9186d08e90fc8f649c9d97919d0751b8974fe6361fcbe93653c5"},
    {"time.7", "ac472215485aa9953691370b01583737bda89d75c5e54f650dd4b736c95749b2"},
    {"instant.7", "c54fa8d5d94a57ad160e7a0aca0d1cecdfefcda83d20e515b03cbf9793a690d2"},
    {"time.8", "0f299c3005673159982a22ef58b32333ace42e9c847239bbdddee67aaee9a46f"},
    {"instant.8", "ff6089b63a73e09aadaf1b955fdb2aaebcdc70166a4008fb65aae68ce4d6b9a9"},
    {"time.9", "d07654d715b65ec566bde935725fcc5d1c0dda5b44f17d2c3362b7c3a920d2d2"},
    {"instant.9", "e3ef4438b92f88ee7e2fa0ed97ce5230ef44d942dabbb1f8222d16d81b00ebdb"},
    {"time.10", "9ac37189114d8425f472ff597493e73a53ff2e5f0fc4843d6b6350ecbea5cdf3"},
    {"instant.10", "014be9c283d0245af3e4be80c4c7eb16f611b8a5e01f5d8af601fe258b7c10b9"},
    {"time.11", "50d88ad90fd5d2fbc5a1e39f8515c4d43739f12daded838acc9b7e5f7c3bf8c4"},
    {"instant.11", "df8cb6860895436d3bf5c40a0d761d04ea9b53a1fb675cc657de68cfa838520e"},
};
/* clang-format on */

enum { VECTORS_COUNT = sizeof vectors / sizeof vectors[0] };

static struct record_hasher hasher;
static bool is_vector_used[VECTORS_COUNT];

static void assert_vector(const char *name, struct sha256_hash hash)
{
    char text[2 * SHA256_SIZE + 1];
    sha256_format(&hash, text);
    for (size_t index = 0; index < VECTORS_COUNT; index++) {
        if (strcmp(vectors[index].name, name) == 0) {
            is_vector_used[index] = true;
            if (strcmp(vectors[index].hash, text) != 0) {
                fail_msg("%s is %s, expected %s", name, text, vectors[index].hash);
            }
            return;
        }
    }
    fail_msg("there is no vector %s", name);
}

static void set_id(uint8_t id[16], const char *text)
{
    struct uuid uuid;
    assert_true(uuid_parse(ledger_text_of(text), &uuid));
    memcpy(id, uuid.bytes, sizeof uuid.bytes);
}

static void fill_bytes(uint8_t *bytes, size_t size, int first, int step)
{
    for (size_t index = 0; index < size; index++) {
        bytes[index] = (uint8_t)(first + step * (int)index);
    }
}

static void assert_named_vector(const char *transaction, const char *form, struct sha256_hash hash)
{
    char name[64];
    snprintf(name, sizeof name, "%s.%s", transaction, form);
    assert_vector(name, hash);
}

/* Every form of a transaction. Entry hashes and the record hash are filled in, as the engine does. */
static void assert_transaction_vectors(const char *name, struct ledger_transaction_record *transaction,
                                       struct ledger_entry_record *entries)
{
    transaction->entries = entries;
    assert_named_vector(name, "transaction_hash", record_transaction_hash(&hasher, transaction));
    struct sha256_hash texts_hash = record_texts_hash(&hasher, transaction);
    assert_named_vector(name, "texts_hash", texts_hash);
    for (uint32_t index = 0; index < transaction->entries_count; index++) {
        entries[index].entry_number = index + 1;
        struct sha256_hash hash = record_entry_hash(&hasher, transaction->transaction_id, &entries[index]);
        memcpy(entries[index].entry_hash, hash.bytes, SHA256_SIZE);
        if (index < 3) {
            char form[32];
            snprintf(form, sizeof form, "entry_hash.%u", index + 1);
            assert_named_vector(name, form, hash);
        }
    }
    struct sha256_hash content_hash = record_content_hash(&hasher, transaction, &texts_hash);
    assert_named_vector(name, "content_hash", content_hash);
    struct sha256_hash record_hash = record_record_hash(&hasher, &content_hash, transaction->log_index,
                                                        transaction->posting_date_us, transaction->number_in_day);
    assert_named_vector(name, "record_hash", record_hash);
    memcpy(transaction->record_hash, record_hash.bytes, SHA256_SIZE);
    assert_named_vector(name, "leaf_hash", record_transaction_leaf_hash(&hasher, transaction));
}

static struct ledger_transaction_record plain_transaction(struct ledger_entry_record entries[2])
{
    struct ledger_transaction_record transaction = {
        .log_index = 42,
        .number_in_day = 7,
        .transaction_date_us = 1767225600000000,
        .transaction_day = 20454,
        .posting_date_us = 1767259845000123,
        .business_event_type = TEXT("SALE"),
        .business_key = TEXT("INV-2026-0001"),
        .description = TEXT("Invoice 2026-0001"),
        .created_by = TEXT("maria"),
        .principal = TEXT("os:1000"),
        .source_system = TEXT("cli"),
        .entries_count = 2,
        .entries = entries,
    };
    set_id(transaction.transaction_id, "0194a6a0-1c00-7abc-8def-0123456789ab");
    fill_bytes(transaction.texts_salt, 16, 0, 1);
    memset(entries, 0, 2 * sizeof *entries);
    entries[0].account_code = TEXT("1000");
    entries[0].entry_type = LEDGER_DEBIT;
    entries[1].account_code = TEXT("4000");
    entries[1].entry_type = LEDGER_CREDIT;
    entries[0].amount_minor = entries[1].amount_minor = 100000;
    entries[0].currency = entries[1].currency = TEXT("AOA");
    return transaction;
}

static void plain_transaction_has_its_hashes(void **state)
{
    (void)state;
    struct ledger_entry_record entries[2];
    struct ledger_transaction_record transaction = plain_transaction(entries);
    assert_transaction_vectors("plain", &transaction, entries);
}

static void every_kind_of_text_has_its_form(void **state)
{
    (void)state;
    struct ledger_transaction_record transaction = {
        .log_index = 9007199254740991,
        .number_in_day = 1234567,
        .transaction_date_us = 951868799999999,
        .transaction_day = 11016,
        .posting_date_us = 253402300799999999,
        .business_event_type = TEXT("CORREÇÃO"),
        .business_key = TEXT(""),
        .description = TEXT("tab\there \"quoted\" back\\slash \x01\x1f\x7f"),
        .is_reversal = true,
        .reversal_reason = TEXT("😀 emoji, 漢字, e\xcc\x81 \xe2\x80\xa8"),
        .idempotency_key = TEXT("key-\xf4\x8f\xbf\xbf"),
        .created_by = TEXT("Ñandú"),
        .principal = TEXT("token:\b\f\n\r"),
        .source_system = TEXT("import/2"),
        .source_ip = TEXT("2001:db8::1"),
        .entries_count = 3,
    };
    set_id(transaction.transaction_id, "ffffffff-ffff-7fff-bfff-ffffffffffff");
    set_id(transaction.reverses_transaction_id, "00000000-0000-7000-8000-000000000001");
    fill_bytes(transaction.idempotency_fingerprint, 32, 255, -1);
    fill_bytes(transaction.texts_salt, 16, 255, 0);
    struct ledger_entry_record entries[3] = {
        {
            .account_code = TEXT("1000"),
            .entry_type = LEDGER_DEBIT,
            .amount_minor = 1,
            .currency = TEXT("JPY"),
            .memo = TEXT("first"),
            .cost_center = TEXT("CC-1"),
            .business_unit = TEXT("BU-1"),
            .project_code = TEXT("P-1"),
        },
        {
            .account_code = TEXT("Caixa-é-😀-\x7f"),
            .entry_type = LEDGER_CREDIT,
            .amount_minor = INT64_MAX,
            .currency = TEXT("EUR"),
            .cost_center = TEXT(""),
        },
        {
            .account_code = TEXT("\"\\/"),
            .entry_type = LEDGER_CREDIT,
            .amount_minor = 99,
            .currency = TEXT("USD"),
            .memo = TEXT(""),
            .project_code = TEXT("\xc2\x80"),
        },
    };
    assert_transaction_vectors("odd", &transaction, entries);
}

static void what_is_absent_is_left_out(void **state)
{
    (void)state;
    struct ledger_transaction_record transaction = {
        .number_in_day = 1,
        .transaction_date_us = -62135596800000000,
        .transaction_day = -719162,
        .posting_date_us = -1,
        .entries_count = 1,
    };
    struct ledger_entry_record entry = {.account_code = TEXT("x"), .entry_type = LEDGER_DEBIT, .amount_minor = 10};
    assert_transaction_vectors("single", &transaction, &entry);
}

/* `count` times the unit. */
static struct ledger_text repeated(const char *unit, size_t count)
{
    size_t unit_size = strlen(unit);
    char *data = malloc(unit_size * count + 1);
    assert_non_null(data);
    for (size_t index = 0; index < count; index++) {
        memcpy(data + index * unit_size, unit, unit_size);
    }
    return (struct ledger_text){data, unit_size * count};
}

static void free_text(struct ledger_text text)
{
    free((void *)(uintptr_t)text.data);
}

static void forms_longer_than_the_buffer_are_whole(void **state)
{
    (void)state;
    enum { COUNT = 700 };
    struct ledger_transaction_record transaction = {
        .log_index = 1,
        .number_in_day = 1000000,
        .transaction_date_us = 1,
        .posting_date_us = 86399999999,
        .business_event_type = repeated("x", 40000),
        .business_key = repeated("é\"", 20000),
        .description = repeated("漢", 30001),
        .created_by = repeated("\n", 9999),
        .source_ip = repeated("😀", 10000),
        .entries_count = COUNT,
    };
    set_id(transaction.transaction_id, "0194a6a0-1c00-7abc-8def-0123456789ab");
    fill_bytes(transaction.texts_salt, 16, 7, 0);
    struct ledger_entry_record *entries = calloc(COUNT, sizeof *entries);
    assert_non_null(entries);
    struct ledger_text wide_code = repeated("😀", 50);
    struct ledger_text memo = repeated("m", COUNT);
    char codes[COUNT][16];
    for (int index = 0; index < COUNT; index++) {
        snprintf(codes[index], sizeof codes[index], "A%04d", index);
        entries[index].account_code = index % 3 != 0 ? ledger_text_of(codes[index]) : wide_code;
        entries[index].entry_type = index % 2 != 0 ? LEDGER_CREDIT : LEDGER_DEBIT;
        entries[index].amount_minor = index * index + 1;
        entries[index].currency = TEXT("AOA");
        entries[index].memo = index % 2 != 0 ? TEXT_ABSENT : (struct ledger_text){memo.data, (size_t)index};
    }
    assert_transaction_vectors("long", &transaction, entries);
    free_text(transaction.business_event_type);
    free_text(transaction.business_key);
    free_text(transaction.description);
    free_text(transaction.created_by);
    free_text(transaction.source_ip);
    free_text(wide_code);
    free_text(memo);
    free(entries);
}

static void events_have_their_leaves(void **state)
{
    (void)state;
    struct ledger_event_record plain = {
        .log_index = 3,
        .audit_id = TEXT("an id is in no hash"),
        .event_timestamp_us = 1767259845000123,
        .event_type = TEXT("ACCOUNT_CREATED"),
        .severity = LEDGER_INFO,
        .is_success = true,
        .user_id = TEXT("maria"),
        .principal = TEXT("os:1000"),
        .source_system = TEXT("cli"),
        .source_ip = TEXT("127.0.0.1"),
        .action = TEXT("CREATE"),
        .description = TEXT("account 1000 created"),
        .event_metadata = TEXT("{\"account_code\":\"1000\"}"),
    };
    assert_vector("event.plain", record_leaf_hash(&hasher, &plain));
    struct ledger_event_record refused = {
        .log_index = 4,
        .event_type = TEXT("POSTING_REFUSED"),
        .severity = LEDGER_WARNING,
        .action = TEXT("POST"),
        .description = TEXT("not balanced: Debits=1.00, Credits=2.00 \"é\"\n"),
    };
    assert_vector("event.refused", record_leaf_hash(&hasher, &refused));
}

static void rows_written_by_hand_have_their_digests(void **state)
{
    (void)state;
    struct ledger_manual_event plain = {
        .event_timestamp_us = 1767259845000000,
        .event_type = TEXT("HASH_VIOLATION"),
        .severity = TEXT("CRITICAL"),
        .outcome = TEXT("SUCCESS"),
        .user_id = TEXT("SYSTEM"),
        .source_system = TEXT("INTEGRITY_CHECK"),
        .action = TEXT("TAMPER_DETECTED"),
        .description = TEXT("Hash mismatch"),
        .is_adopted = true, /* no part of it */
    };
    set_id(plain.audit_id, "0e576025-e705-11f1-8724-02fc00000001");
    assert_vector("manual.plain", record_manual_event_hash(&hasher, &plain));
    struct ledger_manual_event full = {
        .event_timestamp_us = 1767259845000001,
        .event_type = TEXT("é"),
        .severity = TEXT(""),
        .outcome = TEXT("FAILED"),
        .has_transaction = true,
        .user_id = TEXT("u"),
        .principal = TEXT("p"),
        .source_system = TEXT("s"),
        .source_ip = TEXT("i"),
        .action = TEXT(""),
        .description = TEXT("\"two\nlines\""),
        .event_metadata = TEXT("no JSON: {"),
    };
    set_id(full.audit_id, "0e576025-e705-11f1-8724-02fc00000001");
    set_id(full.transaction_id, "00000000-0000-0000-0000-000000000007");
    assert_vector("manual.full", record_manual_event_hash(&hasher, &full));
}

/* Hashes a leaf over metadata of `size` digits, at once and as the writer does it. */
static void metadata_of_any_size_stands_as_it_is(void **state)
{
    (void)state;
    static const char *const head = "{\"event_metadata\":";
    static const char *const tail =
        ",\"event_timestamp\":\"1970-01-01T00:00:00.000000Z\",\"event_type\":\"E\","
        "\"form\":\"event/1\",\"log_index\":5,\"outcome\":\"FAILED\",\"severity\":\"INFO\"}";
    for (size_t size = FORM_BUFFER_SIZE - 1500; size < 3 * FORM_BUFFER_SIZE; size += 97) {
        struct ledger_text metadata = repeated("7", size);
        struct ledger_event_record event = {.log_index = 5, .event_type = TEXT("E"), .event_metadata = metadata};
        struct sha256_hash hash = record_leaf_hash(&hasher, &event);
        sha256_begin(hasher.sha256);
        sha256_add(hasher.sha256, "", 1);
        sha256_add(hasher.sha256, head, strlen(head));
        sha256_add(hasher.sha256, metadata.data, metadata.size);
        sha256_add(hasher.sha256, tail, strlen(tail));
        struct sha256_hash expected = sha256_finish(hasher.sha256);
        assert_memory_equal(&hash, &expected, sizeof hash);
        free_text(metadata);
    }
}

/* The same leaf for the transaction and for its event as it is read back, whose description is rendered. */
static void a_posting_and_its_event_have_one_leaf(void **state)
{
    (void)state;
    struct ledger_entry_record entries[2];
    struct ledger_transaction_record transaction = plain_transaction(entries);
    fill_bytes(transaction.record_hash, 32, 1, 3);
    struct ledger_event_record event = {
        .log_index = transaction.log_index,
        .event_timestamp_us = transaction.posting_date_us,
        .event_type = TEXT("TRANSACTION_POSTED"),
        .severity = LEDGER_INFO,
        .is_success = true,
        .has_transaction = true,
        .user_id = transaction.created_by,
        .principal = transaction.principal,
        .source_system = transaction.source_system,
        .action = TEXT("POST"),
        .description = TEXT("Posted 20260101-000007: Invoice 2026-0001"),
        .has_record_hash = true,
    };
    memcpy(event.transaction_id, transaction.transaction_id, 16);
    memcpy(event.record_hash, transaction.record_hash, 32);
    struct sha256_hash of_transaction = record_transaction_leaf_hash(&hasher, &transaction);
    struct sha256_hash of_event = record_leaf_hash(&hasher, &event);
    assert_memory_equal(&of_transaction, &of_event, sizeof of_event);
}

static void fingerprints_are_of_what_the_client_gave(void **state)
{
    (void)state;
    uint8_t salt[RECORD_SALT_SIZE];
    fill_bytes(salt, sizeof salt, 0, 1);
    struct ledger_entry given[2] = {
        {
            .account_code = TEXT("1000"),
            .entry_type_text = TEXT("DEBIT"),
            .amount = TEXT("1000.5"),
            .currency = TEXT("AOA"),
            .memo = TEXT("m"),
            .cost_center = TEXT("c"),
            .business_unit = TEXT("b"),
            .project_code = TEXT("p"),
        },
        {.account_code = TEXT("é"), .entry_type = LEDGER_CREDIT, .amount_minor = 100050},
    };
    struct ledger_entry_record entries[2] = {
        {.entry_type = LEDGER_DEBIT, .amount_minor = 100050, .currency = TEXT("AOA")},
        {.entry_type = LEDGER_CREDIT, .amount_minor = 100050, .currency = TEXT("AOA")},
    };
    struct ledger_posting posting = {
        .business_event_type = TEXT("SALE"),
        .business_key = TEXT("K"),
        .description = TEXT("a \"sale\""),
        .transaction_date = TEXT("2026-01-01"),
        .has_transaction_date_us = true, /* the text goes before it */
        .allow_future = true,
        .idempotency_key = TEXT("in no fingerprint"),
        .entries = given,
        .entries_count = 2,
    };
    assert_vector("fingerprint.posting", record_posting_fingerprint(&hasher, salt, &posting, entries));
    struct ledger_entry one = {.account_code = TEXT("1000")};
    struct ledger_entry_record one_entry = {.entry_type = LEDGER_DEBIT, .amount_minor = 1};
    struct ledger_posting at = {
        .business_event_type = TEXT("SALE"),
        .description = TEXT(""),
        .has_transaction_date_us = true,
        .transaction_date_us = 1767225600000000,
        .entries = &one,
        .entries_count = 1,
    };
    assert_vector("fingerprint.posting_at", record_posting_fingerprint(&hasher, salt, &at, &one_entry));
    struct ledger_posting now = {.business_event_type = TEXT("SALE"), .description = TEXT("d")};
    assert_vector("fingerprint.posting_now", record_posting_fingerprint(&hasher, salt, &now, NULL));
    uint8_t original[16];
    set_id(original, "0194a6a0-1c00-7abc-8def-0123456789ab");
    struct ledger_reversal reversal = {
        .transaction = TEXT("20260101-000007"),
        .reason = TEXT("typed twice"),
        .transaction_date = TEXT("2026-01-02"),
        .idempotency_key = TEXT("in no fingerprint"),
    };
    assert_vector("fingerprint.reversal", record_reversal_fingerprint(&hasher, salt, &reversal, original));
    struct ledger_reversal reversal_now = {.reason = TEXT("\x02é")};
    assert_vector("fingerprint.reversal_now", record_reversal_fingerprint(&hasher, salt, &reversal_now, original));
    assert_vector("fingerprint.reason", record_reason_hash(&hasher, salt, TEXT("typed twice, \"é\"")));
}

static void instants_have_their_forms(void **state)
{
    (void)state;
    static const int64_t times_us[] = {
        0,
        1,
        -1,
        999999,
        1000000,
        1767225600000000,
        1767225600100000,
        -62135596800000000,
        253402300799999999,
        951782400000000,
        951868800000000,
        4107542400000000,
    };
    struct sha256_hash content_hash = {{0}};
    for (unsigned index = 0; index < sizeof times_us / sizeof times_us[0]; index++) {
        char form[16];
        struct ledger_transaction_record transaction = {.transaction_date_us = times_us[index]};
        snprintf(form, sizeof form, "%u", index);
        assert_named_vector("time", form, record_transaction_hash(&hasher, &transaction));
        assert_named_vector("instant", form,
                            record_record_hash(&hasher, &content_hash, index, times_us[index], index + 1));
    }
}

static void every_vector_is_used(void **state)
{
    (void)state;
    for (size_t index = 0; index < VECTORS_COUNT; index++) {
        if (!is_vector_used[index]) {
            fail_msg("no test uses the vector %s", vectors[index].name);
        }
    }
}

/* A JSON string, slowly. The text is ASCII but for "é" (U+00E9), which is two bytes. */
static size_t write_slowly(char *out, struct ledger_text text, bool ascii_only)
{
    size_t size = 0;
    for (size_t index = 0; index < text.size; index++) {
        unsigned char byte = (unsigned char)text.data[index];
        if (byte == '"' || byte == '\\') {
            size += (size_t)sprintf(out + size, "\\%c", byte);
        } else if (byte == '\n') {
            size += (size_t)sprintf(out + size, "\\n");
        } else if (byte < 0x20 || (byte == 0x7f && ascii_only)) {
            size += (size_t)sprintf(out + size, "\\u%04x", byte);
        } else if (byte == 0xc3 && ascii_only) {
            size += (size_t)sprintf(out + size, "\\u00e9");
            index++;
        } else {
            out[size++] = (char)byte;
        }
    }
    return size;
}

static void assert_text_forms(struct ledger_text text)
{
    char content[1024];
    char form[2048];
    struct ledger_reversal reversal = {.reason = text};
    uint8_t id[16] = {0};
    uint8_t salt[RECORD_SALT_SIZE];
    memset(salt, '0', sizeof salt);
    size_t size = write_slowly(content, text, false);
    int form_size = sprintf(form,
                            "0000000000000000{\"form\":\"reversal/1\",\"reason\":\"%.*s\",\"transaction_id\":\""
                            "00000000-0000-0000-0000-000000000000\"}",
                            (int)size, content);
    struct sha256_hash expected = sha256_of(hasher.sha256, form, (size_t)form_size);
    struct sha256_hash hash = record_reversal_fingerprint(&hasher, salt, &reversal, id);
    assert_memory_equal(&hash, &expected, sizeof hash);

    struct ledger_entry_record entry = {.account_code = text, .amount_minor = 12345, .entry_type = LEDGER_CREDIT};
    struct ledger_transaction_record transaction = {.entries = &entry, .entries_count = 1};
    size = write_slowly(content, text, true);
    form_size = sprintf(form,
                        "{\"entries\": [{\"account\": \"%.*s\", \"amount\": \"123.45\", \"type\": \"CREDIT\"}], "
                        "\"transaction_date\": \"1970-01-01T00:00:00\", \"transaction_id\": \""
                        "00000000-0000-0000-0000-000000000000\"}",
                        (int)size, content);
    expected = sha256_of(hasher.sha256, form, (size_t)form_size);
    hash = record_transaction_hash(&hasher, &transaction);
    assert_memory_equal(&hash, &expected, sizeof hash);
}

/* The fast paths take eight, four and single bytes: what is special must be found at every place of each length. */
static void a_special_character_is_found_everywhere(void **state)
{
    (void)state;
    static const char *const specials[] = {"\"", "\\", "\n", "\x01", "\x1f", " ", "!", "#", "[", "]", "~", "\x7f", "é"};
    for (size_t length = 0; length <= 41; length++) {
        for (size_t place = 0; place < length; place++) {
            for (size_t special = 0; special < sizeof specials / sizeof specials[0]; special++) {
                char *data = malloc(length + 1); /* of exactly the size, so that a sanitizer sees what reads beyond */
                assert_non_null(data);
                memset(data, 'a', length);
                size_t size = length - 1 + strlen(specials[special]);
                memcpy(data + place, specials[special], strlen(specials[special]));
                if (size > length) {
                    memset(data + place + 2, 'b', length - 1 - place);
                }
                assert_text_forms((struct ledger_text){data, size});
                free(data);
            }
        }
    }
    assert_text_forms(TEXT(""));
}

/* What only a damaged database holds has a hash too, and one that differs from every sound row's. */
static void damaged_values_have_hashes_of_their_own(void **state)
{
    (void)state;
    struct ledger_entry_record entries[2];
    struct ledger_transaction_record sound = plain_transaction(entries);
    struct sha256_hash sound_hash = record_transaction_hash(&hasher, &sound);
    struct sha256_hash zero = {{0}};
    struct sha256_hash sound_record = record_record_hash(&hasher, &zero, 42, 1767259845000123, 7);
    static const int64_t offsets_us[] = {INT64_C(315569520000000000), INT64_MAX - 1767259845000123,
                                         INT64_C(-315569520000000000), INT64_MIN};
    for (size_t index = 0; index < sizeof offsets_us / sizeof offsets_us[0]; index++) {
        struct ledger_transaction_record damaged = sound;
        damaged.transaction_date_us += offsets_us[index]; /* 10,000 years: the same digits but for the year's first */
        struct sha256_hash hash = record_transaction_hash(&hasher, &damaged);
        assert_memory_not_equal(&hash, &sound_hash, sizeof hash);
        hash = record_record_hash(&hasher, &zero, 42, 1767259845000123 + offsets_us[index], INT64_MIN);
        assert_memory_not_equal(&hash, &sound_record, sizeof hash);
        damaged.transaction_day = index % 2 == 0 ? INT32_MAX : INT32_MIN;
        hash = record_content_hash(&hasher, &damaged, &zero);
    }
    entries[0].amount_minor = INT64_MIN;
    entries[0].account_code = TEXT("\xff\xe2\x82");
    entries[0].entry_type = (enum ledger_entry_type)7;
    static const char form[] = "{\"entries\": [{\"account\": \"\\udcff\\udce2\\udc82\", \"amount\": "
                               "\"-92233720368547758.08\", \"type\": \"7\"}], \"transaction_date\": "
                               "\"1970-01-01T00:00:00\", \"transaction_id\": "
                               "\"00000000-0000-0000-0000-000000000000\"}";
    struct ledger_transaction_record one = {.entries = entries, .entries_count = 1};
    struct sha256_hash expected = sha256_of(hasher.sha256, form, sizeof form - 1);
    struct sha256_hash hash = record_transaction_hash(&hasher, &one);
    assert_memory_equal(&hash, &expected, sizeof hash);
    entries[0].account_code = TEXT_ABSENT;
    hash = record_transaction_hash(&hasher, &one);
    assert_memory_not_equal(&hash, &expected, sizeof hash);
}

/* I1: what changes later is in no form. I2: the free texts reach content_hash only through texts_hash. */
static void later_changes_and_texts_stay_out(void **state)
{
    (void)state;
    struct ledger_entry_record entries[2];
    struct ledger_transaction_record transaction = plain_transaction(entries);
    struct sha256_hash texts_hash = record_texts_hash(&hasher, &transaction);
    struct sha256_hash before[4] = {
        record_transaction_hash(&hasher, &transaction),
        record_content_hash(&hasher, &transaction, &texts_hash),
        record_transaction_leaf_hash(&hasher, &transaction),
        record_entry_hash(&hasher, transaction.transaction_id, &entries[0]),
    };
    transaction.is_reversed = true;
    transaction.reversed_by_log_index = 99;
    fill_bytes(transaction.reversed_by_transaction_id, 16, 1, 1);
    transaction.description = TEXT("erased");
    entries[0].memo = TEXT("erased");
    entries[0].account_id = 5;
    struct sha256_hash after[4] = {
        record_transaction_hash(&hasher, &transaction),
        record_content_hash(&hasher, &transaction, &texts_hash),
        record_transaction_leaf_hash(&hasher, &transaction),
        record_entry_hash(&hasher, transaction.transaction_id, &entries[0]),
    };
    assert_memory_equal(before, after, sizeof before);
    struct sha256_hash texts_hash_after = record_texts_hash(&hasher, &transaction);
    assert_memory_not_equal(&texts_hash, &texts_hash_after, sizeof texts_hash);
}

static int set_up(void **state)
{
    (void)state;
    return record_hasher_init(&hasher) ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    record_hasher_done(&hasher);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(plain_transaction_has_its_hashes),
        cmocka_unit_test(every_kind_of_text_has_its_form),
        cmocka_unit_test(what_is_absent_is_left_out),
        cmocka_unit_test(forms_longer_than_the_buffer_are_whole),
        cmocka_unit_test(events_have_their_leaves),
        cmocka_unit_test(rows_written_by_hand_have_their_digests),
        cmocka_unit_test(metadata_of_any_size_stands_as_it_is),
        cmocka_unit_test(a_posting_and_its_event_have_one_leaf),
        cmocka_unit_test(fingerprints_are_of_what_the_client_gave),
        cmocka_unit_test(instants_have_their_forms),
        cmocka_unit_test(every_vector_is_used),
        cmocka_unit_test(a_special_character_is_found_everywhere),
        cmocka_unit_test(damaged_values_have_hashes_of_their_own),
        cmocka_unit_test(later_changes_and_texts_stay_out),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
