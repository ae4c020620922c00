/* Everything that can be altered in the file of a ledger, and the check that finds it.
 *
 * Each case is a change by somebody who has the file and its schema, one that takes the guards away for himself and
 * leaves the schema as it was. What is not here cannot be found without knowledge from outside the database: a whole
 * history made anew with all its hashes, tiles and head; schema_migrations.applied_at and the notes and instants of
 * checkpoints, which no hash covers; a bound of totals that is too high and a text of the dictionary that nobody uses,
 * which mean nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>

#include "base/text.h"
#include "support/verify_ledger.h"

static struct verify_ledger ledger;

/* Positions that the cases name. */
#define KEYED "(SELECT log_index FROM transaction_rows WHERE idempotency_key = 'key-1')"
#define PLAIN "(SELECT log_index FROM transaction_rows WHERE description = 'sale 100 of 250')"
#define OTHER "(SELECT log_index FROM transaction_rows WHERE description = 'sale 101 of 250')"
#define LAST "(SELECT max(log_index) FROM transaction_rows)"
#define REVERSAL "(SELECT min(log_index) FROM transaction_rows WHERE reverses_log_index IS NOT NULL)"
#define ENTRY(transaction, number) "(" transaction " * 65536 + " number ")"
#define SYMBOL(text) "(SELECT text_id FROM text_dictionary WHERE text = '" text "')"
#define EVENT(type) "(SELECT min(log_index) FROM event_rows WHERE event_type = " SYMBOL(type) ")"
#define REFUSED EVENT("TRANSACTION_REFUSED")
#define UPDATE_TRANSACTION(assignment, position)                                                                       \
    "UPDATE transaction_rows SET " assignment " WHERE log_index = " position
#define UPDATE_ENTRY(assignment, transaction, number)                                                                  \
    "UPDATE entry_rows SET " assignment " WHERE entry_key = " ENTRY(transaction, number)
#define UPDATE_EVENT(assignment, position) "UPDATE event_rows SET " assignment " WHERE log_index = " position

struct tampering {
    const char *sql;
    const char *check;
    const char *field;    /* NULL: whatever it is */
    const char *stored;   /* NULL: whatever it is */
    const char *computed; /* NULL: whatever it is */
    uint64_t violations_max;
};

static const struct tampering tamperings[] = {
    /* Amounts, the issue's own: one cent of one entry. */
    {UPDATE_ENTRY("amount_minor = amount_minor + 1", PLAIN, "1"), "entry-hash", "journal_entries.amount", "11.01",
     "11.00", 2},
    {UPDATE_ENTRY("amount_minor = amount_minor + 1", PLAIN, "1"), "entries-balance", "journal_entries.amount", "0.01",
     "0.00", 2},
    {UPDATE_ENTRY("amount_minor = amount_minor - 1", PLAIN, "2"), "entry-hash", "journal_entries.amount", "10.99",
     "11.00", 2},
    {UPDATE_ENTRY("amount_minor = amount_minor + 1", KEYED, "1"), "entry-hash", "journal_entries.amount", "123.46",
     "123.45", 2},
    {"UPDATE entry_rows SET amount_minor = amount_minor + 500 WHERE entry_key >> 16 = " PLAIN, "entry-hash",
     "journal_entries.amount", "16.00", "11.00", 4},
    {UPDATE_ENTRY("amount_minor = 0", PLAIN, "1"), "entries-balance", "journal_entries.amount", "0", NULL, 6},
    {UPDATE_ENTRY("amount_minor = -1100", PLAIN, "1"), "entry-hash", "journal_entries.amount", "-11.00", "11.00", 6},
    {UPDATE_ENTRY("amount_minor = 9223372036854775807", PLAIN, "1"), "entry-hash", "journal_entries.amount",
     "92233720368547758.07", "11.00", 3},
    {UPDATE_ENTRY("amount_minor = -9223372036854775807 - 1", PLAIN, "1"), "entry-hash", "journal_entries.amount",
     "-92233720368547758.08", "11.00", 6},
    {"UPDATE entry_rows SET amount_minor = 9223372036854775807", "balances", NULL, NULL, NULL, 100000},

    /* The other fields of an entry. */
    {UPDATE_ENTRY("entry_type = 1 - entry_type", PLAIN, "1"), "entry-hash", "journal_entries.entry_type", "CREDIT",
     "DEBIT", 3},
    {UPDATE_ENTRY("entry_type = 7", PLAIN, "1"), "entry-hash", "journal_entries.entry_type", "UNKNOWN", "DEBIT", 5},
    {UPDATE_ENTRY("entry_type = 4294967296", PLAIN, "1"), "entry-hash", "journal_entries.entry_type", NULL, "DEBIT", 5},
    {UPDATE_ENTRY("account_id = 4", PLAIN, "1"), "entry-hash", "journal_entries.account_id", "1200", "1000", 2},
    {UPDATE_ENTRY("account_id = 3", PLAIN, "1"), "entry-hash", "journal_entries.account_id", "1100", "1000", 4},
    {UPDATE_ENTRY("account_id = 999", PLAIN, "1"), "orphans", "journal_entries.account_id", "999", NULL, 5},
    {UPDATE_ENTRY("account_id = 999", PLAIN, "1"), "entry-hash", "journal_entries.account_id", "999", "1000", 5},
    {UPDATE_ENTRY("account_id = 0", PLAIN, "1"), "entry-hash", "journal_entries.account_id", "0", "1000", 5},
    {UPDATE_ENTRY("cost_center = " SYMBOL("south"), KEYED, "1"), "entry-hash", "journal_entries.cost_center", "south",
     "north", 2},
    {UPDATE_ENTRY("cost_center = NULL", KEYED, "1"), "entry-hash", "journal_entries.cost_center", "(none)", "north", 2},
    {UPDATE_ENTRY("business_unit = " SYMBOL("south"), PLAIN, "2"), "entry-hash", "journal_entries.business_unit",
     "south", "(none)", 1},
    {UPDATE_ENTRY("project_code = " SYMBOL("south"), KEYED, "1"), "entry-hash", "journal_entries.project_code", "south",
     "p-1", 2},
    {UPDATE_ENTRY("project_code = 999999", PLAIN, "1"), "entry-hash", "journal_entries.project_code", NULL, "(none)",
     1},
    {UPDATE_ENTRY("memo = 'another'", KEYED, "1"), "record-hash", "transactions.*", NULL, NULL, 2},
    {UPDATE_ENTRY("memo = NULL", KEYED, "1"), "record-hash", "transactions.*", NULL, NULL, 2},
    {UPDATE_ENTRY("memo = 'a new one'", PLAIN, "1"), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_ENTRY("entry_hash = zeroblob(32)", PLAIN, "1"), "entry-hash", "journal_entries.entry_hash", NULL, NULL, 1},
    {UPDATE_ENTRY("entry_hash = x'00'", PLAIN, "1"), "entry-hash", "journal_entries.entry_hash", NULL, NULL, 2},
    {UPDATE_ENTRY("entry_key = entry_key + 7", PLAIN, "2"), "entries-numbered", "journal_entries.entry_number", "9",
     "2", 3},
    {UPDATE_ENTRY("entry_key = entry_key + 7", PLAIN, "2"), "entry-hash", "journal_entries.entry_number", "9", "2", 3},

    /* Entries gone, added, exchanged. */
    {"DELETE FROM entry_rows WHERE entry_key = " ENTRY(PLAIN, "2"), "entries-balance", "journal_entries.entry_number",
     NULL, NULL, 8},
    {"DELETE FROM entry_rows WHERE entry_key >> 16 = " PLAIN, "orphans", "journal_entries.entry_number", NULL, NULL, 9},
    {"INSERT INTO entry_rows SELECT " ENTRY(
         PLAIN, "3") ", account_id, entry_type, amount_minor, memo, cost_center, "
                     "business_unit, project_code, entry_hash FROM entry_rows WHERE entry_key = " ENTRY(PLAIN, "2"),
     "entries-balance", "journal_entries.amount", NULL, NULL, 7},
    {"INSERT INTO entry_rows SELECT " ENTRY(
         "100000", "1") ", account_id, entry_type, amount_minor, memo, cost_center, "
                        "business_unit, project_code, entry_hash FROM entry_rows WHERE entry_key = " ENTRY(PLAIN, "2"),
     "log-leaves", "audit_log.log_index", "100000", NULL, 1},
    {"INSERT INTO entry_rows SELECT " ENTRY(
         "3", "1") ", account_id, entry_type, amount_minor, memo, cost_center, "
                   "business_unit, project_code, entry_hash FROM entry_rows WHERE entry_key = " ENTRY(PLAIN, "2"),
     "orphans", "journal_entries.transaction_id", NULL, NULL, 1},
    {"UPDATE entry_rows SET entry_key = -entry_key WHERE entry_key = " ENTRY(PLAIN, "2"), "orphans",
     "journal_entries.entry_id", NULL, NULL, 9},
    {"UPDATE entry_rows SET entry_key = 9223372036854775807 WHERE entry_key = " ENTRY(PLAIN, "2"), "orphans",
     "journal_entries.entry_id", NULL, NULL, 9},
    {"UPDATE entry_rows SET entry_key = -1 WHERE entry_key = " ENTRY(
         PLAIN, "1") ";"
                     "UPDATE entry_rows SET entry_key = " ENTRY(PLAIN, "1") " WHERE entry_key = " ENTRY(
                         PLAIN, "2") ";"
                                     "UPDATE entry_rows SET entry_key = " ENTRY(PLAIN, "2") " WHERE entry_key = -1",
     "entry-hash", NULL, NULL, NULL, 4},

    /* The fields of a transaction. */
    {UPDATE_TRANSACTION("transaction_id = zeroblob(16)", PLAIN), "entry-hash", "transactions.transaction_id",
     "00000000-0000-0000-0000-000000000000", NULL, 1},
    {UPDATE_TRANSACTION("transaction_id = x'01'", PLAIN), "entry-hash", "transactions.transaction_id", NULL, NULL, 2},
    {UPDATE_TRANSACTION("number_in_day = number_in_day + 1000", PLAIN), "record-hash",
     "transactions.transaction_number", NULL, NULL, 1},
    {UPDATE_TRANSACTION("number_in_day = -5", PLAIN), "record-hash", "transactions.transaction_number", "-5", NULL, 2},
    {UPDATE_TRANSACTION("transaction_date = transaction_date - 1", PLAIN), "record-hash",
     "transactions.transaction_date", NULL, NULL, 2},
    {UPDATE_TRANSACTION("transaction_date = 9223372036854775807", PLAIN), "record-hash",
     "transactions.transaction_date", NULL, NULL, 2},
    {UPDATE_TRANSACTION("transaction_day = transaction_day - 1", PLAIN), "record-hash", "transactions.transaction_day",
     NULL, NULL, 1},
    {UPDATE_TRANSACTION("transaction_day = transaction_day + 4294967296", PLAIN), "record-hash",
     "transactions.transaction_day", NULL, NULL, 1},
    {UPDATE_TRANSACTION("posting_date = posting_date + 1", PLAIN), "record-hash", "transactions.posting_date", NULL,
     NULL, 1},
    {UPDATE_TRANSACTION("posting_date = posting_date - 86400000000", PLAIN), "record-hash", "transactions.posting_date",
     NULL, NULL, 1},
    {UPDATE_TRANSACTION("posting_date = -9223372036854775807", PLAIN), "record-hash", "transactions.posting_date", NULL,
     NULL, 1},
    {UPDATE_TRANSACTION("business_event_type = " SYMBOL("north"), PLAIN), "record-hash",
     "transactions.business_event_type", "north", "REFUND", 1},
    {UPDATE_TRANSACTION("business_event_type = 999999", PLAIN), "record-hash", "transactions.business_event_type", NULL,
     "REFUND", 1},
    {UPDATE_TRANSACTION("business_key = 'x'", PLAIN), "record-hash", "transactions.business_key", "x", "(none)", 1},
    {UPDATE_TRANSACTION("business_key = 'x'", KEYED), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("description = 'x'", PLAIN), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("description = CAST(x'fffe00' AS TEXT)", PLAIN), "record-hash", "transactions.*", NULL, NULL,
     1},
    {"DROP INDEX transaction_rows_by_original;" UPDATE_TRANSACTION("reverses_log_index = " KEYED, PLAIN),
     "reversal-links", "transactions.reversed_by_transaction_id", NULL, NULL, 5},
    {UPDATE_TRANSACTION("reverses_log_index = " OTHER, PLAIN), "record-hash", "transactions.reverses_transaction_id",
     NULL, "(none)", 2},
    {UPDATE_TRANSACTION("reverses_log_index = 900000", PLAIN), "record-hash", "transactions.reverses_transaction_id",
     NULL, "(none)", 2},
    {UPDATE_TRANSACTION("reverses_log_index = " PLAIN, REVERSAL), "reversal-links",
     "transactions.reverses_transaction_id", NULL, NULL, 3},
    {UPDATE_TRANSACTION("reverses_log_index = log_index",
                        "(SELECT max(log_index) FROM transaction_rows WHERE reverses_log_index IS NOT NULL)"),
     "reversal-links", "transactions.reverses_transaction_id", NULL, NULL, 3},
    {UPDATE_TRANSACTION("reverses_log_index = NULL", REVERSAL), "record-hash", "transactions.*", NULL, NULL, 2},
    {UPDATE_TRANSACTION("reversal_reason = 'x'", REVERSAL), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("reversal_reason = 'x'", PLAIN), "record-hash", "transactions.reversal_reason", "x", "(none)",
     1},
    {UPDATE_TRANSACTION("idempotency_key = 'key-9'", KEYED), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("idempotency_key = 'key-9'", PLAIN), "idempotency", "transactions.idempotency_fingerprint",
     NULL, NULL, 2},
    {UPDATE_TRANSACTION("idempotency_key = NULL", KEYED), "idempotency", "transactions.idempotency_fingerprint", NULL,
     NULL, 2},
    {UPDATE_TRANSACTION("idempotency_fingerprint = randomblob(32)", KEYED), "record-hash", "transactions.*", NULL, NULL,
     1},
    {UPDATE_TRANSACTION("idempotency_fingerprint = NULL", KEYED), "idempotency", "transactions.idempotency_fingerprint",
     NULL, NULL, 2},
    {UPDATE_TRANSACTION("idempotency_fingerprint = randomblob(32)", PLAIN), "idempotency",
     "transactions.idempotency_fingerprint", NULL, NULL, 1},
    {UPDATE_TRANSACTION("idempotency_fingerprint = x'01'", PLAIN), "idempotency",
     "transactions.idempotency_fingerprint", NULL, NULL, 1},
    {UPDATE_TRANSACTION("transaction_hash = zeroblob(32)", PLAIN), "transaction-hash", "transactions.transaction_hash",
     NULL, NULL, 1},
    {UPDATE_TRANSACTION("texts_salt = zeroblob(16)", PLAIN), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("texts_salt = x''", PLAIN), "record-hash", "transactions.*", NULL, NULL, 1},
    {UPDATE_TRANSACTION("record_hash = zeroblob(32)", PLAIN), "record-hash", "transactions.record_hash", NULL, NULL, 1},
    {UPDATE_TRANSACTION("created_by = " SYMBOL("rui"), PLAIN), "record-hash", "transactions.created_by", "rui", "ana",
     1},
    {UPDATE_TRANSACTION("principal = NULL", PLAIN), "record-hash", "transactions.principal", "(none)", "os:1000", 1},
    {UPDATE_TRANSACTION("source_system = " SYMBOL("rui"), PLAIN), "record-hash", "transactions.source_system", "rui",
     "test", 1},
    {UPDATE_TRANSACTION("source_ip = 999999", PLAIN), "record-hash", "transactions.source_ip", NULL, "127.0.0.1", 1},

    /* Transactions gone, added, moved, exchanged. */
    {"DELETE FROM transaction_rows WHERE log_index = " PLAIN, "log-leaves", "audit_log.log_index", NULL, NULL, 9},
    {"DELETE FROM transaction_rows WHERE log_index = " PLAIN, "orphans", "journal_entries.transaction_id", NULL, NULL,
     9},
    {"DELETE FROM transaction_rows WHERE log_index = " PLAIN, "numbering", "transactions.transaction_number", NULL,
     NULL, 9},
    {"DELETE FROM entry_rows WHERE entry_key >> 16 = " LAST ";DELETE FROM transaction_rows WHERE log_index = " LAST,
     "log-leaves", "audit_log.log_index", NULL, NULL, 9},
    {"DELETE FROM transaction_rows; DELETE FROM entry_rows; DELETE FROM event_rows", "log-leaves",
     "audit_log.log_index", NULL, NULL, 200},
    {UPDATE_TRANSACTION("log_index = 100000", PLAIN), "log-leaves", "transactions.log_index", "100000", NULL, 10},
    {UPDATE_TRANSACTION("log_index = -100000", PLAIN), "orphans", "transactions.log_index", "-100000", NULL, 10},
    {UPDATE_TRANSACTION("log_index = 9223372036854775807", PLAIN), "orphans", "transactions.log_index", NULL, NULL, 10},
    {UPDATE_TRANSACTION("log_index = 35184372088832", PLAIN), "log-leaves", "transactions.log_index", "35184372088832",
     NULL, 10},
    {UPDATE_TRANSACTION("log_index = 2", PLAIN), "log-leaves", "transactions.log_index", NULL, NULL, 12},
    {"INSERT INTO transaction_rows SELECT " LAST " + 9, randomblob(16), number_in_day + 1, transaction_date, "
     "transaction_day, posting_date, business_event_type, business_key, description, NULL, NULL, NULL, NULL, "
     "transaction_hash, texts_salt, record_hash, created_by, principal, source_system, source_ip "
     "FROM transaction_rows WHERE log_index = " LAST,
     "log-leaves", "transactions.log_index", NULL, NULL, 1},
    {"UPDATE transaction_rows SET log_index = -1 WHERE log_index = " PLAIN ";"
     "UPDATE transaction_rows SET log_index = (SELECT log_index FROM transaction_rows WHERE description = "
     "'sale 99 of 250') + 1 WHERE description = 'sale 101 of 250';"
     "UPDATE transaction_rows SET log_index = (SELECT log_index FROM transaction_rows WHERE description = "
     "'sale 102 of 250') - 1 WHERE log_index = -1",
     "entry-hash", "transactions.transaction_id", NULL, NULL, 6},

    /* Texts that many rows share. */
    {"UPDATE text_dictionary SET text = 'rua' WHERE text = 'rui'", "log-leaves", NULL, NULL, NULL, 20},
    {"DELETE FROM text_dictionary WHERE text = 'rui'", "log-leaves", "audit_log.*", NULL, NULL, 20},
    {"DELETE FROM text_dictionary WHERE text = 'p-1'", "entry-hash", NULL, NULL, NULL, 300},

    /* Accounts. */
    {"UPDATE account_rows SET account_code = '1001' WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.account_code", "1001", "1000", 1},
    {"UPDATE account_rows SET currency = 'EUR' WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.currency", "EUR", "AOA", 1},
    {"UPDATE account_rows SET account_type = 1 WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.account_type", "LIABILITY", "ASSET", 1},
    {"UPDATE account_rows SET parent_account_id = NULL WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.parent_account_id", "(none)", "1", 1},
    {"UPDATE account_rows SET parent_account_id = account_id WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.parent_account_id", "1000", "1", 1},
    {"UPDATE account_rows SET parent_account_id = 777 WHERE account_code = '1200'", "orphans",
     "chart_of_accounts.parent_account_id", NULL, NULL, 1},
    {"UPDATE account_rows SET level = 9 WHERE account_code = '1000'", "account-facts", "chart_of_accounts.level", "9",
     "2", 1},
    {"UPDATE account_rows SET level = level + 4294967296 WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.level", NULL, "2", 1},
    {"UPDATE account_rows SET created_at = created_at + 1 WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.created_at", NULL, NULL, 1},
    {"UPDATE account_rows SET created_by = " SYMBOL("rui") " WHERE account_code = '1000'", "account-facts",
     "chart_of_accounts.created_by", "rui", "ana", 1},
    {"UPDATE account_rows SET account_id = 500 WHERE account_code = '1000'", "orphans", "chart_of_accounts.account_id",
     "500", NULL, 20},
    {"DELETE FROM account_rows WHERE account_code = '1000'", "orphans", "account_versions.account_id", "2", NULL, 20},
    {"INSERT INTO account_rows SELECT 50, '5000', account_type, NULL, 1, currency, created_at, created_by "
     "FROM account_rows WHERE account_id = 2",
     "orphans", "chart_of_accounts.account_id", "50", NULL, 1},
    {"UPDATE account_version_rows SET account_id = 4, version = 9 WHERE account_id = 2", "account-facts",
     "account_versions.account_id", "4", "2", 12},
    {"UPDATE account_version_rows SET account_id = 400 WHERE account_id = 2", "orphans", "account_versions.account_id",
     "400", NULL, 20},
    {"UPDATE account_version_rows SET version = 5 WHERE account_id = 2", "account-facts", "account_versions.version",
     "5", "1", 1},
    {"UPDATE account_version_rows SET log_index = 5000 WHERE account_id = 2", "account-facts",
     "account_versions.log_index", "5000", NULL, 2},
    {"UPDATE account_version_rows SET account_name = 'Till' WHERE account_id = 2", "account-facts",
     "account_versions.account_name", "Till", "Cash", 1},
    {"UPDATE account_version_rows SET account_role = 1 WHERE account_id = 2", "account-facts",
     "account_versions.account_role", "CONTRA", "NORMAL", 1},
    {"UPDATE account_version_rows SET description = 'x' WHERE account_id = 2", "account-facts",
     "account_versions.description", "x", "(none)", 1},
    {"UPDATE account_version_rows SET description = NULL WHERE account_id = 4", "account-facts",
     "account_versions.description", "(none)", "What lies there", 1},
    {"UPDATE account_version_rows SET is_active = 0 WHERE account_id = 2", "account-facts",
     "account_versions.is_active", "false", "true", 1},
    {"UPDATE account_version_rows SET is_active = 2 WHERE account_id = 2", "storage-is-sound",
     "account_versions.is_active", NULL, NULL, 1},
    {"UPDATE account_version_rows SET changed_at = 0 WHERE account_id = 2", "account-facts",
     "account_versions.changed_at", NULL, NULL, 1},
    {"UPDATE account_version_rows SET changed_by = " SYMBOL("rui") " WHERE account_id = 2", "account-facts",
     "account_versions.changed_by", "rui", "ana", 1},
    {"DELETE FROM account_version_rows WHERE account_id = 8 AND version = 4", "account-facts",
     "account_versions.version", NULL, NULL, 1},
    {"DELETE FROM account_version_rows WHERE account_id = 2", "orphans", "chart_of_accounts.account_id", "2", NULL, 3},
    {"INSERT INTO account_version_rows SELECT account_id, 2, 6000, account_name, account_role, description, 0, "
     "changed_at, changed_by FROM account_version_rows WHERE account_id = 2",
     "account-facts", "account_versions.log_index", "6000", NULL, 1},

    /* Posting days. */
    {"UPDATE posting_day_rows SET first_log_index = first_log_index + 1 WHERE posting_day = 20484", "numbering",
     "posting_day_rows.first_log_index", NULL, NULL, 1},
    {"UPDATE posting_day_rows SET posting_day = 20480 WHERE posting_day = 20484", "numbering",
     "posting_day_rows.first_log_index", NULL, NULL, 2},
    {"DELETE FROM posting_day_rows WHERE posting_day = 20484", "numbering", "posting_day_rows.first_log_index", NULL,
     NULL, 1},
    {"INSERT INTO posting_day_rows VALUES (99999, 99999)", "numbering", "posting_day_rows.first_log_index", NULL, NULL,
     1},

    /* Events. */
    {UPDATE_EVENT("event_timestamp = event_timestamp + 1", REFUSED), "log-leaves", NULL, NULL, NULL, 1},
    {UPDATE_EVENT("event_type = " SYMBOL("rui"), REFUSED), "log-leaves", "audit_log.event_type", "rui",
     "TRANSACTION_REFUSED", 1},
    {UPDATE_EVENT("severity = 0", REFUSED), "log-leaves", "audit_log.severity", "INFO", "WARNING", 1},
    {UPDATE_EVENT("severity = 99", REFUSED), "log-leaves", "audit_log.severity", "UNKNOWN", "WARNING", 2},
    {UPDATE_EVENT("severity = severity + 4294967296", REFUSED), "log-leaves", "audit_log.severity", NULL, "WARNING", 2},
    {UPDATE_EVENT("is_success = 1", REFUSED), "log-leaves", "audit_log.outcome", "SUCCESS", "FAILED", 1},
    {UPDATE_EVENT("is_success = 2", EVENT("ACCOUNT_CREATED")), "storage-is-sound", "audit_log.outcome", NULL, NULL, 1},
    {UPDATE_EVENT("transaction_id = zeroblob(16)", REFUSED), "log-leaves", "audit_log.transaction_id", NULL, "(none)",
     1},
    {UPDATE_EVENT("transaction_id = NULL", EVENT("APPROVAL_REQUESTED")), "log-leaves", "audit_log.*", NULL, NULL, 1},
    {UPDATE_EVENT("user_id = " SYMBOL("rui"), REFUSED), "log-leaves", "audit_log.user_id", "rui", "ana", 1},
    {UPDATE_EVENT("principal = NULL", REFUSED), "log-leaves", "audit_log.principal", "(none)", "os:1000", 1},
    {UPDATE_EVENT("source_system = NULL", REFUSED), "log-leaves", "audit_log.source_system", "(none)", "test", 1},
    {UPDATE_EVENT("source_ip = NULL", REFUSED), "log-leaves", "audit_log.source_ip", "(none)", "127.0.0.1", 1},
    {UPDATE_EVENT("action = " SYMBOL("rui"), REFUSED), "log-leaves", "audit_log.action", "rui", "POST", 1},
    {UPDATE_EVENT("description = 'x'", REFUSED), "log-leaves", "audit_log.*", NULL, NULL, 1},
    {UPDATE_EVENT("event_metadata = '{}'", REFUSED), "log-leaves", "audit_log.*", NULL, NULL, 1},
    {UPDATE_EVENT("event_metadata = '{}'", EVENT("ACCOUNT_CREATED")), "log-leaves", "audit_log.event_metadata", "{}",
     NULL, 1},
    {UPDATE_EVENT("event_metadata = NULL", EVENT("PERIOD_CLOSED")), "log-leaves", "audit_log.event_metadata", "(none)",
     NULL, 1},
    {UPDATE_EVENT("log_index = 4000", REFUSED), "log-leaves", "audit_log.log_index", "4000", NULL, 2},
    {"UPDATE event_rows SET log_index = -1 WHERE log_index = 1; UPDATE event_rows SET log_index = 1 WHERE log_index = "
     "2; UPDATE event_rows SET log_index = 2 WHERE log_index = -1",
     "log-leaves", "audit_log.*", NULL, NULL, 8},
    {"DELETE FROM event_rows WHERE log_index = " REFUSED, "log-leaves", "audit_log.log_index", NULL, NULL, 1},
    {"DELETE FROM event_rows WHERE log_index = 0", "log-leaves", "audit_log.log_index", NULL, NULL, 1},
    {"INSERT INTO event_rows SELECT " PLAIN ", event_timestamp, event_type, severity, is_success, NULL, user_id, "
     "principal, source_system, source_ip, action, description, event_metadata FROM event_rows WHERE log_index = 0",
     "log-leaves", "audit_log.log_index", NULL, NULL, 1},
    {"INSERT INTO event_rows SELECT 3000, event_timestamp, event_type, severity, is_success, NULL, user_id, "
     "principal, source_system, source_ip, action, description, event_metadata FROM event_rows WHERE log_index = 0",
     "log-leaves", "audit_log.log_index", "3000", NULL, 1},
    {"INSERT INTO event_rows SELECT -3, event_timestamp, event_type, severity, is_success, NULL, user_id, "
     "principal, source_system, source_ip, action, description, event_metadata FROM event_rows WHERE log_index = 0",
     "orphans", "audit_log.log_index", "-3", NULL, 1},

    /* Totals. */
    {"UPDATE balance_rows SET debit_total = debit_total + 1 WHERE account_id = 2", "balances",
     "account_balance_cache.debit_total", NULL, NULL, 1},
    {"UPDATE balance_rows SET debit_total = -5 WHERE account_id = 2", "balances", "account_balance_cache.debit_total",
     NULL, NULL, 2},
    {"UPDATE balance_rows SET credit_total = 9223372036854775807 WHERE account_id = 2", "balances",
     "account_balance_cache.credit_total", NULL, NULL, 1},
    {"UPDATE balance_rows SET entry_count = entry_count + 1 WHERE account_id = 2", "balances",
     "account_balance_cache.entry_count", NULL, NULL, 2},
    {"UPDATE balance_rows SET entry_count = 9223372036854775807 WHERE account_id = 2", "balances",
     "account_balance_cache.entry_count", NULL, NULL, 1},
    {"UPDATE balance_rows SET last_log_index = 1 WHERE account_id = 2", "balances",
     "account_balance_cache.last_updated", "1", NULL, 1},
    {"UPDATE balance_rows SET last_log_index = " KEYED " WHERE account_id = 2", "balances",
     "account_balance_cache.last_updated", NULL, NULL, 1},
    {"UPDATE balance_rows SET account_id = 600 WHERE account_id = 2", "balances", "account_balance_cache.debit_total",
     NULL, NULL, 4},
    {"DELETE FROM balance_rows WHERE account_id = 2", "balances", "account_balance_cache.debit_total", NULL, NULL, 2},
    {"INSERT INTO balance_rows VALUES (8, 0, 0, 0, 20)", "balances", "account_balance_cache.entry_count", "0", "0", 1},
#define OPEN_ROW                                                                                                       \
    " WHERE account_id = 2 AND transaction_day = (SELECT max(transaction_day) FROM open_total_rows WHERE account_id "  \
    "= 2)"
    {"UPDATE open_total_rows SET debit_total = debit_total + 1" OPEN_ROW, "balances",
     "account_daily_totals.debit_total", NULL, NULL, 2},
    {"UPDATE open_total_rows SET credit_total = credit_total + 1" OPEN_ROW, "balances",
     "account_daily_totals.credit_total", NULL, NULL, 2},
    {"UPDATE open_total_rows SET entry_count = entry_count + 1" OPEN_ROW, "balances",
     "account_daily_totals.entry_count", NULL, NULL, 2},
    {"UPDATE open_total_rows SET last_log_index = " PLAIN OPEN_ROW, "balances", "open_total_rows.last_log_index", NULL,
     NULL, 1},
    {"UPDATE open_total_rows SET account_id = 5" OPEN_ROW, "balances", "account_daily_totals.debit_total", NULL, NULL,
     8},
    {"UPDATE open_total_rows SET transaction_day = 20000" OPEN_ROW, "balances", "account_daily_totals.debit_total",
     NULL, NULL, 8},
    {"DELETE FROM open_total_rows" OPEN_ROW, "balances", "account_daily_totals.debit_total", NULL, NULL, 3},
    {"INSERT INTO open_total_rows VALUES (20000, 2, 1, 0, 1, 40)", "balances", "account_daily_totals.debit_total",
     "0.01", "0.00", 3},
    {"UPDATE daily_total_rows SET debit_total = debit_total + 1 WHERE account_id = 2 AND transaction_day = 20483",
     "balances", "account_daily_totals.debit_total", NULL, NULL, 2},
    {"UPDATE daily_total_rows SET credit_total = credit_total + 1 WHERE account_id = 6 AND transaction_day = 20483 AND "
     "posting_day = 20483",
     "balances", "account_daily_totals.credit_total", NULL, NULL, 1},
    {"UPDATE daily_total_rows SET entry_count = entry_count + 1 WHERE account_id = 6 AND transaction_day = 20483 AND "
     "posting_day = 20483",
     "balances", "account_daily_totals.entry_count", NULL, NULL, 1},
    {"UPDATE daily_total_rows SET posting_day = 20400 WHERE account_id = 6 AND transaction_day = 20483 AND "
     "posting_day = 20483",
     "balances", "account_daily_totals.credit_total", NULL, NULL, 4},
    {"UPDATE daily_total_rows SET transaction_day = 20400 WHERE account_id = 6 AND transaction_day = 20483 AND "
     "posting_day = 20483",
     "balances", "account_daily_totals.credit_total", NULL, NULL, 4},
    {"UPDATE daily_total_rows SET account_id = 7777 WHERE account_id = 6 AND transaction_day = 20483 AND "
     "posting_day = 20483",
     "balances", "account_daily_totals.credit_total", NULL, NULL, 4},
    {"DELETE FROM daily_total_rows WHERE account_id = 6 AND transaction_day = 20483 AND posting_day = 20483",
     "balances", "account_daily_totals.credit_total", NULL, NULL, 3},
    {"INSERT INTO daily_total_rows VALUES (20000, 2, 20483, 1, 0, 1)", "balances", "account_daily_totals.debit_total",
     "0.01", "0.00", 1},
    {"INSERT INTO daily_total_rows VALUES (9223372036854775807, 2, -9223372036854775807, 1, 0, 1)", "balances",
     "account_daily_totals.debit_total", "0.01", "0.00", 1},
    {"UPDATE monthly_total_rows SET debit_total = debit_total + 1 WHERE account_id = 2", "balances",
     "monthly_total_rows.debit_total", NULL, NULL, 2},
    {"UPDATE monthly_total_rows SET credit_total = credit_total + 1 WHERE account_id = 6", "balances",
     "monthly_total_rows.credit_total", NULL, NULL, 2},
    {"UPDATE monthly_total_rows SET entry_count = entry_count + 1 WHERE account_id = 6", "balances",
     "monthly_total_rows.entry_count", NULL, NULL, 2},
    {"UPDATE monthly_total_rows SET transaction_month = 9223372036854775807 WHERE account_id = 6", "balances",
     "monthly_total_rows.credit_total", NULL, NULL, 4},
    {"UPDATE monthly_total_rows SET posting_month = posting_month + 1 WHERE account_id = 6", "balances",
     "monthly_total_rows.credit_total", NULL, NULL, 4},
    {"DELETE FROM monthly_total_rows WHERE account_id = 6", "balances", "monthly_total_rows.credit_total", NULL, NULL,
     2},
    {"INSERT INTO monthly_total_rows VALUES (1, 2, 1, 1, 0, 1)", "balances", "monthly_total_rows.debit_total", "0.01",
     "0.00", 1},

    /* Lists of a segment that is not full. */
    {"INSERT INTO account_list_rows VALUES (2, 1, x'00')", "account-lists", "account_list_rows.entry_count", "1", "0",
     1},

    /* Periods. */
    {"UPDATE period_rows SET start_day = start_day + 1", "period-facts", "closing_periods.start_day", NULL, NULL, 2},
    {"UPDATE period_rows SET end_day = end_day + 1", "period-facts", "closing_periods.end_day", NULL, NULL, 2},
    {"UPDATE period_rows SET end_day = -9223372036854775807", "period-facts", NULL, NULL, NULL, 4},
    {"UPDATE period_rows SET is_closed = 1 - is_closed", "period-facts", "closing_periods.state", "OPEN", "CLOSED", 2},
    {"UPDATE period_rows SET is_closed = 2 WHERE is_closed = 1", "storage-is-sound", "closing_periods.state", NULL,
     NULL, 1},
    {"UPDATE period_rows SET reason = 'x' WHERE is_closed = 1", "period-facts", "closing_periods.reason", "x",
     "year end", 1},
    {"UPDATE period_rows SET reason = NULL", "period-facts", "closing_periods.reason", "(none)", "year end", 1},
    {"UPDATE period_rows SET changed_at = changed_at - 1 WHERE is_closed = 1", "period-facts",
     "closing_periods.changed_at", NULL, NULL, 1},
    {"UPDATE period_rows SET changed_by = " SYMBOL("rui") " WHERE is_closed = 1", "period-facts",
     "closing_periods.changed_by", "rui", "ana", 1},
    {"UPDATE period_rows SET log_index = 5 WHERE is_closed = 1", "period-facts", "closing_periods.log_index", "5", NULL,
     2},
    {"DELETE FROM period_rows WHERE is_closed = 1", "period-facts", "closing_periods.*", NULL, NULL, 1},
    {"INSERT INTO period_rows SELECT 7000, start_day, end_day, 0, reason, changed_at, changed_by FROM period_rows "
     "WHERE is_closed = 1",
     "period-facts", "closing_periods.log_index", "7000", NULL, 1},

    /* Approvals. */
    {"UPDATE approval_rows SET request_id = zeroblob(16) WHERE state = 1", "approval-facts",
     "approval_requests.request_id", NULL, NULL, 1},
    {"UPDATE approval_rows SET state = 1 WHERE state = 2", "approval-facts", "approval_requests.state", "APPROVED",
     "DENIED", 2},
    {"UPDATE approval_rows SET transaction_id = zeroblob(16) WHERE state = 1", "approval-facts",
     "approval_requests.transaction_id", NULL, NULL, 2},
    {"UPDATE approval_rows SET reason = 'x' WHERE state = 2", "approval-facts", "approval_requests.reason", "x",
     "not so", 1},
    {"UPDATE approval_rows SET transaction_date = '2020-01-01' WHERE state = 1", "approval-facts",
     "approval_requests.transaction_date", "2020-01-01", "(none)", 1},
    {"UPDATE approval_rows SET idempotency_key = 'x' WHERE state = 1", "approval-facts",
     "approval_requests.idempotency_key", "x", "(none)", 1},
    {"UPDATE approval_rows SET changed_at = 0 WHERE state = 1", "approval-facts", "approval_requests.requested_at",
     NULL, NULL, 1},
    {"UPDATE approval_rows SET changed_by = " SYMBOL("ana") " WHERE state = 1", "approval-facts",
     "approval_requests.requested_by", "ana", "rui", 1},
    {"UPDATE approval_rows SET principal = NULL WHERE state = 1", "approval-facts",
     "approval_requests.requested_principal", "(none)", "os:1001", 1},
    {"UPDATE approval_rows SET source_system = NULL WHERE state = 1", "approval-facts",
     "approval_requests.source_system", "(none)", "test", 1},
    {"UPDATE approval_rows SET log_index = 7000 WHERE state = 1", "approval-facts", "approval_requests.log_index",
     "7000", NULL, 2},
    {"DELETE FROM approval_rows WHERE state = 1", "approval-facts", "approval_requests.*", NULL, NULL, 1},
    {"INSERT INTO approval_rows SELECT 7000, randomblob(16), state, transaction_id, reason, transaction_date, "
     "idempotency_key, changed_at, changed_by, principal, source_system FROM approval_rows WHERE state = 1",
     "approval-facts", "approval_requests.log_index", "7000", NULL, 1},

    /* The head. */
    {"UPDATE head_row SET log_size = log_size - 1", "log-root", "integrity_head.log_size", NULL, NULL, 3},
    {"UPDATE head_row SET log_size = log_size + 1", "log-root", "integrity_head.log_size", NULL, NULL, 3},
    {"UPDATE head_row SET log_size = 1 << 45, frontier = zeroblob(32), open_leaves = x''", "log-leaves",
     "audit_log.log_index", NULL, NULL, 10},
    {"UPDATE head_row SET log_size = -1", "log-root", "integrity_head.log_size", NULL, NULL, 3},
    {"UPDATE head_row SET frontier = zeroblob(length(frontier))", "log-root", "integrity_head.frontier", NULL, NULL, 1},
    {"UPDATE head_row SET frontier = x''", "log-root", "integrity_head.log_size", NULL, NULL, 3},
    {"UPDATE head_row SET open_leaves = zeroblob(length(open_leaves))", "log-leaves", "integrity_head.open_leaves",
     NULL, NULL, 300},
    {"UPDATE head_row SET epoch = 2", "head-rules", "integrity_head.epoch", "2", "1", 1},
    {"UPDATE head_row SET posting_day = posting_day + 1", "numbering", "integrity_head.posting_day", NULL, NULL, 1},
    {"UPDATE head_row SET last_number = last_number + 1", "numbering", "integrity_head.last_number", "121", "120", 1},
    {"UPDATE head_row SET last_posting_date = last_posting_date - 1", "posting-order",
     "integrity_head.last_posting_date", NULL, NULL, 1},
    {"UPDATE head_row SET amount_bound = 5", "head-rules", "integrity_head.amount_bound", "0.05", NULL, 1},
    {"UPDATE head_row SET rules_version = rules_version - 1", "head-rules", "integrity_head.rules_version", NULL, NULL,
     1},
    {"UPDATE head_row SET frozen = 1", "head-rules", "integrity_head.frozen", "1", "0", 1},
    {"UPDATE head_row SET head_id = 2", "log-root", "integrity_head.log_size", NULL, NULL, 3},
    {"DELETE FROM head_row", "log-root", "integrity_head.log_size", NULL, NULL, 2},

    /* Tiles and checkpoints. */
    {"UPDATE tile_rows SET root_hash = zeroblob(32) WHERE tile_key = 0", "log-root", "integrity_tiles.root_hash", NULL,
     NULL, 1},
    {"UPDATE tile_rows SET hashes = CAST(substr(hashes, 1, 320) || zeroblob(32) || substr(hashes, 353) AS BLOB) WHERE "
     "tile_key = 0",
     "log-leaves", "integrity_tiles.hashes", NULL, NULL, 1},
    {"UPDATE tile_rows SET hashes = x'00' WHERE tile_key = 0", "log-leaves", "integrity_tiles.hashes", NULL, NULL, 300},
    {"UPDATE tile_rows SET tile_key = 77 WHERE tile_key = 1", "log-root", "integrity_tiles.tile_index", NULL, NULL, 2},
    {"DELETE FROM tile_rows WHERE tile_key = 1", "log-root", "integrity_tiles.hashes", NULL, NULL, 1},
    {"INSERT INTO tile_rows VALUES (2, zeroblob(32), zeroblob(8192))", "log-root", "integrity_tiles.tile_index", NULL,
     NULL, 1},
    {"INSERT INTO tile_rows VALUES (-1, zeroblob(32), zeroblob(8192))", "log-root", "integrity_tiles.tile_index", NULL,
     NULL, 1},
    {"INSERT INTO checkpoint_rows VALUES (300, 1, zeroblob(32), 'mine', 0)", "log-root", "checkpoints.root_hash", NULL,
     NULL, 1},
    {"INSERT INTO checkpoint_rows VALUES (300000, 1, zeroblob(32), 'mine', 0)", "log-root", "checkpoints.log_size",
     "300000", NULL, 1},

    /* Settings and migrations. */
    {"UPDATE ledger_settings SET ledger_id = 'x'", "settings-facts", "ledger_settings.ledger_id", "x", NULL, 1},
    {"UPDATE ledger_settings SET time_zone = 'Asia/Tokyo'", "settings-facts", "ledger_settings.time_zone", "Asia/Tokyo",
     "Europe/Lisbon", 1},
    {"UPDATE ledger_settings SET default_currency = 'EUR'", "settings-facts", "ledger_settings.default_currency", "EUR",
     "AOA", 1},
    {"UPDATE ledger_settings SET fiscal_year_start = '07-01'", "settings-facts", "ledger_settings.fiscal_year_start",
     "07-01", "01-01", 1},
    {"INSERT INTO ledger_settings VALUES ('zz', 'UTC', 'EUR', '01-01', 1)", "settings-facts",
     "ledger_settings.ledger_id", "2", "1", 1},
    {"UPDATE schema_migrations SET name = 'x'", "schema-as-shipped", "schema_migrations.version", NULL, NULL, 1},
    {"UPDATE schema_migrations SET version = 9", "schema-as-shipped", "schema_migrations.version", NULL, NULL, 2},
    {"DELETE FROM schema_migrations", "schema-as-shipped", "schema_migrations.version", NULL, NULL, 1},
    {"INSERT INTO schema_migrations VALUES (0, 'x', '')", "schema-as-shipped", "schema_migrations.version", NULL, NULL,
     1},

    /* The schema. */
    {"DROP TRIGGER trg_prevent_transaction_rows_update", "schema-as-shipped", "trg_prevent_transaction_rows_update",
     NULL, NULL, 1},
    {"DROP INDEX transaction_rows_by_id", "schema-as-shipped", "transaction_rows_by_id", NULL, NULL, 1},
    {"CREATE TABLE mine (a)", "schema-as-shipped", "mine", NULL, NULL, 1},
    {"DROP VIEW v_trial_balance; CREATE VIEW v_trial_balance AS SELECT 1 AS account_code", "schema-as-shipped",
     "v_trial_balance", NULL, NULL, 5},
    {"ALTER TABLE balance_rows ADD COLUMN mine INTEGER", "schema-as-shipped", "balance_rows", NULL, NULL, 1},
};

static bool is_or_any(struct ledger_text text, const char *expected)
{
    return expected == NULL || text_equals_string(text, expected);
}

static bool finds(const struct ledger_verify_result *result, const struct tampering *tampering)
{
    for (size_t i = 0; i < result->violations_kept; i++) {
        const struct ledger_violation *violation = &result->violations[i];
        if (text_equals_string(violation->check, tampering->check) && is_or_any(violation->field, tampering->field) &&
            is_or_any(violation->stored, tampering->stored) && is_or_any(violation->computed, tampering->computed)) {
            return true;
        }
    }
    return false;
}

static void print_violations(const struct ledger_verify_result *result)
{
    for (size_t i = 0; i < result->violations_kept && i < 12; i++) {
        const struct ledger_violation *violation = &result->violations[i];
        print_error("  %.*s %.*s e%u %.*s: stored %.*s, computed %.*s: %.*s\n", TEXT_ARGUMENTS(violation->check),
                    TEXT_ARGUMENTS(violation->transaction_number), violation->entry_number,
                    TEXT_ARGUMENTS(violation->field), TEXT_ARGUMENTS(violation->stored),
                    TEXT_ARGUMENTS(violation->computed), TEXT_ARGUMENTS(violation->detail));
    }
}

static void test_every_tampering_is_found(void **state)
{
    (void)state;
    size_t missed = 0;
    for (size_t i = 0; i < sizeof tamperings / sizeof tamperings[0]; i++) {
        const struct tampering *tampering = &tamperings[i];
        struct ledger_call *call = ledger_call_new();
        struct ledger_verify_options options = {.struct_size = sizeof options};
        struct ledger_verify_result result = {.violations_count = 0};
        verify_ledger_copy(&ledger);
        verify_ledger_run(&ledger, tampering->sql, NULL);
        ledger_status status = verify_ledger_verify(&ledger, call, &options, &result);
        if (status != LEDGER_DONE || result.is_valid || !finds(&result, tampering) ||
            result.violations_count > tampering->violations_max) {
            print_error("%s\n  expected %s %s (at most %llu), outcome %d %s, %llu violations\n", tampering->sql,
                        tampering->check, tampering->field == NULL ? "" : tampering->field,
                        (unsigned long long)tampering->violations_max, (int)status, ledger_call_message(call),
                        (unsigned long long)result.violations_count);
            print_violations(&result);
            missed++;
        }
        ledger_call_free(call);
    }
    assert_int_equal(missed, 0);
}

/* What makes it impossible to open the ledger is found by that. */
static void test_what_cannot_be_opened(void **state)
{
    (void)state;
    static const struct {
        const char *sql;
        ledger_status status;
    } cases[] = {
        {"DELETE FROM ledger_settings", LEDGER_DATABASE_IS_DAMAGED},
        {"UPDATE ledger_settings SET hash_version = 2", LEDGER_VERSION_IS_UNSUPPORTED},
        {"UPDATE ledger_settings SET time_zone = 'No/Where'", LEDGER_CONFIGURATION_IS_INVALID},
        {"PRAGMA user_version = 99", LEDGER_VERSION_IS_UNSUPPORTED},
        {"PRAGMA user_version = 0", LEDGER_IS_NOT_INITIALISED},
        {"PRAGMA application_id = 5", LEDGER_DATABASE_IS_DAMAGED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct ledger_call *call = ledger_call_new();
        struct ledger_verify_options options = {.struct_size = sizeof options};
        struct ledger_verify_result result;
        verify_ledger_copy(&ledger);
        verify_ledger_run(&ledger, cases[i].sql, NULL);
        assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), cases[i].status);
        ledger_call_free(call);
    }
}

/* One transaction alone, altered and beside an altered one. */
static void test_one_transaction(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct ledger_verify_options options = {.struct_size = sizeof options, .transaction = TEXT("20260131-000050")};
    struct ledger_verify_result result;
    verify_ledger_copy(&ledger);
    verify_ledger_run(&ledger,
                      UPDATE_ENTRY("amount_minor = amount_minor + 1",
                                   "(SELECT log_index FROM transaction_rows WHERE number_in_day = 50 AND "
                                   "description LIKE '% of 200')",
                                   "1"),
                      "UPDATE journal_entries SET amount = amount + 0.01 WHERE entry_number = 1 AND transaction_id = "
                      "(SELECT transaction_id FROM transactions WHERE transaction_number = '20260131-000050')");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_false(result.is_valid);
    assert_int_equal(result.violations_count, 2);
    assert_true(text_equals_string(result.violations[1].field, "journal_entries.amount"));
    assert_int_equal(result.violations[1].entry_number, 1);
    options.transaction = TEXT("20260131-000051");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_true(result.is_valid);
    ledger_call_free(call);
}

struct told {
    uint64_t count;
};

static void take_violation(void *context, const struct ledger_violation *violation)
{
    struct told *told = context;
    told->count++;
    assert_true(violation->check.size > 0);
    assert_true(violation->detail.size > 0);
    assert_true(violation->is_critical);
}

/* Each violation is told once, as it is found. */
static void test_each_is_told(void **state)
{
    (void)state;
    struct ledger_call *call = ledger_call_new();
    struct told told = {0};
    struct ledger_verify_options options = {.struct_size = sizeof options, .found = take_violation, .context = &told};
    struct ledger_verify_result result;
    verify_ledger_copy(&ledger);
    verify_ledger_run(&ledger, "UPDATE transaction_rows SET description = 'x'",
                      "UPDATE transactions SET description = 'x'");
    assert_int_equal(verify_ledger_verify(&ledger, call, &options, &result), LEDGER_DONE);
    assert_int_equal(result.violations_count, 577);
    assert_int_equal(told.count, 577);
    assert_int_equal(result.violations_kept, 577);
    uint64_t by_checks = 0;
    for (size_t i = 0; i < result.checks_count; i++) {
        by_checks += result.checks[i].violations_count;
    }
    assert_int_equal(by_checks, 577);
    ledger_call_free(call);
}

static int set_up(void **state)
{
    (void)state;
    verify_ledger_init(&ledger, 0);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    verify_ledger_done(&ledger);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_tampering_is_found),
        cmocka_unit_test(test_what_cannot_be_opened),
        cmocka_unit_test(test_one_transaction),
        cmocka_unit_test(test_each_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
