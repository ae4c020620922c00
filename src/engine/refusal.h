/* Refused attempts are events too. They open no posting transaction: inside a batch they join its commit, else they
 * have a unit of their own. More than ten a second from one source are counted together in one event. */
#ifndef LEDGER_ENGINE_REFUSAL_H
#define LEDGER_ENGINE_REFUSAL_H

#include "engine/write_unit.h"

enum { REFUSALS_A_SECOND_MAX = 10 };

/* What was refused. */
struct refusal {
    const char *event_type; /* "TRANSACTION_REFUSED", "ACCOUNT_REFUSED", … */
    const char *action;     /* what was tried: "POST", … */
    ledger_status status;
    size_t first_problem;          /* of its problems in the call … */
    size_t item_index;             /* … those of this item */
    struct ledger_text subject;    /* an account code, a key, …; absent where none */
    const uint8_t *transaction_id; /* what it concerns; NULL where nothing that exists */
};

/* Those that were too many to have an event each. */
struct refusal_count {
    size_t count;
    const char *event_type;
    const char *action;
};

/* Appends the event of a refusal to a unit, or counts it. */
LEDGER_MUST_CHECK ledger_status refusal_add(struct ledger_call *call, struct write_unit *unit,
                                            const struct refusal *refusal, struct refusal_count *counted);

/* Appends the one event of those that were counted, if any. */
LEDGER_MUST_CHECK ledger_status refusal_add_counted(struct ledger_call *call, struct write_unit *unit,
                                                    const struct refusal_count *counted);

/* Records a refusal in a unit of its own and returns the refusal's own status. Where that fails the refusal stands, and
 * ledger_call_refusal_recorded says so. Statuses that are no refusal by a rule are returned as they are. */
LEDGER_MUST_CHECK ledger_status refusal_record(struct ledger_call *call, struct session *session,
                                               const struct refusal *refusal);

#endif
