/* Reports from request to result: made into the hash and a format at once, then recorded in the audit log. */
#include "reports/report.h"

#include <stdarg.h>
#include <stdio.h>

#include "base/json_write.h"
#include "engine/audit.h"
#include "engine/totals.h"
#include "reports/parameters.h"
#include "reports/render.h"
#include "reports/report_hash.h"

/* In the order of enum ledger_report_type. */
static const struct report_definition definitions[] = {
    [LEDGER_REPORT_TRIAL_BALANCE] = {.type_name = "trial-balance",
                                     .report_name = "Trial balance",
                                     .takes_non_zero = true,
                                     .make = trial_balance_make,
                                     .make_columns = trial_balance_columns_make},
    [LEDGER_REPORT_BALANCE_SHEET] = {.type_name = "balance-sheet",
                                     .report_name = "Balance sheet",
                                     .ends_today = true,
                                     .make = balance_sheet_make,
                                     .make_columns = balance_sheet_columns_make},
    [LEDGER_REPORT_INCOME_STATEMENT] = {.type_name = "income-statement",
                                        .report_name = "Income statement",
                                        .takes_start = true,
                                        .ends_today = true,
                                        .starts_a_fiscal_year = true,
                                        .make = income_statement_make,
                                        .make_columns = income_statement_columns_make},
    [LEDGER_REPORT_GENERAL_LEDGER] = {.type_name = "general-ledger",
                                      .report_name = "General ledger",
                                      .takes_start = true,
                                      .takes_account = true,
                                      .make = general_ledger_make},
    [LEDGER_REPORT_AUDIT_TRAIL] = {.type_name = "audit-trail",
                                   .report_name = "Audit trail",
                                   .takes_start = true,
                                   .make = audit_trail_make},
    [LEDGER_REPORT_BALANCE_HISTORY] = {.type_name = "balance-history",
                                       .report_name = "Balance history",
                                       .takes_start = true,
                                       .takes_account = true,
                                       .takes_history = true,
                                       .graph = &balance_history_graph,
                                       .make = balance_history_make},
};

enum { DEFINITIONS_COUNT = sizeof definitions / sizeof definitions[0] };

const struct report_definition *report_definition_get(enum ledger_report_type type)
{
    return &definitions[type];
}

const char *ledger_report_type_name(enum ledger_report_type type)
{
    return (size_t)type < DEFINITIONS_COUNT ? definitions[type].type_name : "unknown";
}

bool ledger_report_type_parse(struct ledger_text text, enum ledger_report_type *ret_type)
{
    for (size_t i = 0; i < DEFINITIONS_COUNT; i++) {
        if (text_equals_string(text, definitions[i].type_name)) {
            *ret_type = (enum ledger_report_type)i;
            return true;
        }
    }
    return false;
}

ledger_status report_begin_table(struct ledger_call *call, struct report *report, const struct report_table *table)
{
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->begin_table(call, report->sinks[i], table));
    }
    return LEDGER_DONE;
}

ledger_status report_row(struct ledger_call *call, struct report *report, const struct report_table *table,
                         const struct report_row *row)
{
    char buffers[REPORT_COLUMNS_MAX][REPORT_VALUE_TEXT_SIZE];
    struct ledger_text texts[REPORT_COLUMNS_MAX];
    struct report_row written = *row;
    assert(table->columns_count <= REPORT_COLUMNS_MAX);
    for (size_t i = 0; i < table->columns_count; i++) {
        texts[i] = report_value_text(&row->values[i], buffers[i]);
    }
    written.texts = texts;
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->row(call, report->sinks[i], table, &written));
    }
    return LEDGER_DONE;
}

ledger_status report_end_table(struct ledger_call *call, struct report *report, const struct report_table *table)
{
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->end_table(call, report->sinks[i], table));
    }
    return LEDGER_DONE;
}

ledger_status report_value(struct ledger_call *call, struct report *report, const char *name, struct report_value value)
{
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->value(call, report->sinks[i], name, &value));
    }
    return LEDGER_DONE;
}

ledger_status report_note(struct ledger_call *call, struct report *report, const char *format, ...)
{
    char text[512]; /* a code and an amount fit, and what does not is only cut */
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->note(call, report->sinks[i], ledger_text_of(text)));
    }
    return LEDGER_DONE;
}

static ledger_status report_take_position(struct ledger_call *call, struct report *report,
                                          const struct ledger_report_request *request)
{
    int64_t wanted = request->has_log_position ? request->log_position : LEDGER_POSITION_HEAD;
    if (request->has_log_position && wanted < 0) {
        return ledger_fail(call, LEDGER_LOG_POSITION_IS_INVALID, "log position %lld is below 0", (long long)wanted);
    }
    return totals_position(call, &report->head, wanted, &report->log_position);
}

ledger_status report_make(struct ledger_call *call, struct report *report, const struct ledger_report_request *request,
                          struct report_head *head)
{
    const struct report_definition *definition = report_definition_get(request->type);
    report->definition = definition;
    report->is_balanced = true;
    LEDGER_TRY(parameters_read(call, report->session->ledger, definition, request, &report->parameters));
    READ_UNIT(reading);
    LEDGER_TRY(read_unit_begin(call, report->session, &reading, &report->head));
    LEDGER_TRY(report_take_position(call, report, request));
    head->report_type = definition->type_name;
    head->report_name = definition->report_name;
    head->log_position = report->log_position;
    head->graph = definition->graph;
    head->time_zone_data_version = time_zone_data_version(report->session->ledger->zone);
    LEDGER_TRY(parameters_write(call, definition, &report->parameters, &head->parameters));
    LEDGER_TRY(parameters_describe(call, definition, &report->parameters, &head->subtitle));
    for (size_t i = 0; i < report->sinks_count; i++) {
        LEDGER_TRY(report->sinks[i]->operations->begin(call, report->sinks[i], head));
    }
    return report->parameters.columns == NULL ? definition->make(call, report) : definition->make_columns(call, report);
}

static ledger_status report_write_metadata(struct ledger_call *call, const struct report_head *head,
                                           const char *report_hash, struct ledger_text *ret_metadata)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 256);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_integer(&writer, "log_position", head->log_position);
    json_write_key(&writer, "parameters");
    json_write_raw(&writer, head->parameters);
    json_write_member_text(&writer, "report_hash", ledger_text_of(report_hash));
    json_write_member_text(&writer, "report_id", ledger_text_of(head->report_id));
    json_write_member_text(&writer, "report_type", ledger_text_of(head->report_type));
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_metadata);
}

/* Whether the audit event could be written. Where it could not, the report stands all the same. */
static bool report_record(struct ledger_call *call, struct session *session, const struct report_head *head,
                          const char *report_hash)
{
    size_t problems_before = ledger_call_problems_count(call);
    struct ledger_text description = TEXT_ABSENT;
    struct ledger_text metadata = TEXT_ABSENT;
    ledger_status status = ledger_call_format(call, &description, "Generated report %s", head->report_type);
    if (status == LEDGER_DONE) {
        status = report_write_metadata(call, head, report_hash, &metadata);
    }
    if (status == LEDGER_DONE) {
        status = audit_record(call, session, "REPORT_GENERATED", "GENERATE_REPORT", description, metadata);
    }
    ledger_call_drop_problems(call, problems_before);
    return status == LEDGER_DONE;
}

/* What one making needs beside the call. */
struct making {
    struct ledger_call memory; /* of the sinks */
    struct report report;
    struct report_head head;
    struct report_hash hash;
    struct report_renderer *renderer;
};

static void making_done(struct making *making)
{
    if (making->renderer != NULL) {
        making->renderer->done(making->renderer);
    }
    call_done(&making->memory);
}

static ledger_status making_init_renderer(struct ledger_call *call, struct making *making,
                                          const struct ledger_report_request *request, enum ledger_report_format format,
                                          unsigned terminal_columns, bool has_color,
                                          const struct ledger_report_output *output)
{
    switch (format) {
    case LEDGER_FORMAT_TABLE:
        return render_table_new(call, &making->memory, terminal_columns, has_color, output, &making->renderer);
    case LEDGER_FORMAT_JSON:
        return render_json_new(call, &making->memory, output, &making->renderer);
    case LEDGER_FORMAT_CSV:
        return render_csv_new(call, &making->memory, output, &making->renderer);
    case LEDGER_FORMAT_CHART:
        return render_chart_new(call, &making->memory, terminal_columns, has_color, request->ascii_only, output,
                                &making->renderer);
    case LEDGER_FORMAT_SVG:
        return render_svg_new(call, &making->memory, output, &making->renderer);
    default:
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "there is no report format %d", (int)format);
    }
}

static ledger_status making_check(struct ledger_call *call, const struct ledger_report_request *request,
                                  enum ledger_report_format format)
{
    if (request->struct_size != sizeof *request) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_report_request has %zu bytes, this library knows %zu: build against its headers",
                           request->struct_size, sizeof *request);
    }
    if ((size_t)request->type >= DEFINITIONS_COUNT) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "there is no report type %d", (int)request->type);
    }
    bool is_drawn = format == LEDGER_FORMAT_CHART || format == LEDGER_FORMAT_SVG;
    if (is_drawn && definitions[request->type].graph == NULL) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "the report %s is not drawn: take another format",
                           definitions[request->type].type_name);
    }
    return LEDGER_DONE;
}

static void making_init(struct making *making, struct session *session)
{
    report_hash_init(&making->hash, session->hasher.sha256, &making->memory);
    making->report.session = session;
    making->report.sinks[0] = &making->hash.sink;
    making->report.sinks[1] = &making->renderer->sink;
    making->report.sinks_count = 2;
}

static ledger_status making_take_id(struct ledger_call *call, struct making *making, char report_id[UUID_TEXT_SIZE + 1])
{
    uint8_t random[LEDGER_ID_RANDOM_BYTES];
    struct uuid id;
    int64_t now_us = ledger_call_now_us(call);
    if (!random_bytes(random, sizeof random)) {
        return ledger_fail(call, LEDGER_DEFECT, "the operating system gave no random bytes");
    }
    ledger_new_ids(making->report.session->ledger, now_us, random, &id, 1);
    uuid_format(&id, report_id);
    making->head.report_id = report_id;
    making->head.generated_at_us = now_us;
    making->head.generated_by = call->actor.user;
    return LEDGER_DONE;
}

ledger_status ledger_report_write(struct ledger_call *call, struct ledger *ledger,
                                  const struct ledger_report_request *request, enum ledger_report_format format,
                                  unsigned terminal_columns, bool colour, const struct ledger_report_output *output,
                                  struct ledger_report_result *ret_result)
{
    SESSION_TAKE(call, ledger, session);
    __attribute__((cleanup(making_done))) struct making making = {.renderer = NULL};
    struct ledger_report_result result = {.recorded = false};
    struct sha256_hash hash;
    call_init(&making.memory);
    LEDGER_TRY(making_check(call, request, format));
    LEDGER_TRY(making_init_renderer(call, &making, request, format, terminal_columns, colour, output));
    making_init(&making, session);
    LEDGER_TRY(making_take_id(call, &making, result.report_id));
    LEDGER_TRY(report_make(call, &making.report, request, &making.head));
    LEDGER_TRY(report_hash_finish(call, &making.hash, &hash));
    sha256_format(&hash, result.report_hash);
    result.log_position = making.report.log_position;
    result.is_balanced = making.report.is_balanced;
    result.recorded = !request->do_not_record && report_record(call, session, &making.head, result.report_hash);
    const struct report_ending ending = {result.report_hash, result.recorded};
    LEDGER_TRY(making.renderer->finish(call, making.renderer, &ending));
    *ret_result = result;
    return LEDGER_DONE;
}

static ledger_status report_gather(struct ledger_call *call, void *context, struct ledger_text piece)
{
    struct text_builder *text = context;
    text_builder_add_text(text, piece);
    return text->failed ? ledger_fail_out_of_memory(call) : LEDGER_DONE;
}

static void gathered_done(struct arena *arena)
{
    arena_done(arena);
}

ledger_status ledger_report_make(struct ledger_call *call, struct ledger *ledger,
                                 const struct ledger_report_request *request, enum ledger_report_format format,
                                 unsigned terminal_columns, bool colour, struct ledger_report_result *ret_result)
{
    __attribute__((cleanup(gathered_done))) struct arena gathered;
    struct text_builder text;
    struct ledger_report_result result;
    arena_init(&gathered);
    text_builder_init(&text, &gathered, RENDER_PIECE_BYTES);
    const struct ledger_report_output output = {report_gather, &text};
    LEDGER_TRY(ledger_report_write(call, ledger, request, format, terminal_columns, colour, &output, &result));
    struct ledger_text whole = {text.data, text.size};
    LEDGER_TRY(ledger_call_copy_text(call, whole, &result.text));
    *ret_result = result;
    return LEDGER_DONE;
}
