/* Directives of journals: a row each in the tables at the end.
 *
 * I1 What changes how others are read, and is not kept here, is refused by name; what says nothing about amounts
 *    (prices, notes, declarations of payees and tags) is read over. */
#include <stdio.h>

#include "base/quote.h"
#include "exchange/journal.h"
#include "exchange/number_text.h"

/* The record at hand, its first line in the cursor. */
struct directive {
    struct journal_cursor cursor;
    struct journal_lines lines; /* behind the first */
    const char *name;
};

typedef ledger_status directive_take(struct directive *directive);

struct directive_row {
    const char *name;
    directive_take *take;
};

static ledger_status take_nothing(struct directive *directive)
{
    (void)directive;
    return LEDGER_DONE;
}

static ledger_status take_refused(struct directive *directive)
{
    journal_refuse(&directive->cursor, "%s cannot be kept", directive->name);
    return LEDGER_INPUT_IS_MALFORMED;
}

static ledger_status renew(struct directive *directive)
{
    return journal_renew_context(directive->cursor.call, directive->cursor.journal);
}

/* What is left but for a comment. */
static struct ledger_text take_rest(struct journal_cursor *cursor)
{
    (void)journal_skip_blanks(cursor);
    struct ledger_text rest = journal_left(cursor);
    const char *comment = rest.size == 0 ? NULL : memchr(rest.data, ';', rest.size);
    if (comment != NULL) {
        rest.size = (size_t)(comment - rest.data);
    }
    cursor->at += rest.size;
    return journal_trim(rest);
}

/* Accounts. */

/* What a tag of an account says: its type, its code, its name for people. Others are read over. */
static ledger_status account_tag(struct directive *directive, struct journal_account *account, struct ledger_text key,
                                 struct ledger_text value)
{
    struct journal_cursor *cursor = &directive->cursor;
    bool is_code = journal_is_word(key, "account_code") && !account->is_mapped && !account->is_given;
    if (is_code) {
        account->is_mapped = true;
        return journal_keep(cursor->call, cursor->journal, value, &account->code);
    }
    if (journal_is_word(key, "name")) {
        return journal_keep(cursor->call, cursor->journal, value, &account->title);
    }
    bool is_type = journal_is_word(key, "type");
    if (is_type && !journal_type_of_tag(value, &account->type)) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "the type %s of an account is not known: A, L, E, R, X or their words",
                       text_quote(value, quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    account->has_type = account->has_type || is_type;
    return LEDGER_DONE;
}

/* Parts with commas between, each perhaps `key: value`. */
static ledger_status account_comment(struct directive *directive, struct journal_account *account)
{
    (void)journal_take_char(&directive->cursor, ';');
    struct ledger_text left = journal_left(&directive->cursor);
    while (left.size > 0) {
        const char *comma = memchr(left.data, ',', left.size);
        size_t size = comma == NULL ? left.size : (size_t)(comma - left.data);
        const char *colon = memchr(left.data, ':', size);
        if (colon != NULL) {
            size_t key_size = (size_t)(colon - left.data);
            struct ledger_text value = {colon + 1, size - key_size - 1};
            LEDGER_TRY(account_tag(directive, account, journal_trim((struct ledger_text){left.data, key_size}),
                                   journal_trim(value)));
        }
        size_t taken = comma == NULL ? size : size + 1;
        left = (struct ledger_text){left.data + taken, left.size - taken};
    }
    return LEDGER_DONE;
}

static ledger_status account_line(struct directive *directive, struct journal_account *account)
{
    struct journal_cursor *cursor = &directive->cursor;
    char quoted[QUOTE_SIZE];
    (void)journal_skip_blanks(cursor);
    if (journal_is_at_end(cursor) || journal_peek(cursor) == ';') {
        return account_comment(directive, account);
    }
    struct ledger_text word = journal_take_word(cursor);
    if (text_equals_string(word, "note")) {
        (void)journal_skip_blanks(cursor);
        return journal_keep(cursor->call, cursor->journal, journal_left(cursor), &account->note);
    }
    journal_refuse(cursor, "%s of an account cannot be kept", text_quote(word, quoted));
    return LEDGER_INPUT_IS_MALFORMED;
}

static ledger_status declare(struct directive *directive, struct journal_account *account)
{
    struct journal *journal = directive->cursor.journal;
    bool is_new = text_is_absent(account->source) && !account->is_given;
    if (!journal_check_code(&directive->cursor, account)) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    account->line = is_new ? line_input_number(journal_input(journal)) : account->line;
    return is_new ? journal_keep(directive->cursor.call, journal, journal->record, &account->source) : LEDGER_DONE;
}

static ledger_status take_account(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct journal_account *account = NULL;
    struct ledger_text name = journal_take_name(cursor);
    LEDGER_TRY(journal_find_declared(cursor, name, &account));
    if (account == NULL) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    (void)journal_skip_blanks(cursor);
    ledger_status status = account_comment(directive, account);
    while (status == LEDGER_DONE && journal_next_line(&directive->lines, cursor)) {
        status = account_line(directive, account);
    }
    return status == LEDGER_DONE ? declare(directive, account) : status;
}

/* account NAME: what stands behind comes beneath it. */
static ledger_status take_apply(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct journal *journal = cursor->journal;
    char quoted[QUOTE_SIZE];
    struct ledger_text what = journal_take_word(cursor);
    struct ledger_text name = take_rest(cursor);
    if (!text_equals_string(what, "account") || name.size == 0 || journal->applied_count == JOURNAL_APPLIED_MAX) {
        journal_refuse(cursor, "apply %s cannot be kept: there is apply account NAME, %d deep",
                       text_quote(what, quoted), JOURNAL_APPLIED_MAX);
        return LEDGER_INPUT_IS_MALFORMED;
    }
    LEDGER_TRY(journal_keep(cursor->call, journal, name, &journal->applied[journal->applied_count]));
    journal->applied_count++;
    return renew(directive);
}

static ledger_status take_end(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    if (cursor->journal->applied_count == 0) {
        journal_refuse(cursor, "nothing is open that could end here");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    cursor->journal->applied_count--;
    return renew(directive);
}

/* Numbers, commodities, years. */

static ledger_status take_sample(struct directive *directive, struct journal_commodity **ret_commodity)
{
    *ret_commodity = journal_take_sample(&directive->cursor);
    return *ret_commodity == NULL ? LEDGER_INPUT_IS_MALFORMED : LEDGER_DONE;
}

static ledger_status commodity_line(struct directive *directive, const struct journal_commodity *commodity)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct journal_commodity *sampled = NULL;
    char quoted[QUOTE_SIZE];
    (void)journal_skip_blanks(cursor);
    if (journal_is_at_end(cursor) || journal_peek(cursor) == ';') {
        return LEDGER_DONE;
    }
    struct ledger_text word = journal_take_word(cursor);
    if (text_equals_string(word, "note") || text_equals_string(word, "nomarket")) {
        return LEDGER_DONE;
    }
    if (text_equals_string(word, "default")) {
        cursor->journal->default_commodity = commodity;
        return LEDGER_DONE;
    }
    if (text_equals_string(word, "format")) {
        LEDGER_TRY(take_sample(directive, &sampled));
        if (sampled != commodity) {
            journal_refuse(cursor, "the format is of another commodity");
            return LEDGER_INPUT_IS_MALFORMED;
        }
        return LEDGER_DONE;
    }
    journal_refuse(cursor, "%s of a commodity cannot be kept", text_quote(word, quoted));
    return LEDGER_INPUT_IS_MALFORMED;
}

static ledger_status take_commodity(struct directive *directive)
{
    struct journal_commodity *commodity = NULL;
    LEDGER_TRY(take_sample(directive, &commodity));
    while (journal_next_line(&directive->lines, &directive->cursor)) {
        LEDGER_TRY(commodity_line(directive, commodity));
    }
    return renew(directive);
}

static ledger_status take_default(struct directive *directive)
{
    struct journal_commodity *commodity = NULL;
    LEDGER_TRY(take_sample(directive, &commodity));
    directive->cursor.journal->default_commodity = commodity;
    return renew(directive);
}

static ledger_status take_decimal_mark(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct ledger_text mark = take_rest(cursor);
    if (mark.size != 1 || (mark.data[0] != '.' && mark.data[0] != ',')) {
        journal_refuse(cursor, "a decimal mark is . or ,");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    cursor->journal->decimal_sign = mark.data[0];
    return renew(directive);
}

static ledger_status take_year(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct ledger_text text = take_rest(cursor);
    int32_t year = 0;
    for (size_t i = 0; i < text.size && i < 4; i++) {
        year = text.data[i] >= '0' && text.data[i] <= '9' ? year * 10 + (text.data[i] - '0') : 0;
    }
    if (text.size != 4 || year < 1000) {
        journal_refuse(cursor, "a year has four digits");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    cursor->journal->year = year;
    return renew(directive);
}

static ledger_status take_include(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct ledger_text path = journal_trim(journal_left(cursor));
    if (path.size > 1 && path.data[0] == '"' && path.data[path.size - 1] == '"') {
        path = (struct ledger_text){path.data + 1, path.size - 2};
    }
    return journal_include(cursor, path);
}

/* Beancount. */

static ledger_status beancount_account(struct directive *directive, struct journal_account **ret_account)
{
    (void)journal_skip_blanks(&directive->cursor);
    LEDGER_TRY(journal_find_account(&directive->cursor, journal_take_word(&directive->cursor), ret_account));
    return *ret_account == NULL ? LEDGER_INPUT_IS_MALFORMED : LEDGER_DONE;
}

/* key: "value" beneath it. */
static ledger_status open_line(struct directive *directive, struct journal_account *account)
{
    struct journal_cursor *cursor = &directive->cursor;
    (void)journal_skip_blanks(cursor);
    struct ledger_text key = journal_take_word(cursor);
    (void)journal_skip_blanks(cursor);
    if (key.size < 2 || key.data[key.size - 1] != ':' || journal_peek(cursor) != '"') {
        return LEDGER_DONE;
    }
    struct ledger_text value;
    LEDGER_TRY(journal_take_string(cursor, &value));
    return account_tag(directive, account, (struct ledger_text){key.data, key.size - 1}, value);
}

/* Behind open: currencies with commas between, perhaps a method of booking; blanks between the currencies go. */
static ledger_status take_open(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct journal_account *account = NULL;
    (void)journal_skip_blanks(cursor);
    LEDGER_TRY(journal_find_declared(cursor, journal_take_word(cursor), &account));
    if (account == NULL) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    struct ledger_text rest = take_rest(cursor);
    const char *quote = rest.size == 0 ? NULL : memchr(rest.data, '"', rest.size);
    rest.size = quote == NULL ? rest.size : (size_t)(quote - rest.data);
    char *currencies = NULL;
    size_t size = 0;
    LEDGER_ALLOCATE(cursor->call, currencies, rest.size + 1);
    for (size_t i = 0; i < rest.size; i++) {
        if (rest.data[i] != ' ' && rest.data[i] != '\t') {
            currencies[size++] = rest.data[i];
        }
    }
    account->is_closed = false;
    if (size > 0) {
        LEDGER_TRY(
            journal_keep(cursor->call, cursor->journal, (struct ledger_text){currencies, size}, &account->currencies));
    }
    while (journal_next_line(&directive->lines, cursor)) {
        LEDGER_TRY(open_line(directive, account));
    }
    return declare(directive, account);
}

static ledger_status take_close(struct directive *directive)
{
    struct journal_account *account = NULL;
    LEDGER_TRY(beancount_account(directive, &account));
    account->is_closed = true;
    return LEDGER_DONE;
}

static ledger_status take_tolerance(struct directive *directive, int64_t *ret_minor)
{
    struct journal_cursor *cursor = &directive->cursor;
    *ret_minor = 0;
    if (!journal_take_char(cursor, '~')) {
        return LEDGER_DONE;
    }
    (void)journal_skip_blanks(cursor);
    struct ledger_text number = journal_take_word(cursor);
    if (number_read(number, '.', ret_minor) != NUMBER_IS_GOOD) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "the tolerance %s is no number with at most 2 decimals", text_quote(number, quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    (void)journal_skip_blanks(cursor);
    return LEDGER_DONE;
}

/* account amount [~ tolerance] currency: with the accounts beneath it. */
static ledger_status take_balance(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct journal_account *account = NULL;
    struct journal_amount asserted;
    struct journal_amount currency;
    int64_t tolerance_minor = 0;
    LEDGER_TRY(beancount_account(directive, &account));
    if (!journal_take_amount(cursor, &asserted)) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    (void)journal_skip_blanks(cursor);
    LEDGER_TRY(take_tolerance(directive, &tolerance_minor));
    if (!asserted.has_commodity && journal_take_amount(cursor, &currency)) {
        asserted.has_commodity = currency.has_commodity && !currency.has_number;
        asserted.currency = currency.currency;
    }
    if (!asserted.has_number || !asserted.has_commodity) {
        journal_refuse(cursor, "an amount with its currency was expected");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    return journal_check_balance(cursor, account, &asserted, true, tolerance_minor) ? LEDGER_DONE
                                                                                    : LEDGER_INPUT_IS_MALFORMED;
}

/* option "name_assets" "Vermoegen": the first part of names of that type. The others say nothing about amounts. */
static ledger_status take_option(struct directive *directive)
{
    static const char *const names[] = {
        [LEDGER_ASSET] = "name_assets",   [LEDGER_LIABILITY] = "name_liabilities", [LEDGER_EQUITY] = "name_equity",
        [LEDGER_REVENUE] = "name_income", [LEDGER_EXPENSE] = "name_expenses",
    };
    struct journal_cursor *cursor = &directive->cursor;
    struct ledger_text name;
    struct ledger_text value;
    LEDGER_TRY(journal_take_string(cursor, &name));
    (void)journal_skip_blanks(cursor);
    LEDGER_TRY(journal_take_string(cursor, &value));
    for (unsigned type = LEDGER_ASSET; type <= LEDGER_EXPENSE; type++) {
        if (text_equals_string(name, names[type])) {
            LEDGER_TRY(journal_keep(cursor->call, cursor->journal, value, &cursor->journal->type_names[type]));
        }
    }
    return LEDGER_DONE;
}

/* The tables. Those without a name end them. */

static const struct directive_row plain_rows[] = {
    {"account", take_account},
    {"commodity", take_commodity},
    {"include", take_include},
    {"!include", take_include},
    {"@include", take_include},
    {"apply", take_apply},
    {"end", take_end},
    {"D", take_default},
    {"Y", take_year},
    {"year", take_year},
    {"decimal-mark", take_decimal_mark},
    {"P", take_nothing},
    {"N", take_nothing},
    {"payee", take_nothing},
    {"tag", take_nothing},
    {"alias", take_refused},
    {"bucket", take_refused},
    {"A", take_refused},
    {"C", take_refused},
    {"define", take_refused},
    {"def", take_refused},
    {"assert", take_refused},
    {"check", take_refused},
    {"expr", take_refused},
    {"eval", take_refused},
    {"capture", take_refused},
    {"import", take_refused},
    {"python", take_refused},
    {"value", take_refused},
    {"i", take_refused},
    {"I", take_refused},
    {"o", take_refused},
    {"O", take_refused},
    {"h", take_refused},
    {"b", take_refused},
    {"=", take_refused},
    {"~", take_refused},
    {NULL, NULL},
};

static const struct directive_row beancount_rows[] = {
    {"include", take_include}, {"option", take_option},    {"plugin", take_refused},  {"pushtag", take_refused},
    {"poptag", take_refused},  {"pushmeta", take_refused}, {"popmeta", take_refused}, {NULL, NULL},
};

static const struct directive_row dated_rows[] = {
    {"open", take_open},     {"close", take_close},   {"commodity", take_nothing}, {"balance", take_balance},
    {"pad", take_refused},   {"note", take_nothing},  {"document", take_nothing},  {"event", take_nothing},
    {"price", take_nothing}, {"query", take_nothing}, {"custom", take_nothing},    {NULL, NULL},
};

static const struct directive_row *row_find(const struct directive_row *rows, struct ledger_text name)
{
    for (; rows->name != NULL; rows++) {
        if (text_equals_string(name, rows->name)) {
            return rows;
        }
    }
    return NULL;
}

static bool is_year_alone(struct ledger_text word)
{
    return word.size == 5 && word.data[0] == 'Y' && word.data[1] >= '0' && word.data[1] <= '9';
}

/* Y2026, =/regex/ and ~monthly have nothing between the sign and what follows. */
static struct ledger_text take_name(struct journal_cursor *cursor)
{
    const char *begin = cursor->at;
    struct ledger_text word = journal_take_word(cursor);
    bool is_sign = word.size > 1 && (word.data[0] == '=' || word.data[0] == '~' || is_year_alone(word));
    if (is_sign) {
        cursor->at = begin + 1;
        word.size = 1;
    }
    return word;
}

static const char *refused_name(const struct directive_row *row)
{
    switch (row->name[0]) {
    case '=':
        return "an automated transaction (=)";
    case '~':
        return "a periodic transaction (~)";
    default:
        return row->name;
    }
}

static ledger_status directive_run(struct directive *directive, const struct directive_row *row,
                                   struct ledger_text name)
{
    if (row == NULL) {
        char quoted[QUOTE_SIZE];
        journal_refuse(&directive->cursor, "unknown directive %s", text_quote(name, quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    directive->name = refused_name(row);
    (void)journal_skip_blanks(&directive->cursor);
    return row->take(directive);
}

static ledger_status read_dated(struct directive *directive)
{
    struct journal_cursor *cursor = &directive->cursor;
    struct civil_date date;
    if (!journal_take_date(cursor, &date)) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "%s is no date", text_quote(journal_take_word(cursor), quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    (void)journal_skip_blanks(cursor);
    struct ledger_text name = journal_take_word(cursor);
    return directive_run(directive, row_find(dated_rows, name), name);
}

ledger_status journal_read_directive(struct ledger_call *call, struct journal *journal)
{
    struct directive directive = {.cursor = {.call = call, .journal = journal},
                                  .lines = {journal->record, line_input_number(journal_input(journal))}};
    struct journal_cursor *cursor = &directive.cursor;
    (void)journal_next_line(&directive.lines, cursor);
    if (journal_peek(cursor) >= '0' && journal_peek(cursor) <= '9') {
        return read_dated(&directive);
    }
    if (journal_skip_blanks(cursor)) {
        journal_refuse(cursor, "an indented line belongs to nothing above it");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    struct ledger_text name = take_name(cursor);
    return directive_run(&directive,
                         row_find(journal->dialect == JOURNAL_BEANCOUNT ? beancount_rows : plain_rows, name), name);
}

static struct ledger_text line_of(struct ledger_text text)
{
    const char *feed = memchr(text.data, '\n', text.size);
    return journal_trim((struct ledger_text){text.data, feed == NULL ? text.size : (size_t)(feed - text.data)});
}

bool journal_begins_comment(const struct journal *journal)
{
    struct ledger_text line = line_of(journal->record);
    return journal->dialect == JOURNAL_PLAIN &&
           (text_equals_string(line, "comment") || text_equals_string(line, "test"));
}

bool journal_ends_comment(struct ledger_text line)
{
    line = line_of(line);
    return text_equals_string(line, "end comment") || text_equals_string(line, "end test");
}
