/* The outcomes of every call. The table itself, with what each means and what to do, is `ledger/status.def`. */
#ifndef LEDGER_STATUS_H
#define LEDGER_STATUS_H

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#define LEDGER_MUST_CHECK __attribute__((warn_unused_result))
#define LEDGER_PUBLIC __attribute__((visibility("default")))
#define LEDGER_PRINTF(format_index, first_index) __attribute__((format(printf, format_index, first_index)))
#else
#define LEDGER_MUST_CHECK
#define LEDGER_PUBLIC
#define LEDGER_PRINTF(format_index, first_index)
#endif

/* How a call ended; LEDGER_DONE is 0, everything else says why not. */
typedef enum ledger_status {
#define OUTCOME(name, number, sentence, exit_status, http_status, remedy) name = number,
#include "ledger/status.def"
#undef OUTCOME
} ledger_status;

/* The outcome's name as it stands in the table, for example "LEDGER_ACCOUNT_NOT_FOUND". Static; any thread. */
LEDGER_PUBLIC const char *ledger_status_name(ledger_status status);

/* What the outcome means, in one sentence. Static; any thread. */
LEDGER_PUBLIC const char *ledger_status_sentence(ledger_status status);

/* What to do next. Static; any thread. */
LEDGER_PUBLIC const char *ledger_status_remedy(ledger_status status);

/* The exit status of the command line for this outcome, 0 to 6. Any thread. */
LEDGER_PUBLIC int ledger_status_exit(ledger_status status);

/* The HTTP status (RFC 9110) of the service for this outcome. Any thread. */
LEDGER_PUBLIC int ledger_status_http(ledger_status status);

#ifdef __cplusplus
}
#endif

#endif
