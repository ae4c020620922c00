/* Requests as chance makes them: most are good, some repeat earlier ones, some are wrong in one way or several. */
#include "model/generate.h"

#include <stdio.h>

/* SplitMix64. */
static uint64_t random_next(struct generator *generator)
{
    uint64_t number = generator->state += UINT64_C(0x9e3779b97f4a7c15);
    number = (number ^ number >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    number = (number ^ number >> 27) * UINT64_C(0x94d049bb133111eb);
    return number ^ number >> 31;
}

uint64_t random_below(struct generator *generator, uint64_t limit)
{
    return random_next(generator) % limit;
}

bool random_chance(struct generator *generator, unsigned per_thousand)
{
    return random_below(generator, 1000) < per_thousand;
}

/* One of a few texts, the absent one among them where it stands there. */
#define RANDOM_TEXT(generator, texts)                                                                                  \
    ledger_text_of((texts)[random_below((generator), sizeof(texts) / sizeof((texts)[0]))])

static void date_write(char out[GENERATE_TEXT_SIZE], int32_t day, const char *clock)
{
    int32_t year = 0;
    int32_t month = 0;
    int32_t day_of_month = 0;
    model_day_to_civil(day, &year, &month, &day_of_month);
    (void)snprintf(out, GENERATE_TEXT_SIZE, "%04d-%02d-%02d%s", year, month, day_of_month, clock);
}

/* Most days are near; some lie far back, or where corrections reach no further; a few are ahead. */
static int32_t random_day(struct generator *generator, int64_t now_us)
{
    int32_t today = model_day_of(now_us, generator->model->settings.zone_offset_us);
    uint64_t kind = random_below(generator, 100);
    if (kind < 40) {
        return today - (int32_t)random_below(generator, 5);
    }
    if (kind < 80) {
        return today - (int32_t)random_below(generator, 70);
    }
    if (kind < 92) {
        return today - (int32_t)random_below(generator, 500);
    }
    if (kind < 97) {
        return today - generator->model->settings.max_correction_age_days + (int32_t)random_below(generator, 3);
    }
    return today + (int32_t)random_below(generator, 3);
}

/* Mostly an open one. */
static int32_t generate_day(struct generator *generator, int64_t now_us)
{
    int32_t day = random_day(generator, now_us);
    while (model_day_is_closed(generator->model, day) && random_chance(generator, 900)) {
        day = random_day(generator, now_us);
    }
    return day;
}

static struct ledger_text generate_date(struct generator *generator, int64_t now_us, char out[GENERATE_TEXT_SIZE])
{
    static const char *const clocks[] = {"",           "",          "",          "T00:00:00Z",      "T22:59:59Z",
                                         "T23:00:00Z", "T00:30:00", "T23:59:59", "T12:34:56+02:00", "T00:15:00+01:00"};
    date_write(out, generate_day(generator, now_us), clocks[random_below(generator, sizeof clocks / sizeof clocks[0])]);
    return ledger_text_of(out);
}

/* A new key, at times one that a reversal asked for which still waits. */
static struct ledger_text generate_key(struct generator *generator, char out[GENERATE_TEXT_SIZE])
{
    const struct model *model = generator->model;
    if (model->approvals_count > 0 && random_chance(generator, 20)) {
        size_t back = 1 + (size_t)random_below(generator, model->approvals_count < 6 ? model->approvals_count : 6);
        const struct model_approval *approval = &model->approvals[model->approvals_count - back];
        if (approval->state == LEDGER_APPROVAL_WAITING && approval->idempotency_key != NULL) {
            (void)snprintf(out, GENERATE_TEXT_SIZE, "%s", approval->idempotency_key);
            return ledger_text_of(out);
        }
    }
    (void)snprintf(out, GENERATE_TEXT_SIZE, "key-%u", generator->keys_made++);
    return ledger_text_of(out);
}

/* An account of a currency; seldom one that takes no entries. */
static size_t generate_account(struct generator *generator, const char *currency)
{
    const struct model *model = generator->model;
    for (;;) {
        size_t account = (size_t)random_below(generator, model->accounts_count);
        const struct model_account *candidate = &model->accounts[account];
        bool is_usable = candidate->account_role != LEDGER_ROLE_HEADER && candidate->is_active;
        if (strcmp(candidate->currency, currency) == 0 && strncmp(candidate->account_code, "HUGE", 4) != 0 &&
            (is_usable || random_chance(generator, 5))) {
            return account;
        }
    }
}

static void amount_write(struct generator *generator, int64_t amount_minor, bool has_decimals,
                         char out[GENERATE_TEXT_SIZE])
{
    long long whole = (long long)(amount_minor / 100);
    int cents = (int)(amount_minor % 100);
    if (cents == 0 && (!has_decimals || random_chance(generator, 500))) {
        (void)snprintf(out, GENERATE_TEXT_SIZE, "%lld", whole);
    } else if (cents % 10 == 0 && random_chance(generator, 500)) {
        (void)snprintf(out, GENERATE_TEXT_SIZE, "%lld.%d", whole, cents / 10);
    } else {
        (void)snprintf(out, GENERATE_TEXT_SIZE, "%lld.%02d", whole, cents);
    }
}

static void item_add_entry(struct generator *generator, struct generate_item *item, size_t account,
                           enum ledger_entry_type entry_type, int64_t amount_minor)
{
    static const char *const memos[] = {NULL, NULL, NULL, NULL, "paid in cash", "caf\xc3\xa9 \"da manh\xc3\xa3\"", ""};
    static const char *const cost_centers[] = {NULL, NULL, NULL, NULL, NULL, "CC-1", "CC-2", "\xe8\xb2\xac"};
    uint32_t place = item->posting.entries_count++;
    const struct model_account *owner = &generator->model->accounts[account];
    struct ledger_entry *entry = &item->entries[place];
    *entry = (struct ledger_entry){
        .account_code = ledger_text_of(owner->account_code),
        .entry_type = entry_type,
        .amount_minor = amount_minor,
        .memo = RANDOM_TEXT(generator, memos),
        .cost_center = RANDOM_TEXT(generator, cost_centers),
    };
    if (random_chance(generator, 500)) {
        amount_write(generator, amount_minor, strcmp(owner->currency, "JPY") != 0, item->amounts[place]);
        entry->amount = ledger_text_of(item->amounts[place]);
    }
    if (random_chance(generator, 500)) {
        entry->entry_type_text = ledger_text_of(entry_type == LEDGER_DEBIT ? "DEBIT" : "CREDIT");
    }
    if (random_chance(generator, 200)) {
        entry->currency = ledger_text_of(owner->currency);
    }
}

/* Up to three debits and one or two credits of one currency that balance. */
static void item_add_currency(struct generator *generator, struct generate_item *item, const char *currency)
{
    int64_t unit_minor = strcmp(currency, "JPY") == 0 ? 100 : 1;
    uint64_t magnitude = 10;
    for (uint64_t i = random_below(generator, 8); i > 0; i--) {
        magnitude *= 10;
    }
    int64_t total = 0;
    size_t debits_count = random_chance(generator, 600) ? 1 : 1 + (size_t)random_below(generator, 3);
    for (size_t i = 0; i < debits_count; i++) {
        int64_t units = 2 + (int64_t)random_below(generator, magnitude);
        total += units;
        item_add_entry(generator, item, generate_account(generator, currency), LEDGER_DEBIT, units * unit_minor);
    }
    int64_t first = random_chance(generator, 700) ? total : 1 + (int64_t)random_below(generator, (uint64_t)total - 1);
    item_add_entry(generator, item, generate_account(generator, currency), LEDGER_CREDIT, first * unit_minor);
    if (first < total) {
        item_add_entry(generator, item, generate_account(generator, currency), LEDGER_CREDIT,
                       (total - first) * unit_minor);
    }
}

static const char *generate_currency(struct generator *generator)
{
    uint64_t kind = random_below(generator, 100);
    return kind < 80 ? "AOA" : kind < 92 ? "USD" : "JPY";
}

static void item_spoil_entry(struct generator *generator, struct generate_item *item)
{
    static const char *const amounts[] = {
        "0", "0.00", "-5.00", "1.005", "1e3", "", "abc", "007", "5.", ".5", "1,000", "NaN", "9999999999999999999999"};
    struct ledger_entry *entry = &item->entries[random_below(generator, item->posting.entries_count)];
    switch (random_below(generator, 8)) {
    case 0:
        entry->account_code = ledger_text_of("nowhere");
        break;
    case 1:
        entry->account_code = ledger_text_of("1"); /* a header */
        break;
    case 2:
        entry->amount = RANDOM_TEXT(generator, amounts);
        break;
    case 3:
        entry->amount = ledger_text_of(NULL);
        entry->amount_minor = random_chance(generator, 500) ? 0 : -100;
        break;
    case 4:
        entry->currency = ledger_text_of("EUR");
        break;
    case 5:
        entry->entry_type_text = ledger_text_of("DEBET");
        break;
    default:
        entry->amount = ledger_text_of(NULL);
        entry->amount_minor += 100;
        break;
    }
}

static void item_spoil(struct generator *generator, struct generate_item *item, int64_t now_us)
{
    struct ledger_posting *posting = &item->posting;
    int32_t today = model_day_of(now_us, generator->model->settings.zone_offset_us);
    switch (random_below(generator, 8)) {
    case 0:
        posting->description = ledger_text_of(random_chance(generator, 500) ? "" : NULL);
        break;
    case 1:
        posting->transaction_date = ledger_text_of("2024-02-30");
        break;
    case 2:
        date_write(item->transaction_date, today + 2 + (int32_t)random_below(generator, 30), "");
        posting->transaction_date = ledger_text_of(item->transaction_date);
        posting->allow_future = random_chance(generator, 400);
        break;
    case 3:
        posting->entries_count = 1;
        break;
    default:
        item_spoil_entry(generator, item);
        break;
    }
}

static struct generate_item *generator_take_item(struct generator *generator)
{
    struct generate_item *item = &generator->items[generator->items_made++ % GENERATE_ITEMS_MAX];
    *item = (struct generate_item){.posting = {.entries_count = 0}};
    item->posting.entries = item->entries;
    return item;
}

/* An earlier posting again: as it was, or another under its key. */
static bool generate_repeat(struct generator *generator, struct ledger_posting *ret_posting)
{
    size_t reach = generator->items_made < 1000 ? generator->items_made : 1000;
    if (reach == 0) {
        return false;
    }
    size_t back = 1 + (size_t)random_below(generator, random_chance(generator, 300) && reach > 5 ? 5 : reach);
    *ret_posting = generator->items[(generator->items_made - back) % GENERATE_ITEMS_MAX].posting;
    if (random_chance(generator, 250)) {
        ret_posting->description = ledger_text_of("another request under this key");
    }
    return ret_posting->idempotency_key.data != NULL;
}

struct ledger_posting generate_posting(struct generator *generator, int64_t now_us, unsigned bad_per_thousand)
{
    static const char *const event_types[] = {"SALE", "PURCHASE", "PAYROLL", "CLOSING", "TRANSFER"};
    struct ledger_posting repeated;
    if (random_chance(generator, 40) && generate_repeat(generator, &repeated)) {
        return repeated;
    }
    struct generate_item *item = generator_take_item(generator);
    struct ledger_posting *posting = &item->posting;
    posting->business_event_type = RANDOM_TEXT(generator, event_types);
    (void)snprintf(item->description, sizeof item->description, "No. %zu", generator->items_made);
    posting->description = ledger_text_of(item->description);
    if (random_chance(generator, 300)) {
        (void)snprintf(item->business_key, sizeof item->business_key, "INV-%zu", generator->items_made % 5000);
        posting->business_key = ledger_text_of(item->business_key);
    }
    if (random_chance(generator, 300)) {
        posting->idempotency_key = generate_key(generator, item->idempotency_key);
    }
    if (random_chance(generator, 350)) {
        posting->transaction_date = generate_date(generator, now_us, item->transaction_date);
    } else if (random_chance(generator, 200)) {
        posting->has_transaction_date_us = true;
        posting->transaction_date_us = now_us - (int64_t)random_below(generator, 10 * (uint64_t)MODEL_US_PER_DAY);
    }
    item_add_currency(generator, item, generate_currency(generator));
    if (random_chance(generator, 40) && item->posting.entries_count <= GENERATE_ENTRIES_MAX - 5) {
        item_add_currency(generator, item, generate_currency(generator));
    }
    for (unsigned faults = 0; faults < 3 && random_chance(generator, bad_per_thousand); faults++) {
        item_spoil(generator, item, now_us);
        bad_per_thousand = bad_per_thousand == 0 ? 0 : 300;
    }
    return *posting;
}

struct ledger_posting generate_huge_posting(struct generator *generator)
{
    struct generate_item *item = generator_take_item(generator);
    item->posting.business_event_type = ledger_text_of("HUGE");
    item->posting.description = ledger_text_of("more than most accounts ever see");
    size_t debit = model_find_account(generator->model, ledger_text_of("HUGE-1"));
    size_t credit = model_find_account(generator->model, ledger_text_of("HUGE-2"));
    int64_t amount_minor = INT64_MAX / 3 - (int64_t)random_below(generator, 1000000);
    item_add_entry(generator, item, debit, LEDGER_DEBIT, amount_minor);
    item_add_entry(generator, item, credit, LEDGER_CREDIT, amount_minor);
    return item->posting;
}

static size_t generate_original(struct generator *generator)
{
    size_t count = generator->model->transactions_count;
    size_t reach = random_chance(generator, 850) && count > 300 ? 300 : count;
    return count - 1 - (size_t)random_below(generator, reach);
}

void generate_reversal(struct generator *generator, int64_t now_us, struct generate_reversal *ret_reversal)
{
    static const char *const reasons[] = {"typed twice", "wrong account", "wrong amount",
                                          "estorno \xc3\xa0 m\xc3\xa3o"};
    struct ledger_reversal *reversal = &ret_reversal->reversal;
    *ret_reversal = (struct generate_reversal){.original = generate_original(generator)};
    const struct model_transaction *original = &generator->model->transactions[ret_reversal->original];
    (void)snprintf(ret_reversal->transaction, sizeof ret_reversal->transaction, "%s",
                   random_chance(generator, 500) ? original->transaction_id : original->transaction_number);
    reversal->transaction = ledger_text_of(ret_reversal->transaction);
    reversal->reason = RANDOM_TEXT(generator, reasons);
    if (random_chance(generator, 20)) {
        reversal->transaction = ledger_text_of(random_chance(generator, 500) ? "20200101-000001" : "no such thing");
        ret_reversal->original = MODEL_NONE;
    }
    if (random_chance(generator, 20)) {
        reversal->reason = ledger_text_of(NULL);
    }
    if (random_chance(generator, 200)) {
        reversal->transaction_date = random_chance(generator, 30)
                                         ? ledger_text_of("2024-13-01")
                                         : generate_date(generator, now_us, ret_reversal->transaction_date);
    }
    if (random_chance(generator, 300)) {
        reversal->idempotency_key = generate_key(generator, ret_reversal->idempotency_key);
    } else if (random_chance(generator, 100) && original->idempotency_key != NULL) {
        reversal->idempotency_key = ledger_text_of(original->idempotency_key);
    }
}
