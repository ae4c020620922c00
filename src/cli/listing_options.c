/* Pages on the command line. */
#include "cli/listing_options.h"

#include "base/text.h"
#include "cli/options.h"
#include "cli/results.h"

ledger_status listing_options_read(struct cli *cli, struct ledger_listing *ret_listing)
{
    struct ledger_listing listing = {
        .struct_size = sizeof listing,
        .account_code = cli_value(cli, LISTING_ACCOUNT_CODE),
        .start_date = cli_value(cli, LISTING_START_DATE),
        .end_date = cli_value(cli, LISTING_END_DATE),
        .business_event_type = cli_value(cli, LISTING_EVENT_TYPE),
        .business_key = cli_value(cli, LISTING_BUSINESS_KEY),
        .newest_first = cli_has(cli, LISTING_NEWEST_FIRST),
        .after = cli_value(cli, LISTING_AFTER),
    };
    if (cli_has(cli, LISTING_LIMIT)) {
        int64_t limit = 0;
        LEDGER_TRY(options_number(cli->call, "limit", cli_value(cli, LISTING_LIMIT), 1, LEDGER_PAGE_MAX, &limit));
        listing.limit = (size_t)limit;
    }
    *ret_listing = listing;
    return LEDGER_DONE;
}

void listing_write_end(struct json_writer *writer, size_t count, bool has_more, struct ledger_text next_after)
{
    json_write_member_integer(writer, "count", (int64_t)count);
    json_write_member_boolean(writer, "has_more", has_more);
    results_write_text_or_null(writer, "next_after", next_after);
}

void listing_tell_next(struct cli *cli, bool has_more, struct ledger_text next_after)
{
    if (has_more && !cli->output.wants_quiet) {
        output_message(&cli->output, "There are more: the same command with --after %.*s shows the next.\n",
                       TEXT_ARGUMENTS(next_after));
    }
}
