/* What the commands that list page by page share. */
#ifndef LEDGER_CLI_LISTING_OPTIONS_H
#define LEDGER_CLI_LISTING_OPTIONS_H

#include "cli/command.h"
#include "ledger/listing.h"

enum {
    LISTING_ACCOUNT_CODE,
    LISTING_START_DATE,
    LISTING_END_DATE,
    LISTING_EVENT_TYPE,
    LISTING_BUSINESS_KEY,
    LISTING_NEWEST_FIRST,
    LISTING_LIMIT,
    LISTING_AFTER,
    LISTING_OPTIONS_COUNT,
};

#define LISTING_AFTER_HELP                                                                                             \
    "the page behind a cursor: next_after of the page before, which stays valid whatever is posted meanwhile"

/* The rows of all options but that of the account. */
#define LISTING_OPTION_ROWS                                                                                            \
    [LISTING_START_DATE] = {.name = "start-date",                                                                      \
                            .argument = "DATE",                                                                        \
                            .help = "the first day, YYYY-MM-DD; else from "                                            \
                                    "the beginning"},                                                                  \
    [LISTING_END_DATE] = {.name = "end-date", .argument = "DATE", .help = "the last day, YYYY-MM-DD; else no end"},    \
    [LISTING_EVENT_TYPE] = {.name = "event-type", .argument = "TYPE", .help = "only of this business event type"},     \
    [LISTING_BUSINESS_KEY] = {.name = "business-key", .argument = "KEY", .help = "only of this business key"},         \
    [LISTING_NEWEST_FIRST] = {.name = "newest-first", .help = "the last posted first; else in the order of the log"},  \
    [LISTING_LIMIT] = {.name = "limit", .argument = "N", .help = "of a page, 1 to 10000; 100 unless named"},           \
    [LISTING_AFTER] = {.name = "after", .argument = "CURSOR", .help = LISTING_AFTER_HELP}

/* The request that the options make. LEDGER_USAGE_IS_WRONG. */
LEDGER_MUST_CHECK ledger_status listing_options_read(struct cli *cli, struct ledger_listing *ret_listing);

/* The members at the end of a page. */
void listing_write_end(struct json_writer *writer, size_t count, bool has_more, struct ledger_text next_after);

/* Tells people how to see the next page, where there is one. */
void listing_tell_next(struct cli *cli, bool has_more, struct ledger_text next_after);

#endif
