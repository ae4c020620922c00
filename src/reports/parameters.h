/* What a report is asked for, made definite: checked, defaults filled in, and written down so that the same report can
 * be asked for again. */
#ifndef LEDGER_REPORTS_PARAMETERS_H
#define LEDGER_REPORTS_PARAMETERS_H

#include "reports/report.h"

/* Reads a request. LEDGER_USAGE_IS_WRONG where it has what its type does not take, LEDGER_DATE_IS_INVALID,
 * LEDGER_ACCOUNT_NOT_FOUND for a code that none can have, LEDGER_INPUT_IS_TOO_LARGE for too many columns. */
LEDGER_MUST_CHECK ledger_status parameters_read(struct ledger_call *call, const struct ledger *ledger,
                                                const struct report_definition *definition,
                                                const struct ledger_report_request *request,
                                                struct report_parameters *ret_parameters);

/* Canonical JSON: {"account_code", "columns", "compare", "end_date", "interval" (of a history), "non_zero_only" (of
 * what takes it), "start_date", "with_children" (of a history)}, what is absent left out. */
LEDGER_MUST_CHECK ledger_status parameters_write(struct ledger_call *call, const struct report_definition *definition,
                                                 const struct report_parameters *parameters,
                                                 struct ledger_text *ret_json);

/* For people: "as of 2026-03-31", "from 2026-01-01 to 2026-03-31". */
LEDGER_MUST_CHECK ledger_status parameters_describe(struct ledger_call *call,
                                                    const struct report_definition *definition,
                                                    const struct report_parameters *parameters,
                                                    struct ledger_text *ret_text);

#endif
