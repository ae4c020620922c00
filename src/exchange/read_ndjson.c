/* Postings as JSON, one a line. The shape is judged here; amounts, codes and texts by the rules of posting. */
#include <stdlib.h>

#include "base/json_write.h"
#include "base/text.h"
#include "domain/names.h"
#include "exchange/posting_reader.h"
#include "exchange/read_entries.h"

struct ndjson_reader {
    struct posting_reader base;
    struct line_input input;
};

static struct ndjson_reader *ndjson_reader(struct posting_reader *reader)
{
    return (struct ndjson_reader *)reader;
}

/* What an export tells of a transaction beside its posting. It is the other ledger's record: this one makes its own,
 * and whoever compares the two has the file. */
struct ndjson_record {
    struct ledger_text transaction_id;
    struct ledger_text transaction_number;
    struct ledger_text posting_date;
    struct ledger_text log_index;
    struct ledger_text transaction_hash;
    struct ledger_text record_hash;
    struct ledger_text reverses_transaction_id;
    struct ledger_text reversal_reason;
    struct ledger_text original_idempotency_key;
    struct ledger_text source_system;
    struct ledger_text created_by;
};

static ledger_status ndjson_read_posting(const struct json_place *place, const struct json_value *document,
                                         struct ledger_posting *ret_posting)
{
    struct ledger_posting posting = {.entries_count = 0};
    const struct json_value *entries = NULL;
    struct ledger_text rejected_because = TEXT_ABSENT;
    struct ndjson_record record;
    const struct json_member members[] = {
        {"business_event_type", MEMBER_TEXT, true, &posting.business_event_type},
        {"description", MEMBER_TEXT, true, &posting.description},
        {"entries", MEMBER_VALUE, true, (void *)&entries},
        {"transaction_date", MEMBER_TEXT, false, &posting.transaction_date},
        {"business_key", MEMBER_TEXT, false, &posting.business_key},
        {"idempotency_key", MEMBER_TEXT, false, &posting.idempotency_key},
        {"allow_future", MEMBER_TRUTH, false, &posting.allow_future},
        {"rejected_because", MEMBER_TEXT, false, &rejected_because},
        {"transaction_id", MEMBER_TEXT, false, &record.transaction_id},
        {"transaction_number", MEMBER_TEXT, false, &record.transaction_number},
        {"posting_date", MEMBER_TEXT, false, &record.posting_date},
        {"log_index", MEMBER_NUMBER, false, &record.log_index},
        {"transaction_hash", MEMBER_TEXT, false, &record.transaction_hash},
        {"record_hash", MEMBER_TEXT, false, &record.record_hash},
        {"reverses_transaction_id", MEMBER_TEXT, false, &record.reverses_transaction_id},
        {"reversal_reason", MEMBER_TEXT, false, &record.reversal_reason},
        {"original_idempotency_key", MEMBER_TEXT, false, &record.original_idempotency_key},
        {"source_system", MEMBER_TEXT, false, &record.source_system},
        {"created_by", MEMBER_TEXT, false, &record.created_by},
    };
    size_t first_problem = ledger_call_problems_count(place->call);
    json_members_take(place, "a transaction", document, members, sizeof members / sizeof members[0]);
    ledger_status status =
        entries == NULL ? LEDGER_DONE : read_entries_array(place, entries, &posting.entries, &posting.entries_count);
    if (status != LEDGER_DONE && status != LEDGER_INPUT_IS_MALFORMED) {
        return status;
    }
    LEDGER_TRY(ledger_call_worst(place->call, first_problem));
    *ret_posting = posting;
    return LEDGER_DONE;
}

static ledger_status ndjson_read_account(const struct json_place *place, const struct json_value *value,
                                         struct ledger_account_request *ret_account)
{
    struct ledger_account_request account = {.account_role = LEDGER_ROLE_NORMAL};
    struct ledger_text type = TEXT_ABSENT;
    struct ledger_text role = TEXT_ABSENT;
    bool is_active = true; /* of an export; a new account is in use, or nothing could be posted to it */
    const struct json_member members[] = {
        {"account_code", MEMBER_TEXT, true, &account.account_code},
        {"account_name", MEMBER_TEXT, true, &account.account_name},
        {"account_type", MEMBER_TEXT, true, &type},
        {"account_role", MEMBER_TEXT, false, &role},
        {"parent_account_code", MEMBER_TEXT, false, &account.parent_account_code},
        {"currency", MEMBER_TEXT, false, &account.currency},
        {"description", MEMBER_TEXT, false, &account.description},
        {"is_active", MEMBER_TRUTH, false, &is_active},
    };
    size_t first_problem = ledger_call_problems_count(place->call);
    json_members_take(place, "an account", value, members, sizeof members / sizeof members[0]);
    bool is_known = (text_is_absent(type) || ledger_account_type_parse(type, &account.account_type)) &&
                    (text_is_absent(role) || ledger_account_role_parse(role, &account.account_role));
    if (!is_known) {
        ledger_call_add_problem(place->call, LEDGER_INPUT_IS_MALFORMED, 0,
                                "%s line %llu: the account's type or role is not known", place->source_name,
                                (unsigned long long)place->first_line);
    }
    LEDGER_TRY(ledger_call_worst(place->call, first_problem));
    *ret_account = account;
    return LEDGER_DONE;
}

static bool is_space(char character)
{
    return character == ' ' || character == '\t' || character == '\r' || character == '\n';
}

static struct ledger_text line_trim(struct ledger_text line)
{
    while (line.size > 0 && is_space(line.data[line.size - 1])) {
        line.size--;
    }
    while (line.size > 0 && is_space(line.data[0])) {
        line.data++;
        line.size--;
    }
    return line;
}

/* A line of JSON names its own place as line 1; that of the file is told instead. */
static ledger_status ndjson_parse(const struct json_place *place, struct ledger_text line,
                                  const struct json_value **ret_document)
{
    struct ledger_text name;
    LEDGER_TRY(ledger_call_format(place->call, &name, "%s line %llu", place->source_name,
                                  (unsigned long long)place->first_line));
    return json_read(place->call, line, name.data, ret_document);
}

static ledger_status ndjson_read(const struct json_place *place, struct ledger_text line, struct reading *reading)
{
    const struct json_value *document = NULL;
    LEDGER_TRY(ndjson_parse(place, line, &document));
    const struct json_value *account = document->count == 1 ? json_find(document, "account") : NULL;
    reading->kind = account == NULL ? READING_POSTING : READING_ACCOUNT;
    return account == NULL ? ndjson_read_posting(place, document, &reading->posting)
                           : ndjson_read_account(place, account, &reading->account);
}

static ledger_status ndjson_next(struct ledger_call *call, struct posting_reader *base, bool *ret_has_record,
                                 struct reading *ret_reading)
{
    struct ndjson_reader *reader = ndjson_reader(base);
    bool has_line = false;
    struct ledger_text line;
    do {
        LEDGER_TRY(line_input_next(call, &reader->input, &has_line, &line));
    } while (has_line && line_trim(line).size == 0);
    *ret_has_record = has_line;
    if (!has_line) {
        return LEDGER_DONE;
    }
    *ret_reading = (struct reading){.line = line_input_number(&reader->input), .source = line};
    struct json_place place = {
        .call = call, .source_name = reader->input.name, .first_line = line_input_number(&reader->input)};
    return ndjson_read(&place, line, ret_reading);
}

static void ndjson_tell(const struct posting_reader *base, struct reading_position *ret_position)
{
    const struct ndjson_reader *reader = (const struct ndjson_reader *)base;
    *ret_position = (struct reading_position){
        .line = reader->input.lines_before + reader->input.lines_taken,
        .bytes = line_input_bytes(&reader->input),
        .bytes_total = reader->input.bytes_total,
        .digest = line_input_digest(&reader->input),
    };
}

/* What is an object gets the reasons as a member; anything else stands in one as a text. */
static void ndjson_add_rejected(const struct posting_reader *base, struct text_builder *builder,
                                struct ledger_text source, struct ledger_text reasons)
{
    (void)base;
    struct ledger_text line = line_trim(source);
    bool is_object = line.size > 2 && line.data[0] == '{' && line.data[line.size - 1] == '}';
    text_builder_add_string(builder, "{\"rejected_because\":");
    json_add_quoted(builder, reasons);
    text_builder_add_string(builder, is_object ? "," : ",\"rejected_text\":");
    if (is_object) {
        text_builder_add(builder, line.data + 1, line.size - 1);
    } else {
        json_add_quoted(builder, line);
        text_builder_add_char(builder, '}');
    }
    text_builder_add_char(builder, '\n');
}

static struct ledger_text ndjson_preamble(const struct posting_reader *base)
{
    (void)base;
    return TEXT_ABSENT;
}

static void ndjson_free(struct posting_reader *base)
{
    struct ndjson_reader *reader = ndjson_reader(base);
    line_input_close(&reader->input);
    free(reader);
}

static const struct posting_reader_operations ndjson_operations = {
    .next = ndjson_next,
    .tell = ndjson_tell,
    .add_rejected = ndjson_add_rejected,
    .preamble = ndjson_preamble,
    .free = ndjson_free,
};

ledger_status read_ndjson_open(struct ledger_call *call, const char *path, struct posting_reader **ret_reader)
{
    struct ndjson_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    reader->base.operations = &ndjson_operations;
    ledger_status status = line_input_open(call, path, READING_RECORD_BYTES_MAX, &reader->input);
    if (status != LEDGER_DONE) {
        free(reader);
        return status;
    }
    *ret_reader = &reader->base;
    return LEDGER_DONE;
}
