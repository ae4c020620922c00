/* UTF-8 and NFC. The tables of Unicode are utf8proc's; plain ASCII never reaches them. */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include <utf8proc.h>

#include "base/text.h"
#include "base/text_builder.h"

#define UTF8_HIGH_BITS UINT64_C(0x8080808080808080)

/* U+0300 is the first code point that can change or be changed in NFC; this is its first byte. */
enum { UTF8_NFC_SAFE_BELOW = 0xcc };

static uint8_t utf8_byte(struct ledger_text text, size_t offset)
{
    return (uint8_t)text.data[offset];
}

/* How many bytes from `offset` are ASCII for certain, eight at a time. */
static size_t utf8_skip_ascii(struct ledger_text text, size_t offset)
{
    size_t begin = offset;
    while (text.size - offset >= sizeof(uint64_t) && (text_word(text.data + offset) & UTF8_HIGH_BITS) == 0) {
        offset += sizeof(uint64_t);
    }
    return offset - begin;
}

/* False where any of eight bytes is below U+0020, or U+007F, or no ASCII: what is too small borrows a high bit, what is
 * too large carries one. */
static bool utf8_word_is_printable(uint64_t word)
{
    uint64_t too_small = word - UINT64_C(0x2020202020202020);
    uint64_t too_large = word + UINT64_C(0x0101010101010101);
    return ((word | too_small | too_large) & UTF8_HIGH_BITS) == 0;
}

bool utf8_is_printable_ascii(struct ledger_text text)
{
    if (text.size < sizeof(uint64_t)) {
        bool is_printable = true;
        for (size_t offset = 0; offset < text.size; offset++) {
            is_printable = is_printable && text.data[offset] >= ' ' && text.data[offset] < 0x7f;
        }
        return is_printable;
    }
    size_t last = text.size - sizeof(uint64_t); /* overlaps the word before it */
    for (size_t offset = 0; offset < last; offset += sizeof(uint64_t)) {
        if (!utf8_word_is_printable(text_word(text.data + offset))) {
            return false;
        }
    }
    return utf8_word_is_printable(text_word(text.data + last));
}

static bool utf8_is_within(uint8_t byte, uint8_t first, uint8_t last)
{
    return byte >= first && byte <= last;
}

/* The size of the well-formed sequence at `offset`, 0 where it is none: RFC 3629 section 4, row by row. */
static size_t utf8_sequence_size(struct ledger_text text, size_t offset)
{
    uint8_t lead = utf8_byte(text, offset);
    size_t size = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    if (size == 1) {
        return 1;
    }
    if (!utf8_is_within(lead, 0xc2, 0xf4) || size > text.size - offset) {
        return 0;
    }
    uint8_t second_first = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80; /* no overlong forms */
    uint8_t second_last = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;  /* no surrogates, none past U+10FFFF */
    if (!utf8_is_within(utf8_byte(text, offset + 1), second_first, second_last)) {
        return 0;
    }
    for (size_t index = 2; index < size; index++) {
        if (!utf8_is_within(utf8_byte(text, offset + index), 0x80, 0xbf)) {
            return 0;
        }
    }
    return size;
}

size_t utf8_first_invalid(struct ledger_text text)
{
    size_t offset = 0;
    while (offset < text.size) {
        offset += utf8_skip_ascii(text, offset);
        if (offset == text.size) {
            break;
        }
        size_t size = utf8_sequence_size(text, offset);
        if (size == 0) {
            break;
        }
        offset += size;
    }
    return offset;
}

size_t utf8_length(struct ledger_text text)
{
    size_t length = 0;
    for (size_t offset = 0; offset < text.size; offset++) {
        length += !utf8_is_within(utf8_byte(text, offset), 0x80, 0xbf);
    }
    return length;
}

size_t utf8_width(struct ledger_text text)
{
    size_t width = 0;
    size_t offset = 0;
    while (offset < text.size) {
        uint32_t code_point = utf8_next(text, &offset);
        if (code_point < 0x80) {
            width += code_point >= 0x20 && code_point != 0x7f;
        } else {
            width += (size_t)utf8proc_charwidth((utf8proc_int32_t)code_point);
        }
    }
    return width;
}

size_t utf8_fit(struct ledger_text text, size_t width)
{
    size_t size = 0;
    size_t taken = 0;
    for (size_t offset = 0; offset < text.size;) {
        size_t begin = offset;
        (void)utf8_next(text, &offset);
        taken += utf8_width((struct ledger_text){text.data + begin, offset - begin});
        if (taken > width) {
            break;
        }
        size = offset;
    }
    return size;
}

bool utf8_has_control(struct ledger_text text)
{
    for (size_t offset = 0; offset < text.size; offset++) {
        uint8_t byte = utf8_byte(text, offset);
        bool is_c1 = byte == 0xc2 && text.size - offset > 1 && utf8_byte(text, offset + 1) < 0xa0;
        if (byte < 0x20 || byte == 0x7f || is_c1) {
            return true;
        }
    }
    return false;
}

ledger_status utf8_make_printable(struct ledger_call *call, struct ledger_text text, struct ledger_text *ret_text)
{
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, text.size + 1);
    while (text.size > 0) {
        size_t valid = utf8_first_invalid(text);
        struct ledger_text good = {text.data, valid};
        for (size_t offset = 0; offset < valid;) {
            size_t begin = offset;
            (void)utf8_next(good, &offset);
            struct ledger_text character = {text.data + begin, offset - begin};
            text_builder_add_text(&builder, utf8_has_control(character) ? TEXT("?") : character);
        }
        size_t passed = valid;
        if (valid < text.size) {
            text_builder_add_char(&builder, '?');
            passed++;
        }
        text = (struct ledger_text){text.data + passed, text.size - passed};
    }
    return text_builder_finish(call, &builder, ret_text);
}

/* Property White_Space: the separators, and six of the control characters. */
static bool utf8_is_space(uint32_t code_point)
{
    if (code_point < 0x80) {
        return code_point == ' ' || (code_point >= '\t' && code_point <= '\r');
    }
    utf8proc_category_t category = utf8proc_category((utf8proc_int32_t)code_point);
    return code_point == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
           category == UTF8PROC_CATEGORY_ZP;
}

bool utf8_has_outer_space(struct ledger_text text)
{
    if (text.size == 0) {
        return false;
    }
    size_t first = 0;
    size_t last = text.size - 1;
    while (last > 0 && utf8_is_within(utf8_byte(text, last), 0x80, 0xbf)) {
        last--;
    }
    return utf8_is_space(utf8_next(text, &first)) || utf8_is_space(utf8_next(text, &last));
}

bool utf8_has_space(struct ledger_text text)
{
    for (size_t offset = 0; offset < text.size;) {
        if (utf8_is_space(utf8_next(text, &offset))) {
            return true;
        }
    }
    return false;
}

/* Whether every code point stands below U+0300, where all text is in NFC. */
static bool utf8_is_plainly_nfc(struct ledger_text text)
{
    size_t offset = utf8_skip_ascii(text, 0);
    while (offset < text.size && utf8_byte(text, offset) < UTF8_NFC_SAFE_BELOW) {
        offset++;
    }
    return offset == text.size;
}

ledger_status utf8_normalise(struct ledger_call *call, struct ledger_text text, struct ledger_text *ret_text)
{
    if (utf8_is_plainly_nfc(text)) {
        *ret_text = text;
        return LEDGER_DONE;
    }
    utf8proc_uint8_t *normal = NULL;
    utf8proc_ssize_t size = utf8proc_map((const utf8proc_uint8_t *)text.data, (utf8proc_ssize_t)text.size, &normal,
                                         UTF8PROC_STABLE | UTF8PROC_COMPOSE);
    if (size == UTF8PROC_ERROR_NOMEM || size == UTF8PROC_ERROR_OVERFLOW) {
        return ledger_fail_out_of_memory(call);
    }
    if (size < 0) {
        return ledger_fail(call, LEDGER_TEXT_IS_INVALID, "a text cannot be brought into NFC: %s",
                           utf8proc_errmsg(size));
    }
    struct ledger_text normalised = {(const char *)normal, (size_t)size};
    ledger_status status = LEDGER_DONE;
    if (text_equals(normalised, text)) {
        *ret_text = text;
    } else {
        status = ledger_call_copy_text(call, normalised, ret_text);
    }
    free(normal);
    return status;
}

uint32_t utf8_next(struct ledger_text text, size_t *offset)
{
    uint8_t lead = utf8_byte(text, (*offset)++);
    if (lead < 0x80) {
        return lead;
    }
    uint32_t code_point = lead < 0xe0 ? lead & 0x1fU : lead < 0xf0 ? lead & 0xfU : lead & 0x7U;
    while (*offset < text.size && utf8_is_within(utf8_byte(text, *offset), 0x80, 0xbf)) {
        code_point = code_point << 6 | (utf8_byte(text, (*offset)++) & 0x3fU);
    }
    return code_point;
}

size_t utf8_encode(uint32_t code_point, char out[4])
{
    if (code_point < 0x80) {
        out[0] = (char)code_point;
        return 1;
    }
    size_t size = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xc0, 0xe0, 0xf0};
    for (size_t index = size - 1; index > 0; index--) {
        out[index] = (char)(0x80 | (code_point & 0x3f));
        code_point >>= 6;
    }
    out[0] = (char)(leads[size] | code_point);
    return size;
}
