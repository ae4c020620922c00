/* Reads lines of the verbatim form: shapes, names, digits. Whether what they say fits together is for the import. */
#ifndef LEDGER_EXCHANGE_READ_VERBATIM_H
#define LEDGER_EXCHANGE_READ_VERBATIM_H

#include "exchange/json_members.h"
#include "exchange/verbatim.h"

/* A line, whose texts live as long as its bytes and the call's memory. */
struct verbatim_line {
    struct ledger_text kind; /* absent or of none of ours: nothing else is set */
    struct verbatim_head head;
    struct verbatim_end end;
    struct store_checkpoint checkpoint;
    struct restored item; /* of a posting or event: as it stands in the line, its hashes among it */
    struct ledger_text transaction_number;
    bool has_texts_hash; /* in the place of the salt */
    struct sha256_hash texts_hash;
    bool has_reason_salt;
};

/* LEDGER_INPUT_IS_MALFORMED with every problem of the line. */
LEDGER_MUST_CHECK ledger_status read_verbatim_line(const struct json_place *place, struct ledger_text line,
                                                   struct verbatim_line *ret_line);

/* What follows from the metadata of an event, by its kind: filled into the item, so that its facts made anew give the
 * same metadata. Reasons, and what other rows have to say, are left out. LEDGER_INPUT_IS_MALFORMED. */
LEDGER_MUST_CHECK ledger_status read_verbatim_facts(const struct json_place *place, struct restored *item,
                                                    struct ledger_text *ret_compared,
                                                    struct ledger_text *ret_reason_hash);

#endif
