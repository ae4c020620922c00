/* Values that options of several commands choose from. */
#include "cli/choices.h"

#include <stddef.h>

const char *const choices_account_type[] = {"ASSET", "LIABILITY", "EQUITY", "REVENUE", "EXPENSE", NULL};
const char *const choices_account_role[] = {"NORMAL", "CONTRA", "HEADER", "RETAINED_EARNINGS", NULL};
const char *const choices_severity[] = {"INFO", "WARNING", "ERROR", "CRITICAL", NULL};
const char *const choices_report_type[] = {
    "trial-balance", "balance-sheet", "income-statement", "general-ledger", "audit-trail", "balance-history", NULL};
const char *const choices_report_compare[] = {"previous-period", "previous-year", NULL};
const char *const choices_report_columns[] = {"monthly", "quarterly", "yearly", NULL};
const char *const choices_export_format[] = {"ndjson", "csv", "hledger", "ledger", "beancount", "ads", NULL};
const char *const choices_report_format[] = {"table", "json", "csv", "chart", "svg", NULL};
const char *const choices_table_format[] = {"table", "json", "csv", NULL};
const char *const choices_interval[] = {"day", "week", "month", "quarter", "year", NULL};
