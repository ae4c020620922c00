/* Everything that can be altered in the database of a ledger, and the check that finds it: a table for each backend.
 *
 * Each case is a change by somebody who has every privilege and knows the schema, one that takes the guards away for
 * himself and leaves the schema as it was. What is not here cannot be found without knowledge from outside the
 * database: a whole history made anew with all its hashes, tiles and head; schema_migrations.applied_at and the notes
 * and instants of checkpoints, which no hash covers; a bound of totals that is too high and, on SQLite, a text of the
 * dictionary that nobody uses, which mean nothing. */
#ifndef LEDGER_SUPPORT_TAMPERINGS_H
#define LEDGER_SUPPORT_TAMPERINGS_H

#include <stdint.h>

struct tampering {
    const char *sql; /* NULL after the last of a table */
    const char *check;
    const char *field;    /* NULL: whatever it is */
    const char *stored;   /* NULL: whatever it is */
    const char *computed; /* NULL: whatever it is */
    uint64_t violations_max;
};

extern const struct tampering sqlite_tamperings[];
extern const struct tampering mariadb_tamperings[];

#endif
