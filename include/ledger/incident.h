/* Incidents: what was found, what was kept as evidence, what corrected it and how it ended, as events of the log. An
 * incident changes nothing else; it can be recorded while the ledger is frozen. */
#ifndef LEDGER_INCIDENT_H
#define LEDGER_INCIDENT_H

#include "ledger/audit.h"
#include "ledger/transaction.h"
#include "ledger/verify.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A file that is kept elsewhere: the log has its digest, so that it can be known again. */
struct ledger_evidence {
    struct ledger_text name;
    char sha256[65]; /* lower-case hexadecimal digits */
    int64_t size_bytes;
};

enum {
    LEDGER_EVIDENCE_MAX = 8,             /* files of one event */
    LEDGER_INCIDENT_VIOLATIONS_MAX = 20, /* whose particulars an event keeps; of all others it has the number */
};

/* What an incident is opened with. */
struct ledger_incident_opening {
    struct ledger_text summary;
    struct ledger_text transaction; /* the id or number of what it is about; absent: no one transaction */
    enum ledger_severity severity;
    const struct ledger_evidence *evidence;
    size_t evidence_count;
    const struct ledger_violation *violations; /* what verify found */
    size_t violations_kept;                    /* so many stand there, the first of … */
    uint64_t violations_count;
};

enum ledger_incident_step_kind {
    LEDGER_INCIDENT_OPENED,
    LEDGER_INCIDENT_NOTED,
    LEDGER_INCIDENT_CORRECTION_ATTACHED,
    LEDGER_INCIDENT_CLOSED,
};

/* One event of an incident. */
struct ledger_incident_step {
    enum ledger_incident_step_kind kind;
    int64_t log_index;
    int64_t recorded_at_us;
    struct ledger_text user;
    struct ledger_text principal; /* absent where it was not known */
    struct ledger_text text;      /* the summary, note or outcome; of a correction a sentence */
    bool has_transaction;
    uint8_t transaction_id[16]; /* what it is about; of a correction the transaction that corrects */
    const struct ledger_evidence *evidence;
    size_t evidence_count;
    uint64_t violations_count;
};

/* An incident as it stands: its first step opened it, the last may have closed it. */
struct ledger_incident {
    char incident_id[LEDGER_ID_TEXT_SIZE]; /* the audit_id of the event that opened it */
    enum ledger_severity severity;
    bool is_closed;
    const struct ledger_incident_step *steps;
    size_t steps_count;
};

/* Opens an incident. `ret_incident_id` names it from then on.
 * LEDGER_TEXT_IS_INVALID, LEDGER_TRANSACTION_NOT_FOUND, LEDGER_USER_IS_MISSING, LEDGER_INPUT_IS_TOO_LARGE (more
 * evidence than LEDGER_EVIDENCE_MAX), database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_open(struct ledger_call *call, struct ledger *ledger,
                                                                   const struct ledger_incident_opening *opening,
                                                                   char ret_incident_id[LEDGER_ID_TEXT_SIZE]);

/* Notes what was learned since, with evidence or without.
 * LEDGER_INCIDENT_NOT_FOUND, LEDGER_INCIDENT_IS_CLOSED, and the outcomes of opening. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_note(struct ledger_call *call, struct ledger *ledger,
                                                                   struct ledger_text incident_id,
                                                                   struct ledger_text note,
                                                                   const struct ledger_evidence *evidence,
                                                                   size_t evidence_count);

/* Names the transaction, by its id or number, that corrects what happened: a reversal, or a posting. It has to be
 * there. LEDGER_INCIDENT_NOT_FOUND, LEDGER_INCIDENT_IS_CLOSED, LEDGER_TRANSACTION_NOT_FOUND, and as above. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_attach_correction(struct ledger_call *call,
                                                                                struct ledger *ledger,
                                                                                struct ledger_text incident_id,
                                                                                struct ledger_text transaction);

/* Closes it with what came of it. LEDGER_INCIDENT_NOT_FOUND, LEDGER_INCIDENT_IS_CLOSED, and as above. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_close(struct ledger_call *call, struct ledger *ledger,
                                                                    struct ledger_text incident_id,
                                                                    struct ledger_text outcome);

/* The incident with all its steps, in the call's memory. LEDGER_INCIDENT_NOT_FOUND, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_get(struct ledger_call *call, struct ledger *ledger,
                                                                  struct ledger_text incident_id,
                                                                  struct ledger_incident *ret_incident);

/* All incidents, or those that are open, the oldest first, each with the step that opened it and the one that closed
 * it. In the call's memory. Database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_incident_list(struct ledger_call *call, struct ledger *ledger,
                                                                   bool only_open,
                                                                   const struct ledger_incident **ret_incidents,
                                                                   size_t *ret_incidents_count);

/* "OPENED", "NOTED", "CORRECTION_ATTACHED", "CLOSED". Any thread. */
LEDGER_PUBLIC const char *ledger_incident_step_name(enum ledger_incident_step_kind kind);

#ifdef __cplusplus
}
#endif

#endif
