/* Quoting for messages. */
#include "base/quote.h"

#include <stdbool.h>

#include "base/utf8.h"

/* The longest beginning of well-formed `text` that fits, ending between two characters. */
static size_t quote_cut(struct ledger_text text)
{
    size_t size = QUOTE_BYTES_MAX;
    while (size > 0 && ((unsigned char)text.data[size] & 0xC0) == 0x80) {
        size--;
    }
    return size;
}

static char quote_safe(char character, bool is_utf8)
{
    unsigned char byte = (unsigned char)character;
    if (byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !is_utf8)) {
        return '?';
    }
    return character;
}

const char *text_quote(struct ledger_text text, char out[QUOTE_SIZE])
{
    bool is_cut = text.size > QUOTE_BYTES_MAX;
    bool is_utf8 = utf8_first_invalid(text) == text.size;
    size_t size = text.size;
    if (is_cut) {
        size = is_utf8 ? quote_cut(text) : QUOTE_BYTES_MAX;
    }
    size_t length = 0;
    out[length++] = '"';
    for (size_t i = 0; i < size; i++) {
        bool is_c1 = (unsigned char)text.data[i] == 0xC2 && i + 1 < size && (unsigned char)text.data[i + 1] < 0xA0;
        if (is_utf8 && is_c1) {
            out[length++] = '?';
            i++;
        } else {
            out[length++] = quote_safe(text.data[i], is_utf8);
        }
    }
    for (size_t i = 0; is_cut && i < 3; i++) {
        out[length++] = '.';
    }
    out[length++] = '"';
    out[length] = '\0';
    return out;
}
