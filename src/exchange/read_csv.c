/* Postings as CSV. The shape is judged here; amounts, codes and texts by the rules of posting.
 *
 * I1 A row whose quotes do not close as they should ends with its first line: it spoils none but itself.
 * I2 Columns that nobody asked for are a fault of the header, unless the mapping says that they are to be ignored. */
#include <inttypes.h>
#include <stdlib.h>

#include "base/csv_read.h"
#include "base/csv_write.h"
#include "base/quote.h"
#include "exchange/number_text.h"
#include "exchange/posting_reader.h"

enum {
    ROW_BYTES_MAX = 4 * 1024 * 1024,
    HEADER_BYTES_FIRST = 512,
};

#define NOT_THERE SIZE_MAX

enum row_form {
    ROW_IS_AN_ENTRY,
    ROW_IS_A_PAIR, /* a debit and a credit of the same amount */
};

struct csv_postings {
    struct posting_reader base;
    struct line_input input;
    struct csv_reader csv;
    const struct mapping *mapping;
    char separator;
    enum row_form form;
    size_t columns[POSTING_COLUMNS_COUNT]; /* where they stand in a row, or NOT_THERE */
    size_t fields_count;
    struct arena arena;
    struct ledger_text preamble;
};

static struct csv_postings *csv_postings(struct posting_reader *reader)
{
    return (struct csv_postings *)reader;
}

/* Rows. */

/* How far a row was looked at, and whether it is within quotes there. */
struct row_scan {
    enum { AT_FIELD, IN_PLAIN, IN_QUOTES, AT_QUOTE } state;
    size_t offset;
    bool is_broken; /* something follows a closing quote */
};

static void row_scan(struct row_scan *scan, struct ledger_text text, char separator)
{
    for (; scan->offset < text.size; scan->offset++) {
        char character = text.data[scan->offset];
        if (scan->state == IN_QUOTES) {
            scan->state = character == '"' ? AT_QUOTE : IN_QUOTES;
        } else if (character == separator || character == '\n') {
            scan->state = AT_FIELD;
        } else if (character == '"' && scan->state != IN_PLAIN) {
            scan->state = IN_QUOTES; /* the first of a field, or the second of two */
        } else {
            scan->is_broken = scan->is_broken || (scan->state == AT_QUOTE && character != '\r');
            scan->state = IN_PLAIN;
        }
    }
}

/* Extends the line at hand, whose last row begins at `begin`, to the end of that row (I1). */
static ledger_status row_complete(struct ledger_call *call, struct csv_postings *reader, size_t begin,
                                  struct ledger_text *text)
{
    struct row_scan scan = {.state = AT_FIELD, .offset = begin};
    uint64_t lines = reader->input.lines_taken;
    size_t size = text->size;
    row_scan(&scan, *text, reader->separator);
    while (scan.state == IN_QUOTES || (scan.is_broken && text->size > size)) {
        bool has_more = !scan.is_broken && text->size - begin < ROW_BYTES_MAX;
        if (has_more) {
            LEDGER_TRY(line_input_extend(call, &reader->input, &has_more, text));
        }
        if (!has_more) {
            line_input_shorten(&reader->input, size, lines);
            text->size = size;
            return LEDGER_DONE;
        }
        row_scan(&scan, *text, reader->separator);
    }
    return LEDGER_DONE;
}

/* A field as it stands in its row, but for the quotes around it. */
static struct ledger_text row_raw_field(struct ledger_text row, char separator, size_t index)
{
    struct row_scan scan = {.state = AT_FIELD};
    size_t begin = 0;
    for (size_t i = 0; i < row.size; i++) {
        row_scan(&scan, (struct ledger_text){row.data, i + 1}, separator);
        bool is_end = scan.state == AT_FIELD || i + 1 == row.size;
        if (is_end && index == 0) {
            size_t end = scan.state == AT_FIELD ? i : i + 1;
            end -= end > begin && row.data[end - 1] == '\r' ? 1 : 0;
            bool is_quoted = end - begin >= 2 && row.data[begin] == '"' && row.data[end - 1] == '"';
            return (struct ledger_text){row.data + begin + is_quoted, end - begin - 2 * (size_t)is_quoted};
        }
        if (is_end) {
            index--;
            begin = i + 1;
        }
    }
    return TEXT("");
}

static bool is_blank_line(struct ledger_text line)
{
    return line.size == 0 || line.data[0] == '\n' || (line.data[0] == '\r' && line.size == 2);
}

/* The rows of the next record; `ret_source` is absent at the end. */
static ledger_status record_take(struct ledger_call *call, struct csv_postings *reader, struct ledger_text *ret_source)
{
    struct ledger_text text;
    bool has_line = false;
    do {
        LEDGER_TRY(line_input_next(call, &reader->input, &has_line, &text));
    } while (has_line && is_blank_line(text));
    *ret_source = TEXT_ABSENT;
    if (!has_line) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(row_complete(call, reader, 0, &text));
    size_t column = reader->columns[COLUMN_TRANSACTION];
    size_t first_size = text.size;
    while (column != NOT_THERE) {
        size_t size = text.size;
        uint64_t lines = reader->input.lines_taken;
        LEDGER_TRY(line_input_extend(call, &reader->input, &has_line, &text));
        LEDGER_TRY(has_line ? row_complete(call, reader, size, &text) : LEDGER_DONE);
        struct ledger_text row = {text.data + size, text.size - size};
        struct ledger_text first = {text.data, first_size};
        if (!has_line || is_blank_line(row) ||
            !text_equals(row_raw_field(first, reader->separator, column),
                         row_raw_field(row, reader->separator, column))) {
            line_input_shorten(&reader->input, size, lines);
            text.size = size;
            break;
        }
    }
    *ret_source = text;
    return LEDGER_DONE;
}

/* Fields. */

/* A record that is being made from its rows. */
struct csv_record {
    struct ledger_call *call;
    const struct csv_postings *reader;
    struct ledger_text source;
    struct csv_row row;                              /* at hand */
    uint64_t line;                                   /* of it, in the file */
    struct ledger_text texts[POSTING_COLUMNS_COUNT]; /* of the transaction as a whole */
    struct ledger_entry *entries;
    uint32_t entries_count;
};

static void record_refuse(const struct csv_record *record, const char *column, struct ledger_text value,
                          const char *what)
{
    char quoted[QUOTE_SIZE];
    ledger_call_add_problem(record->call, LEDGER_INPUT_IS_MALFORMED, 0, "%s line %" PRIu64 ": %s %s %s",
                            record->reader->input.name, record->line, column, text_quote(value, quoted), what);
}

/* What stands in a column, or its default; absent where there is neither. It lives with the call: what the reader of
 * CSV had to copy is copied once more, since that goes with the row. */
static ledger_status record_field(const struct csv_record *record, enum posting_column column,
                                  struct ledger_text *ret_text)
{
    size_t index = record->reader->columns[column];
    struct ledger_text text = index == NOT_THERE ? TEXT("") : record->row.fields[index];
    if (text.size == 0) {
        *ret_text = record->reader->mapping->defaults[column];
        return LEDGER_DONE;
    }
    uintptr_t source = (uintptr_t)record->source.data;
    uintptr_t at = (uintptr_t)text.data;
    *ret_text = text;
    bool is_view = at >= source && at < source + record->source.size;
    return is_view ? LEDGER_DONE : ledger_call_copy_text(record->call, text, ret_text);
}

static const enum posting_column transaction_columns[] = {COLUMN_TRANSACTION_DATE, COLUMN_BUSINESS_EVENT_TYPE,
                                                          COLUMN_DESCRIPTION, COLUMN_BUSINESS_KEY,
                                                          COLUMN_IDEMPOTENCY_KEY};

/* What is of the transaction stands in its first row, and in others the same or nothing. */
static ledger_status record_take_texts(struct csv_record *record)
{
    for (size_t i = 0; i < sizeof transaction_columns / sizeof transaction_columns[0]; i++) {
        enum posting_column column = transaction_columns[i];
        struct ledger_text text;
        LEDGER_TRY(record_field(record, column, &text));
        if (text_is_absent(record->texts[column])) {
            record->texts[column] = text;
        } else if (!text_is_absent(text) && !text_equals(text, record->texts[column])) {
            record_refuse(record, posting_column_names[column], text,
                          "differs from the rows before of its transaction");
        }
    }
    return LEDGER_DONE;
}

/* Takes a sign away that stands before or behind. */
static bool take_sign(struct ledger_text *text)
{
    bool is_before = text->size > 0 && (text->data[0] == '-' || text->data[0] == '+');
    bool is_behind = !is_before && text->size > 0 && text->data[text->size - 1] == '-';
    bool is_negative = is_behind || (is_before && text->data[0] == '-');
    text->data += is_before;
    text->size -= is_before || is_behind;
    return is_negative;
}

/* Without a decimal sign of the mapping's the text is for the rules of posting to judge. With a meaning of signs
 * `ret_is_negative` is set, and the sign is gone. */
static void record_take_amount(const struct csv_record *record, enum posting_column column, struct ledger_text text,
                               struct ledger_entry *entry, bool *ret_is_negative)
{
    const struct mapping *mapping = record->reader->mapping;
    struct ledger_text digits = text;
    *ret_is_negative = mapping->sign != SIGN_IS_NOT_GIVEN && take_sign(&digits);
    if (mapping->decimal_sign == 0) {
        entry->amount = digits;
        return;
    }
    enum number_fault fault = number_read(digits, mapping->decimal_sign, &entry->amount_minor);
    if (fault != NUMBER_IS_GOOD) {
        record_refuse(record, posting_column_names[column], text, number_fault_sentence(fault));
    }
}

/* An empty column of the two may be written as 0. */
static bool is_nothing(struct ledger_text text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] != '0' && text.data[i] != '.' && text.data[i] != ',') {
            return false;
        }
    }
    return true;
}

static ledger_status record_take_side(const struct csv_record *record, struct ledger_entry *entry)
{
    struct ledger_text debit;
    struct ledger_text credit;
    bool is_negative = false;
    LEDGER_TRY(record_field(record, COLUMN_DEBIT, &debit));
    LEDGER_TRY(record_field(record, COLUMN_CREDIT, &credit));
    if (is_nothing(debit) == is_nothing(credit)) {
        record_refuse(record, "debit", debit, "and credit: one of the two has an amount");
        return LEDGER_DONE;
    }
    bool is_debit = !is_nothing(debit);
    record_take_amount(record, is_debit ? COLUMN_DEBIT : COLUMN_CREDIT, is_debit ? debit : credit, entry, &is_negative);
    entry->entry_type = is_debit != is_negative ? LEDGER_DEBIT : LEDGER_CREDIT;
    return LEDGER_DONE;
}

static enum ledger_entry_type type_by_sign(const struct mapping *mapping, bool is_negative)
{
    return (mapping->sign == SIGN_POSITIVE_IS_CREDIT) != is_negative ? LEDGER_CREDIT : LEDGER_DEBIT;
}

static ledger_status record_take_signed(const struct csv_record *record, struct ledger_entry *entry)
{
    struct ledger_text amount;
    bool is_negative = false;
    LEDGER_TRY(record_field(record, COLUMN_AMOUNT, &amount));
    LEDGER_TRY(record_field(record, COLUMN_ENTRY_TYPE, &entry->entry_type_text));
    record_take_amount(record, COLUMN_AMOUNT, text_is_absent(amount) ? TEXT("") : amount, entry, &is_negative);
    if (text_is_absent(entry->entry_type_text)) {
        entry->entry_type = type_by_sign(record->reader->mapping, is_negative);
        if (record->reader->mapping->sign == SIGN_IS_NOT_GIVEN) {
            record_refuse(record, "entry_type", TEXT(""), "is neither DEBIT nor CREDIT");
        }
    }
    return LEDGER_DONE;
}

static ledger_status record_take_account(const struct csv_record *record, enum posting_column column,
                                         struct ledger_entry *entry)
{
    LEDGER_TRY(record_field(record, column, &entry->account_code));
    struct ledger_text code = mapping_find(&record->reader->mapping->accounts, entry->account_code);
    entry->account_code = text_is_absent(code) ? entry->account_code : code;
    return LEDGER_DONE;
}

static ledger_status record_take_texts_of_entry(const struct csv_record *record, struct ledger_entry *entry)
{
    LEDGER_TRY(record_field(record, COLUMN_CURRENCY, &entry->currency));
    LEDGER_TRY(record_field(record, COLUMN_MEMO, &entry->memo));
    LEDGER_TRY(record_field(record, COLUMN_COST_CENTER, &entry->cost_center));
    LEDGER_TRY(record_field(record, COLUMN_BUSINESS_UNIT, &entry->business_unit));
    return record_field(record, COLUMN_PROJECT_CODE, &entry->project_code);
}

static ledger_status record_take_entry(struct csv_record *record)
{
    struct ledger_entry *entry = &record->entries[record->entries_count++];
    bool has_sides = record->reader->columns[COLUMN_DEBIT] != NOT_THERE;
    LEDGER_TRY(record_take_account(record, COLUMN_ACCOUNT_CODE, entry));
    LEDGER_TRY(has_sides ? record_take_side(record, entry) : record_take_signed(record, entry));
    return record_take_texts_of_entry(record, entry);
}

static ledger_status record_take_pair(struct csv_record *record)
{
    struct ledger_entry *pair = &record->entries[record->entries_count];
    struct ledger_text amount;
    bool is_negative = false;
    record->entries_count += 2;
    LEDGER_TRY(record_field(record, COLUMN_AMOUNT, &amount));
    record_take_amount(record, COLUMN_AMOUNT, text_is_absent(amount) ? TEXT("") : amount, pair, &is_negative);
    LEDGER_TRY(record_take_texts_of_entry(record, pair));
    pair[1] = pair[0];
    LEDGER_TRY(record_take_account(record, COLUMN_DEBIT_ACCOUNT, &pair[0]));
    LEDGER_TRY(record_take_account(record, COLUMN_CREDIT_ACCOUNT, &pair[1]));
    pair[0].entry_type = type_by_sign(record->reader->mapping, is_negative);
    pair[1].entry_type = pair[0].entry_type == LEDGER_DEBIT ? LEDGER_CREDIT : LEDGER_DEBIT;
    return LEDGER_DONE;
}

static ledger_status record_take_row(struct csv_record *record)
{
    const struct csv_postings *reader = record->reader;
    if (record->row.fields_count != reader->fields_count) {
        return ledger_fail(record->call, LEDGER_INPUT_IS_MALFORMED,
                           "%s line %" PRIu64 ": the row has %zu fields, the header %zu", reader->input.name,
                           record->line, record->row.fields_count, reader->fields_count);
    }
    size_t column = reader->columns[COLUMN_TRANSACTION];
    if (column != NOT_THERE && record->row.fields[column].size == 0) {
        record_refuse(record, "transaction", TEXT(""), "is empty: rows of one transaction have the same value there");
    }
    LEDGER_TRY(record_take_texts(record));
    return reader->form == ROW_IS_A_PAIR ? record_take_pair(record) : record_take_entry(record);
}

/* Dates of a form of their own become ours. */
static ledger_status record_turn_date(struct csv_record *record)
{
    struct ledger_text *date = &record->texts[COLUMN_TRANSACTION_DATE];
    char turned[MAPPING_DATE_SIZE];
    if (text_is_absent(record->reader->mapping->date_format) || text_is_absent(*date)) {
        return LEDGER_DONE;
    }
    if (!mapping_read_date(record->reader->mapping, *date, turned)) {
        record_refuse(record, "transaction_date", *date, "is not of the form that the mapping gives dates");
        return LEDGER_DONE;
    }
    return ledger_call_copy_text(record->call, ledger_text_of(turned), date);
}

/* What passes a limit of CSV spoils its record alone, as what is none. */
static ledger_status record_next_row(struct csv_record *record, struct csv_reader *csv, bool *ret_has_row)
{
    ledger_status status = csv_read_row(record->call, csv, &record->row, ret_has_row);
    record->line = record->row.line;
    if (status == LEDGER_INPUT_IS_TOO_LARGE) {
        const char *message = ledger_call_message(record->call);
        ledger_call_drop_problems(record->call, 0);
        return ledger_fail(record->call, LEDGER_INPUT_IS_MALFORMED, "%s", message);
    }
    return status;
}

static ledger_status record_read(struct ledger_call *call, struct csv_postings *reader, struct ledger_text source,
                                 struct ledger_posting *ret_posting)
{
    struct csv_record record = {.call = call, .reader = reader, .source = source};
    uint64_t first_line = line_input_number(&reader->input);
    size_t first_problem = ledger_call_problems_count(call);
    bool has_row = false;
    LEDGER_ALLOCATE(call, record.entries, 2 * reader->input.lines_taken);
    csv_reader_restart(&reader->csv, source, first_line > UINT32_MAX ? UINT32_MAX : (uint32_t)first_line);
    LEDGER_TRY(record_next_row(&record, &reader->csv, &has_row));
    while (has_row) {
        LEDGER_TRY(record_take_row(&record));
        LEDGER_TRY(record_next_row(&record, &reader->csv, &has_row));
    }
    LEDGER_TRY(record_turn_date(&record));
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    *ret_posting = (struct ledger_posting){.business_event_type = record.texts[COLUMN_BUSINESS_EVENT_TYPE],
                                           .business_key = record.texts[COLUMN_BUSINESS_KEY],
                                           .description = record.texts[COLUMN_DESCRIPTION],
                                           .transaction_date = record.texts[COLUMN_TRANSACTION_DATE],
                                           .idempotency_key = record.texts[COLUMN_IDEMPOTENCY_KEY],
                                           .entries = record.entries,
                                           .entries_count = record.entries_count};
    return LEDGER_DONE;
}

static ledger_status csv_next(struct ledger_call *call, struct posting_reader *base, bool *ret_has_record,
                              struct reading *ret_reading)
{
    struct csv_postings *reader = csv_postings(base);
    struct ledger_text source;
    LEDGER_TRY(record_take(call, reader, &source));
    *ret_has_record = !text_is_absent(source);
    if (text_is_absent(source)) {
        return LEDGER_DONE;
    }
    *ret_reading =
        (struct reading){.kind = READING_POSTING, .line = line_input_number(&reader->input), .source = source};
    return record_read(call, reader, source, &ret_reading->posting);
}

static void csv_tell(const struct posting_reader *base, struct reading_position *ret_position)
{
    const struct csv_postings *reader = (const struct csv_postings *)base;
    *ret_position = (struct reading_position){
        .line = reader->input.lines_before + reader->input.lines_taken,
        .bytes = line_input_bytes(&reader->input),
        .bytes_total = reader->input.bytes_total,
        .digest = line_input_digest(&reader->input),
    };
}

/* Rejects: the rows as they were, but for the reasons in a last column; reasons from before go. */

static void rejected_row(const struct csv_postings *reader, struct csv_writer *writer, const struct csv_row *row,
                         struct ledger_text reasons)
{
    for (size_t i = 0; i < row->fields_count; i++) {
        if (i != reader->columns[COLUMN_REJECTED_BECAUSE]) {
            csv_write_field(writer, row->fields[i]);
        }
    }
    csv_write_field(writer, reasons);
    csv_write_row_end(writer);
}

/* What is no CSV stays as it stands. */
static void rejected_line(const struct csv_postings *reader, struct csv_writer *writer, struct ledger_text source,
                          struct ledger_text reasons)
{
    while (source.size > 0 && (source.data[source.size - 1] == '\n' || source.data[source.size - 1] == '\r')) {
        source.size--;
    }
    text_builder_add_text(writer->builder, source);
    text_builder_add_char(writer->builder, reader->separator);
    csv_write_field(writer, reasons);
    csv_write_row_end(writer);
}

static void csv_add_rejected(const struct posting_reader *base, struct text_builder *builder, struct ledger_text source,
                             struct ledger_text reasons)
{
    const struct csv_postings *reader = (const struct csv_postings *)base;
    struct csv_reader rows;
    struct csv_writer writer;
    struct csv_row row;
    struct ledger_call call;
    bool has_row = false;
    size_t begin = 0;
    call_init(&call);
    csv_reader_init(&rows, TEXT_ABSENT, reader->input.name, reader->separator);
    csv_reader_restart(&rows, source, 1); /* no mark is looked for within a file */
    csv_writer_init(&writer, builder);
    writer.separator = reader->separator;
    ledger_status status = csv_read_row(&call, &rows, &row, &has_row);
    while (status == LEDGER_DONE && has_row) {
        rejected_row(reader, &writer, &row, begin == 0 ? reasons : TEXT_ABSENT);
        begin = rows.offset;
        status = csv_read_row(&call, &rows, &row, &has_row);
    }
    if (status != LEDGER_DONE) {
        struct ledger_text left = {source.data + begin, source.size - begin};
        rejected_line(reader, &writer, left, begin == 0 ? reasons : TEXT_ABSENT);
    }
    csv_reader_done(&rows);
    call_done(&call);
}

static struct ledger_text csv_preamble(const struct posting_reader *base)
{
    return ((const struct csv_postings *)base)->preamble;
}

static void csv_free(struct posting_reader *base)
{
    struct csv_postings *reader = csv_postings(base);
    line_input_close(&reader->input);
    csv_reader_done(&reader->csv);
    arena_done(&reader->arena);
    free(reader);
}

static const struct posting_reader_operations csv_operations = {
    .next = csv_next,
    .tell = csv_tell,
    .add_rejected = csv_add_rejected,
    .preamble = csv_preamble,
    .free = csv_free,
};

/* The header. */

/* That which stands most often outside of quotes. */
static char header_separator(struct ledger_text header)
{
    static const char separators[] = {',', ';', '\t'};
    size_t counts[sizeof separators] = {0};
    bool is_quoted = false;
    for (size_t i = 0; i < header.size; i++) {
        is_quoted = is_quoted != (header.data[i] == '"');
        for (size_t s = 0; s < sizeof separators && !is_quoted; s++) {
            counts[s] += header.data[i] == separators[s];
        }
    }
    size_t most = counts[1] > counts[0] ? 1 : 0;
    most = counts[2] > counts[most] ? 2 : most;
    return separators[most];
}

/* The column that a name of the header means; POSTING_COLUMNS_COUNT where it means none. */
static enum posting_column header_column(const struct mapping *mapping, struct ledger_text name)
{
    for (unsigned column = 0; column < POSTING_COLUMNS_COUNT; column++) {
        if (text_equals(mapping->columns[column], name)) {
            return (enum posting_column)column;
        }
    }
    enum posting_column column = posting_column_find(name);
    bool is_renamed = column != POSTING_COLUMNS_COUNT && !text_is_absent(mapping->columns[column]);
    return is_renamed ? POSTING_COLUMNS_COUNT : column;
}

static void header_take(struct ledger_call *call, struct csv_postings *reader, const struct csv_row *row, size_t index)
{
    char quoted[QUOTE_SIZE];
    struct ledger_text name = row->fields[index];
    enum posting_column column = header_column(reader->mapping, name);
    if (column == POSTING_COLUMNS_COUNT) {
        if (reader->mapping->ignores_all || !text_is_absent(mapping_find(&reader->mapping->ignored, name))) {
            return;
        }
        const char *nearest = text_nearest(name, posting_column_names, POSTING_COLUMNS_COUNT);
        ledger_call_add_problem(call, LEDGER_INPUT_IS_MALFORMED, 0, "%s line 1: unknown column %s%s%s%s",
                                reader->input.name, text_quote(name, quoted),
                                nearest == NULL ? ": a mapping file can say what it means or that it is ignored"
                                                : " (did you mean \"",
                                nearest == NULL ? "" : nearest, nearest == NULL ? "" : "\"?)");
    } else if (reader->columns[column] != NOT_THERE) {
        ledger_call_add_problem(call, LEDGER_INPUT_IS_MALFORMED, 0, "%s line 1: the column %s stands there twice",
                                reader->input.name, text_quote(name, quoted));
    } else {
        reader->columns[column] = index;
    }
}

static bool header_has(const struct csv_postings *reader, enum posting_column column)
{
    return reader->columns[column] != NOT_THERE || !text_is_absent(reader->mapping->defaults[column]);
}

static ledger_status header_find_form(struct ledger_call *call, struct csv_postings *reader)
{
    bool has_pair = header_has(reader, COLUMN_DEBIT_ACCOUNT) && header_has(reader, COLUMN_CREDIT_ACCOUNT);
    bool has_sides = reader->columns[COLUMN_DEBIT] != NOT_THERE && reader->columns[COLUMN_CREDIT] != NOT_THERE;
    bool has_amount = reader->columns[COLUMN_AMOUNT] != NOT_THERE;
    bool has_type = header_has(reader, COLUMN_ENTRY_TYPE) || reader->mapping->sign != SIGN_IS_NOT_GIVEN;
    bool has_entry = reader->columns[COLUMN_TRANSACTION] != NOT_THERE && header_has(reader, COLUMN_ACCOUNT_CODE) &&
                     (has_sides ? !has_amount : has_amount && has_type);
    bool is_pair = has_pair && has_amount && !has_sides;
    if (is_pair == has_entry) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED,
                           "%s line 1: the header has to have transaction, account_code, entry_type and amount (or "
                           "debit and credit), an entry a row; or debit_account, credit_account and amount, a "
                           "transaction a row; a mapping file can say what its columns mean",
                           reader->input.name);
    }
    reader->form = is_pair ? ROW_IS_A_PAIR : ROW_IS_AN_ENTRY;
    return LEDGER_DONE;
}

static ledger_status header_check_mapping(struct ledger_call *call, const struct csv_postings *reader)
{
    size_t first_problem = ledger_call_problems_count(call);
    for (unsigned column = 0; column < POSTING_COLUMNS_COUNT; column++) {
        if (!text_is_absent(reader->mapping->columns[column]) && reader->columns[column] == NOT_THERE) {
            char quoted[QUOTE_SIZE];
            ledger_call_add_problem(call, LEDGER_INPUT_IS_MALFORMED, 0,
                                    "%s line 1: the header has no column %s, which the mapping says is the %s",
                                    reader->input.name, text_quote(reader->mapping->columns[column], quoted),
                                    posting_column_names[column]);
        }
    }
    return ledger_call_worst(call, first_problem);
}

static ledger_status header_keep(struct ledger_call *call, struct csv_postings *reader, const struct csv_row *row)
{
    struct text_builder builder;
    struct csv_writer writer;
    text_builder_init(&builder, &reader->arena, HEADER_BYTES_FIRST);
    csv_writer_init(&writer, &builder);
    writer.separator = reader->separator;
    rejected_row(reader, &writer, row, ledger_text_of(posting_column_names[COLUMN_REJECTED_BECAUSE]));
    return text_builder_finish(call, &builder, &reader->preamble);
}

static ledger_status header_read(struct ledger_call *call, struct csv_postings *reader)
{
    struct ledger_text line;
    struct csv_row row;
    bool is_there = false;
    size_t first_problem = ledger_call_problems_count(call);
    LEDGER_TRY(line_input_next(call, &reader->input, &is_there, &line));
    reader->separator = reader->mapping->separator != 0 ? reader->mapping->separator : header_separator(line);
    LEDGER_TRY(is_there ? row_complete(call, reader, 0, &line) : LEDGER_DONE);
    csv_reader_init(&reader->csv, line, reader->input.name, reader->separator);
    LEDGER_TRY(csv_read_row(call, &reader->csv, &row, &is_there));
    if (!is_there) {
        return ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s is empty: a header was expected", reader->input.name);
    }
    reader->fields_count = row.fields_count;
    for (size_t i = 0; i < row.fields_count; i++) {
        header_take(call, reader, &row, i);
    }
    LEDGER_TRY(ledger_call_worst(call, first_problem));
    LEDGER_TRY(header_check_mapping(call, reader));
    LEDGER_TRY(header_find_form(call, reader));
    return header_keep(call, reader, &row);
}

ledger_status read_csv_open(struct ledger_call *call, const char *path, const struct mapping *mapping,
                            struct posting_reader **ret_reader)
{
    struct csv_postings *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    reader->base.operations = &csv_operations;
    reader->mapping = mapping;
    reader->input.descriptor = -1;
    arena_init(&reader->arena);
    csv_reader_init(&reader->csv, TEXT_ABSENT, path, ',');
    for (unsigned column = 0; column < POSTING_COLUMNS_COUNT; column++) {
        reader->columns[column] = NOT_THERE;
    }
    ledger_status status = line_input_open(call, path, READING_RECORD_BYTES_MAX, &reader->input);
    if (status == LEDGER_DONE) {
        csv_reader_done(&reader->csv);
        status = header_read(call, reader);
    }
    if (status != LEDGER_DONE) {
        csv_free(&reader->base);
        return status;
    }
    *ret_reader = &reader->base;
    return LEDGER_DONE;
}
