/* Transactions of journals.
 *
 * I1 A transaction that cannot be kept whole is refused by name: virtual postings, prices, lots, expressions.
 * I2 Amounts count in the balances in the order of the file, also those of a transaction whose own assertion fails: one
 *    bad record spoils no other. */

#include "base/quote.h"
#include "domain/amount.h"
#include "exchange/journal.h"

struct assertion {
    bool is_there;
    bool is_total;      /* == : and nothing in other currencies */
    bool with_children; /* =* */
    struct journal_amount amount;
};

struct posting {
    uint64_t line;
    struct journal_account *account;
    struct journal_amount amount;
    struct assertion assertion;
    struct journal_notes notes;
};

struct transaction {
    struct journal_cursor cursor;
    struct ledger_text date;
    struct ledger_text description;
    struct ledger_text code;
    struct journal_notes notes;
    struct posting *postings;
    size_t postings_count;
    struct ledger_entry *entries;
    size_t *entry_postings; /* which posting each comes from */
    uint32_t entries_count;
};

/* The first line. */

static ledger_status take_comment(struct transaction *transaction, struct journal_notes *notes)
{
    struct journal_cursor *cursor = &transaction->cursor;
    (void)journal_skip_blanks(cursor);
    if (!journal_take_char(cursor, ';')) {
        return LEDGER_DONE;
    }
    struct ledger_text comment = journal_left(cursor);
    cursor->at = cursor->end;
    return journal_take_notes(cursor->call, comment, notes == &transaction->notes, notes);
}

/* Where a dated line has a secondary date it is read over. */
static ledger_status take_date(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    struct civil_date date;
    struct civil_date secondary;
    char text[TIME_TEXT_SIZE];
    if (!journal_take_date(cursor, &date)) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "%s is no date%s", text_quote(journal_take_word(cursor), quoted),
                       cursor->journal->year == 0 ? ", or lacks its year, which a directive Y can give" : "");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    if (journal_take_char(cursor, '=') && !journal_take_date(cursor, &secondary)) {
        journal_refuse(cursor, "the secondary date is no date");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    (void)day_format(day_from_civil(date.year, date.month, date.day), text);
    return ledger_call_copy_text(cursor->call, ledger_text_of(text), &transaction->date);
}

static void take_status(struct journal_cursor *cursor)
{
    (void)journal_skip_blanks(cursor);
    (void)(journal_take_char(cursor, '*') || journal_take_char(cursor, '!'));
    (void)journal_skip_blanks(cursor);
}

static ledger_status plain_header(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    take_status(cursor);
    const char *closing =
        journal_peek(cursor) == '(' ? memchr(cursor->at, ')', (size_t)(cursor->end - cursor->at)) : NULL;
    if (closing != NULL) {
        struct ledger_text code = {cursor->at + 1, (size_t)(closing - cursor->at) - 1};
        transaction->code = journal_trim(code);
        cursor->at = closing + 1;
    }
    const char *begin = cursor->at;
    while (!journal_is_at_end(cursor) && *cursor->at != ';') {
        cursor->at++;
    }
    transaction->description = journal_trim((struct ledger_text){begin, (size_t)(cursor->at - begin)});
    return take_comment(transaction, &transaction->notes);
}

/* #tag and ^link. The first link is the business key. */
static ledger_status beancount_labels(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    (void)journal_skip_blanks(cursor);
    while (journal_peek(cursor) == '#' || journal_peek(cursor) == '^') {
        struct ledger_text label = journal_take_word(cursor);
        bool is_key = label.data[0] == '^' && text_is_absent(transaction->code);
        if (is_key) {
            transaction->code = (struct ledger_text){label.data + 1, label.size - 1};
        } else {
            LEDGER_TRY(journal_add_memo(cursor->call, &transaction->notes, label));
        }
        (void)journal_skip_blanks(cursor);
    }
    LEDGER_TRY(take_comment(transaction, &transaction->notes));
    if (!journal_is_at_end(cursor)) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "not understood: %s", text_quote(journal_left(cursor), quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    return LEDGER_DONE;
}

static ledger_status beancount_header(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    struct ledger_text payee = TEXT_ABSENT;
    (void)journal_skip_blanks(cursor);
    (void)journal_take_word(cursor); /* * or ! or txn */
    (void)journal_skip_blanks(cursor);
    if (journal_peek(cursor) == '"') {
        LEDGER_TRY(journal_take_string(cursor, &transaction->description));
        (void)journal_skip_blanks(cursor);
    }
    if (journal_peek(cursor) == '"') {
        payee = transaction->description;
        LEDGER_TRY(journal_take_string(cursor, &transaction->description));
    }
    if (payee.size > 0 && transaction->description.size > 0) {
        LEDGER_TRY(ledger_call_format(cursor->call, &transaction->description, "%.*s | %.*s", TEXT_ARGUMENTS(payee),
                                      TEXT_ARGUMENTS(transaction->description)));
    } else if (payee.size > 0) {
        transaction->description = payee;
    }
    return beancount_labels(transaction);
}

/* Postings. */

static ledger_status take_assertion(struct transaction *transaction, struct posting *posting)
{
    struct journal_cursor *cursor = &transaction->cursor;
    if (!journal_take_char(cursor, '=')) {
        return LEDGER_DONE;
    }
    struct assertion *assertion = &posting->assertion;
    assertion->is_there = true;
    assertion->is_total = journal_take_char(cursor, '=');
    assertion->with_children = journal_take_char(cursor, '*');
    if (!journal_take_amount(cursor, &assertion->amount) || !journal_check_behind_amount(cursor)) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    if (!assertion->amount.has_number) {
        journal_refuse(cursor, "an amount was expected behind =");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    if (!posting->amount.has_number) {
        journal_refuse(cursor, "an amount that is left to a balance (= without an amount before it) cannot be kept");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    return LEDGER_DONE;
}

/* Behind the account. */
static ledger_status take_amount(struct transaction *transaction, struct posting *posting)
{
    struct journal_cursor *cursor = &transaction->cursor;
    (void)journal_skip_blanks(cursor);
    if (!journal_check_behind_amount(cursor) || !journal_take_amount(cursor, &posting->amount) ||
        !journal_check_behind_amount(cursor)) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    if (posting->amount.has_commodity && !posting->amount.has_number && cursor->journal->dialect != JOURNAL_BEANCOUNT) {
        journal_refuse(cursor, "a commodity without a number");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    LEDGER_TRY(take_assertion(transaction, posting));
    LEDGER_TRY(take_comment(transaction, &posting->notes));
    if (!journal_is_at_end(cursor)) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "not understood: %s", text_quote(journal_left(cursor), quoted));
        return LEDGER_INPUT_IS_MALFORMED;
    }
    return LEDGER_DONE;
}

static ledger_status take_posting(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    struct posting *posting = &transaction->postings[transaction->postings_count];
    bool is_beancount = cursor->journal->dialect == JOURNAL_BEANCOUNT;
    posting->line = cursor->line;
    if (journal_peek(cursor) == '*' || journal_peek(cursor) == '!') {
        take_status(cursor);
    }
    if (journal_peek(cursor) == '(' || journal_peek(cursor) == '[') {
        journal_refuse(cursor, "a virtual posting, in %s, cannot be kept", journal_peek(cursor) == '(' ? "()" : "[]");
        return LEDGER_INPUT_IS_MALFORMED;
    }
    struct ledger_text name = is_beancount ? journal_take_word(cursor) : journal_take_name(cursor);
    LEDGER_TRY(journal_find_account(cursor, name, &posting->account));
    if (posting->account == NULL) {
        return LEDGER_INPUT_IS_MALFORMED;
    }
    transaction->postings_count++;
    return take_amount(transaction, posting);
}

/* key: value, where the key begins with a small letter. */
static bool is_beancount_tag(const struct journal_cursor *cursor)
{
    const char *at = cursor->at;
    bool is_small = at < cursor->end && *at >= 'a' && *at <= 'z';
    while (at < cursor->end && *at != ':' && *at != ' ') {
        at++;
    }
    return is_small && at < cursor->end && *at == ':';
}

static ledger_status take_beancount_tag(struct transaction *transaction, struct journal_notes *notes)
{
    struct journal_cursor *cursor = &transaction->cursor;
    const char *colon = memchr(cursor->at, ':', (size_t)(cursor->end - cursor->at));
    struct ledger_text key = {cursor->at, (size_t)(colon - cursor->at)};
    cursor->at = colon + 1;
    (void)journal_skip_blanks(cursor);
    struct ledger_text value = journal_trim(journal_left(cursor));
    if (journal_peek(cursor) == '"') {
        LEDGER_TRY(journal_take_string(cursor, &value));
    }
    return journal_take_tag(cursor->call, key, value, notes == &transaction->notes, notes);
}

static ledger_status take_line(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    struct journal_notes *notes = transaction->postings_count == 0
                                      ? &transaction->notes
                                      : &transaction->postings[transaction->postings_count - 1].notes;
    (void)journal_skip_blanks(cursor);
    if (journal_peek(cursor) == ';') {
        return take_comment(transaction, notes);
    }
    if (cursor->journal->dialect == JOURNAL_BEANCOUNT && is_beancount_tag(cursor)) {
        return take_beancount_tag(transaction, notes);
    }
    return journal_is_at_end(cursor) ? LEDGER_DONE : take_posting(transaction);
}

/* Every line, with the problems of all. */
static ledger_status take_lines(struct transaction *transaction, struct journal_lines *lines)
{
    struct journal_cursor *cursor = &transaction->cursor;
    size_t first_problem = ledger_call_problems_count(cursor->call);
    (void)journal_next_line(lines, cursor);
    ledger_status status = take_date(transaction);
    if (status == LEDGER_DONE) {
        status =
            cursor->journal->dialect == JOURNAL_BEANCOUNT ? beancount_header(transaction) : plain_header(transaction);
    }
    while ((status == LEDGER_DONE || status == LEDGER_INPUT_IS_MALFORMED) && journal_next_line(lines, cursor)) {
        status = take_line(transaction);
    }
    return status == LEDGER_DONE || status == LEDGER_INPUT_IS_MALFORMED ? ledger_call_worst(cursor->call, first_problem)
                                                                        : status;
}

/* Elided amounts. */

struct residual {
    struct ledger_text currency;
    int128 minor;
    bool is_settled; /* by a posting that names its currency alone */
};

struct residuals {
    struct residual items[JOURNAL_CURRENCIES_MAX];
    size_t count;
};

/* NULL where there are too many. */
static struct residual *residual_of(struct residuals *residuals, struct ledger_text currency)
{
    for (size_t i = 0; i < residuals->count; i++) {
        if (text_equals(residuals->items[i].currency, currency)) {
            return &residuals->items[i];
        }
    }
    if (residuals->count == JOURNAL_CURRENCIES_MAX) {
        return NULL;
    }
    residuals->items[residuals->count] = (struct residual){.currency = currency};
    return &residuals->items[residuals->count++];
}

static ledger_status refuse_posting(struct transaction *transaction, size_t index, const char *what)
{
    transaction->cursor.line = transaction->postings[index].line;
    journal_refuse(&transaction->cursor, "%s", what);
    return LEDGER_INPUT_IS_MALFORMED;
}

static ledger_status add_entry(struct transaction *transaction, size_t index, int128 minor, struct ledger_text currency)
{
    const struct posting *posting = &transaction->postings[index];
    if (minor == 0 && posting->assertion.is_there) {
        return LEDGER_DONE; /* it only asserts */
    }
    if (minor == 0) {
        return refuse_posting(transaction, index,
                              posting->amount.has_number ? "an amount of 0 is no entry"
                                                         : "nothing is left for the posting without an amount");
    }
    if (minor > INT64_MAX || minor < -(int128)INT64_MAX) {
        return refuse_posting(transaction, index, "the amount that is left is beyond 92233720368547758.07");
    }
    struct ledger_entry *entry = &transaction->entries[transaction->entries_count];
    entry->account_code = posting->account->code;
    entry->entry_type = minor < 0 ? LEDGER_CREDIT : LEDGER_DEBIT;
    entry->amount_minor = (int64_t)(minor < 0 ? -minor : minor);
    entry->currency = currency;
    transaction->entry_postings[transaction->entries_count++] = index;
    return LEDGER_DONE;
}

/* What every posting with a number leaves, and which posting takes the rest: SIZE_MAX where none does. */
static ledger_status sum_postings(struct transaction *transaction, struct residuals *residuals, size_t *ret_rest)
{
    size_t rest = SIZE_MAX;
    for (size_t i = 0; i < transaction->postings_count; i++) {
        const struct journal_amount *amount = &transaction->postings[i].amount;
        bool is_rest = !amount->has_number && !amount->has_commodity;
        if (is_rest && rest != SIZE_MAX) {
            return refuse_posting(transaction, i, "a second posting without an amount");
        }
        rest = is_rest ? i : rest;
        struct residual *residual = is_rest ? NULL : residual_of(residuals, amount->currency);
        if (!is_rest && residual == NULL) {
            return refuse_posting(transaction, i, "the transaction has too many currencies");
        }
        if (amount->has_number) {
            residual->minor += amount->minor;
        } else if (!is_rest && residual->is_settled) {
            return refuse_posting(transaction, i, "a second posting without an amount in that currency");
        } else if (!is_rest) {
            residual->is_settled = true;
        }
    }
    *ret_rest = rest;
    return LEDGER_DONE;
}

static ledger_status add_rest(struct transaction *transaction, const struct residuals *residuals, size_t rest)
{
    uint32_t before = transaction->entries_count;
    for (size_t i = 0; i < residuals->count; i++) {
        const struct residual *residual = &residuals->items[i];
        if (!residual->is_settled && residual->minor != 0) {
            LEDGER_TRY(add_entry(transaction, rest, -residual->minor, residual->currency));
        }
    }
    return transaction->entries_count > before ? LEDGER_DONE : add_entry(transaction, rest, 0, TEXT_ABSENT);
}

static ledger_status make_entries(struct transaction *transaction)
{
    struct residuals residuals = {.count = 0};
    size_t rest = SIZE_MAX;
    size_t count = transaction->postings_count + JOURNAL_CURRENCIES_MAX;
    LEDGER_TRY(sum_postings(transaction, &residuals, &rest));
    count = rest == SIZE_MAX ? transaction->postings_count : count;
    LEDGER_ALLOCATE(transaction->cursor.call, transaction->entries, count);
    LEDGER_ALLOCATE(transaction->cursor.call, transaction->entry_postings, count);
    for (size_t i = 0; i < transaction->postings_count; i++) {
        const struct journal_amount *amount = &transaction->postings[i].amount;
        if (amount->has_number) {
            LEDGER_TRY(add_entry(transaction, i, amount->minor, amount->currency));
        } else if (amount->has_commodity) {
            LEDGER_TRY(add_entry(transaction, i, -residual_of(&residuals, amount->currency)->minor, amount->currency));
        } else {
            LEDGER_TRY(add_rest(transaction, &residuals, i));
        }
    }
    return LEDGER_DONE;
}

/* What is asked of accounts and balances. */

static bool is_allowed(struct ledger_text currencies, struct ledger_text currency)
{
    while (currencies.size > 0) {
        const char *comma = memchr(currencies.data, ',', currencies.size);
        size_t size = comma == NULL ? currencies.size : (size_t)(comma - currencies.data);
        if (text_equals((struct ledger_text){currencies.data, size}, currency)) {
            return true;
        }
        size_t taken = comma == NULL ? size : size + 1;
        currencies = (struct ledger_text){currencies.data + taken, currencies.size - taken};
    }
    return false;
}

static ledger_status check_accounts(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    size_t first_problem = ledger_call_problems_count(cursor->call);
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        const struct posting *posting = &transaction->postings[transaction->entry_postings[i]];
        const struct journal_account *account = posting->account;
        cursor->line = posting->line;
        if (account->is_closed) {
            journal_refuse(cursor, "the account %.*s is closed above", TEXT_ARGUMENTS(account->name));
        }
        if (!text_is_absent(account->currencies) &&
            !is_allowed(account->currencies, transaction->entries[i].currency)) {
            journal_refuse(cursor, "the account %.*s is open for %.*s alone", TEXT_ARGUMENTS(account->name),
                           TEXT_ARGUMENTS(account->currencies));
        }
    }
    return ledger_call_worst(cursor->call, first_problem);
}

bool journal_check_balance(const struct journal_cursor *cursor, const struct journal_account *account,
                           const struct journal_amount *asserted, bool with_children, int64_t tolerance_minor)
{
    int128 balance = journal_balance_of(cursor->journal, account, asserted->currency, with_children);
    int128 difference = balance - asserted->minor;
    if (difference >= -(int128)tolerance_minor && difference <= tolerance_minor) {
        return true;
    }
    char is[AMOUNT_TEXT_SIZE];
    char should_be[AMOUNT_TEXT_SIZE];
    (void)amount_format(balance, is);
    (void)amount_format(asserted->minor, should_be);
    journal_refuse(cursor, "the balance of %.*s is %s%s%.*s, and should be %s", TEXT_ARGUMENTS(account->name), is,
                   asserted->currency.size == 0 ? "" : " ", TEXT_ARGUMENTS(asserted->currency), should_be);
    return false;
}

static void check_assertion(struct journal_cursor *cursor, const struct posting *posting)
{
    const struct assertion *assertion = &posting->assertion;
    cursor->line = posting->line;
    bool is_so = journal_check_balance(cursor, posting->account, &assertion->amount, assertion->with_children, 0);
    if (is_so && assertion->is_total && !journal_has_only(posting->account, assertion->amount.currency)) {
        journal_refuse(cursor, "the account %.*s has something in other commodities",
                       TEXT_ARGUMENTS(posting->account->name));
    }
}

/* In the order of the file, each posting's amounts before its assertion (I2). */
static ledger_status count_amounts(struct transaction *transaction)
{
    struct journal_cursor *cursor = &transaction->cursor;
    size_t first_problem = ledger_call_problems_count(cursor->call);
    uint32_t entry = 0;
    for (size_t i = 0; i < transaction->postings_count; i++) {
        const struct posting *posting = &transaction->postings[i];
        for (; entry < transaction->entries_count && transaction->entry_postings[entry] == i; entry++) {
            const struct ledger_entry *made = &transaction->entries[entry];
            int128 minor = made->entry_type == LEDGER_DEBIT ? made->amount_minor : -(int128)made->amount_minor;
            LEDGER_TRY(journal_add_to_balance(cursor, posting->account, made->currency, minor));
        }
        if (posting->assertion.is_there) {
            check_assertion(cursor, posting);
        }
    }
    return ledger_call_worst(cursor->call, first_problem);
}

static ledger_status queue_accounts(struct transaction *transaction)
{
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        LEDGER_TRY(journal_use_account(&transaction->cursor,
                                       transaction->postings[transaction->entry_postings[i]].account,
                                       transaction->entries[i].currency));
    }
    return LEDGER_DONE;
}

/* What is left. */

static struct ledger_text first_of(struct ledger_text first, struct ledger_text second)
{
    return first.size > 0 ? first : second;
}

/* Tags of the transaction count for entries that have none of their own; its comments go to the first. */
static ledger_status take_notes(struct transaction *transaction)
{
    for (uint32_t i = 0; i < transaction->entries_count; i++) {
        struct posting *posting = &transaction->postings[transaction->entry_postings[i]];
        struct ledger_entry *entry = &transaction->entries[i];
        struct journal_notes notes = i == 0 ? transaction->notes : (struct journal_notes){.memo = TEXT_ABSENT};
        const struct ledger_text memos[] = {i == 0 ? transaction->notes.fields[FIELD_MEMO] : TEXT_ABSENT,
                                            posting->notes.fields[FIELD_MEMO], posting->notes.memo};
        for (size_t m = 0; m < sizeof memos / sizeof memos[0]; m++) {
            LEDGER_TRY(journal_add_memo(transaction->cursor.call, &notes, memos[m]));
        }
        entry->memo = notes.memo;
        const struct ledger_text *own = posting->notes.fields;
        const struct ledger_text *of_all = transaction->notes.fields;
        entry->cost_center = first_of(own[FIELD_COST_CENTER], of_all[FIELD_COST_CENTER]);
        entry->business_unit = first_of(own[FIELD_BUSINESS_UNIT], of_all[FIELD_BUSINESS_UNIT]);
        entry->project_code = first_of(own[FIELD_PROJECT_CODE], of_all[FIELD_PROJECT_CODE]);
    }
    return LEDGER_DONE;
}

static void make_posting(const struct transaction *transaction, struct ledger_posting *ret_posting)
{
    const struct ledger_text *fields = transaction->notes.fields;
    const struct ledger_text *defaults = transaction->cursor.journal->mapping->defaults;
    struct ledger_text type = first_of(fields[FIELD_BUSINESS_EVENT_TYPE], defaults[COLUMN_BUSINESS_EVENT_TYPE]);
    type = first_of(type, TEXT("JOURNAL"));
    struct ledger_text key = first_of(fields[FIELD_BUSINESS_KEY], transaction->code);
    *ret_posting = (struct ledger_posting){
        .business_event_type = type,
        .business_key = key.size == 0 ? TEXT_ABSENT : key,
        .description = first_of(first_of(transaction->description, defaults[COLUMN_DESCRIPTION]), type),
        .transaction_date = first_of(fields[FIELD_TRANSACTION_DATE], transaction->date),
        .idempotency_key = fields[FIELD_IDEMPOTENCY_KEY],
        .entries = transaction->entries,
        .entries_count = transaction->entries_count,
    };
}

ledger_status journal_read_transaction(struct ledger_call *call, struct journal *journal, bool *ret_has_posting,
                                       struct ledger_posting *ret_posting)
{
    struct line_input *input = journal_input(journal);
    struct transaction transaction = {.cursor = {.call = call, .journal = journal}};
    struct journal_lines lines = {journal->record, line_input_number(input)};
    LEDGER_ALLOCATE(call, transaction.postings, input->lines_taken);
    LEDGER_TRY(take_lines(&transaction, &lines));
    LEDGER_TRY(make_entries(&transaction));
    LEDGER_TRY(check_accounts(&transaction));
    LEDGER_TRY(queue_accounts(&transaction));
    if (journal->accounts.queue_first != NULL) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(count_amounts(&transaction));
    LEDGER_TRY(take_notes(&transaction));
    *ret_has_posting = transaction.entries_count > 0;
    make_posting(&transaction, ret_posting);
    return LEDGER_DONE;
}
