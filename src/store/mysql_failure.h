/* The server's and the client library's errors as outcomes. */
#ifndef LEDGER_STORE_MYSQL_FAILURE_H
#define LEDGER_STORE_MYSQL_FAILURE_H

#include "store/mysql_connection.h"

enum {
    MYSQL_ERROR_TABLE_IS_MISSING = 1146,
    MYSQL_ERROR_LOCK_WAIT_IS_OVER = 1205,
    MYSQL_ERROR_HEAD_HAS_MOVED = 20001, /* our own, by SIGNAL: a number that no server has */
};

/* Where a statement failed. */
enum mysql_phase {
    MYSQL_PHASE_CONNECT,
    MYSQL_PHASE_STATEMENT, /* outside or inside a unit: nothing of it was committed */
    MYSQL_PHASE_COMMIT,    /* COMMIT was sent: a lost connection leaves the outcome unknown */
};

/* The outcome of an error number: deadlocks and failed certifications give LEDGER_DATABASE_HAS_CONFLICT, a lost
 * connection LEDGER_CONNECTION_IS_LOST, lock waits LEDGER_DATABASE_IS_BUSY, and so on. In the phase of connecting what
 * is lost was never there: LEDGER_DATABASE_IS_UNAVAILABLE. In the phase of commit every error that is not known to mean
 * that nothing was kept gives LEDGER_OUTCOME_IS_UNKNOWN. */
ledger_status mysql_failure_outcome(unsigned error_number, enum mysql_phase phase);

/* Whether the session cannot be used any more after this error. */
bool mysql_failure_ends_session(unsigned error_number);

/* What the reader should know of this error besides the server's own words; "" where nothing. */
const char *mysql_failure_advice(unsigned error_number);

/* Fails with the outcome and a message that names what we were doing, the host and the server's own words:
 * "Lost connection to MySQL server on 'db1:3306' while writing: …". Never shows a password. Drops the connection where
 * the error ends the session or leaves its state unknown. */
LEDGER_MUST_CHECK ledger_status mysql_fail(struct ledger_call *call, struct mysql_connection *connection,
                                           enum mysql_phase phase, unsigned error_number, const char *server_message,
                                           const char *doing);

/* The same with what the connection's handle, which is there, was told last. */
LEDGER_MUST_CHECK ledger_status mysql_fail_last(struct ledger_call *call, struct mysql_connection *connection,
                                                enum mysql_phase phase, const char *doing);

#endif
