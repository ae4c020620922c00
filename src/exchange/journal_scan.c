/* Words, names, strings and dates of journals. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "exchange/journal.h"

enum { MESSAGE_SIZE = 512 };

void journal_refuse(const struct journal_cursor *cursor, const char *format, ...)
{
    char message[MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    ledger_call_add_problem(cursor->call, LEDGER_INPUT_IS_MALFORMED, 0, "%s line %" PRIu64 ": %s",
                            journal_input(cursor->journal)->name, cursor->line, message);
}

bool journal_next_line(struct journal_lines *lines, struct journal_cursor *cursor)
{
    if (lines->left.size == 0) {
        return false;
    }
    const char *feed = memchr(lines->left.data, '\n', lines->left.size);
    size_t size = feed == NULL ? lines->left.size : (size_t)(feed - lines->left.data);
    size_t taken = feed == NULL ? size : size + 1;
    cursor->at = lines->left.data;
    while (size > 0 && (cursor->at[size - 1] == '\r' || cursor->at[size - 1] == ' ' || cursor->at[size - 1] == '\t')) {
        size--;
    }
    cursor->end = cursor->at + size;
    cursor->line = lines->line++;
    lines->left.data += taken;
    lines->left.size -= taken;
    return true;
}

static bool is_blank(char character)
{
    return character == ' ' || character == '\t';
}

bool journal_skip_blanks(struct journal_cursor *cursor)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && is_blank(*cursor->at)) {
        cursor->at++;
    }
    return cursor->at > begin;
}

bool journal_take_char(struct journal_cursor *cursor, char character)
{
    if (journal_is_at_end(cursor) || *cursor->at != character) {
        return false;
    }
    cursor->at++;
    return true;
}

struct ledger_text journal_take_word(struct journal_cursor *cursor)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && !is_blank(*cursor->at)) {
        cursor->at++;
    }
    return (struct ledger_text){begin, (size_t)(cursor->at - begin)};
}

struct ledger_text journal_take_name(struct journal_cursor *cursor)
{
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && *cursor->at != '\t' &&
           !(*cursor->at == ' ' && cursor->at + 1 < cursor->end && is_blank(cursor->at[1]))) {
        cursor->at++;
    }
    return (struct ledger_text){begin, (size_t)(cursor->at - begin)};
}

struct ledger_text journal_trim(struct ledger_text text)
{
    while (text.size > 0 && (is_blank(text.data[text.size - 1]) || text.data[text.size - 1] == '\r')) {
        text.size--;
    }
    while (text.size > 0 && is_blank(text.data[0])) {
        text.data++;
        text.size--;
    }
    return text;
}

/* Beancount's escapes: \n and \t, and any other character for itself. */
static ledger_status unescape(struct ledger_call *call, struct ledger_text *text)
{
    char *copy = NULL;
    size_t size = 0;
    LEDGER_ALLOCATE(call, copy, text->size + 1);
    for (size_t i = 0; i < text->size; i++) {
        char character = text->data[i];
        if (character == '\\' && i + 1 < text->size) {
            character = text->data[++i];
            character = character == 'n' ? '\n' : character;
            character = character == 't' ? '\t' : character;
        }
        copy[size++] = character;
    }
    *text = (struct ledger_text){copy, size};
    return LEDGER_DONE;
}

ledger_status journal_take_string(struct journal_cursor *cursor, struct ledger_text *ret_text)
{
    bool has_escapes = false;
    if (journal_take_char(cursor, '"')) {
        const char *begin = cursor->at;
        while (cursor->at < cursor->end && *cursor->at != '"') {
            bool is_escape = *cursor->at == '\\' && cursor->at + 1 < cursor->end;
            has_escapes = has_escapes || is_escape;
            cursor->at += is_escape ? 2 : 1;
        }
        *ret_text = (struct ledger_text){begin, (size_t)(cursor->at - begin)};
        if (journal_take_char(cursor, '"')) {
            return has_escapes ? unescape(cursor->call, ret_text) : LEDGER_DONE;
        }
    }
    journal_refuse(cursor, "a text between double quotes, on one line, was expected");
    return LEDGER_INPUT_IS_MALFORMED;
}

static bool take_number(const char **at, const char *end, size_t digits_max, int32_t *ret_number)
{
    const char *begin = *at;
    int32_t number = 0;
    while (*at < end && (size_t)(*at - begin) < digits_max && **at >= '0' && **at <= '9') {
        number = number * 10 + (*(*at)++ - '0');
    }
    *ret_number = number;
    return *at > begin;
}

static bool is_date(struct civil_date date)
{
    if (date.year < 1 || date.month < 1 || date.month > 12 || date.day < 1 || date.day > 31) {
        return false;
    }
    struct civil_date again = day_to_civil(day_from_civil(date.year, date.month, date.day));
    return again.month == date.month && again.day == date.day;
}

bool journal_take_date(struct journal_cursor *cursor, struct civil_date *ret_date)
{
    const char *at = cursor->at;
    int32_t parts[3] = {0, 0, 0};
    size_t count = 0;
    char separator = '\0';
    while (count < 3 && take_number(&at, cursor->end, 4, &parts[count])) {
        count++;
        bool is_separated = count < 3 && at < cursor->end && (*at == '-' || *at == '/' || *at == '.') &&
                            (separator == '\0' || separator == *at);
        if (!is_separated) {
            break;
        }
        separator = *at++;
    }
    struct civil_date date = {parts[0], parts[1], parts[2]};
    if (count == 2 && cursor->journal->year != 0) {
        date = (struct civil_date){cursor->journal->year, parts[0], parts[1]};
    } else if (count != 3) {
        return false;
    }
    if (!is_date(date)) {
        return false;
    }
    cursor->at = at;
    *ret_date = date;
    return true;
}

ledger_status journal_keep(struct ledger_call *call, struct journal *journal, struct ledger_text text,
                           struct ledger_text *ret_kept)
{
    return text_keep(&journal->arena, text, ret_kept) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static char fold(char character)
{
    if (character == '-' || character == ' ') {
        return '_';
    }
    return character >= 'A' && character <= 'Z' ? (char)(character - 'A' + 'a') : character;
}

bool journal_is_word(struct ledger_text text, const char *word)
{
    size_t i = 0;
    while (i < text.size && word[i] != '\0' && fold(text.data[i]) == word[i]) {
        i++;
    }
    return i == text.size && word[i] == '\0' && i > 0;
}
