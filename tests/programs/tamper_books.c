/* The books that the tamper matrix tampers with (tests/tamper): the same each time but for ids and salts, since the
 * clock is the program's own.
 *
 *     tamper_books URI EVENTS          makes a ledger with a bit of everything, of so many events at least
 *     tamper_books --go-on URI TEXT DAYS
 *                                      posts another day to it, so many after its first: sales that say TEXT, the last
 * of them reversed tamper_books --sign URI DIRECTORY KEY_FILE DAYS signs its head; makes and registers the key where
 * there is no such file
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/verify_ledger.h"

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "--go-on") == 0) {
        verify_ledger_go_on(argv[2], argv[3], strtoll(argv[4], NULL, 10));
        return 0;
    }
    if (argc == 6 && strcmp(argv[1], "--sign") == 0) {
        verify_ledger_sign(argv[2], argv[3], argv[4], strtoll(argv[5], NULL, 10));
        return 0;
    }
    if (argc != 3) {
        (void)fputs("tamper_books URI EVENTS | tamper_books --go-on URI TEXT DAYS | "
                    "tamper_books --sign URI DIRECTORY KEY_FILE DAYS\n",
                    stderr);
        return 2;
    }
    verify_ledger_make(argv[1], strtoll(argv[2], NULL, 10));
    return 0;
}
