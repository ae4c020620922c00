/* Forms of results that several commands share. */
#ifndef LEDGER_CLI_RESULTS_H
#define LEDGER_CLI_RESULTS_H

#include "cli/command.h"
#include "ledger/account.h"
#include "ledger/audit.h"
#include "ledger/transaction.h"

/* The option --user of commands that write. */
#define OPTION_USER_ROW                                                                                                \
    {                                                                                                                  \
        .name = "user", .argument = "USER", .is_required = true, .help = "who acts, for the audit log"                 \
    }

/* Tells what a posting or reversal came to; `posted` as it was cleared before the call and filled by it. */
LEDGER_MUST_CHECK ledger_status results_posted(struct cli *cli, ledger_status status,
                                               const struct ledger_posted *posted);

/* The members of a transaction, its entries among them. */
void results_write_transaction(struct json_writer *writer, const struct ledger_transaction_record *record);

/* The members of an account. */
void results_write_account(struct json_writer *writer, const struct ledger_account *account);

/* An account as the whole result of a command; `done` is what happened to it ("Created"). */
LEDGER_MUST_CHECK ledger_status results_account(struct cli *cli, const char *done,
                                                const struct ledger_account *account);

/* A member with an instant ("2026-11-22T23:00:00.000123Z"), a day ("2026-11-22") or an amount ("1000.50"). */
void results_write_time(struct json_writer *writer, const char *key, int64_t time_us);
void results_write_day(struct json_writer *writer, const char *key, int32_t day);
void results_write_amount(struct json_writer *writer, const char *key, int64_t amount_minor);

/* The same, null where the text is absent: for keys that are always there. */
void results_write_text_or_null(struct json_writer *writer, const char *key, struct ledger_text text);

/* A digest in hexadecimal digits; null where it is "". */
void results_write_digest_or_null(struct json_writer *writer, const char *key, const char *digest);

/* An id as people write it. */
void results_format_id(const uint8_t id[16], char out[37]);

/* The member "manual_rows": rows of audit_log that were written by hand. */
void results_write_manual_rows(struct json_writer *writer, const struct ledger_manual_event *rows, size_t count);

#endif
