/* The chart of accounts. */
#ifndef LEDGER_ACCOUNT_H
#define LEDGER_ACCOUNT_H

#include "ledger/ledger.h"

#ifdef __cplusplus
extern "C" {
#endif

enum ledger_account_type {
    LEDGER_ASSET,
    LEDGER_LIABILITY,
    LEDGER_EQUITY,
    LEDGER_REVENUE,
    LEDGER_EXPENSE,
};

/* CONTRA shows with the opposite sign in its section, HEADER takes no entries, RETAINED_EARNINGS receives the result of
 * closed years. */
enum ledger_account_role {
    LEDGER_ROLE_NORMAL,
    LEDGER_ROLE_CONTRA,
    LEDGER_ROLE_HEADER,
    LEDGER_ROLE_RETAINED_EARNINGS,
};

/* An account as it is now. Code, type, currency and parent never change. */
struct ledger_account {
    int64_t account_id;
    struct ledger_text account_code;
    struct ledger_text account_name;
    enum ledger_account_type account_type;
    enum ledger_account_role account_role;
    int64_t parent_account_id;              /* 0 for a root */
    struct ledger_text parent_account_code; /* absent for a root */
    int32_t level;                          /* 1 for a root */
    struct ledger_text currency;
    struct ledger_text description; /* absent where none */
    bool is_active;
    int32_t version; /* from 1; one more with each change */
    int64_t created_at_us;
    struct ledger_text created_by;
};

/* What create-account asks for. Absent texts take their defaults: no parent, no description, the ledger's currency (the
 * parent's, where there is one). */
struct ledger_account_request {
    struct ledger_text account_code; /* 1 to 50 code points, kept in NFC */
    struct ledger_text account_name; /* 1 to 200 code points */
    enum ledger_account_type account_type;
    enum ledger_account_role account_role;
    struct ledger_text parent_account_code;
    struct ledger_text currency;
    struct ledger_text description; /* up to 1,000 code points */
};

/* Creates an account. `ret_account` lives with the call.
 * LEDGER_ACCOUNT_CODE_IS_INVALID, LEDGER_ACCOUNT_EXISTS, LEDGER_ACCOUNT_PARENT_IS_INVALID, LEDGER_CURRENCY_IS_INVALID,
 * LEDGER_TEXT_IS_INVALID, LEDGER_USER_IS_MISSING, LEDGER_IS_FROZEN, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_account_create(struct ledger_call *call, struct ledger *ledger,
                                                                    const struct ledger_account_request *request,
                                                                    struct ledger_account *ret_account);

enum {
    LEDGER_ACCOUNTS_MAX = 256, /* of one ledger_accounts_create: other writers wait for all of them */
};

enum ledger_accounts_mode {
    LEDGER_ACCOUNTS_ARE_NEW,   /* one that exists is refused: LEDGER_ACCOUNT_EXISTS */
    LEDGER_ACCOUNTS_MAY_EXIST, /* one that exists, whatever its type, is left as it is */
};

/* What came of one of several accounts. For a refused one only `status` and the problems are set. */
struct ledger_account_outcome {
    ledger_status status;
    bool was_there;                /* with LEDGER_ACCOUNTS_MAY_EXIST: nothing was made */
    bool refusal_recorded;         /* the audit event of the refusal was written */
    struct ledger_account account; /* lives with the call */
};

/* Creates up to LEDGER_ACCOUNTS_MAX accounts in one durable commit, in their order, each for itself: the others are
 * made where one is refused. One may name a parent that stands before it. `ret_outcomes` has `count` places. The call
 * is LEDGER_DONE also where accounts were refused: see the status of each, as those of ledger_account_create, and the
 * call's problems by item_index. Any other outcome of the call is that nothing was made: LEDGER_INPUT_IS_TOO_LARGE
 * beyond the limit, LEDGER_USER_IS_MISSING, database outcomes; with LEDGER_OUTCOME_IS_UNKNOWN all or nothing was. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_accounts_create(struct ledger_call *call, struct ledger *ledger,
                                                                     const struct ledger_account_request *requests,
                                                                     size_t count, enum ledger_accounts_mode mode,
                                                                     struct ledger_account_outcome *ret_outcomes);

/* Takes an account out of use or into use again, by a new version; what was posted stays.
 * LEDGER_ACCOUNT_NOT_FOUND, LEDGER_ACCOUNT_STATE_IS_UNCHANGED, LEDGER_USER_IS_MISSING, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_account_set_active(struct ledger_call *call, struct ledger *ledger,
                                                                        struct ledger_text account_code, bool is_active,
                                                                        struct ledger_account *ret_account);

/* The account of that code as it is now. LEDGER_ACCOUNT_NOT_FOUND. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_account_get(struct ledger_call *call, struct ledger *ledger,
                                                                 struct ledger_text account_code,
                                                                 struct ledger_account *ret_account);

/* All accounts, as the tree is read: each parent before its children, siblings by code. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_account_list(struct ledger_call *call, struct ledger *ledger,
                                                                  const struct ledger_account **ret_accounts,
                                                                  size_t *ret_accounts_count);

/* "ASSET" and so on, and the reverse: false where the text (in capitals or not) names none. Any thread. */
LEDGER_PUBLIC const char *ledger_account_type_name(enum ledger_account_type type);
LEDGER_PUBLIC bool ledger_account_type_parse(struct ledger_text text, enum ledger_account_type *ret_type);
LEDGER_PUBLIC const char *ledger_account_role_name(enum ledger_account_role role);
LEDGER_PUBLIC bool ledger_account_role_parse(struct ledger_text text, enum ledger_account_role *ret_role);

#ifdef __cplusplus
}
#endif

#endif
