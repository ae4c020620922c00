/* CSV, written and read (RFC 4180). */
#include <stdio.h>
#include <string.h>

#include "base/csv_read.h"
#include "base/csv_write.h"
#include "base/text.h"
#include "support/bare_call.h"

static void write_rows(struct csv_writer *writer)
{
    csv_write_string(writer, "code");
    csv_write_string(writer, "two words");
    csv_write_row_end(writer);
    csv_write_string(writer, "a,b");
    csv_write_string(writer, "say \"x\"");
    csv_write_string(writer, "\"");
    csv_write_string(writer, "line\nbreak");
    csv_write_string(writer, "\r");
    csv_write_row_end(writer);
    csv_write_field(writer, TEXT_ABSENT);
    csv_write_field(writer, TEXT(""));
    csv_write_integer(writer, INT64_MIN);
    csv_write_string(writer, " kept ");
    csv_write_string(writer, "=1+1");
    csv_write_string(writer, "a;b");
    csv_write_row_end(writer);
    csv_write_string(writer, "");
    csv_write_row_end(writer);
}

static const char written_rows[] = "code,two words\r\n"
                                   "\"a,b\",\"say \"\"x\"\"\",\"\"\"\",\"line\nbreak\",\"\r\"\r\n"
                                   ",,-9223372036854775808, kept ,=1+1,a;b\r\n"
                                   "\"\"\r\n";

static void only_what_needs_quotes_gets_them(void **state)
{
    struct ledger_call *call = *state;
    struct text_builder builder;
    struct csv_writer writer;
    struct ledger_text text;
    text_builder_init(&builder, &call->arena, 0);
    csv_writer_init(&writer, &builder);
    write_rows(&writer);
    assert_int_equal(text_builder_finish(call, &builder, &text), LEDGER_DONE);
    assert_string_equal(text.data, written_rows);
}

/* Reads all rows and shows them: fields between < and >, the line of each row before it. */
static ledger_status show(struct ledger_call *call, struct ledger_text source, char separator, char *out,
                          size_t out_size)
{
    static struct csv_reader reader;
    struct csv_row row;
    bool has_row = false;
    size_t length = 0;
    ledger_status status;
    csv_reader_init(&reader, source, "bank.csv", separator);
    out[0] = '\0';
    while ((status = csv_read_row(call, &reader, &row, &has_row)) == LEDGER_DONE && has_row) {
        length += (size_t)snprintf(out + length, out_size - length, "%u:", row.line);
        for (size_t i = 0; i < row.fields_count; i++) {
            length += (size_t)snprintf(out + length, out_size - length, "<%.*s>", TEXT_ARGUMENTS(row.fields[i]));
        }
        assert_true(length < out_size);
    }
    csv_reader_done(&reader);
    return status;
}

static void assert_rows(struct ledger_call *call, struct ledger_text source, char separator, const char *expected)
{
    char shown[1024];
    assert_int_equal(show(call, source, separator, shown, sizeof shown), LEDGER_DONE);
    assert_string_equal(shown, expected);
}

static void rows_are_read(void **state)
{
    assert_rows(*state, TEXT_ABSENT, ',', "");
    assert_rows(*state, TEXT(""), ',', "");
    assert_rows(*state, TEXT("\r\n\n\r\n"), ',', "");
    assert_rows(*state, TEXT("\xEF\xBB\xBF"), ',', "");
    assert_rows(*state, TEXT("a"), ',', "1:<a>");
    assert_rows(*state, TEXT("a,b\r\nc,d\r\n"), ',', "1:<a><b>2:<c><d>");
    assert_rows(*state, TEXT("a,b\nc,d"), ',', "1:<a><b>2:<c><d>");
    assert_rows(*state, TEXT("\xEF\xBB\xBF\"a\",b\n\n\nc,"), ',', "1:<a><b>4:<c><>");
    assert_rows(*state, TEXT(","), ',', "1:<><>");
    assert_rows(*state, TEXT("\"\""), ',', "1:<>");
    assert_rows(*state, TEXT("a;b,c;\"d;e\"\n"), ';', "1:<a><b,c><d;e>");
    assert_rows(*state, TEXT("a\tb c\t\n"), '\t', "1:<a><b c><>");
    assert_rows(*state, TEXT("\"a\r\nb\",\"c\nd\"\ne"), ',', "1:<a\r\nb><c\nd>4:<e>");
    assert_rows(*state, TEXT("\"a\rb\""), ',', "1:<a\rb>");
    assert_rows(*state, TEXT("\"\"\"\",\"a\"\"b\",\"\"\"\"\"\"\n"), ',', "1:<\"><a\"b><\"\">");
    assert_rows(*state, TEXT(" a , b "), ',', "1:< a >< b >");
    assert_rows(*state, TEXT("S\xC3\xA3o,\xE2\x82\xAC"), ',', "1:<S\xC3\xA3o><\xE2\x82\xAC>");
    assert_rows(*state, TEXT(" \n"), ',', "1:< >");
}

static void what_was_written_is_read_again(void **state)
{
    assert_rows(*state, ledger_text_of(written_rows), ',',
                "1:<code><two words>2:<a,b><say \"x\"><\"><line\nbreak><\r>"
                "4:<><><-9223372036854775808>< kept ><=1+1><a;b>5:<>");
}

static void malformed_rows_are_named_by_line(void **state)
{
    const struct {
        struct ledger_text source;
        const char *message;
    } bad[] = {
        {TEXT("a\nb\"c"), "bank.csv, line 2: a quote stands inside"},
        {TEXT("a\n \"c\""), "bank.csv, line 2: a quote stands inside"},
        {TEXT("a\n\"b\nc"), "bank.csv, line 2: the quote that opens here is never closed"},
        {TEXT("\""), "bank.csv, line 1: the quote that opens here is never closed"},
        {TEXT("\"\"\""), "bank.csv, line 1: the quote that opens here is never closed"},
        {TEXT("\"a\nb\"c"), "bank.csv, line 2: something follows the closing quote"},
        {TEXT("\"a\" ,b"), "bank.csv, line 1: something follows the closing quote"},
        {TEXT("a\rb"), "bank.csv, line 1: a carriage return stands without its line feed"},
        {TEXT("a\r"), "bank.csv, line 1: a carriage return stands without its line feed"},
        {TEXT("\r"), "bank.csv, line 1: a carriage return stands without its line feed"},
        {TEXT("a,b\nc\0,d"), "bank.csv, line 2: a field has a NUL character"},
        {TEXT("a\n\"\xFF\""), "bank.csv, line 2: a field is not UTF-8"},
        {TEXT("\n\nS\xE3o"), "bank.csv, line 3: a field is not UTF-8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        char shown[1024];
        ledger_call_reset(*state);
        assert_int_equal(show(*state, bad[i].source, ',', shown, sizeof shown), LEDGER_INPUT_IS_MALFORMED);
        assert_non_null(strstr(ledger_call_message(*state), bad[i].message));
    }
}

static void after_a_refusal_the_reader_is_at_its_end(void **state)
{
    static struct csv_reader reader;
    struct csv_row row;
    bool has_row = true;
    csv_reader_init(&reader, TEXT("a\"\nb"), "bank.csv", ',');
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_INPUT_IS_MALFORMED);
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_DONE);
    assert_false(has_row);
    csv_reader_done(&reader);
}

static void limits_hold_on_both_sides(void **state)
{
    static struct csv_reader reader;
    static char source[CSV_FIELD_BYTES_MAX + 1];
    struct csv_row row;
    bool has_row = false;
    memset(source, ',', CSV_FIELDS_MAX);
    csv_reader_init(&reader, (struct ledger_text){source, CSV_FIELDS_MAX - 1}, "wide.csv", ',');
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_DONE);
    assert_int_equal(row.fields_count, CSV_FIELDS_MAX);
    csv_reader_done(&reader);
    csv_reader_init(&reader, (struct ledger_text){source, CSV_FIELDS_MAX}, "wide.csv", ',');
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_INPUT_IS_TOO_LARGE);
    csv_reader_done(&reader);

    memset(source, 'x', sizeof source);
    csv_reader_init(&reader, (struct ledger_text){source, CSV_FIELD_BYTES_MAX}, "long.csv", ',');
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_DONE);
    assert_int_equal(row.fields[0].size, CSV_FIELD_BYTES_MAX);
    csv_reader_done(&reader);
    csv_reader_init(&reader, (struct ledger_text){source, CSV_FIELD_BYTES_MAX + 1}, "long.csv", ',');
    assert_int_equal(csv_read_row(*state, &reader, &row, &has_row), LEDGER_INPUT_IS_TOO_LARGE);
    csv_reader_done(&reader);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        BARE_CALL_TEST(only_what_needs_quotes_gets_them),         BARE_CALL_TEST(rows_are_read),
        BARE_CALL_TEST(what_was_written_is_read_again),           BARE_CALL_TEST(malformed_rows_are_named_by_line),
        BARE_CALL_TEST(after_a_refusal_the_reader_is_at_its_end), BARE_CALL_TEST(limits_hold_on_both_sides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
