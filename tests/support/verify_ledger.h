/* The ledger that the tests of verify tamper with: made once through the public API, copied before each tampering.
 *
 * I1 It has a row in every table that this version writes to, but for account lists, which only a full segment has, and
 *    more than two tiles of log.
 * I2 It was posted to on three days, the last in another month, so that days, months, balances and open totals all hold
 *    something. */
#ifndef LEDGER_SUPPORT_VERIFY_LEDGER_H
#define LEDGER_SUPPORT_VERIFY_LEDGER_H

#include "ledger/verify.h"
#include "support/scratch_database.h"

struct verify_limits;

struct verify_ledger {
    struct scratch_database seed;
    struct scratch_database work; /* the copy that is worked on */
    const char *sql;              /* what was done to it; NULL: it is not there */
};

/* Makes the ledger of the seed at a URI of its own. */
void verify_ledger_make(const char *uri, int64_t events_min);

/* Posts another day to such a ledger, so many days after its first: sales whose descriptions begin with `text`, the
 * last of them reversed. The same text gives the same postings, but for ids and salts. */
void verify_ledger_go_on(const char *uri, const char *text, int64_t days);

/* Signs its head, so many days after its first, into a directory that exists; the key is generated and registered where
 * its file does not exist. */
void verify_ledger_sign(const char *uri, const char *directory, const char *key_path, int64_t days);

/* Makes the seed; `events_min` above 0 fills its log up to so many events with small postings. Ends the program where
 * that fails. */
void verify_ledger_init(struct verify_ledger *ledger, int64_t events_min);
void verify_ledger_done(struct verify_ledger *ledger);

/* Puts a fresh copy of the seed in place. */
void verify_ledger_copy(struct verify_ledger *ledger);

/* Runs SQL on the copy by scratch_database_damage: one text on SQLite, another on MariaDB; both live to the next copy.
 * Ends the program where the SQL itself fails. */
void verify_ledger_run(struct verify_ledger *ledger, const char *sqlite, const char *mariadb);

/* Opens the copy for reading and verifies, within limits (NULL: the usual ones). The outcome of
 * whichever of the two failed first; `call` has the result. */
LEDGER_MUST_CHECK ledger_status verify_ledger_verify_within(const struct verify_ledger *ledger,
                                                            struct ledger_call *call,
                                                            const struct ledger_verify_options *options,
                                                            const struct verify_limits *limits,
                                                            struct ledger_verify_result *ret_result);
LEDGER_MUST_CHECK ledger_status verify_ledger_verify(const struct verify_ledger *ledger, struct ledger_call *call,
                                                     const struct ledger_verify_options *options,
                                                     struct ledger_verify_result *ret_result);

#endif
