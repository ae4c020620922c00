/* The accounts that a journal names: their codes, types, parents and balances. */
#include "base/quote.h"
#include "base/utf8.h"
#include "domain/amount.h"
#include "exchange/journal.h"

static struct journal_account *lookup(const struct journal_accounts *accounts, struct ledger_text name, uint64_t hash)
{
    struct journal_account *account = accounts->buckets[hash % JOURNAL_BUCKETS];
    while (account != NULL && !text_equals(account->name, name)) {
        account = account->bucket_next;
    }
    return account;
}

static ledger_status account_add(struct journal_cursor *cursor, struct ledger_text name, uint64_t hash,
                                 struct journal_account **ret_account)
{
    struct journal *journal = cursor->journal;
    struct journal_accounts *accounts = &journal->accounts;
    if (accounts->count == JOURNAL_ACCOUNTS_MAX) {
        return ledger_fail(cursor->call, LEDGER_INPUT_IS_TOO_LARGE, "%s names more than %d accounts",
                           journal->files[0].input.name, JOURNAL_ACCOUNTS_MAX);
    }
    struct journal_account *account = arena_allocate_array(&journal->arena, 1, sizeof *account);
    if (account == NULL) {
        return ledger_fail_out_of_memory(cursor->call);
    }
    LEDGER_TRY(journal_keep(cursor->call, journal, name, &account->name));
    account->code = mapping_find(&journal->mapping->accounts, account->name);
    account->is_mapped = !text_is_absent(account->code);
    if (!account->is_mapped && utf8_length(account->name) <= LEDGER_CODE_MAX) {
        account->code = account->name;
    }
    account->bucket_next = accounts->buckets[hash % JOURNAL_BUCKETS];
    accounts->buckets[hash % JOURNAL_BUCKETS] = account;
    if (accounts->first == NULL) {
        accounts->first = account;
    } else {
        accounts->last->all_next = account;
    }
    accounts->last = account;
    accounts->count++;
    *ret_account = account;
    return LEDGER_DONE;
}

static ledger_status find_or_add(struct journal_cursor *cursor, struct ledger_text name,
                                 struct journal_account **ret_account)
{
    uint64_t hash = text_hash(name);
    *ret_account = lookup(&cursor->journal->accounts, name, hash);
    return *ret_account == NULL ? account_add(cursor, name, hash, ret_account) : LEDGER_DONE;
}

static ledger_status apply_names(const struct journal_cursor *cursor, struct ledger_text *name)
{
    const struct journal *journal = cursor->journal;
    for (size_t i = journal->applied_count; i > 0; i--) {
        LEDGER_TRY(ledger_call_format(cursor->call, name, "%.*s:%.*s", TEXT_ARGUMENTS(journal->applied[i - 1]),
                                      TEXT_ARGUMENTS(*name)));
    }
    return LEDGER_DONE;
}

/* A blank and a ; in a name are nearly always a comment that wanted a second blank. */
static bool name_has_comment(struct ledger_text name)
{
    const char *blank = memchr(name.data, ' ', name.size);
    while (blank != NULL) {
        size_t left = name.size - (size_t)(blank + 1 - name.data);
        if (left > 0 && blank[1] == ';') {
            return true;
        }
        blank = memchr(blank + 1, ' ', left);
    }
    return false;
}

bool journal_check_code(const struct journal_cursor *cursor, const struct journal_account *account)
{
    char quoted[QUOTE_SIZE];
    if (text_is_absent(account->code)) {
        journal_refuse(cursor, "the account name %s has more than %d characters: --account-map FILE gives it a code",
                       text_quote(account->name, quoted), LEDGER_CODE_MAX);
    }
    return !text_is_absent(account->code);
}

ledger_status journal_find_declared(struct journal_cursor *cursor, struct ledger_text name,
                                    struct journal_account **ret_account)
{
    *ret_account = NULL;
    if (name.size == 0 || name_has_comment(name)) {
        journal_refuse(cursor, name.size == 0 ? "the name of an account was expected"
                                              : "before a comment there have to be two blanks");
        return LEDGER_DONE;
    }
    if (cursor->journal->applied_count > 0) {
        LEDGER_TRY(apply_names(cursor, &name));
    }
    return find_or_add(cursor, name, ret_account);
}

ledger_status journal_find_account(struct journal_cursor *cursor, struct ledger_text name,
                                   struct journal_account **ret_account)
{
    struct journal_account *account = NULL;
    *ret_account = NULL;
    LEDGER_TRY(journal_find_declared(cursor, name, &account));
    bool is_good = account != NULL && journal_check_code(cursor, account);
    *ret_account = is_good ? account : NULL;
    return LEDGER_DONE;
}

/* Parents. */

/* The name above; empty for a root. */
static struct ledger_text name_above(struct ledger_text name)
{
    size_t size = name.size;
    while (size > 0 && name.data[size - 1] != ':') {
        size--;
    }
    return (struct ledger_text){name.data, size == 0 ? 0 : size - 1};
}

/* A mapped account hangs under the nearest that is mapped too: codes are a tree of their own. */
static ledger_status find_parent(struct journal_cursor *cursor, const struct journal_account *account,
                                 struct journal_account **ret_parent)
{
    struct ledger_text name = name_above(account->name);
    *ret_parent = NULL;
    while (name.size > 0) {
        struct journal_account *parent = NULL;
        LEDGER_TRY(find_or_add(cursor, name, &parent));
        if (!account->is_mapped || parent->is_mapped) {
            *ret_parent = parent;
            return LEDGER_DONE;
        }
        name = name_above(name);
    }
    return LEDGER_DONE;
}

/* Types. */

struct type_name {
    const char *name;
    enum ledger_account_type type;
};

static bool type_find(const struct type_name *names, size_t count, struct ledger_text text,
                      enum ledger_account_type *ret_type)
{
    for (size_t i = 0; i < count; i++) {
        if (journal_is_word(text, names[i].name)) {
            *ret_type = names[i].type;
            return true;
        }
    }
    return false;
}

bool journal_type_of_tag(struct ledger_text text, enum ledger_account_type *ret_type)
{
    static const struct type_name names[] = {
        {"a", LEDGER_ASSET},     {"asset", LEDGER_ASSET},         {"c", LEDGER_ASSET},   {"cash", LEDGER_ASSET},
        {"l", LEDGER_LIABILITY}, {"liability", LEDGER_LIABILITY}, {"e", LEDGER_EQUITY},  {"equity", LEDGER_EQUITY},
        {"v", LEDGER_EQUITY},    {"conversion", LEDGER_EQUITY},   {"r", LEDGER_REVENUE}, {"revenue", LEDGER_REVENUE},
        {"x", LEDGER_EXPENSE},   {"expense", LEDGER_EXPENSE},
    };
    return type_find(names, sizeof names / sizeof names[0], text, ret_type);
}

static bool type_of_first_part(const struct journal *journal, struct ledger_text name,
                               enum ledger_account_type *ret_type)
{
    static const struct type_name names[] = {
        {"assets", LEDGER_ASSET},        {"asset", LEDGER_ASSET},     {"liabilities", LEDGER_LIABILITY},
        {"liability", LEDGER_LIABILITY}, {"debts", LEDGER_LIABILITY}, {"debt", LEDGER_LIABILITY},
        {"equity", LEDGER_EQUITY},       {"income", LEDGER_REVENUE},  {"incomes", LEDGER_REVENUE},
        {"revenues", LEDGER_REVENUE},    {"revenue", LEDGER_REVENUE}, {"expenses", LEDGER_EXPENSE},
        {"expense", LEDGER_EXPENSE},
    };
    const char *colon = memchr(name.data, ':', name.size);
    struct ledger_text part = {name.data, colon == NULL ? name.size : (size_t)(colon - name.data)};
    struct ledger_text mapped = mapping_find(&journal->mapping->types, part);
    if (!text_is_absent(mapped)) {
        return ledger_account_type_parse(mapped, ret_type);
    }
    for (unsigned type = LEDGER_ASSET; type <= LEDGER_EXPENSE; type++) {
        if (text_equals(part, journal->type_names[type])) {
            *ret_type = (enum ledger_account_type)type;
            return true;
        }
    }
    return type_find(names, sizeof names / sizeof names[0], part, ret_type);
}

/* Declared for the account, or for the nearest above it; else by the first part of its name. */
static bool type_of(const struct journal *journal, const struct journal_account *account,
                    enum ledger_account_type *ret_type)
{
    struct ledger_text name = account->name;
    while (name.size > 0) {
        const struct journal_account *above = lookup(&journal->accounts, name, text_hash(name));
        if (above != NULL && above->has_type) {
            *ret_type = above->type;
            return true;
        }
        name = name_above(name);
    }
    return type_of_first_part(journal, account->name, ret_type);
}

/* The queue. */

static bool is_queued(const struct journal_accounts *accounts, const struct journal_account *account)
{
    return account->queue_next != NULL || accounts->queue_last == account;
}

static ledger_status account_queue(struct journal_cursor *cursor, struct journal_account *account,
                                   struct ledger_text currency);

/* What is above an account is of its type. */
static ledger_status queue_parent(struct journal_cursor *cursor, const struct journal_account *account,
                                  enum ledger_account_type type, struct ledger_text currency)
{
    struct journal_account *parent = NULL;
    enum ledger_account_type own = LEDGER_ASSET;
    LEDGER_TRY(find_parent(cursor, account, &parent));
    if (parent == NULL) {
        return LEDGER_DONE;
    }
    if (!type_of(cursor->journal, parent, &own)) {
        parent->type = type;
        parent->has_type = true;
    }
    return account_queue(cursor, parent, currency);
}

static ledger_status account_queue(struct journal_cursor *cursor, struct journal_account *account,
                                   struct ledger_text currency)
{
    struct journal_accounts *accounts = &cursor->journal->accounts;
    if (account->is_given || is_queued(accounts, account)) {
        return LEDGER_DONE;
    }
    enum ledger_account_type type = LEDGER_ASSET;
    if (cursor->journal->declares_all && type_of(cursor->journal, account, &type)) {
        LEDGER_TRY(queue_parent(cursor, account, type, currency));
    }
    bool has_one =
        !text_is_absent(account->currencies) && memchr(account->currencies.data, ',', account->currencies.size) == NULL;
    LEDGER_TRY(
        journal_keep(cursor->call, cursor->journal, has_one ? account->currencies : currency, &account->currency));
    account->queue_next = NULL;
    if (accounts->queue_first == NULL) {
        accounts->queue_first = account;
    } else {
        accounts->queue_last->queue_next = account;
    }
    accounts->queue_last = account;
    return LEDGER_DONE;
}

ledger_status journal_use_account(struct journal_cursor *cursor, struct journal_account *account,
                                  struct ledger_text currency)
{
    bool is_to_give = !account->is_given && (cursor->journal->declares_all || !text_is_absent(account->source));
    return is_to_give ? account_queue(cursor, account, currency) : LEDGER_DONE;
}

ledger_status journal_use_declared(struct journal_cursor *cursor)
{
    for (struct journal_account *account = cursor->journal->accounts.first; account != NULL;
         account = account->all_next) {
        if (!text_is_absent(account->source)) {
            LEDGER_TRY(journal_use_account(cursor, account, TEXT_ABSENT));
        }
    }
    return LEDGER_DONE;
}

/* Giving. */

static struct ledger_text name_of(const struct journal_account *account)
{
    if (!text_is_absent(account->title)) {
        return account->title;
    }
    struct ledger_text above = account->is_mapped ? TEXT("") : name_above(account->name);
    size_t skipped = above.size == 0 ? 0 : above.size + 1;
    return (struct ledger_text){account->name.data + skipped, account->name.size - skipped};
}

ledger_status journal_give_account(struct journal_cursor *cursor, struct reading *ret_reading)
{
    struct journal *journal = cursor->journal;
    struct journal_accounts *accounts = &journal->accounts;
    struct journal_account *account = accounts->queue_first;
    struct journal_account *parent = NULL;
    char quoted[QUOTE_SIZE];
    accounts->queue_first = account->queue_next;
    accounts->queue_last = accounts->queue_first == NULL ? NULL : accounts->queue_last;
    account->queue_next = NULL;
    account->is_given = true;
    LEDGER_TRY(find_parent(cursor, account, &parent));
    *ret_reading = (struct reading){
        .kind = READING_ACCOUNT,
        .line = account->line == 0 ? cursor->line : account->line,
        .source = account->source,
        .account = {.account_code = account->code,
                    .account_name = name_of(account),
                    .account_role = LEDGER_ROLE_NORMAL,
                    .parent_account_code = parent == NULL ? TEXT_ABSENT : parent->code,
                    .currency = account->currency,
                    .description = account->note},
    };
    if (type_of(journal, account, &ret_reading->account.account_type)) {
        return LEDGER_DONE;
    }
    return ledger_call_format(
        cursor->call, &ret_reading->type_fault,
        "the type of the account %s is not known: it is by the first part of its name (assets, liabilities, equity, "
        "income, expenses), by a tag type: of its directive, or by [types] of a mapping file",
        text_quote(account->name, quoted));
}

/* Balances. */

ledger_status journal_add_to_balance(struct journal_cursor *cursor, struct journal_account *account,
                                     struct ledger_text currency, int128 amount_minor)
{
    struct journal_balance *balance = account->balances;
    while (balance != NULL && !text_equals(balance->currency, currency)) {
        balance = balance->next;
    }
    if (balance == NULL) {
        balance = arena_allocate_array(&cursor->journal->arena, 1, sizeof *balance);
        if (balance == NULL) {
            return ledger_fail_out_of_memory(cursor->call);
        }
        LEDGER_TRY(journal_keep(cursor->call, cursor->journal, currency, &balance->currency));
        balance->next = account->balances;
        account->balances = balance;
    }
    balance->amount_minor += amount_minor;
    return LEDGER_DONE;
}

static int128 own_balance(const struct journal_account *account, struct ledger_text currency)
{
    const struct journal_balance *balance = account->balances;
    while (balance != NULL && !text_equals(balance->currency, currency)) {
        balance = balance->next;
    }
    return balance == NULL ? 0 : balance->amount_minor;
}

static bool is_beneath(struct ledger_text name, struct ledger_text above)
{
    return name.size > above.size && name.data[above.size] == ':' && memcmp(name.data, above.data, above.size) == 0;
}

int128 journal_balance_of(const struct journal *journal, const struct journal_account *account,
                          struct ledger_text currency, bool with_children)
{
    int128 sum = own_balance(account, currency);
    const struct journal_account *other = with_children ? journal->accounts.first : NULL;
    for (; other != NULL; other = other->all_next) {
        sum += is_beneath(other->name, account->name) ? own_balance(other, currency) : 0;
    }
    return sum;
}

bool journal_has_only(const struct journal_account *account, struct ledger_text currency)
{
    for (const struct journal_balance *balance = account->balances; balance != NULL; balance = balance->next) {
        if (balance->amount_minor != 0 && !text_equals(balance->currency, currency)) {
            return false;
        }
    }
    return true;
}
