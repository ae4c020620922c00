/* The one lock that every writer and every checkpoint of a SQLite ledger takes, in every process: a file beside the
 * database, locked by the open file (F_OFD_SETLK).
 *
 * SQLite 3.7.0 to 3.51.2 can damage a WAL database when two connections write or checkpoint at the same instant; under
 * this lock no two of ours ever do. The lock goes with its holder, however that ends. */
#ifndef LEDGER_STORE_SQLITE_LOCK_H
#define LEDGER_STORE_SQLITE_LOCK_H

#include "base/call.h"

struct sqlite_lock {
    int descriptor; /* -1 until first used */
    bool is_held;
    const char *path; /* the owner's */
};

void sqlite_lock_init(struct sqlite_lock *lock, const char *path);
void sqlite_lock_done(struct sqlite_lock *lock);

/* Waits until the deadline (monotonic_ms). LEDGER_DATABASE_IS_BUSY names the holder's process and how long it was
 * waited for; LEDGER_DATABASE_IS_READ_ONLY where the file cannot be made, LEDGER_DATABASE_IS_FULL for lack of space. */
LEDGER_MUST_CHECK ledger_status sqlite_lock_take(struct ledger_call *call, struct sqlite_lock *lock,
                                                 int64_t deadline_ms);

/* Takes it where nobody holds it, without waiting and without complaint. */
bool sqlite_lock_try(struct sqlite_lock *lock);

void sqlite_lock_release(struct sqlite_lock *lock);

#endif
