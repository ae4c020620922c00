/* Writes the hashed forms, fast: about six of them are made for each posted transaction.
 *
 * A form is written straight into one buffer that is reused; what does not fit goes to the hasher and the buffer starts
 * again, so a form of any size takes no memory and cannot fail. Nothing here checks its input: texts that are not
 * UTF-8, instants and amounts beyond their limits come from damaged databases, and have a form of their own too.
 *
 * I1 `at` is never more than FORM_SLACK behind `limit`: after the begin, a text or form_ensure, fixed pieces of up to
 *    FORM_FIXED_MAX bytes in all may follow unchecked.
 * I2 `separator` is what stands before the next member of the object that is open: '{' for the first, ',' for others.
 */
#ifndef LEDGER_DOMAIN_FORM_WRITER_H
#define LEDGER_DOMAIN_FORM_WRITER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/sha256.h"
#include "base/text_builder.h"
#include "base/time.h"
#include "ledger/text.h"

enum {
    FORM_BUFFER_SIZE = 16384,
    FORM_FIXED_MAX = 960,
    FORM_SLACK = FORM_FIXED_MAX + 64, /* 64: what a text may still write once `at` has passed the limit */
    FORM_DATES_COUNT = 4,
};

/* The text of a day, kept, since neighbouring transactions are mostly of the same days. */
struct form_date {
    int32_t day;
    char text[10];
};

struct form_buffer {
    struct text_builder *copy;                /* gets the bytes of each form too; NULL: nobody does */
    struct form_date dates[FORM_DATES_COUNT]; /* a day is kept at its remainder */
    char bytes[FORM_BUFFER_SIZE];
};

struct form_writer {
    char *at;
    char *limit; /* FORM_SLACK before the end of the bytes */
    struct form_buffer *buffer;
    struct sha256 *sha256;
    char separator;
    bool is_streaming; /* the first part of the form is in the hasher already */
};

/* Before a buffer is used for the first time. */
void form_buffer_init(struct form_buffer *buffer);

void form_make_date(struct form_date *date, int32_t day);

/* Gives the hasher, and the copy, what is written so far and starts the buffer again. */
void form_flush(struct form_writer *writer);

/* Bytes that stand as they are, of any size. */
void form_add_raw(struct form_writer *writer, struct ledger_text text);

/* The content of a JSON string, escape by escape: for texts that are long or hold more than plain characters. */
void form_add_escaped(struct form_writer *writer, const char *data, size_t size, bool ascii_only);

static inline struct form_writer form_begin(struct sha256 *sha256, struct form_buffer *buffer)
{
    return (struct form_writer){
        .at = buffer->bytes,
        .limit = buffer->bytes + FORM_BUFFER_SIZE - FORM_SLACK,
        .buffer = buffer,
        .sha256 = sha256,
        .separator = '{',
        .is_streaming = false,
    };
}

static inline struct sha256_hash form_finish(struct form_writer *writer)
{
    if (!writer->is_streaming && writer->buffer->copy == NULL) {
        return sha256_of(writer->sha256, writer->buffer->bytes, (size_t)(writer->at - writer->buffer->bytes));
    }
    form_flush(writer);
    return sha256_finish(writer->sha256);
}

/* Makes room for FORM_FIXED_MAX bytes: for each turn of a loop, and before long runs without a text. */
static inline void form_ensure(struct form_writer *writer)
{
    if (writer->at > writer->limit) {
        form_flush(writer);
    }
}

static inline void form_add(struct form_writer *writer, const void *data, size_t size)
{
    memcpy(writer->at, data, size);
    writer->at += size;
}

#define FORM_LITERAL(writer, literal) form_add((writer), (literal), sizeof(literal) - 1)

/* The separator, the key, and the opening quote where the literal has one: FORM_KEY(writer, "\"amount\":\""). */
#define FORM_KEY(writer, literal)                                                                                      \
    do {                                                                                                               \
        *(writer)->at++ = (writer)->separator;                                                                         \
        (writer)->separator = ',';                                                                                     \
        FORM_LITERAL((writer), literal);                                                                               \
    } while (0)

static inline void form_object_begin(struct form_writer *writer)
{
    writer->separator = '{';
}

static inline void form_object_end(struct form_writer *writer)
{
    if (writer->separator == '{') {
        *writer->at++ = '{';
    }
    *writer->at++ = '}';
    writer->separator = ',';
}

/* Sixteen characters at once, by the compiler's own vectors, which every machine has in one way or another. */
typedef uint8_t form_vector __attribute__((vector_size(16)));

static inline form_vector form_load(const void *data)
{
    form_vector vector;
    memcpy(&vector, data, sizeof vector);
    return vector;
}

static inline void form_store(void *out, form_vector vector)
{
    memcpy(out, &vector, sizeof vector);
}

/* Whether any of sixteen characters cannot stand in a JSON string as it is. */
static inline bool form_needs_escape(form_vector characters, bool ascii_only)
{
    const form_vector zeros = {0};
    uint64_t halves[2];
    form_vector found = (form_vector)(characters < zeros + 0x20) | (form_vector)(characters == zeros + '"') |
                        (form_vector)(characters == zeros + '\\');
    if (ascii_only) {
        found |= (form_vector)(characters >= zeros + 0x7f);
    }
    memcpy(halves, &found, sizeof halves);
    return (halves[0] | halves[1]) != 0;
}

/* Copies fewer than sixteen plain characters, all or none; returns how many. Head and tail overlap. */
static inline size_t form_copy_plain_short(char *out, const char *data, size_t size, bool ascii_only)
{
    uint64_t halves[2];
    form_vector characters;
    if (size >= 8) {
        memcpy(&halves[0], data, 8);
        memcpy(&halves[1], data + size - 8, 8);
        memcpy(out, &halves[0], 8);
        memcpy(out + size - 8, &halves[1], 8);
    } else if (size >= 4) {
        uint32_t head;
        uint32_t tail;
        memcpy(&head, data, 4);
        memcpy(&tail, data + size - 4, 4);
        memcpy(out, &head, 4);
        memcpy(out + size - 4, &tail, 4);
        halves[0] = halves[1] = (uint64_t)tail << 32 | head;
    } else if (size > 0) {
        uint8_t first = (uint8_t)data[0];
        uint8_t middle = (uint8_t)data[size / 2];
        uint8_t last = (uint8_t)data[size - 1];
        out[0] = (char)first;
        out[size / 2] = (char)middle;
        out[size - 1] = (char)last;
        halves[0] = halves[1] = UINT64_C(0x2020202020000000) | (uint32_t)first << 16 | (uint32_t)middle << 8 | last;
    } else {
        return 0;
    }
    memcpy(&characters, halves, sizeof characters);
    return form_needs_escape(characters, ascii_only) ? 0 : size;
}

/* Copies the plain characters that a text begins with; returns how many: all of them, or some before an escape. */
static inline size_t form_copy_plain(char *out, const char *data, size_t size, bool ascii_only)
{
    if (size < 16) {
        return form_copy_plain_short(out, data, size, ascii_only);
    }
    for (size_t offset = 0; offset + 16 <= size; offset += 16) {
        form_vector characters = form_load(data + offset);
        if (form_needs_escape(characters, ascii_only)) {
            return offset;
        }
        form_store(out + offset, characters);
    }
    /* The rest, once more with some of what was copied before it. */
    form_vector characters = form_load(data + size - 16);
    if (form_needs_escape(characters, ascii_only)) {
        return size - size % 16;
    }
    form_store(out + size - 16, characters);
    return size;
}

/* The content of a JSON string, without its quotes. */
static inline void form_add_content(struct form_writer *writer, struct ledger_text text, bool ascii_only)
{
    if ((ptrdiff_t)text.size > writer->limit - writer->at) {
        form_add_escaped(writer, text.data, text.size, ascii_only);
        return;
    }
    size_t plain_size = form_copy_plain(writer->at, text.data, text.size, ascii_only);
    writer->at += plain_size;
    if (plain_size < text.size) {
        form_add_escaped(writer, text.data + plain_size, text.size - plain_size, ascii_only);
    }
}

/* A JSON string (RFC 8785 section 3.2.2.2); null where the text is absent. */
static inline void form_add_text(struct form_writer *writer, struct ledger_text text)
{
    if (text.data == NULL) {
        FORM_LITERAL(writer, "null");
        return;
    }
    *writer->at++ = '"';
    form_add_content(writer, text, false);
    *writer->at++ = '"';
}

/* The same as Python's json.dumps gives it with ensure_ascii. */
static inline void form_add_python_text(struct form_writer *writer, struct ledger_text text)
{
    if (text.data == NULL) {
        FORM_LITERAL(writer, "null");
        return;
    }
    *writer->at++ = '"';
    form_add_content(writer, text, true);
    *writer->at++ = '"';
}

/* A whole member; left out where the text is absent. `key_literal` is "\"key\":". */
#define FORM_MEMBER_TEXT(writer, key_literal, text)                                                                    \
    do {                                                                                                               \
        if ((text).data != NULL) {                                                                                     \
            FORM_KEY((writer), key_literal "\"");                                                                      \
            form_add_content((writer), (text), false);                                                                 \
            *(writer)->at++ = '"';                                                                                     \
        }                                                                                                              \
    } while (0)

#define FORM_DECIMAL_ROW(high) high "0" high "1" high "2" high "3" high "4" high "5" high "6" high "7" high "8" high "9"

/* The two digits of each number from 0 to 99, one after the other. */
static const char form_decimal_pairs[] =
    FORM_DECIMAL_ROW("0") FORM_DECIMAL_ROW("1") FORM_DECIMAL_ROW("2") FORM_DECIMAL_ROW("3") FORM_DECIMAL_ROW("4")
        FORM_DECIMAL_ROW("5") FORM_DECIMAL_ROW("6") FORM_DECIMAL_ROW("7") FORM_DECIMAL_ROW("8") FORM_DECIMAL_ROW("9");

static inline void form_write_pair(char *out, uint32_t below_100)
{
    memcpy(out, form_decimal_pairs + 2 * (size_t)below_100, 2);
}

/* The digits of numbers from 0 to 15. */
static inline form_vector form_hex_digits(form_vector numbers)
{
    const form_vector zeros = {0};
    return numbers + '0' + ((form_vector)(numbers > zeros + 9) & (uint8_t)('a' - '0' - 10));
}

/* 32 lower-case hexadecimal digits of 16 bytes. */
static inline void form_write_hex(char *out, const uint8_t bytes[16])
{
    form_vector all = form_load(bytes);
    form_vector high = form_hex_digits(all >> 4);
    form_vector low = form_hex_digits(all & 0xf);
    form_store(out, __builtin_shufflevector(high, low, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
    form_store(out + 16,
               __builtin_shufflevector(high, low, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
}

/* 64 hexadecimal digits. */
static inline void form_add_hash(struct form_writer *writer, const uint8_t hash[SHA256_SIZE])
{
    form_write_hex(writer->at, hash);
    form_write_hex(writer->at + SHA256_SIZE, hash + 16);
    writer->at += 2 * (size_t)SHA256_SIZE;
}

/* 36 characters. */
static inline void form_add_uuid(struct form_writer *writer, const uint8_t id[16])
{
    char digits[32];
    char *out = writer->at;
    form_write_hex(digits, id);
    memcpy(out, digits, 8);
    out[8] = '-';
    memcpy(out + 9, digits + 8, 4);
    out[13] = '-';
    memcpy(out + 14, digits + 12, 4);
    out[18] = '-';
    memcpy(out + 19, digits + 16, 4);
    out[23] = '-';
    memcpy(out + 24, digits + 20, 12);
    writer->at = out + 36;
}

/* The digits of a number, at least `digits_min` of them (at most 20); returns how many. */
static inline size_t form_write_digits(char *out, uint64_t number, size_t digits_min)
{
    char digits[20];
    size_t first = sizeof digits;
    while (number >= 100) {
        first -= 2;
        form_write_pair(digits + first, (uint32_t)(number % 100));
        number /= 100;
    }
    if (number >= 10) {
        first -= 2;
        form_write_pair(digits + first, (uint32_t)number);
    } else {
        digits[--first] = (char)('0' + number);
    }
    while (sizeof digits - first < digits_min) {
        digits[--first] = '0';
    }
    memcpy(out, digits + first, sizeof digits - first);
    return sizeof digits - first;
}

/* Writes the sign of a number; returns its magnitude. */
static inline uint64_t form_add_sign(struct form_writer *writer, int64_t number)
{
    if (number < 0) {
        *writer->at++ = '-';
        return -(uint64_t)number;
    }
    return (uint64_t)number;
}

static inline void form_add_integer(struct form_writer *writer, int64_t number)
{
    uint64_t magnitude = form_add_sign(writer, number);
    writer->at += form_write_digits(writer->at, magnitude, 1);
}

/* Hundredths as "1000.50". */
static inline void form_add_amount(struct form_writer *writer, int64_t amount_minor)
{
    uint64_t magnitude = form_add_sign(writer, amount_minor);
    writer->at += form_write_digits(writer->at, magnitude / 100, 1);
    *writer->at++ = '.';
    form_write_pair(writer->at, (uint32_t)(magnitude % 100));
    writer->at += 2;
}

static inline bool form_day_is_in_range(int32_t day)
{
    return day >= TIME_DAY_FIRST && day <= TIME_DAY_LAST;
}

/* "2026-11-22": 10 characters. The day is in range. */
static inline void form_write_date(struct form_buffer *buffer, char *out, int32_t day)
{
    struct form_date *date = &buffer->dates[(uint32_t)day % FORM_DATES_COUNT];
    if (date->day != day) {
        form_make_date(date, day);
    }
    memcpy(out, date->text, 10);
}

/* A day; its bare number where it is beyond the calendar. */
static inline void form_add_day(struct form_writer *writer, int32_t day)
{
    if (!form_day_is_in_range(day)) {
        form_add_integer(writer, day);
        return;
    }
    form_write_date(writer->buffer, writer->at, day);
    writer->at += 10;
}

/* "2026-11-22T23:00:00": 19 characters; returns the microseconds that are left. The day is the instant's, in range. */
static inline uint32_t form_write_seconds(struct form_writer *writer, int64_t time_us, int32_t day)
{
    char *out = writer->at;
    uint64_t day_us = (uint64_t)(time_us - (int64_t)day * TIME_US_PER_DAY);
    uint32_t second = (uint32_t)(day_us / 1000000);
    form_write_date(writer->buffer, out, day);
    out[10] = 'T';
    form_write_pair(out + 11, second / 3600);
    out[13] = ':';
    form_write_pair(out + 14, second / 60 % 60);
    out[16] = ':';
    form_write_pair(out + 17, second % 60);
    return (uint32_t)(day_us % 1000000);
}

/* ".000123": 7 characters. */
static inline void form_write_fraction(char *out, uint32_t microseconds)
{
    out[0] = '.';
    form_write_pair(out + 1, microseconds / 10000);
    form_write_pair(out + 3, microseconds / 100 % 100);
    form_write_pair(out + 5, microseconds % 100);
}

/* "2026-11-22T23:00:00.000123Z" (RFC 3339); the bare number where it is beyond the calendar. */
static inline void form_add_time(struct form_writer *writer, int64_t time_us)
{
    int32_t day = time_to_utc_day(time_us);
    if (!form_day_is_in_range(day)) {
        form_add_integer(writer, time_us);
        return;
    }
    uint32_t microseconds = form_write_seconds(writer, time_us, day);
    form_write_fraction(writer->at + 19, microseconds);
    writer->at[26] = 'Z';
    writer->at += 27;
}

/* As Python's datetime.isoformat(): no zone, and no fraction where it is 0. */
static inline void form_add_python_time(struct form_writer *writer, int64_t time_us)
{
    int32_t day = time_to_utc_day(time_us);
    if (!form_day_is_in_range(day)) {
        form_add_integer(writer, time_us);
        return;
    }
    uint32_t microseconds = form_write_seconds(writer, time_us, day);
    writer->at += 19;
    if (microseconds != 0) {
        form_write_fraction(writer->at, microseconds);
        writer->at += 7;
    }
}

/* "20261122-000001", at least six digits, from the text of the day; returns the length. */
static inline size_t form_write_transaction_number(char *out, const char date[10], uint64_t number_in_day)
{
    memcpy(out, date, 4);
    memcpy(out + 4, date + 5, 2);
    memcpy(out + 6, date + 8, 2);
    out[8] = '-';
    return 9 + form_write_digits(out + 9, number_in_day, 6);
}

/* The number of a transaction; the bare instant and number where no posting has them. */
static inline void form_add_transaction_number(struct form_writer *writer, int64_t posting_date_us,
                                               int64_t number_in_day)
{
    int32_t day = time_to_utc_day(posting_date_us);
    if (!form_day_is_in_range(day) || number_in_day < 0) {
        form_add_integer(writer, posting_date_us);
        *writer->at++ = '-';
        form_add_integer(writer, number_in_day);
        return;
    }
    char date[10];
    form_write_date(writer->buffer, date, day);
    writer->at += form_write_transaction_number(writer->at, date, (uint64_t)number_in_day);
}

#endif
