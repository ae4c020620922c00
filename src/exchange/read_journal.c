/* Plain-text journals: records taken out of files that include each other, in the order in which they are read.
 *
 * I1 The bytes of all files count as of one, in that order: so an import that goes on finds any of them changed.
 * I2 While accounts come before the record at hand, how far the reading has come is told without that record. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/quote.h"
#include "base/utf8.h"
#include "exchange/journal.h"

enum { CONTEXT_BYTES_FIRST = 256 };

static struct journal *journal_of(struct posting_reader *reader)
{
    return (struct journal *)reader;
}

/* Files. */

/* Relative to the directory of the file that names it. */
static ledger_status include_path(const struct journal_cursor *cursor, struct ledger_text path, char **ret_path)
{
    const struct journal *journal = cursor->journal;
    const char *from = journal_input(cursor->journal)->name;
    bool is_standard = journal->files_count == 1 && !journal_input(cursor->journal)->is_owned;
    const char *slash = path.data[0] == '/' || is_standard ? NULL : strrchr(from, '/');
    size_t directory_size = slash == NULL ? 0 : (size_t)(slash + 1 - from);
    char *joined = malloc(directory_size + path.size + 1);
    if (joined == NULL) {
        return ledger_fail_out_of_memory(cursor->call);
    }
    memcpy(joined, from, directory_size);
    memcpy(joined + directory_size, path.data, path.size);
    joined[directory_size + path.size] = '\0';
    *ret_path = joined;
    return LEDGER_DONE;
}

/* Why a file is not to be included; NULL where it is. One that is not there is found by opening it. */
static const char *include_fault(const struct journal *journal, const char *path)
{
    struct stat wanted;
    struct stat other;
    if (stat(path, &wanted) != 0) {
        return NULL;
    }
    if (!S_ISREG(wanted.st_mode)) {
        return "it is no file";
    }
    for (size_t i = 0; i < journal->files_count; i++) {
        if (fstat(journal->files[i].input.descriptor, &other) == 0 && other.st_dev == wanted.st_dev &&
            other.st_ino == wanted.st_ino) {
            return "the file includes itself, here or by others";
        }
    }
    return NULL;
}

/* A file that cannot be read ends the reading: what it holds would be missing. */
static ledger_status include_open(struct journal_cursor *cursor, char *path)
{
    struct journal *journal = cursor->journal;
    struct journal_file *file = &journal->files[journal->files_count];
    struct line_input *outer = journal_input(journal);
    ledger_status status = line_input_enter(cursor->call, path, READING_RECORD_BYTES_MAX, outer, &file->input);
    if (status != LEDGER_DONE) {
        const char *message = ledger_call_message(cursor->call);
        ledger_call_drop_problems(cursor->call, 0);
        return ledger_fail(cursor->call, status, "%s (included by %s line %" PRIu64 ")", message, outer->name,
                           cursor->line);
    }
    file->path = path;
    journal->files_count++;
    journal->bytes_total += file->input.bytes_total;
    journal->record = TEXT_ABSENT;
    return journal_renew_context(cursor->call, journal);
}

ledger_status journal_include(struct journal_cursor *cursor, struct ledger_text path)
{
    struct journal *journal = cursor->journal;
    char quoted[QUOTE_SIZE];
    char *joined = NULL;
    bool is_pattern = path.size == 0 || memchr(path.data, '*', path.size) != NULL ||
                      memchr(path.data, '?', path.size) != NULL || path.data[0] == '~';
    if (is_pattern) {
        journal_refuse(cursor, "include %s: each file has to be named by its path", text_quote(path, quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    if (journal->files_count == JOURNAL_DEPTH_MAX) {
        journal_refuse(cursor, "include %s: files include each other more than %d deep", text_quote(path, quoted),
                       JOURNAL_DEPTH_MAX);
        return LEDGER_INPUT_IS_MALFORMED;
    }
    LEDGER_TRY(include_path(cursor, path, &joined));
    ledger_status status = LEDGER_INPUT_IS_MALFORMED;
    const char *fault = include_fault(journal, joined);
    if (fault != NULL) {
        journal_refuse(cursor, "include %s: %s", text_quote(path, quoted), fault);
    } else {
        status = include_open(cursor, joined);
    }
    if (status != LEDGER_DONE && journal->files[journal->files_count - 1].path != joined) {
        free(joined);
    }
    return status;
}

/* Back to the file that included this one. */
static ledger_status journal_leave(struct ledger_call *call, struct journal *journal)
{
    struct journal_file *inner = &journal->files[--journal->files_count];
    journal->lines_of_closed += inner->input.lines_before + inner->input.lines_taken;
    line_input_leave(journal_input(journal), &inner->input);
    free(inner->path);
    inner->path = NULL;
    return journal_renew_context(call, journal);
}

/* What a record has to stand between, to be read again from a file of rejects. */

static void add_commodities(const struct journal *journal, struct text_builder *builder)
{
    for (size_t i = 0; i < journal->commodities_count; i++) {
        const struct journal_commodity *commodity = &journal->commodities[i];
        if (!text_is_absent(commodity->sample) && commodity->decimal_sign == ',') {
            text_builder_add_format(builder, "commodity %.*s\n", TEXT_ARGUMENTS(commodity->sample));
        }
    }
    const struct journal_commodity *given = journal->default_commodity;
    if (given != NULL) {
        struct ledger_text sample = text_is_absent(given->sample) ? given->symbol : given->sample;
        text_builder_add_format(builder, "D %.*s\n", TEXT_ARGUMENTS(sample));
    }
}

ledger_status journal_renew_context(struct ledger_call *call, struct journal *journal)
{
    struct text_builder before;
    struct text_builder behind;
    arena_reset(&journal->context_arena);
    text_builder_init(&before, &journal->context_arena, CONTEXT_BYTES_FIRST);
    text_builder_init(&behind, &journal->context_arena, CONTEXT_BYTES_FIRST);
    if (journal->files_count > 1) {
        text_builder_add_format(&before, "; of %s\n", journal_input(journal)->name);
    }
    if (journal->year != 0) {
        text_builder_add_format(&before, "Y %d\n", (int)journal->year);
    }
    if (journal->decimal_sign != 0) {
        text_builder_add_format(&before, "decimal-mark %c\n", journal->decimal_sign);
    }
    add_commodities(journal, &before);
    for (size_t i = 0; i < journal->applied_count; i++) {
        text_builder_add_format(&before, "apply account %.*s\n", TEXT_ARGUMENTS(journal->applied[i]));
        text_builder_add_string(&behind, "end apply account\n");
    }
    LEDGER_TRY(text_builder_finish(call, &before, &journal->context_before));
    return text_builder_finish(call, &behind, &journal->context_behind);
}

static ledger_status journal_source(struct ledger_call *call, const struct journal *journal,
                                    struct ledger_text *ret_source)
{
    *ret_source = journal->record;
    if (text_is_empty(journal->context_before) || text_is_absent(journal->record)) {
        return LEDGER_DONE;
    }
    bool has_feed = journal->record.data[journal->record.size - 1] == '\n';
    return ledger_call_format(call, ret_source, "%.*s%.*s%s%.*s", TEXT_ARGUMENTS(journal->context_before),
                              TEXT_ARGUMENTS(journal->record), has_feed ? "" : "\n",
                              TEXT_ARGUMENTS(journal->context_behind));
}

/* Records. */

static bool is_blank_line(struct ledger_text line)
{
    for (size_t i = 0; i < line.size; i++) {
        if (line.data[i] != ' ' && line.data[i] != '\t' && line.data[i] != '\r' && line.data[i] != '\n') {
            return false;
        }
    }
    return true;
}

/* A file may begin with a byte order mark. */
static struct ledger_text without_mark(struct journal *journal, struct ledger_text line)
{
    bool is_first = journal_input(journal)->lines_before == 0;
    bool has_mark = is_first && line.size >= 3 && memcmp(line.data, "\xEF\xBB\xBF", 3) == 0;
    return has_mark ? (struct ledger_text){line.data + 3, line.size - 3} : line;
}

static bool is_read_over(const struct journal *journal, struct ledger_text line)
{
    if (is_blank_line(line)) {
        return true;
    }
    char first = line.data[0];
    return first == ';' || first == '#' || first == '%' || first == '*' ||
           (first == '|' && journal->dialect == JOURNAL_PLAIN);
}

static ledger_status skip_comment_block(struct ledger_call *call, struct journal *journal)
{
    struct ledger_text line;
    bool has_line = true;
    while (has_line) {
        LEDGER_TRY(line_input_next(call, journal_input(journal), &has_line, &line));
        if (!has_line || journal_ends_comment(line)) {
            break;
        }
    }
    return LEDGER_DONE;
}

/* Extends the record by the indented lines that follow. */
static ledger_status take_indented(struct ledger_call *call, struct journal *journal, struct ledger_text *record)
{
    struct line_input *input = journal_input(journal);
    for (;;) {
        size_t size = record->size;
        uint64_t lines = input->lines_taken;
        bool has_more = false;
        LEDGER_TRY(line_input_extend(call, input, &has_more, record));
        struct ledger_text line = {record->data + size, record->size - size};
        bool belongs = has_more && (line.data[0] == ' ' || line.data[0] == '\t') && !is_blank_line(line);
        if (!belongs) {
            line_input_shorten(input, size, lines);
            record->size = size;
            return LEDGER_DONE;
        }
    }
}

/* The next record, or the end; what is no record is read over. */
static ledger_status take_record(struct ledger_call *call, struct journal *journal)
{
    for (;;) {
        bool has_line = false;
        struct ledger_text line;
        LEDGER_TRY(line_input_next(call, journal_input(journal), &has_line, &line));
        if (!has_line && journal->files_count == 1) {
            journal->is_at_end = true;
            journal->record = TEXT_ABSENT;
            return LEDGER_DONE;
        }
        if (!has_line) {
            LEDGER_TRY(journal_leave(call, journal));
            continue;
        }
        if (is_read_over(journal, without_mark(journal, line))) {
            continue;
        }
        LEDGER_TRY(take_indented(call, journal, &line));
        journal->record = without_mark(journal, line);
        if (!journal_begins_comment(journal)) {
            return LEDGER_DONE;
        }
        LEDGER_TRY(skip_comment_block(call, journal));
    }
}

/* Behind the date there is a word that says what it is; everything else is a transaction. */
static bool is_transaction(const struct journal *journal)
{
    const char *at = journal->record.data;
    const char *end = at + journal->record.size;
    if (*at < '0' || *at > '9') {
        return false;
    }
    if (journal->dialect == JOURNAL_PLAIN) {
        return true;
    }
    while (at < end && *at != ' ' && *at != '\t' && *at != '\n') {
        at++;
    }
    while (at < end && (*at == ' ' || *at == '\t')) {
        at++;
    }
    bool is_word = at < end && *at >= 'a' && *at <= 'z';
    bool is_txn = end - at >= 3 && memcmp(at, "txn", 3) == 0;
    return !is_word || is_txn;
}

/* Gives the accounts that are queued, one a call. */
static ledger_status give_account(struct ledger_call *call, struct journal *journal, bool *ret_has_record,
                                  struct reading *ret_reading)
{
    struct journal_cursor cursor = {
        .call = call, .journal = journal, .line = line_input_number(journal_input(journal))};
    *ret_has_record = true;
    return journal_give_account(&cursor, ret_reading);
}

/* The record at hand. `ret_has_record` stays false where it is a directive, or accounts come first. */
static ledger_status read_record(struct ledger_call *call, struct journal *journal, bool *ret_has_record,
                                 struct reading *ret_reading)
{
    bool has_posting = false;
    ledger_status status = LEDGER_DONE;
    *ret_reading = (struct reading){.kind = READING_POSTING, .line = line_input_number(journal_input(journal))};
    LEDGER_TRY(journal_source(call, journal, &ret_reading->source));
    if (utf8_first_invalid(journal->record) != journal->record.size) {
        status = ledger_fail(call, LEDGER_INPUT_IS_MALFORMED, "%s line %" PRIu64 ": not UTF-8",
                             journal_input(journal)->name, ret_reading->line);
    } else if (is_transaction(journal)) {
        status = journal_read_transaction(call, journal, &has_posting, &ret_reading->posting);
    } else {
        status = journal_read_directive(call, journal);
    }
    journal->is_held = status == LEDGER_DONE && journal->accounts.queue_first != NULL;
    *ret_has_record = has_posting;
    return status;
}

static ledger_status finish_accounts(struct ledger_call *call, struct journal *journal)
{
    struct journal_cursor cursor = {
        .call = call, .journal = journal, .line = line_input_number(journal_input(journal))};
    return journal_use_declared(&cursor);
}

static ledger_status journal_next(struct ledger_call *call, struct posting_reader *base, bool *ret_has_record,
                                  struct reading *ret_reading)
{
    struct journal *journal = journal_of(base);
    *ret_has_record = false;
    while (!*ret_has_record) {
        if (journal->accounts.queue_first != NULL) {
            return give_account(call, journal, ret_has_record, ret_reading);
        }
        if (!journal->is_held && !journal->is_at_end) {
            LEDGER_TRY(take_record(call, journal));
        }
        if (journal->is_at_end) {
            LEDGER_TRY(finish_accounts(call, journal));
            if (journal->accounts.queue_first == NULL) {
                return LEDGER_DONE;
            }
            continue;
        }
        LEDGER_TRY(read_record(call, journal, ret_has_record, ret_reading));
    }
    return LEDGER_DONE;
}

static void journal_tell(const struct posting_reader *base, struct reading_position *ret_position)
{
    const struct journal *journal = (const struct journal *)base;
    const struct line_input *input = &journal->files[journal->files_count - 1].input;
    bool is_before = journal->is_held; /* I2 */
    uint64_t lines = journal->lines_of_closed;
    for (size_t i = 0; i < journal->files_count; i++) {
        lines += journal->files[i].input.lines_before + journal->files[i].input.lines_taken;
    }
    *ret_position = (struct reading_position){
        .line = lines - (is_before ? input->lines_taken : 0),
        .bytes = is_before ? line_input_bytes_before(input) : line_input_bytes(input),
        .bytes_total = journal->files[0].input.bytes_total == 0 ? 0 : journal->bytes_total,
        .digest = is_before ? line_input_digest_before(input) : line_input_digest(input),
    };
}

/* The reasons are a comment before it: they change nothing where it is read again. */
static void journal_add_rejected(const struct posting_reader *base, struct text_builder *builder,
                                 struct ledger_text source, struct ledger_text reasons)
{
    (void)base;
    text_builder_add_string(builder, "; rejected because: ");
    for (size_t i = 0; i < reasons.size; i++) {
        bool is_line_end = reasons.data[i] == '\n' || reasons.data[i] == '\r';
        text_builder_add_char(builder, is_line_end ? ' ' : reasons.data[i]);
    }
    text_builder_add_char(builder, '\n');
    text_builder_add_text(builder, source);
    bool has_feed = source.size > 0 && source.data[source.size - 1] == '\n';
    text_builder_add_string(builder, has_feed || source.size == 0 ? "\n" : "\n\n");
}

static struct ledger_text journal_preamble(const struct posting_reader *base)
{
    (void)base;
    return TEXT_ABSENT;
}

static void journal_free(struct posting_reader *base)
{
    struct journal *journal = journal_of(base);
    while (journal->files_count > 0) {
        struct journal_file *file = &journal->files[--journal->files_count];
        line_input_close(&file->input);
        free(file->path);
    }
    arena_done(&journal->arena);
    arena_done(&journal->context_arena);
    free(journal);
}

static const struct posting_reader_operations journal_operations = {
    .next = journal_next,
    .tell = journal_tell,
    .add_rejected = journal_add_rejected,
    .preamble = journal_preamble,
    .free = journal_free,
};

ledger_status read_journal_open(struct ledger_call *call, const char *path, enum journal_dialect dialect,
                                const struct mapping *mapping, bool declares_all, struct posting_reader **ret_reader)
{
    struct journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    journal->base.operations = &journal_operations;
    journal->dialect = dialect;
    journal->mapping = mapping;
    journal->declares_all = declares_all;
    arena_init(&journal->arena);
    arena_init(&journal->context_arena);
    ledger_status status = line_input_open(call, path, READING_RECORD_BYTES_MAX, &journal->files[0].input);
    if (status == LEDGER_DONE) {
        journal->files_count = 1;
        journal->bytes_total = journal->files[0].input.bytes_total;
        status = journal_renew_context(call, journal);
    }
    if (status != LEDGER_DONE) {
        journal_free(&journal->base);
        return status;
    }
    *ret_reader = &journal->base;
    return LEDGER_DONE;
}
