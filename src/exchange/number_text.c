/* Numbers as people write them.
 *
 * I1 What can be meant in two ways is not read: it is for who wrote it to say which is meant. */
#include "exchange/number_text.h"

#include <assert.h>

enum { GROUP_DIGITS = 3, DECIMALS_MAX = 2 };

/* What separates digits, other than the decimal sign itself. */
struct separator {
    size_t size; /* 0: there is none */
    char kind;   /* . , ' or a blank, whatever its bytes are */
};

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static bool begins_with(struct ledger_text text, const char *bytes, size_t size)
{
    return text.size >= size && memcmp(text.data, bytes, size) == 0;
}

static struct separator separator_at(struct ledger_text text)
{
    if (text.size == 0) {
        return (struct separator){.size = 0};
    }
    switch (text.data[0]) {
    case '.':
    case ',':
    case '\'':
    case ' ':
        return (struct separator){1, text.data[0]};
    default:
        break;
    }
    if (begins_with(text, "\xC2\xA0", 2)) { /* U+00A0 */
        return (struct separator){2, ' '};
    }
    if (begins_with(text, "\xE2\x80\xAF", 3)) { /* U+202F */
        return (struct separator){3, ' '};
    }
    return (struct separator){begins_with(text, "\xE2\x80\x99", 3) ? 3 : 0, '\''}; /* U+2019 */
}

static struct ledger_text text_from(struct ledger_text text, size_t offset)
{
    return (struct ledger_text){text.data + offset, text.size - offset};
}

size_t number_size(struct ledger_text text)
{
    size_t size = 0;
    bool is_begun = false;
    while (size < text.size) {
        if (is_digit(text.data[size])) {
            is_begun = true;
            size++;
            continue;
        }
        struct separator separator = separator_at(text_from(text, size));
        size_t behind = size + separator.size;
        bool is_followed = behind < text.size && is_digit(text.data[behind]);
        bool is_last = is_begun && (separator.kind == '.' || separator.kind == ',') && separator.size > 0;
        bool may_begin = is_begun || separator.kind == '.' || separator.kind == ',';
        if (separator.size == 0 || !may_begin || (!is_followed && !is_last)) {
            break;
        }
        size = behind;
        if (!is_followed) {
            break;
        }
    }
    return is_begun ? size : 0;
}

/* The separators of a number. */
struct separators {
    size_t count;
    char last;
    bool is_repeated;     /* the last, where it could be a decimal sign */
    size_t digits_before; /* the first */
    size_t digits_behind; /* the last */
};

static struct separators separators_of(struct ledger_text text)
{
    struct separators found = {.count = 0};
    size_t points_count = 0;
    size_t commas_count = 0;
    for (size_t i = 0; i < text.size;) {
        if (is_digit(text.data[i])) {
            *(found.count == 0 ? &found.digits_before : &found.digits_behind) += 1;
            i++;
            continue;
        }
        struct separator separator = separator_at(text_from(text, i));
        if (separator.size == 0) {
            return (struct separators){.count = SIZE_MAX};
        }
        found.last = separator.kind;
        points_count += separator.kind == '.' ? 1 : 0;
        commas_count += separator.kind == ',' ? 1 : 0;
        found.digits_behind = 0;
        found.count++;
        i += separator.size;
    }
    found.is_repeated = (found.last == '.' ? points_count : commas_count) > 1;
    return found;
}

/* NUMBER_IS_GOOD with 0 where nothing of it is decimal. */
static enum number_fault find_decimal_sign(struct ledger_text text, char *ret_sign)
{
    struct separators found = separators_of(text);
    *ret_sign = 0;
    if (found.count == SIZE_MAX) {
        return NUMBER_IS_NONE;
    }
    if (found.count == 0 || (found.last != '.' && found.last != ',') || found.is_repeated) {
        return NUMBER_IS_GOOD;
    }
    bool looks_grouped = found.count == 1 && found.digits_behind == GROUP_DIGITS && found.digits_before > 0 &&
                         found.digits_before <= GROUP_DIGITS && text.data[0] != '0';
    if (looks_grouped) {
        return NUMBER_IS_AMBIGUOUS; /* I1 */
    }
    *ret_sign = found.last;
    return NUMBER_IS_GOOD;
}

char number_decimal_sign(struct ledger_text text)
{
    char sign = 0;
    return find_decimal_sign(text, &sign) == NUMBER_IS_GOOD ? sign : 0;
}

static bool add_digit(int64_t *value, char digit)
{
    int64_t number = digit - '0';
    if (*value > (INT64_MAX - number) / 10) {
        return false;
    }
    *value = *value * 10 + number;
    return true;
}

/* The digits before the decimal sign, in groups or not. `ret_size` is how many bytes they are. */
static enum number_fault read_whole(struct ledger_text text, char decimal_sign, int64_t *value, size_t *ret_size)
{
    size_t i = 0;
    size_t group = 0; /* its digits so far */
    char kind = 0;    /* of what separates groups */
    while (i < text.size && text.data[i] != decimal_sign) {
        if (is_digit(text.data[i])) {
            if (!add_digit(value, text.data[i])) {
                return NUMBER_IS_TOO_LARGE;
            }
            group++;
            i++;
            continue;
        }
        struct separator separator = separator_at(text_from(text, i));
        bool is_good_group = kind == 0 ? group >= 1 && group <= GROUP_DIGITS : group == GROUP_DIGITS || group == 2;
        if (separator.size == 0 || !is_good_group || (kind != 0 && kind != separator.kind)) {
            return NUMBER_IS_NONE;
        }
        kind = separator.kind;
        group = 0;
        i += separator.size;
    }
    *ret_size = i;
    return kind == 0 || group == GROUP_DIGITS ? NUMBER_IS_GOOD : NUMBER_IS_NONE;
}

static enum number_fault read_decimals(struct ledger_text text, int64_t *value)
{
    for (size_t i = 0; i < text.size; i++) {
        if (!is_digit(text.data[i])) {
            return NUMBER_IS_NONE;
        }
    }
    if (text.size > DECIMALS_MAX) {
        return NUMBER_HAS_TOO_MANY_DECIMALS;
    }
    for (size_t i = 0; i < DECIMALS_MAX; i++) {
        if (!add_digit(value, i < text.size ? text.data[i] : '0')) {
            return NUMBER_IS_TOO_LARGE;
        }
    }
    return NUMBER_IS_GOOD;
}

enum number_fault number_read(struct ledger_text text, char decimal_sign, int64_t *ret_minor)
{
    int64_t value = 0;
    size_t size = 0;
    enum number_fault fault = text.size == 0 ? NUMBER_IS_NONE : NUMBER_IS_GOOD;
    if (fault == NUMBER_IS_GOOD && decimal_sign == 0) {
        fault = find_decimal_sign(text, &decimal_sign);
    }
    if (fault == NUMBER_IS_GOOD) {
        fault = read_whole(text, decimal_sign, &value, &size);
    }
    if (fault != NUMBER_IS_GOOD) {
        return fault;
    }
    bool has_sign = size < text.size;
    if (size == 0 && text.size < 2) {
        return NUMBER_IS_NONE;
    }
    fault = read_decimals(has_sign ? text_from(text, size + 1) : text_from(text, size), &value);
    if (fault == NUMBER_IS_GOOD) {
        *ret_minor = value;
    }
    return fault;
}

const char *number_fault_sentence(enum number_fault fault)
{
    static const char *const sentences[] = {
        [NUMBER_IS_GOOD] = "is good",
        [NUMBER_IS_NONE] = "is not a number",
        [NUMBER_IS_AMBIGUOUS] =
            "can be read in two ways, as thousands or with decimals: say which sign is the decimal one",
        [NUMBER_HAS_TOO_MANY_DECIMALS] = "has more than 2 decimals",
        [NUMBER_IS_TOO_LARGE] = "is beyond 92233720368547758.07",
    };
    assert((size_t)fault < sizeof sentences / sizeof sentences[0]);
    return sentences[fault];
}
