/* What verifications found, recorded as events; and which of it is known. */
#include "operations/findings.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "engine/event_facts.h"
#include "engine/freeze.h"

static const char found_type[] = "INTEGRITY_VIOLATION_FOUND";
static const char passed_type[] = "VERIFICATION_PASSED";

enum { CHECKS_NAMED_MAX = 5 };

ledger_status known_findings_init(struct ledger_call *call, struct known_findings *known)
{
    *known = (struct known_findings){.fingerprints = calloc(FINDINGS_KNOWN_MAX, sizeof *known->fingerprints)};
    return known->fingerprints == NULL ? ledger_fail_out_of_memory(call) : LEDGER_DONE;
}

void known_findings_done(struct known_findings *known)
{
    free(known->fingerprints);
    *known = (struct known_findings){.count = 0};
}

bool known_findings_add(struct known_findings *known, uint64_t fingerprint)
{
    size_t low = 0;
    size_t high = known->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (known->fingerprints[middle] < fingerprint) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low < known->count && known->fingerprints[low] == fingerprint) {
        return true;
    }
    if (known->count < FINDINGS_KNOWN_MAX) {
        memmove(&known->fingerprints[low + 1], &known->fingerprints[low],
                (known->count - low) * sizeof *known->fingerprints);
        known->fingerprints[low] = fingerprint;
        known->count++;
    }
    return false;
}

/* Totals, and what the head says, are other ones with each posting, also where they are wrong by the same. */
static bool violation_has_moving_values(const struct ledger_violation *violation)
{
    static const char head[] = "integrity_head.";
    return text_equals_string(violation->check, "balances") || text_equals_string(violation->check, "manual-rows") ||
           (violation->field.size > sizeof head - 1 && memcmp(violation->field.data, head, sizeof head - 1) == 0);
}

static uint64_t fingerprint_add(uint64_t fingerprint, struct ledger_text text)
{
    uint64_t hash = text_is_absent(text) ? 1 : text_hash(text);
    return (fingerprint ^ hash) * UINT64_C(0x9e3779b97f4a7c15) + (fingerprint >> 29);
}

uint64_t finding_fingerprint(const struct ledger_violation *violation)
{
    uint64_t fingerprint = violation->entry_number;
    fingerprint = fingerprint_add(fingerprint, violation->check);
    fingerprint = fingerprint_add(fingerprint, violation->transaction_id);
    fingerprint = fingerprint_add(fingerprint, violation->account_code);
    fingerprint = fingerprint_add(fingerprint, violation->field);
    if (!violation_has_moving_values(violation)) {
        fingerprint = fingerprint_add(fingerprint, violation->stored);
        fingerprint = fingerprint_add(fingerprint, violation->computed);
    }
    return fingerprint;
}

static bool fingerprint_parse(const struct json_value *item, uint64_t *ret_fingerprint)
{
    uint64_t fingerprint = 0;
    if (item->type != JSON_STRING || item->text.size != 16) {
        return false;
    }
    for (size_t i = 0; i < item->text.size; i++) {
        char digit = item->text.data[i];
        bool is_letter = digit >= 'a' && digit <= 'f';
        if (!is_letter && (digit < '0' || digit > '9')) {
            return false;
        }
        fingerprint = fingerprint << 4 | (uint64_t)(is_letter ? digit - 'a' + 10 : digit - '0');
    }
    *ret_fingerprint = fingerprint;
    return true;
}

static void known_findings_take(struct ledger_call *scratch, const struct ledger_event_record *event,
                                struct known_findings *known)
{
    const struct json_value *facts = NULL;
    if (text_is_absent(event->event_metadata) ||
        json_read(scratch, event->event_metadata, "event_metadata", &facts) != LEDGER_DONE) {
        return;
    }
    const struct json_value *list = json_find(facts, "fingerprints");
    for (const struct json_value *item = list == NULL ? NULL : list->first; item != NULL; item = item->next) {
        uint64_t fingerprint = 0;
        if (fingerprint_parse(item, &fingerprint)) {
            (void)known_findings_add(known, fingerprint);
        }
    }
}

static ledger_status known_findings_scan(struct ledger_call *call, struct ledger_call *scratch, struct store *store,
                                         int64_t from_log_index, struct known_findings *known)
{
    STORE_SCAN(scan);
    LEDGER_TRY(
        store_event_scan_by_type(call, store, ledger_text_of(found_type), from_log_index, STORE_POSITION_MAX, &scan));
    for (;;) {
        bool has_event = false;
        struct ledger_event_record event;
        LEDGER_TRY(store_event_next(call, &scan, &has_event, &event));
        if (!has_event) {
            return LEDGER_DONE;
        }
        known_findings_take(scratch, &event, known);
        ledger_call_reset(scratch);
    }
}

ledger_status known_findings_load(struct ledger_call *call, struct ledger *ledger, struct known_findings *known)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    struct ledger_event_record passed;
    struct ledger_call scratch;
    bool has_passed = false;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    LEDGER_TRY(store_event_find_last(call, &session->store, ledger_text_of(passed_type), STORE_POSITION_MAX,
                                     &has_passed, &passed));
    call_init(&scratch);
    ledger_status status =
        known_findings_scan(call, &scratch, &session->store, has_passed ? passed.log_index : 0, known);
    call_done(&scratch);
    return status;
}

struct ledger_finding finding_of(const struct ledger_verify_result *result)
{
    struct ledger_finding finding = {
        .violations = result->violations,
        .violations_kept = result->violations_kept,
        .violations_count = result->violations_count,
        .log_size = result->log_size,
    };
    /* Of those that were not kept nothing is known: they are taken for what the ledger is by them. */
    size_t warnings_count = 0;
    for (size_t i = 0; i < result->violations_kept; i++) {
        warnings_count += !result->violations[i].is_critical;
    }
    finding.critical_count = result->is_valid ? 0 : result->violations_count - warnings_count;
    memcpy(finding.root_hash, result->root_hash, sizeof finding.root_hash);
    return finding;
}

struct finding_work {
    const struct ledger_verify_result *result;
    struct ledger_finding *finding;
    const char *scope;
    bool freezes;
};

/* "entry-hash, balances and 3 more checks". */
static ledger_status finding_name_checks(struct ledger_call *call, const struct ledger_verify_result *result,
                                         struct ledger_text *ret_names)
{
    struct text_builder builder;
    size_t named = 0;
    size_t found = 0;
    text_builder_init(&builder, &call->arena, 128);
    for (size_t i = 0; i < result->checks_count; i++) {
        if (result->checks[i].violations_count == 0) {
            continue;
        }
        if (found++ < CHECKS_NAMED_MAX) {
            text_builder_add_string(&builder, named++ == 0 ? "" : ", ");
            text_builder_add_text(&builder, result->checks[i].name);
        }
    }
    if (found > named) {
        text_builder_add_format(&builder, " and %zu more", found - named);
    }
    return text_builder_finish(call, &builder, ret_names);
}

static ledger_status finding_describe(struct ledger_call *call, const struct finding_work *work,
                                      struct ledger_text *ret_description)
{
    struct ledger_text names;
    if (work->finding->critical_count == 0) {
        return ledger_call_format(call, ret_description, "Verified %llu transaction%s: the ledger is what was recorded",
                                  (unsigned long long)work->result->transactions_checked,
                                  work->result->transactions_checked == 1 ? "" : "s");
    }
    LEDGER_TRY(finding_name_checks(call, work->result, &names));
    return ledger_call_format(call, ret_description, "verify found %llu violation%s: %.*s",
                              (unsigned long long)work->finding->violations_count,
                              work->finding->violations_count == 1 ? "" : "s", TEXT_ARGUMENTS(names));
}

static void finding_write_fingerprints(struct json_writer *writer, const struct ledger_finding *finding)
{
    json_write_key(writer, "fingerprints");
    json_write_array_begin(writer);
    for (size_t i = 0; i < finding->violations_kept && i < FINDINGS_RECORDED_MAX; i++) {
        char text[24];
        (void)snprintf(text, sizeof text, "%016" PRIx64, finding_fingerprint(&finding->violations[i]));
        json_write_string(writer, text);
    }
    json_write_array_end(writer);
}

/* {"compared_with", "critical_count", "fingerprints", "log_size", "root_hash", "scope", "transactions_checked",
 * "violations", "violations_count"}. */
static ledger_status finding_facts(struct ledger_call *call, const struct finding_work *work,
                                   struct ledger_text *ret_metadata)
{
    const struct ledger_finding *finding = work->finding;
    struct text_builder builder;
    struct json_writer writer;
    text_builder_init(&builder, &call->arena, 1024);
    json_writer_init(&writer, &builder);
    writer.canonical = true;
    json_write_object_begin(&writer);
    json_write_member_text(&writer, "compared_with", work->result->compared_with);
    json_write_member_integer(&writer, "critical_count", (int64_t)finding->critical_count);
    finding_write_fingerprints(&writer, finding);
    json_write_member_integer(&writer, "log_size", finding->log_size);
    json_write_member_text(&writer, "root_hash", ledger_text_of(finding->root_hash));
    json_write_member_text(&writer, "scope", ledger_text_of(work->scope));
    json_write_member_integer(&writer, "transactions_checked", (int64_t)work->result->transactions_checked);
    event_facts_write_violations(&writer, finding->violations, finding->violations_kept, finding->violations_count);
    json_write_object_end(&writer);
    return text_builder_finish(call, &builder, ret_metadata);
}

static ledger_status finding_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    const struct finding_work *work = context;
    bool is_violation = work->finding->critical_count > 0;
    struct ledger_text description;
    struct ledger_text metadata;
    LEDGER_TRY(finding_describe(call, work, &description));
    LEDGER_TRY(finding_facts(call, work, &metadata));
    struct ledger_event_record event =
        write_unit_event(call, is_violation ? found_type : passed_type, is_violation ? LEDGER_CRITICAL : LEDGER_INFO,
                         !is_violation, "VERIFY", description, metadata);
    work->finding->log_index = store_head_log_size(&unit->head);
    LEDGER_TRY(write_unit_add_event(call, unit, &event));
    if (is_violation && work->freezes) {
        LEDGER_TRY(freeze_add(call, unit, description));
    }
    work->finding->is_frozen = unit->head.is_frozen;
    return LEDGER_DONE;
}

static ledger_status finding_write(struct ledger_call *call, struct ledger *ledger, struct finding_work *work)
{
    SESSION_TAKE(call, ledger, session);
    return write_unit_run_by_any_clock(call, session, finding_body, work);
}

ledger_status finding_record(struct ledger_call *call, struct ledger *ledger, const struct ledger_verify_result *result,
                             const char *scope, bool freeze_on_violation, struct ledger_finding *finding)
{
    struct finding_work work = {result, finding, scope, freeze_on_violation};
    size_t problems_before = ledger_call_problems_count(call);
    LEDGER_TRY(write_unit_check_actor(call));
    ledger_status status = finding_write(call, ledger, &work);
    finding->is_recorded = status == LEDGER_DONE;
    if (status == LEDGER_DONE || status == LEDGER_OUT_OF_MEMORY) {
        return status;
    }
    finding->is_frozen = false;
    LEDGER_TRY(ledger_call_copy_text(call, ledger_text_of(ledger_call_message(call)), &finding->trouble));
    ledger_call_drop_problems(call, problems_before);
    return LEDGER_DONE;
}

ledger_status ledger_finding_record(struct ledger_call *call, struct ledger *ledger,
                                    const struct ledger_verify_result *result, bool freeze_on_violation,
                                    struct ledger_finding *ret_finding)
{
    struct ledger_finding finding = finding_of(result);
    LEDGER_TRY(finding_record(call, ledger, result, NULL, freeze_on_violation, &finding));
    *ret_finding = finding;
    return LEDGER_DONE;
}
