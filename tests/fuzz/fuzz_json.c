/* Fuzzes the JSON reader and writer.
 *
 * I1 What is read and written canonically, then read again, is written the same.
 * I2 jansson accepts what we accept and the other way round, with the same tree, but for what is known: jansson refuses
 *    numbers that overflow a double and U+0000 in a key, and drops a NUL byte behind a literal or number; we refuse
 *    what is nested deeper than JSON_DEPTH_MAX. */
#include <assert.h>
#include <stdlib.h>

#include "base/json.h"
#include "base/json_write.h"
#include "base/text.h"

#include "support/oracle_jansson.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct ledger_text fuzz_write(struct ledger_call *call, const struct json_value *value)
{
    struct text_builder builder;
    struct json_writer writer;
    struct ledger_text text;
    text_builder_init(&builder, &call->arena, 0);
    json_writer_init(&writer, &builder);
    json_write_value(&writer, value);
    ledger_status status = text_builder_finish(call, &builder, &text);
    assert(status == LEDGER_DONE);
    return text;
}

static void fuzz_check_round_trip(struct ledger_call *call, const struct json_value *value)
{
    struct ledger_text first = fuzz_write(call, value);
    const struct json_value *again;
    ledger_status status = json_read(call, first, "written", &again);
    assert(status == LEDGER_DONE);
    assert(text_equals(first, fuzz_write(call, again)));
}

static bool fuzz_text_is_theirs(struct ledger_text ours, const char *data, size_t size)
{
    return text_equals(ours, (struct ledger_text){data, size});
}

static void fuzz_check_tree(const struct json_value *ours, json_t *theirs);

static void fuzz_check_children(const struct json_value *ours, json_t *theirs)
{
    size_t count = 0;
    for (const struct json_value *child = ours->first; child != NULL; child = child->next) {
        json_t *their_child = ours->type == JSON_ARRAY ? json_array_get(theirs, count)
                                                       : json_object_getn(theirs, child->key.data, child->key.size);
        assert(their_child != NULL);
        fuzz_check_tree(child, their_child);
        count++;
    }
    assert(count == ours->count);
    assert(count == (ours->type == JSON_ARRAY ? json_array_size(theirs) : json_object_size(theirs)));
}

static void fuzz_check_tree(const struct json_value *ours, json_t *theirs)
{
    switch (ours->type) {
    case JSON_NULL:
        assert(json_typeof(theirs) == JANSSON_NULL);
        return;
    case JSON_FALSE:
        assert(json_typeof(theirs) == JANSSON_FALSE);
        return;
    case JSON_TRUE:
        assert(json_typeof(theirs) == JANSSON_TRUE);
        return;
    case JSON_NUMBER:
        assert(json_typeof(theirs) == JANSSON_REAL);
        return;
    case JSON_STRING:
        assert(json_typeof(theirs) == JANSSON_STRING);
        assert(fuzz_text_is_theirs(ours->text, json_string_value(theirs), json_string_length(theirs)));
        return;
    case JSON_ARRAY:
        assert(json_typeof(theirs) == JANSSON_ARRAY);
        fuzz_check_children(ours, theirs);
        return;
    case JSON_OBJECT:
        assert(json_typeof(theirs) == JANSSON_OBJECT);
        fuzz_check_children(ours, theirs);
        return;
    }
}

static void fuzz_check_against_jansson(struct ledger_text source, ledger_status status, const struct json_value *ours)
{
    json_error_t error;
    json_t *theirs = json_loadb(source.data, source.size, JANSSON_FLAGS, &error);
    if (theirs == NULL) {
        enum json_error_code code = json_error_code(&error);
        assert(status != LEDGER_DONE || code == json_error_numeric_overflow || code == json_error_null_byte_in_key);
    } else if (status != LEDGER_INPUT_IS_TOO_LARGE) {
        assert(status == LEDGER_DONE);
        fuzz_check_tree(ours, theirs);
    }
    json_decref(theirs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ledger_call call;
    call_init(&call);
    struct ledger_text source = {(const char *)data, size};
    const struct json_value *value = NULL;
    ledger_status status = json_read(&call, source, "input", &value);
    assert((status == LEDGER_DONE) == (ledger_call_problems_count(&call) == 0));
    if (status == LEDGER_DONE) {
        fuzz_check_round_trip(&call, value);
    }
    if (size == 0 || memchr(data, '\0', size) == NULL) {
        fuzz_check_against_jansson(source, status, value);
    }
    call_done(&call);
    return 0;
}
