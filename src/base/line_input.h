/* A file or standard input read line by line through one buffer, in constant memory whatever its size. */
#ifndef LEDGER_BASE_LINE_INPUT_H
#define LEDGER_BASE_LINE_INPUT_H

#include "base/call.h"
#include "base/sha256.h"

struct line_input {
    const char *name; /* for messages; lives as long */
    int descriptor;
    bool is_owned;
    char *buffer;
    size_t capacity;
    size_t line_bytes_max;
    size_t begin;          /* of the line at hand … */
    size_t line_end;       /* … its end, behind its line feed */
    size_t end;            /* of what was read */
    uint64_t offset;       /* in the input, of the line at hand */
    uint64_t lines_before; /* the line at hand */
    uint64_t lines_taken;  /* that it spans; 0 where there is none */
    uint64_t bytes_total;  /* 0 where it is not known */
    bool is_at_end;
    bool shares_digest;    /* it is that of the input it stands within */
    struct sha256 *digest; /* of every line before the one at hand */
};

/* Opens `path`, or standard input where it is "-". A line has at most `line_bytes_max` bytes.
 * LEDGER_FILE_IS_UNREADABLE, LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status line_input_open(struct ledger_call *call, const char *path, size_t line_bytes_max,
                                                struct line_input *ret_input);

/* The next line with its line feed, which only the last may lack; it lives until the next call.
 * LEDGER_INPUT_IS_TOO_LARGE with the line's number, LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status line_input_next(struct ledger_call *call, struct line_input *input, bool *ret_has_line,
                                                struct ledger_text *ret_line);

/* The line at hand and the one behind it as one; false where there is none, and the line stays as it is. The line's
 * number stays that of its beginning. Outcomes as before. */
LEDGER_MUST_CHECK ledger_status line_input_extend(struct ledger_call *call, struct line_input *input,
                                                  bool *ret_has_more, struct ledger_text *ret_line);

/* Gives what the line at hand was extended by back: it has `size` bytes and spans `lines` lines again, and what stands
 * behind it is the next. */
void line_input_shorten(struct line_input *input, size_t size, uint64_t lines);

/* Opens a file whose bytes count as if they stood in `outer` behind its line at hand, which is read with that: until
 * line_input_leave, only `ret_inner` is read. Outcomes as of opening; `outer` then is as before. */
LEDGER_MUST_CHECK ledger_status line_input_enter(struct ledger_call *call, const char *path, size_t line_bytes_max,
                                                 struct line_input *outer, struct line_input *ret_inner);

/* Ends it: its line at hand is read, and the next of `outer` is the one behind that at which it was left. */
void line_input_leave(struct line_input *outer, struct line_input *inner);

/* The number of the line at hand, from 1. */
static inline uint64_t line_input_number(const struct line_input *input)
{
    return input->lines_before + 1;
}

/* How many bytes there are up to the end of the line at hand, and their SHA-256. */
uint64_t line_input_bytes(const struct line_input *input);
struct sha256_hash line_input_digest(const struct line_input *input);

/* The same up to its begin. */
static inline uint64_t line_input_bytes_before(const struct line_input *input)
{
    return input->offset;
}
struct sha256_hash line_input_digest_before(const struct line_input *input);

/* Harmless where nothing is open. */
void line_input_close(struct line_input *input);

#endif
