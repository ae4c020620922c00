/* A ledger: opened, made, closed.
 *
 * A handle may be used by any number of threads, each with a call of its own. Every function takes one connection to
 * the database for its duration, so that up to pool_size + pool_overflow_max of them work at once; further ones wait
 * until the call's deadline, in the order in which they came. Readers run beside writers. Opening and freeing the
 * handle is one thread's, while no other uses it. Any number of processes may work on one ledger at a time. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H

#include "ledger/call.h"

#ifdef __cplusplus
extern "C" {
#endif

struct ledger;

/* No more connections than pool_size. */
#define LEDGER_POOL_NO_OVERFLOW UINT32_MAX

/* How to open. Clear it, set `struct_size` to its size, then what differs: absent texts and zeros mean the default. */
struct ledger_open_options {
    size_t struct_size;
    struct ledger_text uri;      /* "sqlite:///relative.db", "sqlite:////absolute.db", "mysql://user@host/database" (the
                                  * README has all of its forms); absent: sqlite:///ledger.db */
    struct ledger_text password; /* of a server's user, where the URI has none */
    bool read_only;              /* refuse every write */
    uint32_t pool_size;          /* connections that are kept, the first from the start, others once needed; 0: 10 */
    uint32_t pool_overflow_max;  /* more of them for a while; 0: 20 */
    uint32_t query_timeout_ms;   /* how long a server may work on one statement; 0: no limit */
    uint32_t max_correction_age_days;             /* 0: no limit */
    int64_t correction_approval_threshold_minor;  /* 0: no reversal needs approval */
    struct ledger_text expected_time_zone;        /* where set, must be the ledger's own, else … */
    struct ledger_text expected_default_currency; /* … LEDGER_SETTING_DIFFERS */
    struct ledger_text expected_fiscal_year_start;
};

/* The settings that init fixes for good. Absent texts take the default in brackets. */
struct ledger_settings {
    struct ledger_text ledger_id;         /* a UUID; given by init */
    struct ledger_text time_zone;         /* a name of the tz database [UTC] */
    struct ledger_text default_currency;  /* [AOA] */
    struct ledger_text fiscal_year_start; /* MM-DD [01-01] */
    int32_t hash_version;                 /* 1 */
};

/* Makes a new, empty ledger and opens it. Its first event says who made it and with what settings.
 * LEDGER_EXISTS_ALREADY, LEDGER_USER_IS_MISSING, LEDGER_CONFIGURATION_IS_INVALID, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_create(struct ledger_call *call,
                                                            const struct ledger_open_options *options,
                                                            const struct ledger_settings *settings,
                                                            struct ledger **ret_ledger);

/* Opens a ledger that exists. The caller frees it with ledger_free.
 * LEDGER_IS_NOT_INITIALISED, LEDGER_SETTING_DIFFERS, LEDGER_VERSION_IS_UNSUPPORTED, LEDGER_GUARDS_ARE_MISSING (before
 * the first write), LEDGER_CONFIGURATION_IS_INVALID, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_open(struct ledger_call *call,
                                                          const struct ledger_open_options *options,
                                                          struct ledger **ret_ledger);

/* Closes. Nothing that was acknowledged is lost without it. NULL is allowed. */
LEDGER_PUBLIC void ledger_free(struct ledger *ledger);

/* The settings; the texts live as long as the handle. */
LEDGER_PUBLIC const struct ledger_settings *ledger_get_settings(const struct ledger *ledger);

/* What of the server's settings an operator should know: calls `found` for each, a sentence. None of them is a fault of
 * the ledger; a database without a server gives none. Database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_server_warnings(struct ledger_call *call, struct ledger *ledger,
                                                                     void (*found)(void *context,
                                                                                   struct ledger_text warning),
                                                                     void *context);

/* Says that the clock is right although it is more than five minutes behind the ledger's last event, or that the last
 * event is: postings then stand at the time of that event until the clock has caught up. An administrator's act, with a
 * reason. LEDGER_TEXT_IS_INVALID, LEDGER_USER_IS_MISSING, database outcomes. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_clock_accept(struct ledger_call *call, struct ledger *ledger,
                                                                  struct ledger_text reason);

/* A URI as it may be shown or logged: a password in it is hidden, and so are a server's options. In the call's memory.
 * LEDGER_OUT_OF_MEMORY. */
LEDGER_PUBLIC LEDGER_MUST_CHECK ledger_status ledger_show_uri(struct ledger_call *call, struct ledger_text uri,
                                                              struct ledger_text *ret_shown);

/* The version of the library, for example "0.1.0". Static. */
LEDGER_PUBLIC const char *ledger_version(void);

#ifdef __cplusplus
}
#endif

#endif
