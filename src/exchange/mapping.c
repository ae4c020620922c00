/* Mapping files.
 *
 * I1 A line that is not understood is a problem with its number, never read over.
 * I2 The accounts are sorted by name once they are read; a name stands there once. */
#include "exchange/mapping.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/quote.h"
#include "base/time.h"
#include "base/utf8.h"
#include "ledger/account.h"

enum { PAIRS_FIRST = 16 };

const char *const posting_column_names[POSTING_COLUMNS_COUNT] = {
    [COLUMN_TRANSACTION] = "transaction",
    [COLUMN_TRANSACTION_DATE] = "transaction_date",
    [COLUMN_BUSINESS_EVENT_TYPE] = "business_event_type",
    [COLUMN_DESCRIPTION] = "description",
    [COLUMN_BUSINESS_KEY] = "business_key",
    [COLUMN_IDEMPOTENCY_KEY] = "idempotency_key",
    [COLUMN_ACCOUNT_CODE] = "account_code",
    [COLUMN_ENTRY_TYPE] = "entry_type",
    [COLUMN_AMOUNT] = "amount",
    [COLUMN_DEBIT] = "debit",
    [COLUMN_CREDIT] = "credit",
    [COLUMN_DEBIT_ACCOUNT] = "debit_account",
    [COLUMN_CREDIT_ACCOUNT] = "credit_account",
    [COLUMN_CURRENCY] = "currency",
    [COLUMN_MEMO] = "memo",
    [COLUMN_COST_CENTER] = "cost_center",
    [COLUMN_BUSINESS_UNIT] = "business_unit",
    [COLUMN_PROJECT_CODE] = "project_code",
    [COLUMN_REJECTED_BECAUSE] = "rejected_because",
};

enum posting_column posting_column_find(struct ledger_text name)
{
    unsigned column = 0;
    while (column < POSTING_COLUMNS_COUNT && !text_equals_string(name, posting_column_names[column])) {
        column++;
    }
    return (enum posting_column)column;
}

/* A line of the file, for messages. */
struct mapping_line {
    struct ledger_call *call;
    struct mapping *mapping;
    const char *file;
    uint64_t number;
    struct ledger_text name;
    struct ledger_text value;
};

static void line_refuse(const struct mapping_line *line, const char *what, struct ledger_text quoted_text,
                        const char *remedy)
{
    char quoted[QUOTE_SIZE];
    ledger_call_add_problem(line->call, LEDGER_INPUT_IS_MALFORMED, 0, "%s line %" PRIu64 ": %s %s: %s", line->file,
                            line->number, what, text_quote(quoted_text, quoted), remedy);
}

void mapping_init(struct mapping *mapping)
{
    *mapping = (struct mapping){.sign = SIGN_IS_NOT_GIVEN};
    arena_init(&mapping->arena);
}

void mapping_done(struct mapping *mapping)
{
    arena_done(&mapping->arena);
}

static ledger_status pairs_add(const struct mapping_line *line, struct mapping_pairs *pairs)
{
    if (pairs->count == pairs->capacity) {
        size_t capacity = pairs->capacity == 0 ? PAIRS_FIRST : pairs->capacity * 2;
        struct mapping_pair *grown = arena_allocate_array(&line->mapping->arena, capacity, sizeof *grown);
        if (grown == NULL) {
            return ledger_fail_out_of_memory(line->call);
        }
        if (pairs->count > 0) {
            memcpy(grown, pairs->items, pairs->count * sizeof *grown);
        }
        pairs->items = grown;
        pairs->capacity = capacity;
    }
    pairs->items[pairs->count++] = (struct mapping_pair){line->name, line->value};
    return LEDGER_DONE;
}

static int pair_compare(const void *left, const void *right)
{
    return text_compare(((const struct mapping_pair *)left)->name, ((const struct mapping_pair *)right)->name);
}

struct ledger_text mapping_find(const struct mapping_pairs *pairs, struct ledger_text name)
{
    if (pairs->count == 0 || text_is_absent(name)) {
        return TEXT_ABSENT;
    }
    const struct mapping_pair wanted = {.name = name};
    const struct mapping_pair *found =
        bsearch(&wanted, pairs->items, pairs->count, sizeof pairs->items[0], pair_compare);
    return found == NULL ? TEXT_ABSENT : found->value;
}

/* Sections. */

static bool format_take(struct mapping *mapping, const struct mapping_line *line)
{
    struct ledger_text value = line->value;
    char first = value.size == 1 ? value.data[0] : '\0';
    if (text_equals_string(line->name, "date")) {
        mapping->date_format = value;
        return value.size > 0;
    }
    if (text_equals_string(line->name, "decimal")) {
        mapping->decimal_sign = first;
        return first == '.' || first == ',';
    }
    if (text_equals_string(line->name, "separator")) {
        mapping->separator = text_equals_string(value, "tab") ? '\t' : first;
        return mapping->separator == ',' || mapping->separator == ';' || mapping->separator == '\t';
    }
    bool is_debit = text_equals_string(value, "debit");
    mapping->sign = is_debit ? SIGN_POSITIVE_IS_DEBIT : SIGN_POSITIVE_IS_CREDIT;
    return is_debit || text_equals_string(value, "credit");
}

static ledger_status section_format(const struct mapping_line *line)
{
    static const char *const names[] = {"date", "decimal", "separator", "sign"};
    size_t i = 0;
    while (i < sizeof names / sizeof names[0] && !text_equals_string(line->name, names[i])) {
        i++;
    }
    if (i == sizeof names / sizeof names[0]) {
        line_refuse(line, "unknown setting", line->name, "[format] has date, decimal, separator and sign");
    } else if (!format_take(line->mapping, line)) {
        line_refuse(
            line, names[i], line->value,
            "decimal is . or ,; separator is , or ; or tab; sign is debit or credit, what a positive amount is");
    }
    return LEDGER_DONE;
}

static ledger_status take_column(const struct mapping_line *line, struct ledger_text *places)
{
    enum posting_column column = posting_column_find(line->name);
    if (column == POSTING_COLUMNS_COUNT || column == COLUMN_REJECTED_BECAUSE) {
        const char *nearest = text_nearest(line->name, posting_column_names, POSTING_COLUMNS_COUNT);
        line_refuse(line, "unknown column", line->name,
                    nearest == NULL ? "the columns of ours are told by import --help" : nearest);
        return LEDGER_DONE;
    }
    places[column] = line->value;
    return LEDGER_DONE;
}

static ledger_status section_columns(const struct mapping_line *line)
{
    return take_column(line, line->mapping->columns);
}

static ledger_status section_defaults(const struct mapping_line *line)
{
    return take_column(line, line->mapping->defaults);
}

static ledger_status section_ignored(const struct mapping_line *line)
{
    if (!text_equals_string(line->name, "column")) {
        line_refuse(line, "unknown setting", line->name, "[ignored] has lines column = NAME");
        return LEDGER_DONE;
    }
    line->mapping->ignores_all = line->mapping->ignores_all || text_equals_string(line->value, "*");
    struct mapping_line turned = *line;
    turned.name = line->value;
    return pairs_add(&turned, &line->mapping->ignored);
}

static ledger_status section_accounts(const struct mapping_line *line)
{
    return pairs_add(line, &line->mapping->accounts);
}

static ledger_status section_commodities(const struct mapping_line *line)
{
    return pairs_add(line, &line->mapping->commodities);
}

static ledger_status section_types(const struct mapping_line *line)
{
    enum ledger_account_type type;
    if (!ledger_account_type_parse(line->value, &type)) {
        line_refuse(line, "unknown type", line->value, "types are ASSET, LIABILITY, EQUITY, REVENUE and EXPENSE");
        return LEDGER_DONE;
    }
    return pairs_add(line, &line->mapping->types);
}

typedef ledger_status section_take(const struct mapping_line *line);

static const struct section {
    const char *name;
    section_take *take;
} sections[] = {
    {"format", section_format},   {"columns", section_columns},   {"defaults", section_defaults},
    {"ignored", section_ignored}, {"accounts", section_accounts}, {"commodities", section_commodities},
    {"types", section_types},
};

/* Lines. */

static struct ledger_text text_trim(struct ledger_text text)
{
    while (text.size > 0 && strchr(" \t\r", text.data[text.size - 1]) != NULL) {
        text.size--;
    }
    while (text.size > 0 && (text.data[0] == ' ' || text.data[0] == '\t')) {
        text.data++;
        text.size--;
    }
    return text;
}

static struct ledger_text unquote(struct ledger_text text)
{
    bool is_quoted = text.size >= 2 && text.data[0] == '"' && text.data[text.size - 1] == '"';
    return is_quoted ? (struct ledger_text){text.data + 1, text.size - 2} : text;
}

/* The offset of the = between name and value; the size where there is none. */
static size_t find_equals(struct ledger_text text)
{
    size_t from = 0;
    if (text.size > 0 && text.data[0] == '"') {
        const char *closing = memchr(text.data + 1, '"', text.size - 1);
        from = closing == NULL ? text.size : (size_t)(closing - text.data) + 1;
    }
    const char *equals = from < text.size ? memchr(text.data + from, '=', text.size - from) : NULL;
    return equals == NULL ? text.size : (size_t)(equals - text.data);
}

static const struct section *section_find(struct ledger_text text)
{
    struct ledger_text name = {text.data + 1, text.size - 2};
    for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        if (text_equals_string(name, sections[i].name)) {
            return &sections[i];
        }
    }
    return NULL;
}

static ledger_status line_take(struct mapping_line *line, struct ledger_text text, const struct section **section)
{
    if (text.size == 0 || text.data[0] == '#' || text.data[0] == ';') {
        return LEDGER_DONE;
    }
    if (text.size >= 2 && text.data[0] == '[' && text.data[text.size - 1] == ']') {
        *section = section_find(text);
        if (*section == NULL) {
            line_refuse(line, "unknown section", text,
                        "there are format, columns, defaults, ignored, accounts, commodities and types");
        }
        return LEDGER_DONE;
    }
    size_t equals = find_equals(text);
    if (*section == NULL || equals == text.size) {
        line_refuse(line, "not understood", text, "a line is [section], or name = value in a section");
        return LEDGER_DONE;
    }
    line->name = unquote(text_trim((struct ledger_text){text.data, equals}));
    line->value = unquote(text_trim((struct ledger_text){text.data + equals + 1, text.size - equals - 1}));
    return (*section)->take(line);
}

/* I2. */
static void pairs_sort(const struct mapping_line *line, struct mapping_pairs *pairs)
{
    if (pairs->count == 0) {
        return;
    }
    qsort(pairs->items, pairs->count, sizeof pairs->items[0], pair_compare);
    for (size_t i = 1; i < pairs->count; i++) {
        if (pair_compare(&pairs->items[i - 1], &pairs->items[i]) == 0) {
            char quoted[QUOTE_SIZE];
            ledger_call_add_problem(line->call, LEDGER_INPUT_IS_MALFORMED, 0, "%s: %s stands there twice", line->file,
                                    text_quote(pairs->items[i].name, quoted));
        }
    }
}

static ledger_status mapping_read_lines(struct mapping_line *line, struct ledger_text content,
                                        const struct section *section)
{
    struct ledger_call *call = line->call;
    size_t first_problem = ledger_call_problems_count(call);
    if (utf8_first_invalid(content) != content.size) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s is not UTF-8", line->file);
    }
    char *copy = arena_allocate(&line->mapping->arena, content.size);
    if (copy == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    memcpy(copy, content.size == 0 ? "" : content.data, content.size);
    for (size_t begin = 0; begin < content.size;) {
        const char *feed = memchr(copy + begin, '\n', content.size - begin);
        size_t end = feed == NULL ? content.size : (size_t)(feed - copy);
        line->number++;
        LEDGER_TRY(line_take(line, text_trim((struct ledger_text){copy + begin, end - begin}), &section));
        begin = end + 1;
    }
    struct mapping_pairs *const all[] = {&line->mapping->accounts, &line->mapping->commodities, &line->mapping->types,
                                         &line->mapping->ignored};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        pairs_sort(line, all[i]);
    }
    return ledger_call_worst(call, first_problem);
}

ledger_status mapping_read_text(struct ledger_call *call, struct mapping *mapping, struct ledger_text content,
                                const char *name)
{
    struct mapping_line line = {.call = call, .mapping = mapping, .file = name};
    return mapping_read_lines(&line, content, NULL);
}

ledger_status mapping_read(struct ledger_call *call, struct mapping *mapping, const char *path)
{
    struct ledger_text content;
    LEDGER_TRY(file_read(call, path, MAPPING_FILE_BYTES_MAX, &content));
    return mapping_read_text(call, mapping, content, path);
}

ledger_status mapping_read_accounts(struct ledger_call *call, struct mapping *mapping, const char *path)
{
    static const struct section accounts = {"accounts", section_accounts};
    struct mapping_line line = {.call = call, .mapping = mapping, .file = path};
    struct ledger_text content;
    LEDGER_TRY(file_read(call, path, MAPPING_FILE_BYTES_MAX, &content));
    return mapping_read_lines(&line, content, &accounts);
}

/* Dates. */

/* The parts of a date, in the order of date_tokens. */
enum date_part { PART_YEAR, PART_MONTH, PART_DAY, PART_HOUR, PART_MINUTE, PART_SECOND, PARTS_COUNT };

static const char *const date_tokens[PARTS_COUNT] = {"YYYY", "MM", "DD", "hh", "mm", "ss"};

static bool take_part(struct ledger_text text, size_t *offset, size_t digits_max, int32_t *ret_number)
{
    size_t begin = *offset;
    int32_t number = 0;
    while (*offset < text.size && *offset - begin < digits_max && text.data[*offset] >= '0' &&
           text.data[*offset] <= '9') {
        number = number * 10 + (text.data[(*offset)++] - '0');
    }
    *ret_number = number;
    return *offset > begin;
}

static bool take_parts(struct ledger_text format, struct ledger_text text, int32_t parts[PARTS_COUNT])
{
    size_t offset = 0;
    for (size_t i = 0; i < format.size;) {
        unsigned part = 0;
        while (part < PARTS_COUNT && (format.size - i < strlen(date_tokens[part]) ||
                                      memcmp(format.data + i, date_tokens[part], strlen(date_tokens[part])) != 0)) {
            part++;
        }
        if (part < PARTS_COUNT) {
            size_t digits = strlen(date_tokens[part]);
            size_t begin = offset;
            if (!take_part(text, &offset, digits, &parts[part]) || (part == PART_YEAR && offset - begin != digits)) {
                return false;
            }
            i += digits;
        } else if (offset < text.size && text.data[offset] == format.data[i]) {
            offset++;
            i++;
        } else {
            return false;
        }
    }
    return offset == text.size;
}

bool mapping_read_date(const struct mapping *mapping, struct ledger_text text, char out[MAPPING_DATE_SIZE])
{
    int32_t parts[PARTS_COUNT] = {0, 0, 0, -1, 0, 0};
    if (!take_parts(mapping->date_format, text, parts)) {
        return false;
    }
    int written = snprintf(out, MAPPING_DATE_SIZE, "%04d-%02d-%02d", (int)parts[PART_YEAR], (int)parts[PART_MONTH],
                           (int)parts[PART_DAY]);
    if (parts[PART_HOUR] >= 0 && written > 0) {
        (void)snprintf(out + written, MAPPING_DATE_SIZE - (size_t)written, "T%02d:%02d:%02d", (int)parts[PART_HOUR],
                       (int)parts[PART_MINUTE], (int)parts[PART_SECOND]);
    }
    return true;
}
