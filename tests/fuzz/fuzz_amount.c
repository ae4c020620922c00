/* Fuzzes amount_parse against a model that is slow and plainly right: a grammar walked byte by byte, and the value kept
 * as decimal digits. The first byte of the input gives the currency's decimals. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "domain/amount.h"

#define MODEL_MAX "9223372036854775807"

/* Where the walk stands. */
enum model_state {
    MODEL_BEGIN,
    MODEL_SIGN,
    MODEL_ZERO, /* a leading 0: no digit may follow */
    MODEL_WHOLE,
    MODEL_POINT,
    MODEL_DECIMALS,
    MODEL_E,
    MODEL_E_SIGN,
    MODEL_EXPONENT,
    MODEL_FAILED,
};

static enum model_state model_step(enum model_state state, char character)
{
    int is_digit = memchr("0123456789", character, 10) != NULL;
    int is_sign = character == '+' || character == '-';
    int is_e = character == 'e' || character == 'E';
    switch (state) {
    case MODEL_BEGIN:
        if (is_sign) {
            return MODEL_SIGN;
        }
        /* fall through */
    case MODEL_SIGN:
        return !is_digit ? MODEL_FAILED : character == '0' ? MODEL_ZERO : MODEL_WHOLE;
    case MODEL_ZERO:
        return character == '.' ? MODEL_POINT : is_e ? MODEL_E : MODEL_FAILED;
    case MODEL_WHOLE:
        return is_digit ? MODEL_WHOLE : character == '.' ? MODEL_POINT : is_e ? MODEL_E : MODEL_FAILED;
    case MODEL_POINT:
        return is_digit ? MODEL_DECIMALS : MODEL_FAILED;
    case MODEL_DECIMALS:
        return is_digit ? MODEL_DECIMALS : is_e ? MODEL_E : MODEL_FAILED;
    case MODEL_E:
        return is_sign ? MODEL_E_SIGN : is_digit ? MODEL_EXPONENT : MODEL_FAILED;
    case MODEL_E_SIGN:
    case MODEL_EXPONENT:
        return is_digit ? MODEL_EXPONENT : MODEL_FAILED;
    case MODEL_FAILED:
        break;
    }
    return MODEL_FAILED;
}

/* What the literal is, and the digits of its hundredths without leading zeros in `digits`, which has room for them. */
static enum amount_fault model_parse(const char *data, size_t size, unsigned decimals, char *digits)
{
    if (size == 0) {
        return AMOUNT_IS_EMPTY;
    }
    enum model_state state = MODEL_BEGIN;
    size_t decimals_size = 0;
    size_t digits_size = 0;
    for (size_t index = 0; index < size; index++) {
        state = model_step(state, data[index]);
        decimals_size += state == MODEL_DECIMALS;
        if ((state == MODEL_ZERO || state == MODEL_WHOLE || state == MODEL_DECIMALS) &&
            (digits_size > 0 || data[index] != '0')) {
            digits[digits_size++] = data[index];
        }
    }
    if (state != MODEL_ZERO && state != MODEL_WHOLE && state != MODEL_DECIMALS && state != MODEL_EXPONENT) {
        return AMOUNT_IS_NOT_A_NUMBER;
    }
    if (data[0] == '+' || data[0] == '-') {
        return AMOUNT_HAS_A_SIGN;
    }
    if (state == MODEL_EXPONENT) {
        return AMOUNT_HAS_AN_EXPONENT;
    }
    if (decimals_size > decimals) {
        return AMOUNT_HAS_TOO_MANY_DECIMALS;
    }
    if (digits_size == 0) {
        return AMOUNT_IS_ZERO;
    }
    for (; decimals_size < 2; decimals_size++) {
        digits[digits_size++] = '0';
    }
    digits[digits_size] = '\0';
    size_t max_size = strlen(MODEL_MAX);
    if (digits_size > max_size || (digits_size == max_size && strcmp(digits, MODEL_MAX) > 0)) {
        return AMOUNT_IS_TOO_LARGE;
    }
    return AMOUNT_IS_GOOD;
}

static void expect(int is_so)
{
    if (!is_so) {
        abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t input_size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t input_size)
{
    if (input_size == 0) {
        return 0;
    }
    unsigned decimals = input[0] % 3;
    size_t size = input_size - 1;
    char *literal = malloc(size > 0 ? size : 1); /* of the size itself, so that a sanitizer sees what reads beyond */
    char *digits = malloc(size + 3);
    expect(literal != NULL && digits != NULL);
    memcpy(literal, input + 1, size);
    int64_t amount_minor = -1;
    enum amount_fault expected = model_parse(literal, size, decimals, digits);
    enum amount_fault fault = amount_parse((struct ledger_text){literal, size}, decimals, &amount_minor);
    expect(fault == expected);
    expect(fault == AMOUNT_IS_GOOD || amount_minor == -1);
    expect(strlen(amount_fault_sentence(fault, decimals)) > 0);
    if (fault == AMOUNT_IS_GOOD) {
        char text[AMOUNT_TEXT_SIZE];
        size_t text_size = amount_format(amount_minor, text);
        expect(text[text_size - 3] == '.');
        int64_t again = 0;
        expect(amount_parse((struct ledger_text){text, text_size}, 2, &again) == AMOUNT_IS_GOOD);
        expect(again == amount_minor && amount_minor == strtoll(digits, NULL, 10));
    }
    free(literal);
    free(digits);
    return 0;
}
