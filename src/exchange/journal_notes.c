/* Comments and tags: those that are fields of ours become such, everything else is kept as a memo.
 *
 * A tag is a word with a colon right behind it; its value reaches to the next comma or the end, as hledger has it. */
#include "exchange/journal.h"

static const char *const field_names[JOURNAL_FIELDS_COUNT] = {
    [FIELD_COST_CENTER] = "cost_center",           [FIELD_BUSINESS_UNIT] = "business_unit",
    [FIELD_PROJECT_CODE] = "project_code",         [FIELD_MEMO] = "memo",
    [FIELD_TRANSACTION_DATE] = "transaction_date", [FIELD_BUSINESS_EVENT_TYPE] = "business_event_type",
    [FIELD_BUSINESS_KEY] = "business_key",         [FIELD_IDEMPOTENCY_KEY] = "idempotency_key",
};

static enum journal_field field_find(struct ledger_text key, bool is_of_transaction)
{
    unsigned count = is_of_transaction ? JOURNAL_FIELDS_COUNT : FIELD_TRANSACTION_DATE;
    for (unsigned field = 0; field < count; field++) {
        if (journal_is_word(key, field_names[field])) {
            return (enum journal_field)field;
        }
    }
    return JOURNAL_FIELDS_COUNT;
}

ledger_status journal_add_memo(struct ledger_call *call, struct journal_notes *notes, struct ledger_text text)
{
    text = journal_trim(text);
    if (text.size == 0) {
        return LEDGER_DONE;
    }
    if (text_is_absent(notes->memo)) {
        notes->memo = text;
        return LEDGER_DONE;
    }
    return ledger_call_format(call, &notes->memo, "%.*s; %.*s", TEXT_ARGUMENTS(notes->memo), TEXT_ARGUMENTS(text));
}

ledger_status journal_take_tag(struct ledger_call *call, struct ledger_text key, struct ledger_text value,
                               bool is_of_transaction, struct journal_notes *notes)
{
    enum journal_field field = field_find(key, is_of_transaction);
    if (field != JOURNAL_FIELDS_COUNT && text_is_absent(notes->fields[field]) && value.size > 0) {
        notes->fields[field] = value;
        return LEDGER_DONE;
    }
    struct ledger_text memo;
    LEDGER_TRY(ledger_call_format(call, &memo, "%.*s: %.*s", TEXT_ARGUMENTS(key), TEXT_ARGUMENTS(value)));
    return journal_add_memo(call, notes, memo);
}

/* Where the tag that is a field of ours begins in a part of a comment; the size where there is none. */
static size_t find_field(struct ledger_text part, bool is_of_transaction, enum journal_field *ret_field,
                         struct ledger_text *ret_value)
{
    size_t begin = 0;
    for (size_t i = 0; i < part.size; i++) {
        if (part.data[i] == ' ' || part.data[i] == '\t') {
            begin = i + 1;
        } else if (part.data[i] == ':') {
            *ret_field = field_find((struct ledger_text){part.data + begin, i - begin}, is_of_transaction);
            if (*ret_field != JOURNAL_FIELDS_COUNT) {
                *ret_value = journal_trim((struct ledger_text){part.data + i + 1, part.size - i - 1});
                return begin;
            }
        }
    }
    return part.size;
}

static ledger_status take_part(struct ledger_call *call, struct ledger_text part, bool is_of_transaction,
                               struct journal_notes *notes)
{
    enum journal_field field = JOURNAL_FIELDS_COUNT;
    struct ledger_text value = TEXT_ABSENT;
    size_t begin = find_field(part, is_of_transaction, &field, &value);
    if (begin < part.size && value.size > 0 && text_is_absent(notes->fields[field])) {
        notes->fields[field] = value;
        part.size = begin;
    }
    return journal_add_memo(call, notes, part);
}

static bool has_fields(struct ledger_text comment, bool is_of_transaction)
{
    enum journal_field field;
    struct ledger_text value;
    struct ledger_text left = comment;
    while (left.size > 0) {
        const char *comma = memchr(left.data, ',', left.size);
        size_t size = comma == NULL ? left.size : (size_t)(comma - left.data);
        if (find_field((struct ledger_text){left.data, size}, is_of_transaction, &field, &value) < size) {
            return true;
        }
        size_t taken = comma == NULL ? size : size + 1;
        left = (struct ledger_text){left.data + taken, left.size - taken};
    }
    return false;
}

ledger_status journal_take_notes(struct ledger_call *call, struct ledger_text comment, bool is_of_transaction,
                                 struct journal_notes *notes)
{
    comment = journal_trim(comment);
    if (comment.size == 0 || memchr(comment.data, ':', comment.size) == NULL ||
        !has_fields(comment, is_of_transaction)) {
        return journal_add_memo(call, notes, comment);
    }
    while (comment.size > 0) {
        const char *comma = memchr(comment.data, ',', comment.size);
        size_t size = comma == NULL ? comment.size : (size_t)(comma - comment.data);
        size_t taken = comma == NULL ? size : size + 1;
        LEDGER_TRY(take_part(call, (struct ledger_text){comment.data, size}, is_of_transaction, notes));
        comment = (struct ledger_text){comment.data + taken, comment.size - taken};
    }
    return LEDGER_DONE;
}
