/* What a command prints. See output.h for the invariants. */
#include "cli/output.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>

#include "base/text.h"
#include "base/utf8.h"

void output_init(struct output *output, FILE *out, FILE *err, bool wants_json, bool wants_quiet, bool wants_no_color)
{
    *output = (struct output){.out = out, .err = err, .wants_json = wants_json, .wants_quiet = wants_quiet};
    const char *no_color = getenv("NO_COLOR");
    output->style = table_style_of(out, !wants_no_color && (no_color == NULL || no_color[0] == '\0'));
}

static void output_write(struct output *output, const char *data, size_t size)
{
    if (output->write_errno == 0 && fwrite(data, 1, size, output->out) != size) {
        output->write_errno = errno == 0 ? EIO : errno;
    }
}

/* Replaces, in place, each byte that is not UTF-8 and, of control characters, all but the line feed by '?'; returns the
 * new size, which is never more. */
static size_t output_clean(char *data, size_t size)
{
    size_t clean_size = 0;
    size_t offset = 0;
    while (offset < size) {
        struct ledger_text rest = {data + offset, size - offset};
        size_t valid_size = utf8_first_invalid(rest);
        struct ledger_text valid = {rest.data, valid_size};
        size_t place = 0;
        while (place < valid_size) {
            size_t begin = place;
            uint32_t code_point = utf8_next(valid, &place);
            bool is_control = code_point != '\n' && (code_point < 0x20 || (code_point >= 0x7f && code_point < 0xa0));
            if (is_control) {
                data[clean_size++] = '?';
            } else {
                memmove(data + clean_size, valid.data + begin, place - begin);
                clean_size += place - begin;
            }
        }
        offset += valid_size;
        if (offset < size) {
            data[clean_size++] = '?';
            offset++;
        }
    }
    return clean_size;
}

/* The formatted text, cleaned, on the heap; NULL when memory ran out. */
static LEDGER_PRINTF(1, 0) char *output_format(const char *format, va_list arguments, size_t *ret_size)
{
    char *formatted = NULL;
    int length = vasprintf(&formatted, format, arguments);
    if (length < 0) {
        return NULL;
    }
    *ret_size = output_clean(formatted, (size_t)length);
    return formatted;
}

static LEDGER_PRINTF(2, 0) void output_print_arguments(struct output *output, const char *format, va_list arguments)
{
    size_t size = 0;
    char *formatted = output_format(format, arguments, &size);
    if (formatted == NULL) {
        output->write_errno = output->write_errno == 0 ? ENOMEM : output->write_errno;
        return;
    }
    output_write(output, formatted, size);
    free(formatted);
}

void output_print(struct output *output, const char *format, ...)
{
    if (output->wants_json) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    output_print_arguments(output, format, arguments);
    va_end(arguments);
}

void output_add(struct output *output, const char *format, ...)
{
    if (output->wants_json || output->wants_quiet) {
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    output_print_arguments(output, format, arguments);
    va_end(arguments);
}

void output_raw(struct output *output, struct ledger_text text)
{
    output_write(output, text.data, text.size);
}

ledger_status output_table(struct ledger_call *call, struct output *output, const struct table *table)
{
    if (output->wants_json || output->write_errno != 0) {
        return LEDGER_DONE;
    }
    size_t first_problem = ledger_call_problems_count(call);
    errno = 0;
    ledger_status status = table_print(call, table, &output->style, output->out);
    if (status == LEDGER_FILE_IS_UNREADABLE) {
        /* Told once, at the end, like every failed write of a result. */
        output->write_errno = errno == 0 ? EIO : errno;
        ledger_call_drop_problems(call, first_problem);
        return LEDGER_DONE;
    }
    return status;
}

void output_message(struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    size_t size = 0;
    char *formatted = output_format(format, arguments, &size);
    va_end(arguments);
    if (formatted == NULL) {
        fputs("ledger-admin: memory ran out\n", output->err);
        return;
    }
    fwrite(formatted, 1, size, output->err);
    free(formatted);
}

struct json_writer *output_json_begin(struct ledger_call *call, struct output *output)
{
    text_builder_init(&output->builder, &call->arena, 1024);
    json_writer_init(&output->writer, &output->builder);
    output->writer.pretty = true;
    json_write_object_begin(&output->writer);
    return &output->writer;
}

ledger_status output_json_flush(struct ledger_call *call, struct output *output)
{
    struct ledger_text piece;
    LEDGER_TRY(text_builder_finish(call, &output->builder, &piece));
    output_write(output, piece.data, piece.size);
    text_builder_reset(&output->builder);
    return LEDGER_DONE;
}

ledger_status output_json_end(struct ledger_call *call, struct output *output)
{
    json_write_object_end(&output->writer);
    text_builder_add_char(&output->builder, '\n');
    LEDGER_TRY(output_json_flush(call, output));
    output->has_result = true;
    return LEDGER_DONE;
}

/* Writes text that may hold bytes from outside, such as a file's name: JSON has to be UTF-8. */
static void output_write_json_message(struct ledger_call *call, struct json_writer *writer, struct ledger_text message)
{
    struct ledger_text clean = TEXT("");
    if (ledger_call_copy_text(call, message, &clean) == LEDGER_DONE && !text_is_absent(clean) &&
        utf8_first_invalid(clean) < clean.size) {
        clean.size = output_clean((char *)(uintptr_t)clean.data, clean.size);
    }
    json_write_text(writer, clean);
}

/* How many problems are told: those beyond have no words of their own. */
static size_t output_told_problems(const struct ledger_call *call)
{
    size_t count = ledger_call_problems_count(call);
    return count < LEDGER_PROBLEMS_MAX ? count : LEDGER_PROBLEMS_MAX;
}

static void output_write_json_problems(struct ledger_call *call, struct json_writer *writer)
{
    json_write_key(writer, "problems");
    json_write_array_begin(writer);
    size_t told_count = output_told_problems(call);
    for (size_t index = 0; index < told_count; index++) {
        const struct ledger_problem *problem = ledger_call_problem(call, index);
        json_write_object_begin(writer);
        json_write_key(writer, "status");
        json_write_string(writer, ledger_status_name(problem->status));
        json_write_member_integer(writer, "item_index", (int64_t)problem->item_index);
        json_write_member_integer(writer, "entry_number", problem->entry_number);
        json_write_key(writer, "message");
        output_write_json_message(call, writer, problem->message);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    if (ledger_call_problems_count(call) > told_count) {
        json_write_member_integer(writer, "problems_left_out",
                                  (int64_t)(ledger_call_problems_count(call) - told_count));
    }
}

/* Whether the outcome is a refusal that the audit log should know of. */
static bool output_is_recorded_refusal(const struct output *output, ledger_status status)
{
    return output->records_refusals && ledger_status_exit(status) == 1 && status != LEDGER_APPROVAL_IS_PENDING;
}

static void output_json_error(struct ledger_call *call, struct output *output, ledger_status status,
                              const char *message)
{
    struct json_writer *writer = output_json_begin(call, output);
    json_write_key(writer, "error");
    json_write_string(writer, ledger_status_name(status));
    json_write_key(writer, "message");
    output_write_json_message(call, writer, ledger_text_of(message));
    json_write_key(writer, "remedy");
    json_write_string(writer, ledger_status_remedy(status));
    json_write_member_integer(writer, "exit_status", ledger_status_exit(status));
    output_write_json_problems(call, writer);
    if (output_is_recorded_refusal(output, status)) {
        json_write_member_boolean(writer, "refusal_recorded", ledger_call_refusal_recorded(call));
    }
    for (size_t index = 0; index < output->facts_count; index++) {
        json_write_key(writer, output->facts[index].key);
        json_write_text(writer, output->facts[index].text);
    }
    if (output_json_end(call, output) != LEDGER_DONE) {
        static const char no_memory[] =
            "{\"error\": \"LEDGER_OUT_OF_MEMORY\", \"message\": \"memory ran out\", \"problems\": []}\n";
        output_write(output, no_memory, sizeof no_memory - 1);
    }
}

void output_add_fact(struct output *output, const char *key, struct ledger_text text)
{
    assert(output->facts_count < OUTPUT_FACTS_MAX);
    output->facts[output->facts_count++] = (struct output_fact){key, text};
}

void output_error(struct ledger_call *call, struct output *output, ledger_status status)
{
    const char *message = ledger_call_message(call);
    if (message[0] == '\0') {
        message = ledger_status_sentence(status);
    }
    if (output->wants_json) {
        output_json_error(call, output, status, message);
        return;
    }
    output_message(output, "ledger-admin: %s\n", message);
    size_t told_count = output_told_problems(call);
    for (size_t index = 0; index < told_count; index++) {
        const struct ledger_problem *problem = ledger_call_problem(call, index);
        if (problem->message.data != message) {
            output_message(output, "  %.*s\n", TEXT_ARGUMENTS(problem->message));
        }
    }
    if (ledger_call_problems_count(call) > told_count) {
        output_message(output, "  and %zu more\n", ledger_call_problems_count(call) - told_count);
    }
    if (output_is_recorded_refusal(output, status) && !ledger_call_refusal_recorded(call)) {
        output_message(output, "The refusal stands, but could not be recorded in the audit log.\n");
    }
    output_message(output, "What to do: %s\n", ledger_status_remedy(status));
}

bool output_finish(struct output *output)
{
    errno = 0;
    if (fflush(output->out) != 0 && output->write_errno == 0) {
        output->write_errno = errno == 0 ? EIO : errno;
    }
    if (output->write_errno == 0 && ferror(output->out)) {
        output->write_errno = EIO;
    }
    if (output->write_errno != 0) {
        output_message(output, "ledger-admin: the result could not be written to standard output: %s\n",
                       strerror(output->write_errno));
        return false;
    }
    return true;
}
