/* verify-report: makes a saved report again and compares. */
#include "base/json.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/input.h"
#include "cli/session.h"
#include "ledger/report.h"

static LEDGER_MUST_CHECK ledger_status verify_report_write_json(struct cli *cli,
                                                                const struct ledger_report_comparison *comparison)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_member_boolean(writer, "is_same", comparison->is_same);
    json_write_member_boolean(writer, "file_hash_is_right", comparison->file_hash_is_right);
    json_write_member_text(writer, "file_report_hash", ledger_text_of(comparison->file_report_hash));
    json_write_member_text(writer, "ledger_report_hash", ledger_text_of(comparison->ledger_report_hash));
    json_write_member_integer(writer, "redacted_count", (int64_t)comparison->redacted_count);
    json_write_member_integer(writer, "differences_count", (int64_t)comparison->differences_count);
    json_write_key(writer, "differences");
    json_write_array_begin(writer);
    for (size_t index = 0; index < comparison->differences_count; index++) {
        json_write_text(writer, comparison->differences[index]);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

static void verify_report_print(struct cli *cli, const struct ledger_report_comparison *comparison, bool is_good)
{
    struct output *output = &cli->output;
    if (is_good && comparison->redacted_count > 0) {
        output_print(
            output,
            "The report is the same, but for %zu texts that were redacted since it was made: what they were the "
            "ledger cannot say any more.\n",
            comparison->redacted_count);
        output_add(output, "  report hash:  %s\n", comparison->file_report_hash);
        return;
    }
    if (is_good) {
        output_print(output, "The report is the same: the ledger gives it again at its log position.\n");
        output_add(output, "  report hash:  %s\n", comparison->file_report_hash);
        return;
    }
    if (!comparison->file_hash_is_right) {
        output_print(output, "The file was changed: its content does not give the report hash that stands in it.\n");
    }
    if (!comparison->is_same) {
        output_print(output, "The report is not what the ledger gives at its log position.\n");
    }
    output_print(output, "  hash in the file:    %s\n", comparison->file_report_hash);
    output_print(output, "  hash by the ledger:  %s\n", comparison->ledger_report_hash);
    for (size_t index = 0; index < comparison->differences_count; index++) {
        output_print(output, "  %.*s\n", TEXT_ARGUMENTS(comparison->differences[index]));
    }
}

static ledger_status verify_report_run(struct cli *cli)
{
    struct ledger_text json;
    const char *name;
    LEDGER_TRY(input_read(cli, cli->line.argument, JSON_BYTES_MAX, &json, &name));
    LEDGER_TRY(session_open(cli, SESSION_READS));
    struct ledger_report_comparison comparison;
    LEDGER_TRY(ledger_report_verify(cli->call, cli->ledger, json, &comparison));
    bool is_good = comparison.is_same && comparison.file_hash_is_right;
    if (cli->output.wants_json) {
        LEDGER_TRY(verify_report_write_json(cli, &comparison));
    } else {
        verify_report_print(cli, &comparison, is_good);
    }
    return is_good ? LEDGER_DONE : ledger_fail(cli->call, LEDGER_REPORT_DIFFERS, "%s differs from the ledger", name);
}

const struct command command_verify_report = {
    .name = "verify-report",
    .summary = "Check a saved report against the ledger",
    .details =
        "Reads a report saved as JSON, makes it again at its log position, and says whether it is the same and, "
        "if not, which lines differ. The exit status is 3 where it differs.\n"
        "Where texts were redacted after the report was made, a mark stands in the ledger: that is no difference, and "
        "told apart. That the file has the texts as they were shows where the log has its report hash: see audit "
        "--event-type REPORT_GENERATED.",
    .argument = {.name = "FILE", .hint = HINT_FILE, .help = "the report, as JSON; - reads standard input"},
    .examples = {"ledger-admin verify-report balance.json"},
    .run = verify_report_run,
};
