/* Lines through one buffer: whatever their lengths, with and without a last line feed, numbered, hashed, bounded. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/line_input.h"
#include "base/text.h"

enum { LINE_MAX_BYTES = 600000 };

static char path[] = "/tmp/ledger-lines-XXXXXX";

static void write_file(const char *data, size_t size)
{
    FILE *file = fopen(path, "we");
    assert_non_null(file);
    assert_int_equal(fwrite(data, 1, size, file), size);
    assert_int_equal(fclose(file), 0);
}

static int make_file(void **state)
{
    (void)state;
    int descriptor = mkstemp(path);
    return descriptor < 0 ? -1 : close(descriptor);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

/* Reads all of it and holds each line against the content. */
static void read_back(const char *content, size_t size)
{
    struct ledger_call *call = ledger_call_new();
    struct sha256 *sha256 = sha256_new();
    struct line_input input;
    write_file(content, size);
    assert_int_equal(line_input_open(call, path, LINE_MAX_BYTES, &input), LEDGER_DONE);
    assert_int_equal(input.bytes_total, size);
    size_t offset = 0;
    for (uint64_t number = 1;; number++) {
        bool has_line = false;
        struct ledger_text line;
        assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
        if (!has_line) {
            break;
        }
        const char *feed = memchr(content + offset, '\n', size - offset);
        size_t expected = feed == NULL ? size - offset : (size_t)(feed + 1 - content) - offset;
        assert_int_equal(line.size, expected);
        assert_memory_equal(line.data, content + offset, expected);
        assert_int_equal(line_input_number(&input), number);
        offset += expected;
        assert_int_equal(line_input_bytes(&input), offset);
        struct sha256_hash digest = line_input_digest(&input);
        struct sha256_hash computed = sha256_of(sha256, content, offset);
        assert_memory_equal(&digest, &computed, sizeof digest);
    }
    assert_int_equal(offset, size);
    line_input_close(&input);
    line_input_close(&input);
    sha256_free(sha256);
    ledger_call_free(call);
}

static void lines_come_as_they_stand(void **state)
{
    (void)state;
    static const char *const contents[] = {"", "\n", "a", "a\n", "\n\n\n", "a\nb", "a\r\nb\r\n", "one\n\ntwo\n"};
    for (size_t i = 0; i < sizeof contents / sizeof contents[0]; i++) {
        read_back(contents[i], strlen(contents[i]));
    }
    read_back("a\0b\nc\0", 6);
}

/* Lengths around those of the buffer's pieces. */
static void lines_of_any_length(void **state)
{
    (void)state;
    static const size_t lengths[] = {1, 262143, 262144, 262145, 3, 524287, 524288, 1, 100000, 524290};
    size_t size = 0;
    char *content = malloc(4000000);
    assert_non_null(content);
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        memset(content + size, (int)('a' + i), lengths[i] - 1);
        size += lengths[i];
        content[size - 1] = '\n';
    }
    read_back(content, size);
    free(content);
}

static void a_line_may_be_extended(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct line_input input;
    bool has_line = false;
    struct ledger_text line;
    write_file("a\n\"b\nc\"\nd", 9);
    assert_int_equal(line_input_open(call, path, LINE_MAX_BYTES, &input), LEDGER_DONE);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_extend(call, &input, &has_line, &line), LEDGER_DONE);
    assert_true(has_line);
    assert_int_equal(line.size, 6);
    assert_memory_equal(line.data, "\"b\nc\"\n", 6);
    assert_int_equal(line_input_number(&input), 2);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_number(&input), 4);
    assert_int_equal(line_input_extend(call, &input, &has_line, &line), LEDGER_DONE);
    assert_false(has_line);
    assert_int_equal(line.size, 1);
    line_input_close(&input);
    ledger_call_free(call);
}

static void a_line_may_be_shortened_again(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct line_input input;
    bool has_line = false;
    struct ledger_text line;
    write_file("a\nbb\nccc\n", 9);
    assert_int_equal(line_input_open(call, path, LINE_MAX_BYTES, &input), LEDGER_DONE);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_extend(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_extend(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line.size, 9);
    line_input_shorten(&input, 5, 2);
    assert_int_equal(line_input_bytes(&input), 5);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
    assert_int_equal(line_input_number(&input), 3);
    assert_int_equal(line.size, 4);
    assert_memory_equal(line.data, "ccc\n", 4);
    line_input_close(&input);
    ledger_call_free(call);
}

static void what_is_too_long_is_named(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct line_input input;
    bool has_line = false;
    struct ledger_text line;
    for (size_t length = 9; length <= 10; length++) { /* with its line feed: at the limit, and beyond */
        char content[16] = "x\n";
        memset(content + 2, 'y', length);
        content[2 + length] = '\n';
        write_file(content, length + 3);
        assert_int_equal(line_input_open(call, path, 10, &input), LEDGER_DONE);
        assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_DONE);
        assert_int_equal(line_input_next(call, &input, &has_line, &line),
                         length == 9 ? LEDGER_DONE : LEDGER_INPUT_IS_TOO_LARGE);
        line_input_close(&input);
    }
    assert_non_null(strstr(ledger_call_message(call), ", line 2: longer than 10 bytes"));
    assert_int_equal(line_input_open(call, "/nowhere/at/all", 10, &input), LEDGER_FILE_IS_UNREADABLE);
    assert_int_equal(line_input_open(call, "/tmp", 10, &input), LEDGER_DONE);
    assert_int_equal(line_input_next(call, &input, &has_line, &line), LEDGER_FILE_IS_UNREADABLE);
    line_input_close(&input);
    ledger_call_free(call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_come_as_they_stand),  cmocka_unit_test(lines_of_any_length),
        cmocka_unit_test(a_line_may_be_extended),    cmocka_unit_test(a_line_may_be_shortened_again),
        cmocka_unit_test(what_is_too_long_is_named),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
