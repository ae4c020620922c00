/* The audit log: every write, refused attempt, recorded report and administrative act, each an event of the one
 * integrity log. */
#ifndef LEDGER_AUDIT_H
#define LEDGER_AUDIT_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_severity { LEDGER_INFO, LEDGER_WARNING, LEDGER_ERROR, LEDGER_CRITICAL };

/* An event as it is recorded. */
struct ledger_event_record {
    int64_t log_index;
    struct ledger_text audit_id; /* a UUID; on reading only */
    int64_t event_timestamp_us;
    struct ledger_text event_type; /* "TRANSACTION_POSTED", … */
    enum ledger_severity severity;
    bool is_success;
    bool has_transaction;
    uint8_t transaction_id[16];
    struct ledger_text user_id;
    struct ledger_text principal;
    struct ledger_text source_system;
    struct ledger_text source_ip;
    struct ledger_text action;
    struct ledger_text description;
    struct ledger_text event_metadata; /* canonical JSON; absent where none */
    bool has_record_hash;
    uint8_t record_hash[32];
};

/* Which events. Absent texts and zeros do not filter. */
struct ledger_audit_filter {
    int64_t from_us;               /* event_timestamp at or after */
    int64_t before_us;             /* event_timestamp before; 0: no end */
    struct ledger_text event_type; /* equal */
    struct ledger_text user_id;    /* equal */
    bool has_severity;
    enum ledger_severity severity; /* equal */
    int64_t before_log_index;      /* log_index below; 0: the whole log */
    size_t limit;                  /* newest first; 0: all */
    struct ledger_text after;      /* the cursor behind the last event of the page before; absent: from the newest */
};

/* The events that pass, newest first, in the call's memory. LEDGER_CURSOR_IS_INVALID, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_audit_list(struct ledger_call *call, struct ledger *ledger,
                                                                const struct ledger_audit_filter *filter,
                                                                const struct ledger_event_record **ret_events,
                                                                size_t *ret_events_count);

/* The cursor behind an event, in the call's memory: it stays valid for ever, and the page behind it costs the same
 * however old its events are. LEDGER_OUT_OF_MEMORY. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_audit_cursor(struct ledger_call *call,
                                                                  const struct ledger_event_record *event,
                                                                  struct ledger_text *ret_after);

/* A row of audit_log that somebody wrote by hand, past the ledger: it is no event, no leaf of the log, and nothing says
 * that it is true. Adopting takes note of it: from then on it cannot be changed or removed unseen. MariaDB alone lets
 * such rows be. */
struct ledger_manual_event {
    uint8_t audit_id[16];
    int64_t event_timestamp_us;
    struct ledger_text event_type;
    struct ledger_text severity; /* as they stand in the row */
    struct ledger_text outcome;
    bool has_transaction;
    uint8_t transaction_id[16];
    struct ledger_text user_id;
    struct ledger_text principal;
    struct ledger_text source_system;
    struct ledger_text source_ip;
    struct ledger_text action;
    struct ledger_text description;
    struct ledger_text event_metadata;
    bool is_adopted; /* as it stands */
    int64_t adopted_log_index;
};

/* All of them, by audit_id, in the call's memory. Database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_audit_list_manual(struct ledger_call *call, struct ledger *ledger,
                                                                       const struct ledger_manual_event **ret_events,
                                                                       size_t *ret_events_count);

struct ledger_adoption {
    size_t adopted_count;        /* now */
    size_t adopted_before_count; /* rows whose audit_id was adopted earlier */
};

/* Adopts the rows that were written by hand since: events AUDIT_ROWS_ADOPTED, of up to LEDGER_ADOPTED_ROWS_MAX rows
 * each, with the digest of each row and the database's user who asked for it. Nothing is written where there are none.
 * LEDGER_USER_IS_MISSING, database outcomes. */
enum { LEDGER_ADOPTED_ROWS_MAX = 1000 };
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_audit_adopt(struct ledger_call *call, struct ledger *ledger,
                                                                 struct ledger_adoption *ret_adoption);

/* "INFO" and so on, and the reverse: false where the text names none. Any thread. */
LEDGER_PUBLIC const char *ledger_severity_name(enum ledger_severity severity);
LEDGER_PUBLIC bool ledger_severity_parse(struct ledger_text text, enum ledger_severity *ret_severity);

#ifdef __cplusplus
}
#endif

#endif
