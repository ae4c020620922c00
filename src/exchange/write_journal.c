/* Exports as plain-text journals of hledger, ledger and beancount: what they share here, what they differ in by a
 * dialect each.
 *
 * An account is named by the codes from the root of its tree down, under the name of its type: "Assets:1:1000". The
 * name for people stands beside it: it may change, and a journal made again should not. Codes and texts are escaped
 * where a program would take them for something else; no two codes become the same name. */
#include "base/text.h"
#include "base/utf8.h"
#include "base/uuid.h"
#include "exchange/export_writer.h"

enum {
    COMMENT_TEXT_BYTES_MAX = 3800, /* of one text; ledger reads lines of 4,095 bytes, and the two are kept alike */
    LEDGER_YEAR_MIN = 1400,        /* its calendar begins there */
};

struct journal_dialect {
    const char *program;
    int32_t year_min;
    const char *posting_indent;
    void (*add_prologue)(struct text_builder *builder);
    void (*add_component)(struct text_builder *builder, struct ledger_text code);
    void (*add_currency)(struct text_builder *builder, struct ledger_text currency, unsigned decimals);
    void (*add_account)(struct text_builder *builder, const struct ledger_account *account, struct ledger_text name);
    void (*add_title)(struct text_builder *builder, const char *date, const char *number, struct ledger_text text);
    /* `level` 1 of a transaction, 2 of a posting. */
    void (*add_tag)(struct text_builder *builder, unsigned level, const char *key, struct ledger_text text);
};

struct journal {
    struct ledger_text *names; /* of the accounts, by their places */
};

static const char *const type_names[] = {
    [LEDGER_ASSET] = "Assets",   [LEDGER_LIABILITY] = "Liabilities", [LEDGER_EQUITY] = "Equity",
    [LEDGER_REVENUE] = "Income", [LEDGER_EXPENSE] = "Expenses",
};

static bool is_letter_or_digit(char character)
{
    return (character >= 'A' && character <= 'Z') || (character >= 'a' && character <= 'z') ||
           (character >= '0' && character <= '9');
}

/* hledger and ledger. */

/* Where both read a text as more than a text: at ';' begins a comment, at ',' ends the value of a tag and at '[' begins
 * a date; a line ends with the text. '\' is what marks the others. */
static void comment_add_text(struct text_builder *builder, struct ledger_text text)
{
    size_t begin = builder->size;
    for (size_t i = 0; i < text.size; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        bool is_first_of_character = (byte & 0xc0) != 0x80;
        if (is_first_of_character && builder->size - begin > COMMENT_TEXT_BYTES_MAX) {
            text_builder_add_string(builder, "...");
            return;
        }
        if (byte == '\\') {
            text_builder_add_string(builder, "\\\\");
        } else if (byte == '\n') {
            text_builder_add_string(builder, "\\n");
        } else if (byte < ' ' || byte == ';' || byte == ',' || byte == '[') {
            text_builder_add_format(builder, "\\x%02x", byte);
        } else {
            text_builder_add_char(builder, (char)byte);
        }
    }
}

/* Anything but letters, digits and what is harmless becomes %XX; of other scripts only white space does. */
static void comment_add_component(struct text_builder *builder, struct ledger_text code)
{
    for (size_t offset = 0; offset < code.size;) {
        size_t begin = offset;
        (void)utf8_next(code, &offset);
        struct ledger_text character = {code.data + begin, offset - begin};
        char first = character.data[0];
        bool is_ascii = character.size == 1;
        bool is_plain = is_ascii ? is_letter_or_digit(first) || first == '-' || first == '.' || first == '_'
                                 : !utf8_has_outer_space(character);
        for (size_t i = 0; i < character.size; i++) {
            if (is_plain) {
                text_builder_add_char(builder, character.data[i]);
            } else {
                text_builder_add_format(builder, "%%%02X", (unsigned char)character.data[i]);
            }
        }
    }
}

static void comment_add_title(struct text_builder *builder, const char *date, const char *number,
                              struct ledger_text text)
{
    text_builder_add_format(builder, "%s * (%s) ", date, number);
    comment_add_text(builder, text);
    text_builder_add_char(builder, '\n');
}

static void comment_add_tag(struct text_builder *builder, unsigned level, const char *key, struct ledger_text text)
{
    (void)level; /* it belongs to what stands above it */
    if (!text_is_absent(text)) {
        text_builder_add_format(builder, "    ; %s: ", key);
        comment_add_text(builder, text);
        text_builder_add_char(builder, '\n');
    }
}

static void journal_add_no_prologue(struct text_builder *builder)
{
    (void)builder;
}

static void hledger_add_currency(struct text_builder *builder, struct ledger_text currency, unsigned decimals)
{
    text_builder_add_format(builder, "commodity 1000.%.*s %.*s\n", (int)decimals, "00", TEXT_ARGUMENTS(currency));
}

static void hledger_add_account(struct text_builder *builder, const struct ledger_account *account,
                                struct ledger_text name)
{
    static const char *const letters[] = {[LEDGER_ASSET] = "A",
                                          [LEDGER_LIABILITY] = "L",
                                          [LEDGER_EQUITY] = "E",
                                          [LEDGER_REVENUE] = "R",
                                          [LEDGER_EXPENSE] = "X"};
    text_builder_add_format(builder, "account %.*s  ; type: %s\n", TEXT_ARGUMENTS(name),
                            letters[account->account_type]);
    comment_add_tag(builder, 1, "name", account->account_name);
    comment_add_tag(builder, 1, "account_code", account->account_code);
    if (!account->is_active) {
        comment_add_tag(builder, 1, "is_active", TEXT("false"));
    }
}

/* ledger --pedantic knows no tag that is not declared. */
static void ledger_add_prologue(struct text_builder *builder)
{
    static const char *const tags[] = {
        "business_event_type", "business_key",  "transaction_id", "reverses_transaction_id", "reversal_reason", "memo",
        "cost_center",         "business_unit", "project_code"};
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        text_builder_add_format(builder, "tag %s\n", tags[i]);
    }
}

static void ledger_add_currency(struct text_builder *builder, struct ledger_text currency, unsigned decimals)
{
    text_builder_add_format(builder, "commodity %.*s\n    format 1000%s%.*s %.*s\n", TEXT_ARGUMENTS(currency),
                            decimals == 0 ? "" : ".", (int)decimals, "00", TEXT_ARGUMENTS(currency));
}

static void ledger_add_account(struct text_builder *builder, const struct ledger_account *account,
                               struct ledger_text name)
{
    text_builder_add_format(builder, "account %.*s\n    note ", TEXT_ARGUMENTS(name));
    comment_add_text(builder, account->account_name);
    text_builder_add_char(builder, '\n');
}

/* beancount. */

static void beancount_add_text(struct text_builder *builder, struct ledger_text text)
{
    text_builder_add_char(builder, '"');
    for (size_t i = 0; i < text.size; i++) {
        char character = text.data[i];
        if (character == '"' || character == '\\') {
            text_builder_add_char(builder, '\\');
        }
        if (character == '\n' || character == '\r' || character == '\t') {
            text_builder_add_string(builder, character == '\n' ? "\\n" : character == '\r' ? "\\r" : "\\t");
        } else {
            text_builder_add_char(builder, character);
        }
    }
    text_builder_add_char(builder, '"');
}

/* Letters and digits; anything else is -XX, and what may not begin a component stands behind X-. */
static void beancount_add_component(struct text_builder *builder, struct ledger_text code)
{
    char first = code.size == 0 ? '\0' : code.data[0];
    if (!is_letter_or_digit(first) || (first >= 'a' && first <= 'z')) {
        text_builder_add_format(builder, "X--%02X", (unsigned char)first);
        code.data++;
        code.size--;
    }
    for (size_t i = 0; i < code.size; i++) {
        if (is_letter_or_digit(code.data[i])) {
            text_builder_add_char(builder, code.data[i]);
        } else {
            text_builder_add_format(builder, "-%02X", (unsigned char)code.data[i]);
        }
    }
}

static void beancount_add_tag(struct text_builder *builder, unsigned level, const char *key, struct ledger_text text)
{
    if (!text_is_absent(text)) {
        text_builder_add_format(builder, "%*s%s: ", (int)(2 * level), "", key);
        beancount_add_text(builder, text);
        text_builder_add_char(builder, '\n');
    }
}

static void beancount_add_currency(struct text_builder *builder, struct ledger_text currency, unsigned decimals)
{
    (void)decimals; /* it takes those of the amounts */
    text_builder_add_format(builder, "0001-01-01 commodity %.*s\n", TEXT_ARGUMENTS(currency));
}

/* Open since ever: the days on which accounts were created are no days of their transactions. */
static void beancount_add_account(struct text_builder *builder, const struct ledger_account *account,
                                  struct ledger_text name)
{
    text_builder_add_format(builder, "0001-01-01 open %.*s %.*s\n", TEXT_ARGUMENTS(name),
                            TEXT_ARGUMENTS(account->currency));
    beancount_add_tag(builder, 1, "name", account->account_name);
    beancount_add_tag(builder, 1, "account_code", account->account_code);
    if (!account->is_active) {
        text_builder_add_string(builder, "  is_active: FALSE\n");
    }
}

static void beancount_add_title(struct text_builder *builder, const char *date, const char *number,
                                struct ledger_text text)
{
    text_builder_add_format(builder, "%s * ", date);
    beancount_add_text(builder, text);
    text_builder_add_format(builder, " ^%s\n", number);
}

/* What all share. */

static ledger_status journal_name_accounts(struct ledger_call *call, struct export_writing *writing,
                                           struct journal *journal)
{
    const struct journal_dialect *dialect = writing->dialect;
    const struct export_head *head = writing->head;
    LEDGER_ALLOCATE(call, journal->names, head->accounts_count);
    for (size_t i = 0; i < head->accounts_count; i++) {
        const struct export_account *account = &head->accounts[i];
        struct text_builder builder;
        text_builder_init(&builder, &call->arena, 64);
        if (account->parent < i) {
            text_builder_add_text(&builder, journal->names[account->parent]);
        } else {
            text_builder_add_string(&builder, type_names[account->account.account_type]);
        }
        text_builder_add_char(&builder, ':');
        dialect->add_component(&builder, account->account.account_code);
        LEDGER_TRY(text_builder_finish(call, &builder, &journal->names[i]));
    }
    return LEDGER_DONE;
}

static bool journal_has_currency_before(const struct export_head *head, size_t place)
{
    size_t i = 0;
    while (i < place && !text_equals(head->accounts[i].account.currency, head->accounts[place].account.currency)) {
        i++;
    }
    return i < place;
}

static ledger_status journal_begin(struct ledger_call *call, struct export_writing *writing)
{
    const struct journal_dialect *dialect = writing->dialect;
    const struct export_head *head = writing->head;
    struct text_builder *builder = &writing->files[0].builder;
    struct journal *journal = NULL;
    LEDGER_ALLOCATE(call, journal, 1);
    LEDGER_TRY(journal_name_accounts(call, writing, journal));
    writing->state = journal;
    text_builder_add_format(builder, "; A journal for %s: the ledger %.*s as of log position %lld\n\n",
                            dialect->program, TEXT_ARGUMENTS(head->settings->ledger_id), (long long)head->log_position);
    dialect->add_prologue(builder);
    for (size_t i = 0; i < head->accounts_count; i++) {
        if (!journal_has_currency_before(head, i)) {
            dialect->add_currency(builder, head->accounts[i].account.currency, head->accounts[i].decimals);
        }
    }
    for (size_t i = 0; i < head->accounts_count; i++) {
        dialect->add_account(builder, &head->accounts[i].account, journal->names[i]);
    }
    return LEDGER_DONE;
}

static void journal_add_entry(struct export_writing *writing, const struct export_entry *entry)
{
    const struct journal_dialect *dialect = writing->dialect;
    const struct journal *journal = writing->state;
    struct text_builder *builder = &writing->files[0].builder;
    char amount[AMOUNT_TEXT_SIZE];
    int128 amount_minor =
        entry->record.entry_type == LEDGER_DEBIT ? entry->record.amount_minor : -(int128)entry->record.amount_minor;
    (void)export_format_amount(amount_minor, writing->head->accounts[entry->account].decimals, amount);
    text_builder_add_format(builder, "%s%.*s  %s %.*s\n", dialect->posting_indent,
                            TEXT_ARGUMENTS(journal->names[entry->account]), amount,
                            TEXT_ARGUMENTS(entry->record.currency));
    dialect->add_tag(builder, 2, "memo", entry->record.memo);
    dialect->add_tag(builder, 2, "cost_center", entry->record.cost_center);
    dialect->add_tag(builder, 2, "business_unit", entry->record.business_unit);
    dialect->add_tag(builder, 2, "project_code", entry->record.project_code);
}

static void journal_add_tags(struct export_writing *writing, const struct export_transaction *transaction)
{
    const struct journal_dialect *dialect = writing->dialect;
    const struct ledger_transaction_record *record = transaction->record;
    struct text_builder *builder = &writing->files[0].builder;
    dialect->add_tag(builder, 1, "business_event_type", record->business_event_type);
    dialect->add_tag(builder, 1, "business_key", record->business_key);
    dialect->add_tag(builder, 1, "transaction_id", ledger_text_of(transaction->id));
    if (record->is_reversal) {
        char original[UUID_TEXT_SIZE + 1];
        struct uuid id;
        memcpy(id.bytes, record->reverses_transaction_id, sizeof id.bytes);
        uuid_format(&id, original);
        dialect->add_tag(builder, 1, "reverses_transaction_id", ledger_text_of(original));
        dialect->add_tag(builder, 1, "reversal_reason", record->reversal_reason);
    }
}

static ledger_status journal_transaction(struct ledger_call *call, struct export_writing *writing,
                                         const struct export_transaction *transaction)
{
    const struct journal_dialect *dialect = writing->dialect;
    const struct ledger_transaction_record *record = transaction->record;
    struct text_builder *builder = &writing->files[0].builder;
    char date[TIME_TEXT_SIZE];
    (void)day_format(record->transaction_day, date);
    if (day_to_civil(record->transaction_day).year < dialect->year_min) {
        return ledger_fail(call, LEDGER_DATE_IS_INVALID,
                           "transaction %s is dated %s, and %s knows no day before %d: give a later --start-date",
                           transaction->number, date, dialect->program, (int)dialect->year_min);
    }
    text_builder_add_char(builder, '\n');
    dialect->add_title(builder, date, transaction->number, record->description);
    journal_add_tags(writing, transaction);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        journal_add_entry(writing, &transaction->entries[i]);
    }
    return LEDGER_DONE;
}

static ledger_status journal_end(struct ledger_call *call, struct export_writing *writing)
{
    (void)call;
    (void)writing;
    return LEDGER_DONE;
}

static const struct journal_dialect hledger_dialect = {
    .program = "hledger",
    .posting_indent = "    ",
    .add_prologue = journal_add_no_prologue,
    .add_component = comment_add_component,
    .add_currency = hledger_add_currency,
    .add_account = hledger_add_account,
    .add_title = comment_add_title,
    .add_tag = comment_add_tag,
};

static const struct journal_dialect ledger_dialect = {
    .program = "ledger",
    .year_min = LEDGER_YEAR_MIN,
    .posting_indent = "    ",
    .add_prologue = ledger_add_prologue,
    .add_component = comment_add_component,
    .add_currency = ledger_add_currency,
    .add_account = ledger_add_account,
    .add_title = comment_add_title,
    .add_tag = comment_add_tag,
};

static const struct journal_dialect beancount_dialect = {
    .program = "beancount",
    .posting_indent = "  ",
    .add_prologue = journal_add_no_prologue,
    .add_component = beancount_add_component,
    .add_currency = beancount_add_currency,
    .add_account = beancount_add_account,
    .add_title = beancount_add_title,
    .add_tag = beancount_add_tag,
};

const struct export_writer write_hledger = {
    .dialect = &hledger_dialect, .begin = journal_begin, .transaction = journal_transaction, .end = journal_end};
const struct export_writer write_ledger = {
    .dialect = &ledger_dialect, .begin = journal_begin, .transaction = journal_transaction, .end = journal_end};
const struct export_writer write_beancount = {
    .dialect = &beancount_dialect, .begin = journal_begin, .transaction = journal_transaction, .end = journal_end};
