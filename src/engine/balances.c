/* The balance of one account. */
#include "base/text.h"
#include "engine/accounts.h"
#include "engine/totals.h"

int64_t ledger_balance_of(const struct ledger_balance *totals, enum ledger_account_type type)
{
    int64_t debits_less_credits = totals->debit_total_minor - totals->credit_total_minor;
    return type == LEDGER_ASSET || type == LEDGER_EXPENSE ? debits_less_credits : -debits_less_credits;
}

static ledger_status balance_add(struct ledger_call *call, void *context, const struct ledger_balance *totals)
{
    (void)call;
    struct ledger_balance *balance = context;
    balance->debit_total_minor += totals->debit_total_minor;
    balance->credit_total_minor += totals->credit_total_minor;
    balance->entry_count += totals->entry_count;
    return LEDGER_DONE;
}

/* Days beyond the calendar have what its first and last have. */
static int32_t balance_to_day(const struct ledger_balance_query *query)
{
    int32_t day = query->as_of_day < TIME_DAY_FIRST ? TIME_DAY_FIRST - 1 : query->as_of_day;
    day = day > TIME_DAY_LAST ? TIME_DAY_LAST : day;
    return query->has_as_of_day ? day : STORE_TOTALS_ALL_DAYS_MAX;
}

ledger_status ledger_balance_get(struct ledger_call *call, struct ledger *ledger, struct ledger_text account_code,
                                 const struct ledger_balance_query *query, struct ledger_account *ret_account,
                                 struct ledger_balance *ret_balance)
{
    SESSION_TAKE(call, ledger, session);
    READ_UNIT(reading);
    struct store_head head;
    LEDGER_TRY(read_unit_begin(call, session, &reading, &head));
    const struct rules_account *found = NULL;
    LEDGER_TRY(accounts_get(call, session, account_code, &found));
    struct totals_query totals = {.account_id = found->account.account_id, .to_day = balance_to_day(query)};
    LEDGER_TRY(totals_position(call, &head, query->log_position, &totals.log_position));
    struct ledger_account account = found->account;
    LEDGER_TRY(accounts_keep(call, &account));
    struct ledger_balance balance = {.account_id = account.account_id};
    LEDGER_TRY(totals_read(call, session, &head, &totals, (struct total_sink){balance_add, &balance}));
    *ret_account = account;
    *ret_balance = balance;
    return LEDGER_DONE;
}

ledger_status ledger_day_parse(struct ledger_call *call, struct ledger_text text, int32_t *ret_day)
{
    return day_parse(call, text, ret_day);
}
