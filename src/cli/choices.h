/* Values that options of several commands choose from, for the completion and the help. Each ends with NULL. */
#ifndef LEDGER_CLI_CHOICES_H
#define LEDGER_CLI_CHOICES_H

extern const char *const choices_account_type[];
extern const char *const choices_account_role[];
extern const char *const choices_severity[];
extern const char *const choices_report_type[];
extern const char *const choices_report_compare[];
extern const char *const choices_report_columns[];
extern const char *const choices_report_format[]; /* in the order of enum ledger_report_format */
extern const char *const choices_table_format[];  /* those of them that every report has */
extern const char *const choices_interval[];
extern const char *const choices_export_format[]; /* in the order of enum export_format */

#endif
