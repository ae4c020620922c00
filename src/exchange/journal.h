/* What the parts of the reader of journals share.
 *
 * read_journal.c takes records out of files; journal_directive.c and journal_transaction.c understand them by
 * journal_scan.c (words, dates), journal_amount.c, journal_notes.c (comments and tags) and journal_accounts.c.
 *
 * I1 Parsing a transaction changes nothing: only once it is to be given do its amounts count in the balances.
 * I2 An account is given once, and before what uses it. */
#ifndef LEDGER_EXCHANGE_JOURNAL_H
#define LEDGER_EXCHANGE_JOURNAL_H

#include "base/int128.h"
#include "base/time.h"
#include "exchange/posting_reader.h"

enum {
    JOURNAL_DEPTH_MAX = 16, /* of files that include each other */
    JOURNAL_ACCOUNTS_MAX = 100000,
    JOURNAL_COMMODITIES_MAX = 256,
    JOURNAL_APPLIED_MAX = 16, /* of apply account within each other */
    JOURNAL_BUCKETS = 4096,
    JOURNAL_CURRENCIES_MAX = 32, /* of one transaction */
};

struct journal_commodity {
    struct ledger_text symbol;
    struct ledger_text currency; /* absent: it has none */
    struct ledger_text sample;   /* of a directive, as written; absent: none */
    char decimal_sign;           /* 0: not declared */
};

/* What an account has in one currency, by the postings so far. */
struct journal_balance {
    struct ledger_text currency; /* absent: amounts without a commodity */
    int128 amount_minor;
    struct journal_balance *next;
};

struct journal_account {
    struct ledger_text name;
    struct ledger_text code; /* absent where the name is too long for one */
    bool is_mapped;
    bool has_type; /* declared */
    enum ledger_account_type type;
    struct ledger_text title; /* its name for people; absent: the last part of its name */
    struct ledger_text note;
    struct ledger_text currency;   /* that it is made with */
    struct ledger_text currencies; /* that it is open for, with commas between; absent: any */
    struct ledger_text source;     /* of its declaration; absent: there is none */
    uint64_t line;
    bool is_given;
    bool is_closed;
    struct journal_balance *balances;
    struct journal_account *bucket_next;
    struct journal_account *all_next;
    struct journal_account *queue_next;
};

struct journal_accounts {
    struct journal_account *buckets[JOURNAL_BUCKETS];
    struct journal_account *first;
    struct journal_account *last;
    size_t count;
    struct journal_account *queue_first; /* to be given before the record at hand */
    struct journal_account *queue_last;
};

struct journal_file {
    struct line_input input;
    char *path; /* NULL: the caller's */
};

struct journal {
    struct posting_reader base;
    enum journal_dialect dialect;
    const struct mapping *mapping;
    bool declares_all;
    struct arena arena;
    struct journal_file files[JOURNAL_DEPTH_MAX];
    size_t files_count;
    uint64_t lines_of_closed; /* files */
    uint64_t bytes_total;

    struct ledger_text record; /* at hand; absent: there is none */
    bool is_held;              /* accounts come first: it is still to be given */
    bool is_at_end;

    /* What directives have said. */
    int32_t year; /* 0: none */
    char decimal_sign;
    struct ledger_text applied[JOURNAL_APPLIED_MAX];
    size_t applied_count;
    const struct journal_commodity *default_commodity;
    struct journal_commodity commodities[JOURNAL_COMMODITIES_MAX];
    size_t commodities_count;
    struct ledger_text type_names[LEDGER_EXPENSE + 1]; /* beancount's option "name_assets" and its like */
    struct journal_accounts accounts;
    struct arena context_arena;
    struct ledger_text context_before; /* what a record has to stand between to be read again */
    struct ledger_text context_behind;
};

static inline struct line_input *journal_input(struct journal *journal)
{
    return &journal->files[journal->files_count - 1].input;
}

/* journal_scan.c: a line, or what is left of it. */
struct journal_cursor {
    struct ledger_call *call;
    struct journal *journal;
    const char *at;
    const char *end;
    uint64_t line;
};

/* The record's lines one after the other; the cursor is over one line without its end. False behind the last. */
struct journal_lines {
    struct ledger_text left;
    uint64_t line; /* of the next */
};
bool journal_next_line(struct journal_lines *lines, struct journal_cursor *cursor);

/* Adds a problem with file and line. */
LEDGER_PRINTF(2, 3) void journal_refuse(const struct journal_cursor *cursor, const char *format, ...);

static inline bool journal_is_at_end(const struct journal_cursor *cursor)
{
    return cursor->at == cursor->end;
}
static inline char journal_peek(const struct journal_cursor *cursor)
{
    return cursor->at == cursor->end ? '\0' : *cursor->at;
}
static inline struct ledger_text journal_left(const struct journal_cursor *cursor)
{
    return (struct ledger_text){cursor->at, (size_t)(cursor->end - cursor->at)};
}

/* Whether there were blanks. */
bool journal_skip_blanks(struct journal_cursor *cursor);
bool journal_take_char(struct journal_cursor *cursor, char character);
/* Up to a blank or the end. */
struct ledger_text journal_take_word(struct journal_cursor *cursor);
/* Up to two blanks, a tab, or the end: names of accounts have single blanks in them. */
struct ledger_text journal_take_name(struct journal_cursor *cursor);
struct ledger_text journal_trim(struct ledger_text text);
/* A string between double quotes, in the call's memory where it has escapes. False, with a problem, where it is none.
 */
LEDGER_MUST_CHECK ledger_status journal_take_string(struct journal_cursor *cursor, struct ledger_text *ret_text);
/* A date of any form, perhaps without its year. False where there is none; nothing is taken then. */
bool journal_take_date(struct journal_cursor *cursor, struct civil_date *ret_date);
/* In the arena of the journal. */
LEDGER_MUST_CHECK ledger_status journal_keep(struct ledger_call *call, struct journal *journal, struct ledger_text text,
                                             struct ledger_text *ret_kept);
/* Whether they are the same but for capitals, - and _. */
bool journal_is_word(struct ledger_text text, const char *word);

/* journal_amount.c */
struct journal_amount {
    bool has_number;
    bool has_commodity;
    int64_t minor;
    struct ledger_text currency; /* absent: the account's */
};
/* False, with a problem, where it is no amount. Where there is neither number nor commodity both are false. */
bool journal_take_amount(struct journal_cursor *cursor, struct journal_amount *ret_amount);
/* A commodity as a directive shows it: alone or with a sample amount. NULL, with a problem, where it is none. */
struct journal_commodity *journal_take_sample(struct journal_cursor *cursor);
/* What follows an amount but is not kept; false, with a problem, where there is something. */
bool journal_check_behind_amount(struct journal_cursor *cursor);

/* journal_accounts.c */
/* The account of that name, with what is applied before it; NULL with a problem where it cannot be one. */
LEDGER_MUST_CHECK ledger_status journal_find_account(struct journal_cursor *cursor, struct ledger_text name,
                                                     struct journal_account **ret_account);
/* The same, where it needs no code yet. */
LEDGER_MUST_CHECK ledger_status journal_find_declared(struct journal_cursor *cursor, struct ledger_text name,
                                                      struct journal_account **ret_account);
/* Whether it has a code; else there is a problem. */
bool journal_check_code(const struct journal_cursor *cursor, const struct journal_account *account);
/* Queues what has to be given before a use of the account in that currency. */
LEDGER_MUST_CHECK ledger_status journal_use_account(struct journal_cursor *cursor, struct journal_account *account,
                                                    struct ledger_text currency);
/* The next of the queue as a reading. */
LEDGER_MUST_CHECK ledger_status journal_give_account(struct journal_cursor *cursor, struct reading *ret_reading);
/* Queues what was declared and never used. */
LEDGER_MUST_CHECK ledger_status journal_use_declared(struct journal_cursor *cursor);
bool journal_type_of_tag(struct ledger_text text, enum ledger_account_type *ret_type);
LEDGER_MUST_CHECK ledger_status journal_add_to_balance(struct journal_cursor *cursor, struct journal_account *account,
                                                       struct ledger_text currency, int128 amount_minor);
/* The balance in a currency, of the account alone or with those beneath it. */
int128 journal_balance_of(const struct journal *journal, const struct journal_account *account,
                          struct ledger_text currency, bool with_children);
/* Whether there is nothing in any other currency. */
bool journal_has_only(const struct journal_account *account, struct ledger_text currency);

/* journal_notes.c */
enum journal_field {
    FIELD_COST_CENTER,
    FIELD_BUSINESS_UNIT,
    FIELD_PROJECT_CODE,
    FIELD_MEMO,
    FIELD_TRANSACTION_DATE, /* from here on, of a transaction alone */
    FIELD_BUSINESS_EVENT_TYPE,
    FIELD_BUSINESS_KEY,
    FIELD_IDEMPOTENCY_KEY,
    JOURNAL_FIELDS_COUNT,
};
struct journal_notes {
    struct ledger_text memo; /* absent: none */
    struct ledger_text fields[JOURNAL_FIELDS_COUNT];
};
/* Takes a comment without its sign: tags that are fields of ours become such, the rest is added to the memo. */
LEDGER_MUST_CHECK ledger_status journal_take_notes(struct ledger_call *call, struct ledger_text comment,
                                                   bool is_of_transaction, struct journal_notes *notes);
/* A tag of beancount, with its value. */
LEDGER_MUST_CHECK ledger_status journal_take_tag(struct ledger_call *call, struct ledger_text key,
                                                 struct ledger_text value, bool is_of_transaction,
                                                 struct journal_notes *notes);
LEDGER_MUST_CHECK ledger_status journal_add_memo(struct ledger_call *call, struct journal_notes *notes,
                                                 struct ledger_text text);

/* journal_transaction.c: the record at hand. Where accounts have to come before it they are queued, and nothing is
 * done yet; `ret_has_posting` is false where it only asserts. */
LEDGER_MUST_CHECK ledger_status journal_read_transaction(struct ledger_call *call, struct journal *journal,
                                                         bool *ret_has_posting, struct ledger_posting *ret_posting);
/* Whether a balance is as asserted; else there is a problem. */
bool journal_check_balance(const struct journal_cursor *cursor, const struct journal_account *account,
                           const struct journal_amount *asserted, bool with_children, int64_t tolerance_minor);

/* journal_directive.c: the record at hand where it is no transaction. */
LEDGER_MUST_CHECK ledger_status journal_read_directive(struct ledger_call *call, struct journal *journal);
/* Whether the record at hand begins a block of comments, and whether a line ends one. */
bool journal_begins_comment(const struct journal *journal);
bool journal_ends_comment(struct ledger_text line);

/* read_journal.c: goes on in another file; it comes back behind the record at hand. */
LEDGER_MUST_CHECK ledger_status journal_include(struct journal_cursor *cursor, struct ledger_text path);
/* After a directive that others are read by. */
LEDGER_MUST_CHECK ledger_status journal_renew_context(struct ledger_call *call, struct journal *journal);

#endif
