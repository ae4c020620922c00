/* Requests made definite, and written down again. */
#include "reports/parameters.h"

#include "base/json_write.h"
#include "domain/period.h"
#include "engine/texts.h"
#include "reports/columns.h"

int32_t report_fiscal_year_start(const struct ledger *ledger, int32_t day)
{
    return period_fiscal_year_start(ledger->settings.fiscal_year_start, day);
}

/* An option that means nothing for this type of report would be silently ignored: it is refused. */
static ledger_status parameters_check(struct ledger_call *call, const struct report_definition *definition,
                                      const struct ledger_report_request *request)
{
    bool takes_columns = definition->make_columns != NULL;
    bool has_columns = request->columns != LEDGER_COLUMNS_NONE;
    const struct {
        const char *name;
        bool is_given;
        bool is_taken;
    } rules[] = {
        {"start_date", !text_is_absent(request->start_date), definition->takes_start || (takes_columns && has_columns)},
        {"account_code", !text_is_absent(request->account_code), definition->takes_account},
        {"non_zero_only", request->non_zero_only, definition->takes_non_zero},
        {"compare", request->compare != LEDGER_COMPARE_NOTHING, takes_columns},
        {"columns", has_columns, takes_columns},
        {"with_children", request->with_children, definition->takes_history},
        {"interval", request->interval != LEDGER_INTERVAL_UNSET, definition->takes_history},
    };
    size_t problems_before = ledger_call_problems_count(call);
    for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++) {
        if (rules[i].is_given && !rules[i].is_taken) {
            ledger_call_add_problem(call, LEDGER_USAGE_IS_WRONG, 0, "%s has no meaning for the report %s",
                                    rules[i].name, definition->type_name);
        }
    }
    if (request->compare != LEDGER_COMPARE_NOTHING && has_columns) {
        ledger_call_add_problem(call, LEDGER_USAGE_IS_WRONG, 0, "compare and columns do not go together");
    }
    if (ledger_report_compare_name(request->compare) == NULL || ledger_report_columns_name(request->columns) == NULL) {
        ledger_call_add_problem(call, LEDGER_USAGE_IS_WRONG, 0, "there is no comparison %d or interval of columns %d",
                                (int)request->compare, (int)request->columns);
    }
    if (definition->takes_history && text_is_absent(request->account_code)) {
        ledger_call_add_problem(call, LEDGER_USAGE_IS_WRONG, 0, "the report %s needs account_code",
                                definition->type_name);
    }
    return ledger_call_worst(call, problems_before);
}

static ledger_status parameters_read_days(struct ledger_call *call, const struct ledger *ledger,
                                          const struct report_definition *definition,
                                          const struct ledger_report_request *request,
                                          struct report_parameters *parameters)
{
    bool has_interval = request->columns != LEDGER_COLUMNS_NONE;
    bool ends_today = definition->ends_today || has_interval || request->compare != LEDGER_COMPARE_NOTHING;
    bool starts_a_fiscal_year = definition->starts_a_fiscal_year || has_interval;
    parameters->has_end_day = !text_is_absent(request->end_date) || ends_today;
    parameters->has_start_day = !text_is_absent(request->start_date) || starts_a_fiscal_year;
    if (!text_is_absent(request->end_date)) {
        LEDGER_TRY(day_parse(call, request->end_date, &parameters->end_day));
    } else if (ends_today) {
        parameters->end_day = time_zone_day(ledger->zone, ledger_call_now_us(call));
    }
    if (!text_is_absent(request->start_date)) {
        LEDGER_TRY(day_parse(call, request->start_date, &parameters->start_day));
    } else if (starts_a_fiscal_year) {
        int32_t first_day = TIME_DAY_FIRST; /* before it no day can be written */
        int32_t start_day = report_fiscal_year_start(ledger, parameters->end_day);
        parameters->start_day = start_day < first_day ? first_day : start_day;
    }
    if (parameters->has_start_day && parameters->has_end_day && parameters->start_day > parameters->end_day) {
        char start[TIME_TEXT_SIZE];
        char end[TIME_TEXT_SIZE];
        (void)day_format(parameters->start_day, start);
        (void)day_format(parameters->end_day, end);
        return ledger_fail(call, LEDGER_DATE_IS_INVALID, "the report would start on %s, after its end on %s", start,
                           end);
    }
    return LEDGER_DONE;
}

ledger_status parameters_read(struct ledger_call *call, const struct ledger *ledger,
                              const struct report_definition *definition, const struct ledger_report_request *request,
                              struct report_parameters *ret_parameters)
{
    struct report_parameters parameters = {
        .non_zero_only = request->non_zero_only,
        .compare = request->compare,
        .interval = request->columns,
    };
    LEDGER_TRY(parameters_check(call, definition, request));
    parameters.with_children = request->with_children;
    parameters.history_interval =
        request->interval == LEDGER_INTERVAL_UNSET ? LEDGER_INTERVAL_MONTH : request->interval;
    LEDGER_TRY(parameters_read_days(call, ledger, definition, request, &parameters));
    if (request->compare != LEDGER_COMPARE_NOTHING || request->columns != LEDGER_COLUMNS_NONE) {
        LEDGER_TRY(columns_plan(call, ledger->settings.fiscal_year_start, definition->takes_start, &parameters,
                                &parameters.columns));
    }
    if (!text_is_absent(request->account_code)) {
        size_t problems_before = ledger_call_problems_count(call);
        bool is_good = false;
        LEDGER_TRY(texts_normalise_code(call, "account_code", request->account_code, LEDGER_ACCOUNT_NOT_FOUND, 0,
                                        &is_good, &parameters.account_code));
        LEDGER_TRY(ledger_call_worst(call, problems_before));
    }
    *ret_parameters = parameters;
    return LEDGER_DONE;
}

static void parameters_write_day(struct json_writer *writer, const char *key, bool has_day, int32_t day)
{
    char text[TIME_TEXT_SIZE];
    size_t size = day_format(day, text);
    if (has_day) {
        json_write_member_text(writer, key, (struct ledger_text){text, size});
    }
}

ledger_status parameters_write(struct ledger_call *call, const struct report_definition *definition,
                               const struct report_parameters *parameters, struct ledger_text *ret_json)
{
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 128);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "account_code", parameters->account_code);
    if (parameters->interval != LEDGER_COLUMNS_NONE) {
        json_write_member_text(&writer, "columns", ledger_text_of(ledger_report_columns_name(parameters->interval)));
    }
    if (parameters->compare != LEDGER_COMPARE_NOTHING) {
        json_write_member_text(&writer, "compare", ledger_text_of(ledger_report_compare_name(parameters->compare)));
    }
    parameters_write_day(&writer, "end_date", parameters->has_end_day, parameters->end_day);
    if (definition->takes_history) {
        json_write_member_text(&writer, "interval", ledger_text_of(ledger_interval_name(parameters->history_interval)));
    }
    if (definition->takes_non_zero) {
        json_write_member_boolean(&writer, "non_zero_only", parameters->non_zero_only);
    }
    parameters_write_day(&writer, "start_date", parameters->has_start_day, parameters->start_day);
    if (definition->takes_history) {
        json_write_member_boolean(&writer, "with_children", parameters->with_children);
    }
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_json);
}

ledger_status parameters_describe(struct ledger_call *call, const struct report_definition *definition,
                                  const struct report_parameters *parameters, struct ledger_text *ret_text)
{
    char start[TIME_TEXT_SIZE];
    char end[TIME_TEXT_SIZE];
    struct text_builder builder;
    (void)day_format(parameters->start_day, start);
    (void)day_format(parameters->end_day, end);
    text_builder_init(&builder, &call->arena, 128);
    bool has_range = definition->takes_start || parameters->interval != LEDGER_COLUMNS_NONE;
    if (has_range && parameters->has_start_day) {
        text_builder_add_format(&builder, "from %s ", start);
    } else if (has_range) {
        text_builder_add_string(&builder, "from the beginning ");
    }
    if (parameters->has_end_day) {
        text_builder_add_format(&builder, has_range ? "to %s" : "as of %s", end);
    } else {
        text_builder_add_string(&builder, has_range ? "on" : "all that is posted");
    }
    if (parameters->columns != NULL) {
        columns_describe(parameters, &builder);
    }
    if (!text_is_absent(parameters->account_code)) {
        bool is_alone = definition->takes_history && !parameters->with_children;
        text_builder_add_format(&builder, ", account %.*s%s", TEXT_ARGUMENTS(parameters->account_code),
                                is_alone ? "" : " and those under it");
    }
    if (definition->takes_history) {
        text_builder_add_format(&builder, ", by %s", ledger_interval_name(parameters->history_interval));
    }
    if (parameters->non_zero_only) {
        text_builder_add_string(&builder, ", accounts with a balance");
    }
    return text_builder_finish(call, &builder, ret_text);
}
