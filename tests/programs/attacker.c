/* Attacks a ledger as somebody who can write everything, and makes right all that follows: see support/attack.h.
 *
 *     attacker URI recompute                          after changes by SQL: every hash, leaf, tile, the head, totals
 *     attacker URI rewrite-amount LOG_INDEX AMOUNT    both entries of the transaction there get that amount
 *     attacker URI truncate SIZE                      the log ends after SIZE events
 *     attacker URI repost SIZE                        … and what was cut is posted anew with other amounts
 *     attacker URI remove LOG_INDEX                   the transaction there never was
 *     attacker URI remove-checkpoints [FROM_SIZE]     of the database, those of logs of that size and more
 *     attacker URI sign-checkpoints KEY_FILE          those of the database, by a key of his own that the log names
 *
 * After each of these verify finds nothing wrong without knowledge from outside the database. On a server
 * LEDGER_TEST_MYSQL names its socket. Exit status 0 where it was done, 2 where the command is not understood, else 99.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/attack.h"

static int usage(void)
{
    (void)fputs("attacker URI recompute | rewrite-amount LOG_INDEX AMOUNT | truncate SIZE | repost SIZE | "
                "remove LOG_INDEX | remove-checkpoints [FROM_SIZE] | sign-checkpoints KEY_FILE\n",
                stderr);
    return 2;
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        return usage();
    }
    const char *uri = argv[1];
    const char *attack = argv[2];
    int64_t number = argc > 3 ? strtoll(argv[3], NULL, 10) : 0;
    if (argc == 3 && strcmp(attack, "recompute") == 0) {
        attack_recompute(uri);
    } else if (argc == 5 && strcmp(attack, "rewrite-amount") == 0) {
        attack_rewrite_amount(uri, number, ledger_text_of(argv[4]));
    } else if (argc == 4 && strcmp(attack, "truncate") == 0) {
        attack_truncate(uri, number);
    } else if (argc == 4 && strcmp(attack, "repost") == 0) {
        attack_repost(uri, number);
    } else if (argc == 4 && strcmp(attack, "remove") == 0) {
        attack_remove(uri, number);
    } else if (argc <= 4 && strcmp(attack, "remove-checkpoints") == 0) {
        attack_remove_checkpoints(uri, number);
    } else if (argc == 4 && strcmp(attack, "sign-checkpoints") == 0) {
        attack_sign_checkpoints(uri, argv[3]);
    } else {
        return usage();
    }
    return 0;
}
