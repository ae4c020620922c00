/* Files that are named as evidence of an incident: digested, and read where they are what verify found. */
#ifndef LEDGER_CLI_EVIDENCE_H
#define LEDGER_CLI_EVIDENCE_H

#include "cli/command.h"
#include "ledger/incident.h"

/* Adds the file's name, digest and size; nothing where `path` is absent. LEDGER_FILE_IS_UNREADABLE. */
LEDGER_MUST_CHECK ledger_status evidence_add_file(struct cli *cli, struct ledger_text path,
                                                  struct ledger_evidence evidence[LEDGER_EVIDENCE_MAX], size_t *count);

/* Reads the violations of a document that `verify --json` gave, in the call's memory. LEDGER_FILE_IS_UNREADABLE,
 * LEDGER_INPUT_IS_MALFORMED. */
LEDGER_MUST_CHECK ledger_status evidence_read_violations(struct cli *cli, struct ledger_text path,
                                                         struct ledger_incident_opening *opening);

#endif
