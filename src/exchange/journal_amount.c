/* Amounts of journals: $5, -5.00 EUR, EUR -1,000.00, and what their commodities are.
 *
 * I1 An amount is exact or refused. What can be meant in two ways is refused unless a directive or the mapping says
 *    which is meant. */
#include <assert.h>

#include "base/quote.h"
#include "exchange/journal.h"
#include "exchange/number_text.h"

/* Signs of currencies that need no mapping. */
static const struct {
    const char *symbol;
    const char *currency;
} known_symbols[] = {
    {"$", "USD"}, {"US$", "USD"}, {"€", "EUR"}, {"£", "GBP"}, {"¥", "JPY"}, {"₹", "INR"}, {"R$", "BRL"}, {"Kz", "AOA"},
};

static bool is_code(struct ledger_text symbol)
{
    for (size_t i = 0; i < symbol.size; i++) {
        if (symbol.data[i] < 'A' || symbol.data[i] > 'Z') {
            return false;
        }
    }
    return symbol.size == 3;
}

static struct ledger_text currency_of(const struct journal *journal, struct ledger_text symbol)
{
    struct ledger_text mapped = mapping_find(&journal->mapping->commodities, symbol);
    if (!text_is_absent(mapped) || is_code(symbol)) {
        return text_is_absent(mapped) ? symbol : mapped;
    }
    for (size_t i = 0; i < sizeof known_symbols / sizeof known_symbols[0]; i++) {
        if (text_equals_string(symbol, known_symbols[i].symbol)) {
            return ledger_text_of(known_symbols[i].currency);
        }
    }
    return TEXT_ABSENT;
}

/* NULL, with a problem, where there are too many. */
static struct journal_commodity *commodity_find(const struct journal_cursor *cursor, struct ledger_text symbol)
{
    struct journal *journal = cursor->journal;
    for (size_t i = 0; i < journal->commodities_count; i++) {
        if (text_equals(journal->commodities[i].symbol, symbol)) {
            return &journal->commodities[i];
        }
    }
    if (journal->commodities_count == JOURNAL_COMMODITIES_MAX) {
        journal_refuse(cursor, "more than %d commodities", JOURNAL_COMMODITIES_MAX);
        return NULL;
    }
    struct journal_commodity commodity = {.symbol = symbol};
    if (journal_keep(cursor->call, journal, symbol, &commodity.symbol) != LEDGER_DONE) {
        return NULL;
    }
    commodity.currency = currency_of(journal, commodity.symbol);
    journal->commodities[journal->commodities_count] = commodity;
    return &journal->commodities[journal->commodities_count++];
}

/* The commodity's own sign, that of the whole journal, that of the mapping; 0 where the number has to tell. */
static char decimal_sign_of(const struct journal *journal, const struct journal_commodity *commodity)
{
    if (journal->dialect == JOURNAL_BEANCOUNT) {
        return '.';
    }
    if (journal->decimal_sign != 0) {
        return journal->decimal_sign;
    }
    return commodity != NULL && commodity->decimal_sign != 0 ? commodity->decimal_sign : journal->mapping->decimal_sign;
}

static bool ends_symbol(char character)
{
    return strchr(" \t-+.,;:?!*/^&|=<>[](){}@\"'~#0123456789", character) != NULL;
}

/* Without a symbol the text is empty; false, with a problem, where a quote is open. */
static bool take_symbol(struct journal_cursor *cursor, struct ledger_text *ret_symbol)
{
    if (journal_take_char(cursor, '"')) {
        const char *begin = cursor->at;
        while (cursor->at < cursor->end && *cursor->at != '"') {
            cursor->at++;
        }
        *ret_symbol = (struct ledger_text){begin, (size_t)(cursor->at - begin)};
        if (!journal_take_char(cursor, '"')) {
            journal_refuse(cursor, "the quote of a commodity is never closed");
            return false;
        }
        return true;
    }
    const char *begin = cursor->at;
    while (cursor->at < cursor->end && !ends_symbol(*cursor->at)) {
        cursor->at++;
    }
    *ret_symbol = (struct ledger_text){begin, (size_t)(cursor->at - begin)};
    return true;
}

/* The parts of an amount as they are written. */
struct amount_parts {
    bool is_negative;
    bool has_sign;
    struct ledger_text symbol; /* empty: none */
    struct ledger_text number; /* empty: none */
};

static bool take_sign(struct journal_cursor *cursor, struct amount_parts *parts)
{
    bool is_minus = journal_take_char(cursor, '-');
    if (!is_minus && !journal_take_char(cursor, '+')) {
        return true;
    }
    bool is_second = parts->has_sign;
    parts->has_sign = true;
    parts->is_negative = is_minus;
    (void)journal_skip_blanks(cursor);
    if (is_second) {
        journal_refuse(cursor, "an amount has two signs");
    }
    return !is_second;
}

static bool take_parts(struct journal_cursor *cursor, struct amount_parts *parts)
{
    struct ledger_text behind = TEXT("");
    if (!take_sign(cursor, parts) || !take_symbol(cursor, &parts->symbol)) {
        return false;
    }
    (void)journal_skip_blanks(cursor);
    if (!take_sign(cursor, parts)) {
        return false;
    }
    size_t size = number_size(journal_left(cursor));
    parts->number = (struct ledger_text){cursor->at, size};
    cursor->at += size;
    if (size == 0) {
        return true;
    }
    const char *before_blanks = cursor->at;
    (void)journal_skip_blanks(cursor);
    if (!take_symbol(cursor, &behind)) {
        return false;
    }
    if (behind.size == 0) {
        cursor->at = before_blanks;
    } else if (parts->symbol.size > 0) {
        journal_refuse(cursor, "an amount has a commodity before it and one behind");
        return false;
    } else {
        parts->symbol = behind;
    }
    return true;
}

static bool take_number(const struct journal_cursor *cursor, const struct amount_parts *parts,
                        const struct journal_commodity *commodity, struct journal_amount *amount)
{
    enum number_fault fault = number_read(parts->number, decimal_sign_of(cursor->journal, commodity), &amount->minor);
    if (fault != NUMBER_IS_GOOD) {
        char quoted[QUOTE_SIZE];
        journal_refuse(cursor, "amount %s %s", text_quote(parts->number, quoted), number_fault_sentence(fault));
        return false;
    }
    amount->minor = parts->is_negative ? -amount->minor : amount->minor;
    amount->has_number = true;
    return true;
}

bool journal_take_amount(struct journal_cursor *cursor, struct journal_amount *ret_amount)
{
    const struct journal *journal = cursor->journal;
    struct journal_amount amount = {.has_number = false};
    struct amount_parts parts = {.has_sign = false};
    const struct journal_commodity *commodity = NULL;
    (void)journal_skip_blanks(cursor);
    if (!take_parts(cursor, &parts)) {
        return false;
    }
    if (parts.has_sign && parts.number.size == 0) {
        journal_refuse(cursor, "a sign without a number");
        return false;
    }
    if (parts.symbol.size > 0) {
        commodity = commodity_find(cursor, parts.symbol);
        if (commodity == NULL) {
            return false;
        }
        if (text_is_absent(commodity->currency)) {
            char quoted[QUOTE_SIZE];
            journal_refuse(cursor,
                           "the commodity %s is no currency: a mapping file can say in [commodities] which it is",
                           text_quote(parts.symbol, quoted));
            return false;
        }
        amount.has_commodity = true;
        amount.currency = commodity->currency;
    } else if (parts.number.size > 0) {
        commodity = journal->default_commodity;
        amount.currency = commodity == NULL ? journal->mapping->defaults[COLUMN_CURRENCY] : commodity->currency;
    }
    if (parts.number.size > 0 && !take_number(cursor, &parts, commodity, &amount)) {
        return false;
    }
    *ret_amount = amount;
    return true;
}

struct journal_commodity *journal_take_sample(struct journal_cursor *cursor)
{
    struct amount_parts parts = {.has_sign = false};
    (void)journal_skip_blanks(cursor);
    const char *begin = cursor->at;
    if (!take_parts(cursor, &parts)) {
        return NULL;
    }
    struct ledger_text sample = {begin, (size_t)(cursor->at - begin)};
    assert(begin != NULL);
    struct journal_commodity *commodity = commodity_find(cursor, parts.symbol);
    if (commodity == NULL || parts.number.size == 0) {
        return commodity;
    }
    char sign = number_decimal_sign(parts.number);
    commodity->decimal_sign = sign == 0 ? commodity->decimal_sign : sign;
    bool is_new = !text_equals(commodity->sample, sample);
    return is_new && journal_keep(cursor->call, cursor->journal, sample, &commodity->sample) != LEDGER_DONE ? NULL
                                                                                                            : commodity;
}

bool journal_check_behind_amount(struct journal_cursor *cursor)
{
    static const struct {
        char sign;
        const char *what;
    } refused[] = {
        {'@', "a price (@)"},        {'{', "a lot ({})"},       {'[', "the date of a lot ([])"},
        {'(', "an expression (())"}, {'*', "a multiplication"}, {'/', "a division"},
    };
    (void)journal_skip_blanks(cursor);
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
        if (journal_peek(cursor) == refused[i].sign) {
            journal_refuse(cursor, "%s cannot be kept", refused[i].what);
            return false;
        }
    }
    return true;
}
