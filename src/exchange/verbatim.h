/* The verbatim form of a ledger (docs/IMPORT.md): its whole log as JSON, a record a line, with everything that the
 * hashes cover.
 *
 * I1 The first line is the head, the last the end, which says what the lines before it add up to: a file that was cut
 *    off or changed anywhere is known as such. */
#ifndef LEDGER_EXCHANGE_VERBATIM_H
#define LEDGER_EXCHANGE_VERBATIM_H

#include "base/text_builder.h"
#include "engine/restore.h"
#include "ledger/ledger.h"

#define VERBATIM_FORMAT "ledger-verbatim/1"

enum { VERBATIM_LINE_BYTES_MAX = 64 * 1024 * 1024 };

/* What kind of record a line is: its member "line". */
#define VERBATIM_HEAD "ledger"
#define VERBATIM_POSTING "posting"
#define VERBATIM_EVENT "event"
#define VERBATIM_CHECKPOINT "checkpoint"
#define VERBATIM_MANUAL_ROW "manual_row"
#define VERBATIM_END "end"

struct verbatim_head {
    struct ledger_settings settings;
    struct ledger_text schema_applied_at;
    int64_t log_size;
    int64_t manual_rows_count;
};

/* What the lines before the end add up to. */
struct verbatim_end {
    int64_t log_size;
    struct sha256_hash root;
    int64_t transactions_count;
    int64_t entries_count;
    int64_t events_count; /* that are no postings */
    int64_t checkpoints_count;
    int64_t manual_rows_count;
    struct sha256_hash sha256; /* of all bytes before the line */
};

/* Which further row follows from an event that is no posting. */
enum restored_kind verbatim_kind_of(struct ledger_text event_type);

/* Each adds a line. A text builder remembers a failure. */
void verbatim_write_head(struct text_builder *builder, const struct verbatim_head *head);
/* `texts_hash` stands for the salt where the texts were erased; else it is NULL. */
void verbatim_write_posting(struct text_builder *builder, const struct ledger_transaction_record *record,
                            const struct sha256_hash *texts_hash, const struct sha256_hash *leaf);
/* `approval` is what the event changed of a request, else NULL. */
void verbatim_write_event(struct text_builder *builder, const struct ledger_event_record *event,
                          const struct store_approval_change *approval, const struct sha256_hash *leaf);
void verbatim_write_checkpoint(struct text_builder *builder, const struct store_checkpoint *checkpoint);
void verbatim_write_manual_row(struct text_builder *builder, const struct ledger_manual_event *event);
void verbatim_write_end(struct text_builder *builder, const struct verbatim_end *end);

#endif
