/* What verifications found: each violation known by a fingerprint, so that it is told once. */
#ifndef LEDGER_OPERATIONS_FINDINGS_H
#define LEDGER_OPERATIONS_FINDINGS_H

#include "engine/session.h"
#include "ledger/watch.h"

enum {
    FINDINGS_KNOWN_MAX = 4 * LEDGER_VIOLATIONS_KEPT_MAX, /* beyond that, some are told again */
    FINDINGS_RECORDED_MAX = 1000,                        /* fingerprints of one event */
};

/* The fingerprints of violations that were told, ascending. */
struct known_findings {
    uint64_t *fingerprints; /* of FINDINGS_KNOWN_MAX */
    size_t count;
};

/* LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status known_findings_init(struct ledger_call *call, struct known_findings *known);
void known_findings_done(struct known_findings *known);

/* What the log says was found since the last verification that passed. */
LEDGER_MUST_CHECK ledger_status known_findings_load(struct ledger_call *call, struct ledger *ledger,
                                                    struct known_findings *known);

/* Whether it is known; it is from now on. */
bool known_findings_add(struct known_findings *known, uint64_t fingerprint);

/* The same for a violation that is found again: what it is about, and what stands there unless that moves with every
 * posting. */
uint64_t finding_fingerprint(const struct ledger_violation *violation);

/* Records what a verification came to; of the violations, those that `finding` has. `scope` is "WHOLE" or "INCREMENT",
 * NULL where it is neither. See ledger_finding_record. */
LEDGER_MUST_CHECK ledger_status finding_record(struct ledger_call *call, struct ledger *ledger,
                                               const struct ledger_verify_result *result, const char *scope,
                                               bool freeze_on_violation, struct ledger_finding *finding);

/* A finding of all that a verification found. */
struct ledger_finding finding_of(const struct ledger_verify_result *result);

#endif
