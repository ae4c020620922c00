/* Texts at the border of the library: a view of bytes, never owned, not necessarily terminated.
 *
 * Every text that enters the library is UTF-8 (RFC 3629) without U+0000. A text whose `data` is NULL is absent; one
 * whose `size` is 0 and whose `data` is not NULL is present and empty. */
#ifndef LEDGER_TEXT_H
#define LEDGER_TEXT_H

#include <stddef.h>
#include <string.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A view of `size` bytes at `data`. Whoever made it says how long the bytes live. */
struct ledger_text {
    const char *data;
    size_t size;
};

/* The text of a terminated string; absent for NULL. It lives as long as the string. */
static inline struct ledger_text ledger_text_of(const char *string)
{
    struct ledger_text text = {string, string == NULL ? 0 : strlen(string)};
    return text;
}

#ifdef __cplusplus
}
#endif

#endif
