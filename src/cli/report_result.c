/* What the commands that make reports share. */
#include "cli/report_result.h"

#include <stdlib.h>
#include <strings.h>

#include "base/file.h"
#include "base/spool.h"
#include "base/text.h"
#include "cli/choices.h"
#include "cli/options.h"

bool report_result_is_stdout(struct ledger_text output)
{
    return text_is_absent(output) || text_equals_string(output, "-");
}

static bool report_result_ends_with(struct ledger_text text, const char *ending)
{
    size_t size = strlen(ending);
    return text.size > size && memcmp(text.data + text.size - size, ending, size) == 0;
}

ledger_status report_result_format(struct cli *cli, struct ledger_text format, struct ledger_text output,
                                   enum ledger_report_format stdout_format, enum ledger_report_format *ret_format)
{
    bool is_stdout = report_result_is_stdout(output);
    if (!text_is_absent(format)) {
        size_t index;
        LEDGER_TRY(options_choose(cli->call, "--format", choices_report_format, format, &index));
        *ret_format = (enum ledger_report_format)index;
    } else if (is_stdout) {
        *ret_format = cli->output.wants_json ? LEDGER_FORMAT_JSON : stdout_format;
    } else if (report_result_ends_with(output, ".csv")) {
        *ret_format = LEDGER_FORMAT_CSV;
    } else if (report_result_ends_with(output, ".svg")) {
        *ret_format = LEDGER_FORMAT_SVG;
    } else if (report_result_ends_with(output, ".txt")) {
        *ret_format = LEDGER_FORMAT_TABLE;
    } else {
        *ret_format = LEDGER_FORMAT_JSON;
    }
    if (is_stdout && cli->output.wants_json && *ret_format != LEDGER_FORMAT_JSON) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG,
                           "with --json, standard output takes JSON alone: leave --format out, or name a file with "
                           "--output");
    }
    return LEDGER_DONE;
}

/* The first of the three that is set says it, whether or not the system has that locale. */
bool report_result_is_ascii(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *locale = getenv(names[i]);
        if (locale != NULL && locale[0] != '\0') {
            return strcasestr(locale, "UTF-8") == NULL && strcasestr(locale, "UTF8") == NULL;
        }
    }
    return true;
}

ledger_status report_result_interval(struct cli *cli, struct ledger_text value, struct ledger_report_request *request)
{
    if (text_is_absent(value) || ledger_interval_parse(value, &request->interval)) {
        return LEDGER_DONE;
    }
    size_t unused;
    return options_choose(cli->call, "--interval", choices_interval, value, &unused);
}

ledger_status report_result_position(struct cli *cli, struct ledger_text value, struct ledger_report_request *request)
{
    if (text_is_absent(value)) {
        return LEDGER_DONE;
    }
    request->has_log_position = true;
    return options_number(cli->call, "log-position", value, 0, INT64_MAX, &request->log_position);
}

ledger_status report_result_columns(struct cli *cli, struct ledger_text compare, struct ledger_text columns,
                                    struct ledger_report_request *request)
{
    size_t unused;
    if (!text_is_absent(compare) && !ledger_report_compare_parse(compare, &request->compare)) {
        return options_choose(cli->call, "--compare", choices_report_compare, compare, &unused);
    }
    if (!text_is_absent(columns) && !ledger_report_columns_parse(columns, &request->columns)) {
        return options_choose(cli->call, "--columns", choices_report_columns, columns, &unused);
    }
    if (!text_is_absent(compare) && !text_is_absent(columns)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--compare and --columns do not go together: take one");
    }
    return LEDGER_DONE;
}

/* Tells about a report that went to a file. */
static LEDGER_MUST_CHECK ledger_status report_result_tell(struct cli *cli, const struct ledger_report_request *request,
                                                          enum ledger_report_format format, struct ledger_text output,
                                                          const struct ledger_report_result *result)
{
    const char *type_name = ledger_report_type_name(request->type);
    if (cli->output.wants_json) {
        struct json_writer *writer = output_json_begin(cli->call, &cli->output);
        json_write_member_text(writer, "report_id", ledger_text_of(result->report_id));
        json_write_member_text(writer, "report_type", ledger_text_of(type_name));
        json_write_member_integer(writer, "log_position", result->log_position);
        json_write_member_text(writer, "report_hash", ledger_text_of(result->report_hash));
        json_write_member_boolean(writer, "recorded", result->recorded);
        json_write_member_boolean(writer, "is_balanced", result->is_balanced);
        json_write_member_text(writer, "output", output);
        json_write_member_text(writer, "format", ledger_text_of(choices_report_format[format]));
        return output_json_end(cli->call, &cli->output);
    }
    output_add(&cli->output, "Wrote the %s to %.*s\n", type_name, TEXT_ARGUMENTS(output));
    output_add(&cli->output, "  log position:  %lld\n", (long long)result->log_position);
    output_add(&cli->output, "  report hash:   %s\n", result->report_hash);
    return LEDGER_DONE;
}

static ledger_status report_result_spool(struct ledger_call *call, void *context, struct ledger_text piece)
{
    return spool_add(call, context, piece);
}

static void report_result_print(void *context, struct ledger_text piece)
{
    output_raw(context, piece);
}

/* To standard output: held back until it is whole, so that what ends early is no report there either. */
static LEDGER_MUST_CHECK ledger_status report_result_to_stdout(struct cli *cli,
                                                               const struct ledger_report_request *request,
                                                               enum ledger_report_format format,
                                                               struct ledger_report_result *ret_result)
{
    __attribute__((cleanup(spool_done))) struct spool spool = SPOOL_EMPTY;
    const struct ledger_report_output output = {report_result_spool, &spool};
    LEDGER_TRY(ledger_report_write(cli->call, cli->ledger, request, format, (unsigned)cli->output.style.width,
                                   cli->output.style.has_color, &output, ret_result));
    LEDGER_TRY(spool_give(cli->call, &spool, report_result_print, &cli->output));
    cli->output.has_result = cli->output.wants_json;
    return LEDGER_DONE;
}

static ledger_status report_result_add(struct ledger_call *call, void *context, struct ledger_text piece)
{
    return file_replacement_write(call, context, piece);
}

static void report_result_abandon(struct file_replacement *file)
{
    if (file->path != NULL) {
        file_replacement_abandon(file);
    }
}

/* To a file, whole or not at all. */
static LEDGER_MUST_CHECK ledger_status report_result_to_file(struct cli *cli,
                                                             const struct ledger_report_request *request,
                                                             enum ledger_report_format format, const char *path,
                                                             struct ledger_report_result *ret_result)
{
    __attribute__((cleanup(report_result_abandon))) struct file_replacement file = {.path = NULL};
    const struct ledger_report_output output = {report_result_add, &file};
    LEDGER_TRY(file_replacement_begin(cli->call, path, &file));
    LEDGER_TRY(ledger_report_write(cli->call, cli->ledger, request, format, 0, false, &output, ret_result));
    return file_replacement_finish(cli->call, &file);
}

ledger_status report_result_make(struct cli *cli, const struct ledger_report_request *request,
                                 enum ledger_report_format format, struct ledger_text output)
{
    struct ledger_report_result result;
    if (report_result_is_stdout(output)) {
        LEDGER_TRY(report_result_to_stdout(cli, request, format, &result));
    } else {
        LEDGER_TRY(report_result_to_file(cli, request, format, output.data, &result));
        LEDGER_TRY(report_result_tell(cli, request, format, output, &result));
    }
    if (!result.recorded && !request->do_not_record && !cli->output.wants_json) {
        output_message(&cli->output, "ledger-admin: the report could not be recorded in the audit log\n");
    }
    bool has_to_balance = request->type == LEDGER_REPORT_TRIAL_BALANCE || request->type == LEDGER_REPORT_BALANCE_SHEET;
    if (has_to_balance && !result.is_balanced) {
        return ledger_fail(cli->call, LEDGER_INTEGRITY_IS_VIOLATED, "the %s does not balance",
                           ledger_report_type_name(request->type));
    }
    return LEDGER_DONE;
}
