/* Settings from the environment and `.env` files.
 *
 * I1 Texts that the config holds are terminated, live in its arena, and are UTF-8 without control characters other than
 *    those written as an escape.
 * I2 The settings of a later line or file stand before those of an earlier one, so that the first found counts. */
#include "base/config.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/quote.h"
#include "base/text_builder.h"
#include "base/utf8.h"

struct config_setting {
    struct ledger_text name;
    struct ledger_text value;
    const char *source; /* ".env, line 3" */
};

/* What is left of a line. */
struct config_cursor {
    const char *at;
    const char *end;
};

/* One reading of a file. */
struct config_reading {
    struct config *config;
    struct config_setting *settings; /* as many as the file has lines, filled from the end (I2) */
    size_t first;
    const char *path;
    uint32_t line;
};

void config_init(struct config *config)
{
    *config = (struct config){0};
    arena_init(&config->arena);
}

void config_done(struct config *config)
{
    arena_done(&config->arena);
    *config = (struct config){0};
}

static bool config_is_blank(char character)
{
    return character == ' ' || character == '\t';
}

static void config_skip_blanks(struct config_cursor *cursor)
{
    while (cursor->at < cursor->end && config_is_blank(*cursor->at)) {
        cursor->at++;
    }
}

static bool config_is_name(char character, bool is_first)
{
    return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') || character == '_' ||
           (!is_first && character >= '0' && character <= '9');
}

static struct ledger_text config_take_name(struct config_cursor *cursor)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && config_is_name(*cursor->at, cursor->at == begin)) {
        cursor->at++;
    }
    return (struct ledger_text){begin, (size_t)(cursor->at - begin)};
}

/* `export` with a blank behind it and something that is not its value. */
static void config_skip_export(struct config_cursor *cursor)
{
    struct config_cursor ahead = *cursor;
    struct ledger_text word = config_take_name(&ahead);
    if (text_equals_string(word, "export") && ahead.at < ahead.end && config_is_blank(*ahead.at)) {
        config_skip_blanks(&ahead);
        if (ahead.at < ahead.end && *ahead.at != '=') {
            *cursor = ahead;
        }
    }
}

static const char config_expansion_fault[] =
    "\"${\" is not expanded here; write the value itself, or put it between single quotes to have it literally";

static bool config_is_expansion(const struct config_cursor *cursor)
{
    return cursor->end - cursor->at >= 2 && cursor->at[0] == '$' && cursor->at[1] == '{';
}

/* The cursor stands behind the opening quote. NULL, or what is wrong; so below. */
static const char *config_take_single_quoted(struct config_cursor *cursor, struct text_builder *value)
{
    const char *close = memchr(cursor->at, '\'', (size_t)(cursor->end - cursor->at));
    if (close == NULL) {
        return "the single quote is not closed on the line";
    }
    text_builder_add(value, cursor->at, (size_t)(close - cursor->at));
    cursor->at = close + 1;
    return NULL;
}

static const char *config_take_escape(struct config_cursor *cursor, struct text_builder *value)
{
    static const char escapes[] = "\\\"$nrt";
    static const char meanings[] = "\\\"$\n\r\t";
    const char *escape = cursor->at < cursor->end ? memchr(escapes, *cursor->at, sizeof escapes - 1) : NULL;
    if (escape == NULL) {
        return "a backslash between double quotes is followed by one of \\ \" $ n r t";
    }
    text_builder_add_char(value, meanings[escape - escapes]);
    cursor->at++;
    return NULL;
}

static const char *config_take_double_quoted(struct config_cursor *cursor, struct text_builder *value)
{
    while (cursor->at < cursor->end) {
        if (config_is_expansion(cursor)) {
            return config_expansion_fault;
        }
        char character = *cursor->at++;
        if (character == '"') {
            return NULL;
        }
        if (character != '\\') {
            text_builder_add_char(value, character);
            continue;
        }
        const char *fault = config_take_escape(cursor, value);
        if (fault != NULL) {
            return fault;
        }
    }
    return "the double quote is not closed on the line";
}

/* Up to the comment or the end, without the blanks before either. */
static const char *config_take_plain(struct config_cursor *cursor, struct text_builder *value)
{
    const char *begin = cursor->at;
    const char *value_end = begin;
    for (; cursor->at < cursor->end; cursor->at++) {
        bool follows_blank = cursor->at == begin || config_is_blank(cursor->at[-1]);
        if (*cursor->at == '#' && follows_blank) {
            break;
        }
        if (config_is_expansion(cursor)) {
            return config_expansion_fault;
        }
        if (!config_is_blank(*cursor->at)) {
            value_end = cursor->at + 1;
        }
    }
    text_builder_add(value, begin, (size_t)(value_end - begin));
    return NULL;
}

static const char *config_take_value(struct config_cursor *cursor, struct text_builder *value)
{
    config_skip_blanks(cursor);
    if (cursor->at == cursor->end || (*cursor->at != '\'' && *cursor->at != '"')) {
        return config_take_plain(cursor, value);
    }
    char quote = *cursor->at++;
    const char *fault =
        quote == '"' ? config_take_double_quoted(cursor, value) : config_take_single_quoted(cursor, value);
    if (fault != NULL) {
        return fault;
    }
    const char *close = cursor->at;
    config_skip_blanks(cursor);
    if (cursor->at == cursor->end || (*cursor->at == '#' && cursor->at > close)) {
        return NULL;
    }
    return "something follows the closing quote";
}

static const char *config_check_line(struct ledger_text line)
{
    for (size_t i = 0; i < line.size; i++) {
        unsigned char byte = (unsigned char)line.data[i];
        if ((byte < 0x20 && byte != '\t') || byte == 0x7F) {
            return "it has a control character";
        }
    }
    return utf8_first_invalid(line) == line.size ? NULL : "it is not UTF-8";
}

static ledger_status config_add(struct ledger_call *call, struct config_reading *reading, struct ledger_text name,
                                struct text_builder *value)
{
    struct config_setting setting;
    struct text_builder builder;
    struct ledger_text source;
    LEDGER_TRY(text_builder_finish(call, value, &setting.value));
    text_builder_init(&builder, &reading->config->arena, name.size + 1);
    text_builder_add_text(&builder, name);
    LEDGER_TRY(text_builder_finish(call, &builder, &setting.name));
    text_builder_init(&builder, &reading->config->arena, 0);
    text_builder_add_format(&builder, "%s, line %" PRIu32, reading->path, reading->line);
    LEDGER_TRY(text_builder_finish(call, &builder, &source));
    setting.source = source.data;
    reading->settings[--reading->first] = setting;
    return LEDGER_DONE;
}

/* A malformed line is a problem of the call, and the next one is read. */
static ledger_status config_read_line(struct ledger_call *call, struct config_reading *reading, struct ledger_text line)
{
    struct config_cursor cursor = {line.data, line.data + line.size};
    const char *fault = config_check_line(line);
    config_skip_blanks(&cursor);
    if (fault == NULL && (cursor.at == cursor.end || *cursor.at == '#')) {
        return LEDGER_DONE;
    }
    struct text_builder value;
    text_builder_init(&value, &reading->config->arena, line.size + 1);
    config_skip_export(&cursor);
    struct ledger_text name = config_take_name(&cursor);
    config_skip_blanks(&cursor);
    if (fault == NULL && (text_is_empty(name) || cursor.at == cursor.end || *cursor.at != '=')) {
        fault = "it is not NAME=VALUE, the name of letters, digits and _";
    }
    if (fault == NULL) {
        cursor.at++;
        fault = config_take_value(&cursor, &value);
    }
    if (fault != NULL) {
        ledger_call_add_problem(call, LEDGER_CONFIGURATION_IS_INVALID, 0, "%s, line %" PRIu32 ": %s", reading->path,
                                reading->line, fault);
        return LEDGER_DONE;
    }
    return config_add(call, reading, name, &value);
}

/* The next line without its end, LF or CRLF. */
static struct ledger_text config_take_line(struct ledger_text *rest)
{
    const char *feed = memchr(rest->data, '\n', rest->size);
    struct ledger_text line = {rest->data, feed == NULL ? rest->size : (size_t)(feed - rest->data)};
    size_t taken = feed == NULL ? line.size : line.size + 1;
    *rest = (struct ledger_text){rest->data + taken, rest->size - taken};
    if (line.size > 0 && line.data[line.size - 1] == '\r') {
        line.size--;
    }
    return line;
}

static size_t config_count_lines(struct ledger_text content)
{
    size_t count = 1;
    for (size_t i = 0; i < content.size; i++) {
        count += content.data[i] == '\n';
    }
    return count;
}

/* Copies the settings that were there before behind those of the file, and makes the whole list the config's. */
static void config_take_over(struct config *config, struct config_reading *reading, size_t end)
{
    if (config->settings_count > 0) {
        memcpy(reading->settings + end, config->settings, config->settings_count * sizeof *reading->settings);
    }
    config->settings = reading->settings + reading->first;
    config->settings_count += end - reading->first;
}

ledger_status config_read_text(struct ledger_call *call, struct config *config, struct ledger_text content,
                               const char *path)
{
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    if (content.size >= 3 && memcmp(content.data, byte_order_mark, 3) == 0) {
        content = (struct ledger_text){content.data + 3, content.size - 3};
    }
    size_t first_problem = ledger_call_problems_count(call);
    size_t lines_count = config_count_lines(content);
    struct config_reading reading = {.config = config, .first = lines_count, .path = path};
    reading.settings =
        arena_allocate_array(&config->arena, lines_count + config->settings_count, sizeof *reading.settings);
    if (reading.settings == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    while (!text_is_empty(content)) {
        reading.line++;
        LEDGER_TRY(config_read_line(call, &reading, config_take_line(&content)));
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    config_take_over(config, &reading, lines_count);
    return LEDGER_DONE;
}

ledger_status config_read(struct ledger_call *call, struct config *config, const char *path)
{
    struct ledger_text content;
    LEDGER_TRY(file_read(call, path, CONFIG_FILE_BYTES_MAX, &content));
    return config_read_text(call, config, content, path);
}

static const struct config_setting *config_find_setting(const struct config *config, const char *name)
{
    for (size_t i = 0; i < config->settings_count; i++) {
        if (text_equals_string(config->settings[i].name, name)) {
            return &config->settings[i];
        }
    }
    return NULL;
}

struct ledger_text config_find(const struct config *config, const char *name)
{
    const char *value = getenv(name);
    if (value != NULL) {
        return ledger_text_of(value);
    }
    const struct config_setting *setting = config_find_setting(config, name);
    return setting == NULL ? TEXT_ABSENT : setting->value;
}

const char *config_describe_source(const struct config *config, const char *name)
{
    if (getenv(name) != NULL) {
        return "the environment";
    }
    const struct config_setting *setting = config_find_setting(config, name);
    return setting == NULL ? "the default" : setting->source;
}

/* Digits, a minus sign before them allowed; false for anything else and for what an int64_t does not hold. */
static bool config_parse_integer(struct ledger_text text, int64_t *ret_number)
{
    bool is_negative = text.size > 0 && text.data[0] == '-';
    size_t first_digit = is_negative ? 1 : 0;
    int64_t number = 0;
    for (size_t i = first_digit; i < text.size; i++) {
        int64_t digit = text.data[i] - '0';
        if (digit < 0 || digit > 9 || __builtin_mul_overflow(number, INT64_C(10), &number) ||
            __builtin_sub_overflow(number, digit, &number)) {
            return false;
        }
    }
    /* Summed below zero, where there is one number more. */
    if (text.size == first_digit || (!is_negative && number == INT64_MIN)) {
        return false;
    }
    *ret_number = is_negative ? number : -number;
    return true;
}

ledger_status config_get_integer(struct ledger_call *call, const struct config *config, const char *name,
                                 int64_t minimum, int64_t maximum, int64_t default_value, int64_t *ret_number)
{
    struct ledger_text value = config_find(config, name);
    if (text_is_empty(value)) {
        *ret_number = default_value;
        return LEDGER_DONE;
    }
    int64_t number = 0;
    if (!config_parse_integer(value, &number) || number < minimum || number > maximum) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(call, LEDGER_CONFIGURATION_IS_INVALID,
                           "%s is %s (from %s); it has to be a whole number from %" PRId64 " to %" PRId64, name,
                           text_quote(value, quoted), config_describe_source(config, name), minimum, maximum);
    }
    *ret_number = number;
    return LEDGER_DONE;
}
