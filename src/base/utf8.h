/* UTF-8 (RFC 3629) and the normal form NFC (Unicode UAX #15). */
#ifndef LEDGER_BASE_UTF8_H
#define LEDGER_BASE_UTF8_H

#include "base/call.h"

/* The offset of the first byte that is not part of well-formed UTF-8, or the size where all are: overlong forms,
 * surrogates and values beyond U+10FFFF are not well-formed. */
size_t utf8_first_invalid(struct ledger_text text);

/* Whether all of it is ASCII from the blank to the tilde, as nearly all texts are: then it is well-formed, in NFC,
 * without control characters, and has as many characters as bytes. */
bool utf8_is_printable_ascii(struct ledger_text text);

/* How many code points well-formed text has. */
size_t utf8_length(struct ledger_text text);

/* How many columns of a terminal it takes; control characters take none. */
size_t utf8_width(struct ledger_text text);

/* The size of its longest beginning that takes at most so many columns. */
size_t utf8_fit(struct ledger_text text, size_t width);

/* Any bytes as text that no terminal obeys: each byte that is part of no character, and each control character, becomes
 * '?'. It is terminated, in the call's arena. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status utf8_make_printable(struct ledger_call *call, struct ledger_text text,
                                                    struct ledger_text *ret_text);

/* Whether it has a control character (general category Cc): U+0000 to U+001F, U+007F to U+009F. */
bool utf8_has_control(struct ledger_text text);

/* Whether it begins or ends with white space (property White_Space). */
bool utf8_has_outer_space(struct ledger_text text);

/* Whether it has white space anywhere. */
bool utf8_has_space(struct ledger_text text);

/* The NFC form of well-formed text, in the call's arena; the text itself where it is in that form already (ASCII always
 * is). */
LEDGER_MUST_CHECK ledger_status utf8_normalise(struct ledger_call *call, struct ledger_text text,
                                               struct ledger_text *ret_text);

/* Decodes one code point of well-formed text at *offset and moves it on. */
uint32_t utf8_next(struct ledger_text text, size_t *offset);

/* Writes one code point, 1 to 4 bytes; returns how many. */
size_t utf8_encode(uint32_t code_point, char out[4]);

#endif
