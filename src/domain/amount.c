/* Money read from and written as decimal text. */
#include "domain/amount.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

/* What a literal consists of, found without regard to its value. */
struct amount_shape {
    size_t whole_size;    /* digits before the point */
    size_t decimals_size; /* digits behind it */
    bool is_number;
    bool has_exponent;
};

static bool amount_is_digit(char character)
{
    return character >= '0' && character <= '9';
}

static size_t amount_count_digits(const char *data, size_t size)
{
    size_t count = 0;
    while (count < size && amount_is_digit(data[count])) {
        count++;
    }
    return count;
}

/* Whether `data` is the rest of a literal from its "e" on. */
static bool amount_is_exponent(const char *data, size_t size)
{
    if (size == 0 || (data[0] != 'e' && data[0] != 'E')) {
        return false;
    }
    size_t digits_offset = size > 1 && (data[1] == '+' || data[1] == '-') ? 2 : 1;
    return digits_offset < size &&
           amount_count_digits(data + digits_offset, size - digits_offset) == size - digits_offset;
}

static struct amount_shape amount_find_shape(const char *data, size_t size)
{
    struct amount_shape shape = {0};
    shape.whole_size = amount_count_digits(data, size);
    if (shape.whole_size == 0 || (shape.whole_size > 1 && data[0] == '0')) {
        return shape;
    }
    size_t offset = shape.whole_size;
    if (offset < size && data[offset] == '.') {
        shape.decimals_size = amount_count_digits(data + offset + 1, size - offset - 1);
        if (shape.decimals_size == 0) {
            return shape;
        }
        offset += 1 + shape.decimals_size;
    }
    shape.has_exponent = amount_is_exponent(data + offset, size - offset);
    shape.is_number = offset == size || shape.has_exponent;
    return shape;
}

/* Appends a digit to a value; false where it would pass the limit. */
static bool amount_add_digit(int64_t *value, int64_t digit)
{
    if (*value > (AMOUNT_MINOR_MAX - digit) / 10) {
        return false;
    }
    *value = *value * 10 + digit;
    return true;
}

/* The value in hundredths of a literal of digits with at most two decimals; false beyond the limit. */
static bool amount_value(const char *data, const struct amount_shape *shape, int64_t *ret_amount_minor)
{
    int64_t value = 0;
    for (size_t index = 0; index < shape->whole_size; index++) {
        if (!amount_add_digit(&value, data[index] - '0')) {
            return false;
        }
    }
    const char *decimals = data + shape->whole_size + 1;
    for (size_t index = 0; index < 2; index++) {
        if (!amount_add_digit(&value, index < shape->decimals_size ? decimals[index] - '0' : 0)) {
            return false;
        }
    }
    *ret_amount_minor = value;
    return true;
}

enum amount_fault amount_parse(struct ledger_text text, unsigned decimals, int64_t *ret_amount_minor)
{
    assert(decimals <= 2);
    if (text.size == 0) {
        return AMOUNT_IS_EMPTY;
    }
    bool has_sign = text.data[0] == '-' || text.data[0] == '+';
    const char *data = text.data + (has_sign ? 1 : 0);
    struct amount_shape shape = amount_find_shape(data, text.size - (has_sign ? 1 : 0));
    if (!shape.is_number) {
        return AMOUNT_IS_NOT_A_NUMBER;
    }
    if (has_sign) {
        return AMOUNT_HAS_A_SIGN;
    }
    if (shape.has_exponent) {
        return AMOUNT_HAS_AN_EXPONENT;
    }
    if (shape.decimals_size > decimals) {
        return AMOUNT_HAS_TOO_MANY_DECIMALS;
    }
    int64_t amount_minor;
    if (!amount_value(data, &shape, &amount_minor)) {
        return AMOUNT_IS_TOO_LARGE;
    }
    if (amount_minor == 0) {
        return AMOUNT_IS_ZERO;
    }
    *ret_amount_minor = amount_minor;
    return AMOUNT_IS_GOOD;
}

const char *amount_fault_sentence(enum amount_fault fault, unsigned decimals)
{
    static const char *const too_many_decimals[] = {
        "has decimals, which its currency has not",
        "has more than 1 decimal",
        "has more than 2 decimals",
    };
    static const char *const sentences[] = {
        [AMOUNT_IS_GOOD] = "is good",
        [AMOUNT_IS_EMPTY] = "is empty",
        [AMOUNT_IS_NOT_A_NUMBER] = "is not a plain decimal number",
        [AMOUNT_HAS_A_SIGN] = "has a sign",
        [AMOUNT_HAS_AN_EXPONENT] = "has an exponent",
        [AMOUNT_HAS_TOO_MANY_DECIMALS] = NULL, /* by the currency */
        [AMOUNT_IS_ZERO] = "is zero",
        [AMOUNT_IS_TOO_LARGE] = "is beyond 92233720368547758.07",
    };
    assert(decimals <= 2 && (size_t)fault < sizeof sentences / sizeof sentences[0]);
    return fault == AMOUNT_HAS_TOO_MANY_DECIMALS ? too_many_decimals[decimals] : sentences[fault];
}

size_t amount_format(int128 amount_minor, char out[AMOUNT_TEXT_SIZE])
{
    bool is_negative = amount_minor < 0;
    uint128 magnitude = is_negative ? -(uint128)amount_minor : (uint128)amount_minor;
    char reversed[AMOUNT_TEXT_SIZE];
    size_t reversed_size = 0;
    /* Two decimals and at least one digit before the point, least significant first. */
    while (reversed_size < 4 || magnitude != 0) {
        if (reversed_size == 2) {
            reversed[reversed_size++] = '.';
        }
        /* Division of 64 bits is several times faster than that of 128, and nearly always enough. */
        if (magnitude <= UINT64_MAX) {
            uint64_t narrow = (uint64_t)magnitude;
            reversed[reversed_size++] = (char)('0' + narrow % 10);
            magnitude = narrow / 10;
        } else {
            reversed[reversed_size++] = (char)('0' + (int)(magnitude % 10));
            magnitude /= 10;
        }
    }
    if (is_negative) {
        reversed[reversed_size++] = '-';
    }
    assert(reversed_size < AMOUNT_TEXT_SIZE);
    for (size_t index = 0; index < reversed_size; index++) {
        out[index] = reversed[reversed_size - 1 - index];
    }
    out[reversed_size] = '\0';
    return reversed_size;
}
