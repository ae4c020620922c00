/* Lines through one buffer.
 *
 * I1 begin <= line_end <= end <= capacity; the line at hand is [begin, line_end).
 * I2 The buffer grows only for a line that is longer than it, up to line_bytes_max and what reads ahead. */
#include "base/line_input.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"

enum { PIECE_BYTES = 256 * 1024, REASON_SIZE = 128 };

static ledger_status input_fail(struct ledger_call *call, const struct line_input *input, const char *what, int error)
{
    char reason[REASON_SIZE];
    return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "cannot %s %s: %s", what, input->name,
                       strerror_r(error, reason, sizeof reason));
}

ledger_status line_input_open(struct ledger_call *call, const char *path, size_t line_bytes_max,
                              struct line_input *ret_input)
{
    bool is_standard = strcmp(path, "-") == 0;
    struct line_input input = {.name = is_standard ? "standard input" : path,
                               .descriptor = STDIN_FILENO,
                               .is_owned = !is_standard,
                               .line_bytes_max = line_bytes_max};
    if (!is_standard) {
        input.descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (input.descriptor < 0) {
            return input_fail(call, &input, "read", errno);
        }
    }
    struct stat status;
    if (fstat(input.descriptor, &status) == 0 && S_ISREG(status.st_mode)) {
        input.bytes_total = (uint64_t)status.st_size;
    }
    input.buffer = malloc(PIECE_BYTES);
    input.digest = sha256_new();
    if (input.buffer == NULL || input.digest == NULL) {
        line_input_close(&input);
        return ledger_fail_out_of_memory(call);
    }
    input.capacity = PIECE_BYTES;
    sha256_begin(input.digest);
    *ret_input = input;
    return LEDGER_DONE;
}

/* Room behind `end`: what was taken goes, and the buffer grows where the line alone fills it. */
static ledger_status input_make_room(struct ledger_call *call, struct line_input *input)
{
    memmove(input->buffer, input->buffer + input->begin, input->end - input->begin);
    input->line_end -= input->begin;
    input->end -= input->begin;
    input->begin = 0;
    if (input->end < input->capacity) {
        return LEDGER_DONE;
    }
    char *grown = realloc(input->buffer, input->capacity * 2);
    if (grown == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    input->buffer = grown;
    input->capacity *= 2;
    return LEDGER_DONE;
}

static ledger_status input_read_piece(struct ledger_call *call, struct line_input *input)
{
    if (input->end == input->capacity) {
        LEDGER_TRY(input_make_room(call, input));
    }
    ssize_t count = 0;
    do {
        count = read(input->descriptor, input->buffer + input->end, input->capacity - input->end);
    } while (count < 0 && errno == EINTR);
    if (count < 0) {
        return input_fail(call, input, "read", errno);
    }
    input->is_at_end = count == 0;
    input->end += (size_t)count;
    return LEDGER_DONE;
}

/* Moves line_end behind the next line feed, or to the end of the input. */
static ledger_status input_find_end(struct ledger_call *call, struct line_input *input)
{
    size_t scanned = input->line_end - input->begin; /* of the line, without a line feed behind line_end */
    for (;;) {
        const char *from = input->buffer + input->begin + scanned;
        const char *feed = memchr(from, '\n', input->end - input->begin - scanned);
        size_t size = feed == NULL ? input->end - input->begin : (size_t)(feed + 1 - input->buffer) - input->begin;
        if (size > input->line_bytes_max) {
            return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "%s, line %" PRIu64 ": longer than %zu bytes",
                               input->name, line_input_number(input), input->line_bytes_max);
        }
        if (feed != NULL || input->is_at_end) {
            input->line_end = input->begin + size;
            return LEDGER_DONE;
        }
        scanned = size;
        LEDGER_TRY(input_read_piece(call, input));
    }
}

static struct ledger_text input_line(const struct line_input *input)
{
    return (struct ledger_text){input->buffer + input->begin, input->line_end - input->begin};
}

/* The line at hand is read: there is none. */
static void input_take_line(struct line_input *input)
{
    sha256_add(input->digest, input->buffer + input->begin, input->line_end - input->begin);
    input->offset += input->line_end - input->begin;
    input->begin = input->line_end;
    input->lines_before += input->lines_taken;
    input->lines_taken = 0;
}

ledger_status line_input_next(struct ledger_call *call, struct line_input *input, bool *ret_has_line,
                              struct ledger_text *ret_line)
{
    input_take_line(input);
    LEDGER_TRY(input_find_end(call, input));
    *ret_has_line = input->line_end > input->begin;
    input->lines_taken = *ret_has_line ? 1 : 0;
    *ret_line = input_line(input);
    return LEDGER_DONE;
}

ledger_status line_input_extend(struct ledger_call *call, struct line_input *input, bool *ret_has_more,
                                struct ledger_text *ret_line)
{
    size_t size = input->line_end - input->begin;
    LEDGER_TRY(input_find_end(call, input));
    *ret_has_more = input->line_end - input->begin > size;
    input->lines_taken += *ret_has_more ? 1 : 0;
    *ret_line = input_line(input);
    return LEDGER_DONE;
}

void line_input_shorten(struct line_input *input, size_t size, uint64_t lines)
{
    assert(size <= input->line_end - input->begin && lines <= input->lines_taken);
    input->line_end = input->begin + size;
    input->lines_taken = lines;
}

ledger_status line_input_enter(struct ledger_call *call, const char *path, size_t line_bytes_max,
                               struct line_input *outer, struct line_input *ret_inner)
{
    struct line_input inner;
    LEDGER_TRY(line_input_open(call, path, line_bytes_max, &inner));
    input_take_line(outer);
    sha256_free(inner.digest);
    inner.digest = outer->digest;
    inner.shares_digest = true;
    inner.offset = outer->offset;
    *ret_inner = inner;
    return LEDGER_DONE;
}

void line_input_leave(struct line_input *outer, struct line_input *inner)
{
    assert(inner->shares_digest && inner->digest == outer->digest);
    input_take_line(inner);
    outer->offset = inner->offset;
    line_input_close(inner);
}

uint64_t line_input_bytes(const struct line_input *input)
{
    return input->offset + input->line_end - input->begin;
}

struct sha256_hash line_input_digest(const struct line_input *input)
{
    return sha256_peek_with(input->digest, input->buffer + input->begin, input->line_end - input->begin);
}

struct sha256_hash line_input_digest_before(const struct line_input *input)
{
    return sha256_peek_with(input->digest, "", 0);
}

void line_input_close(struct line_input *input)
{
    if (input->is_owned && input->descriptor >= 0) {
        (void)close(input->descriptor);
    }
    free(input->buffer);
    if (!input->shares_digest) {
        sha256_free(input->digest);
    }
    *input = (struct line_input){.descriptor = -1};
}
