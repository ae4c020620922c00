/* Importing. The caller's thread reads and prepares, the stream's posts; what a batch was made from is kept in a ring
 * until the batch is told. */
#include "exchange/import.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "engine/refusal.h"
#include "engine/stream.h"
#include "exchange/import_accounts.h"
#include "exchange/import_progress.h"
#include "exchange/import_reasons.h"

enum {
    RING = 3, /* batches between reading and telling: those of the stream, and the one that is being filled */
    RECORDS_FIRST = 1024,
    REASONS_SIZE_FIRST = 256,
    BATCH_BYTES_MAX = 4 * 1024 * 1024,
    PROGRESS_EVERY = 1024, /* records */
};

/* A record between reading and telling. */
struct import_record {
    uint64_t line;
    struct ledger_text source;
    struct ledger_text reasons; /* why it could not be understood: such a record is in no batch; absent: it is in one */
    bool is_account;            /* declared: it keeps its place here until it is settled, and stays if it is refused */
};

/* The records of one batch, and those in between that could not be understood. */
struct import_batch {
    struct arena arena;
    struct import_record *records;
    size_t count;
    size_t capacity;
    size_t malformed_count;
    size_t bytes;                    /* of the sources of its records */
    struct import_progress progress; /* up to the last of them, once it is sealed */
};

struct import {
    struct ledger_call *call;
    struct ledger *ledger;
    struct posting_reader *reader;
    const struct import_options *options;
    struct import_result result;
    struct ledger_stream *stream;
    struct import_batch ring[RING];
    size_t open;                     /* the batch that is being filled; it goes round … */
    size_t oldest;                   /* … and so does the one that is told next */
    struct ledger_call reading;      /* of one record */
    struct ledger_call asking;       /* for what is done beside the stream */
    struct import_accounts accounts; /* declared, and not settled yet */
    FILE *rejects;
    bool is_found; /* begun by an earlier run */
    bool is_resumed;
    struct import_progress done_before; /* of the runs before */

    /* The posting thread's, while the stream runs. */
    struct {
        size_t batch;           /* of the ring, that is being posted */
        uint64_t first_item;    /* of it */
        int64_t own_log_index;  /* of the event that the last attempt wrote */
        int64_t last_log_index; /* of the last event that is committed, or of the last before we began */
    } posting;
};

static struct import_batch *import_open_batch(struct import *import)
{
    return &import->ring[import->open];
}

/* Records. */

static ledger_status batch_grow(struct ledger_call *call, struct import_batch *batch)
{
    size_t capacity = batch->capacity == 0 ? RECORDS_FIRST : batch->capacity * 2;
    struct import_record *records = arena_allocate_array(&batch->arena, capacity, sizeof *records);
    if (records == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    if (batch->count > 0) {
        memcpy(records, batch->records, batch->count * sizeof *records);
    }
    batch->records = records;
    batch->capacity = capacity;
    return LEDGER_DONE;
}

static ledger_status batch_copy(struct ledger_call *call, struct import_batch *batch, struct ledger_text text,
                                struct ledger_text *ret_copy)
{
    return text_keep(&batch->arena, text, ret_copy) ? LEDGER_DONE : ledger_fail_out_of_memory(call);
}

static ledger_status batch_add(struct ledger_call *call, struct import_batch *batch, const struct reading *reading,
                               struct ledger_text reasons)
{
    if (batch->count == batch->capacity) {
        LEDGER_TRY(batch_grow(call, batch));
    }
    struct import_record *record = &batch->records[batch->count];
    *record = (struct import_record){.line = reading->line};
    LEDGER_TRY(batch_copy(call, batch, reading->source, &record->source));
    LEDGER_TRY(batch_copy(call, batch, reasons, &record->reasons));
    batch->malformed_count += text_is_absent(reasons) ? 0 : 1;
    batch->count++;
    return LEDGER_DONE;
}

static void batch_empty(struct import_batch *batch)
{
    arena_reset(&batch->arena);
    *batch = (struct import_batch){.arena = batch->arena};
}

/* Rejects. */

static ledger_status rejects_fail(struct import *import)
{
    return ledger_fail(import->call, LEDGER_FILE_IS_UNREADABLE, "cannot write %s: %s", import->options->rejects_path,
                       strerror(errno));
}

static ledger_status rejects_open(struct import *import)
{
    errno = 0;
    import->rejects = fopen(import->options->rejects_path, import->is_resumed ? "ae" : "we");
    if (import->rejects == NULL) {
        return rejects_fail(import);
    }
    struct ledger_text preamble = import->reader->operations->preamble(import->reader);
    bool is_begun = fseeko(import->rejects, 0, SEEK_END) == 0 && ftello(import->rejects) > 0; /* by an earlier run */
    errno = 0;
    if (preamble.size > 0 && !is_begun && fwrite(preamble.data, 1, preamble.size, import->rejects) != preamble.size) {
        return rejects_fail(import);
    }
    return LEDGER_DONE;
}

static ledger_status import_reject(struct import *import, const struct import_record *record,
                                   struct ledger_text reasons)
{
    import->result.rejected++;
    if (text_is_absent(import->result.first_rejection)) {
        LEDGER_TRY(ledger_call_format(import->call, &import->result.first_rejection, "line %" PRIu64 ": %.*s",
                                      record->line, TEXT_ARGUMENTS(reasons)));
    }
    if (import->options->rejects_path == NULL) {
        return LEDGER_DONE;
    }
    if (import->rejects == NULL) {
        LEDGER_TRY(rejects_open(import));
    }
    struct ledger_text text;
    struct text_builder builder;
    text_builder_init(&builder, &import->asking.arena, record->source.size + REASONS_SIZE_FIRST);
    import->reader->operations->add_rejected(import->reader, &builder, record->source, reasons);
    LEDGER_TRY(text_builder_finish(import->call, &builder, &text));
    errno = 0;
    bool is_written = fwrite(text.data, 1, text.size, import->rejects) == text.size;
    ledger_call_reset(&import->asking);
    return is_written ? LEDGER_DONE : rejects_fail(import);
}

/* Declared accounts. */

/* Keeps the places of those that are refused, with their reasons, and gives up the others'. */
static ledger_status batch_take_settled(struct ledger_call *call, struct import_batch *batch,
                                        const struct import_accounts *accounts)
{
    size_t settled = 0;
    size_t kept = accounts->first_record;
    for (size_t i = accounts->first_record; i < batch->count; i++) {
        struct import_record record = batch->records[i];
        if (record.is_account && text_is_absent(record.reasons)) {
            const struct import_account *account = &accounts->items[settled++];
            if (text_is_absent(account->reasons)) {
                continue;
            }
            LEDGER_TRY(batch_copy(call, batch, account->source, &record.source));
            LEDGER_TRY(batch_copy(call, batch, account->reasons, &record.reasons));
            batch->malformed_count++;
        }
        batch->records[kept++] = record;
    }
    assert(settled == accounts->count);
    batch->count = kept;
    return LEDGER_DONE;
}

/* Those that were gathered are looked up and made; those that cannot be taken are as what is malformed. */
static ledger_status import_settle_accounts(struct ledger_call *call, struct import *import)
{
    struct import_accounts *accounts = &import->accounts;
    const struct import_accounts_options options = {
        .ledger = import->ledger,
        .stream = import->options->only_tries ? import->stream : NULL,
        .creates = import->options->creates_accounts,
    };
    uint64_t created = 0;
    if (accounts->count == 0) {
        return LEDGER_DONE;
    }
    ledger_status status = import_accounts_settle(&import->asking, accounts, &options, &created);
    if (status != LEDGER_DONE) {
        return ledger_fail(call, status, "%s", ledger_call_message(&import->asking));
    }
    ledger_call_reset(&import->asking);
    import->result.accounts_created += created;
    LEDGER_TRY(batch_take_settled(call, import_open_batch(import), accounts));
    import_accounts_empty(accounts);
    return LEDGER_DONE;
}

/* Batches. */

/* The open batch reaches to the record at hand. */
static void import_seal(struct import *import)
{
    struct import_batch *batch = import_open_batch(import);
    struct reading_position position;
    import->reader->operations->tell(import->reader, &position);
    batch->progress = (struct import_progress){
        .import_id = import->options->import_id,
        .line = position.line,
        .bytes = position.bytes,
        .digest = position.digest,
        .rejected = batch->malformed_count,
    };
}

/* On this thread, when the stream has what it wants. I4: the accounts come first. */
static ledger_status import_sealed(struct ledger_call *call, void *context, uint64_t first_item, size_t count)
{
    struct import *import = context;
    (void)first_item;
    (void)count;
    LEDGER_TRY(import_settle_accounts(call, import));
    import_seal(import);
    import->open = (import->open + 1) % RING;
    return LEDGER_DONE;
}

/* I2. Under the lock: refuses where another run of this import has come between. */
static ledger_status import_check_alone(struct ledger_call *call, const struct import *import, struct write_unit *unit)
{
    bool is_found = false;
    struct import_progress other;
    int64_t log_index = 0;
    LEDGER_TRY(import_progress_find(call, &unit->session->store, import->options->import_id,
                                    import->posting.last_log_index + 1, &is_found, &other, &log_index));
    if (is_found) {
        return ledger_fail(call, LEDGER_IMPORT_EXISTS,
                           "another run of the import \"%.*s\" reached line %" PRIu64 " meanwhile: this one ends here",
                           TEXT_ARGUMENTS(import->options->import_id), other.line);
    }
    return LEDGER_DONE;
}

/* On the posting thread. A batch that is new says that the one before it is committed. */
static ledger_status import_add_events(struct ledger_call *call, struct write_unit *unit, void *context,
                                       uint64_t first_item, const struct ledger_posted *posted, size_t count)
{
    struct import *import = context;
    if (first_item != import->posting.first_item) {
        import->posting.first_item = first_item;
        import->posting.last_log_index = import->posting.own_log_index;
        import->posting.batch = (import->posting.batch + 1) % RING;
    }
    LEDGER_TRY(import_check_alone(call, import, unit));
    struct import_progress progress = import->ring[import->posting.batch].progress;
    for (size_t i = 0; i < count; i++) {
        progress.posted += posted[i].status == LEDGER_DONE ? 1 : 0;
        progress.rejected += posted[i].status == LEDGER_DONE ? 0 : 1;
    }
    import->posting.own_log_index = store_head_log_size(&unit->head);
    return import_progress_add(call, unit, &progress);
}

/* Whether the rules refused it; anything else is no word about the record. */
static bool is_refused(const struct ledger_posted *posted)
{
    return posted->status != LEDGER_DONE && ledger_status_exit(posted->status) == 1;
}

static bool batch_is_done(const struct ledger_posted *posted, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (posted[i].status != LEDGER_DONE && !is_refused(&posted[i])) {
            return false;
        }
    }
    return true;
}

static ledger_status import_tell_record(struct import *import, const struct import_record *record,
                                        const struct ledger_posted *posted, struct import_reasons *reasons, size_t item)
{
    if (posted->status == LEDGER_BATCH_IS_REFUSED) {
        return LEDGER_DONE; /* others spoilt it */
    }
    if (!is_refused(posted)) {
        import->result.posted += posted->replayed ? 0 : 1;
        import->result.replayed += posted->replayed ? 1 : 0;
        return LEDGER_DONE;
    }
    struct ledger_text text;
    LEDGER_TRY(import_reasons_next(import->call, &import->asking.arena, reasons, item, &text));
    return import_reject(import, record, text);
}

static ledger_status import_tell_batch(struct import *import, const struct import_batch *batch,
                                       const struct ledger_posted *posted, struct import_reasons *reasons)
{
    size_t item = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct import_record *record = &batch->records[i];
        if (!text_is_absent(record->reasons)) {
            LEDGER_TRY(import_reject(import, record, record->reasons));
        } else {
            LEDGER_TRY(import_tell_record(import, record, &posted[item], reasons, item));
            item++;
        }
    }
    return LEDGER_DONE;
}

/* What came of the oldest batch, record by record. */
static ledger_status import_told(void *context, uint64_t first_item, const struct ledger_posted *posted, size_t count,
                                 const struct ledger_call *of)
{
    struct import *import = context;
    struct import_batch *batch = &import->ring[import->oldest];
    (void)first_item;
    import->oldest = (import->oldest + 1) % RING;
    if (batch_is_done(posted, count)) {
        struct import_reasons reasons;
        struct arena arena;
        arena_init(&arena);
        ledger_status status = import_reasons_init(import->call, &arena, of, &reasons);
        status = status == LEDGER_DONE ? import_tell_batch(import, batch, posted, &reasons) : status;
        arena_done(&arena);
        LEDGER_TRY(status);
    }
    batch_empty(batch);
    return LEDGER_DONE;
}

/* Reading. */

static ledger_status import_take_malformed(struct import *import, const struct reading *reading)
{
    struct ledger_text reasons;
    LEDGER_TRY(import_reasons_all(import->call, &import->asking.arena, &import->reading, &reasons));
    ledger_status status = batch_add(import->call, import_open_batch(import), reading, reasons);
    ledger_call_reset(&import->asking);
    return status;
}

/* What only tries judges in the order of the file: first what stands before the accounts, then these, at once. One
 * whose type is not known is found or not by what stands before it: so it is settled alone. */
static ledger_status import_take_account(struct import *import, const struct reading *reading)
{
    struct import_accounts *accounts = &import->accounts;
    const struct reading place = {.line = reading->line};
    bool is_alone = !text_is_absent(reading->type_fault);
    LEDGER_TRY(is_alone ? import_settle_accounts(import->call, import) : LEDGER_DONE);
    LEDGER_TRY(import->options->only_tries ? stream_send_now(import->stream) : LEDGER_DONE);
    struct import_batch *batch = import_open_batch(import);
    accounts->first_record = accounts->count == 0 ? batch->count : accounts->first_record;
    LEDGER_TRY(batch_add(import->call, batch, &place, TEXT_ABSENT));
    batch->records[batch->count - 1].is_account = true;
    LEDGER_TRY(import_accounts_add(import->call, accounts, reading));
    bool is_full = accounts->count == LEDGER_ACCOUNTS_MAX;
    return is_alone || is_full ? import_settle_accounts(import->call, import) : LEDGER_DONE;
}

static ledger_status import_take_posting(struct import *import, const struct reading *reading)
{
    struct import_batch *batch = import_open_batch(import);
    LEDGER_TRY(batch_add(import->call, batch, reading, TEXT_ABSENT));
    batch->bytes += reading->source.size;
    bool is_large = batch->bytes > BATCH_BYTES_MAX && !import->options->is_atomic;
    LEDGER_TRY(ledger_stream_add(import->stream, &reading->posting));
    return is_large ? stream_send_now(import->stream) : LEDGER_DONE;
}

static ledger_status import_take(struct import *import, const struct reading *reading, ledger_status status)
{
    import->result.records++;
    if (status == LEDGER_DONE && reading->kind == READING_ACCOUNT) {
        return import_take_account(import, reading);
    }
    LEDGER_TRY(import->options->only_tries ? import_settle_accounts(import->call, import) : LEDGER_DONE);
    return status == LEDGER_DONE ? import_take_posting(import, reading) : import_take_malformed(import, reading);
}

/* Whether the outcome of a record is that it cannot be understood; what else it is ends the import. */
static bool is_of_record(ledger_status status)
{
    return status == LEDGER_INPUT_IS_MALFORMED || ledger_status_exit(status) == 1;
}

/* The next record, with all that is wrong with it in `reading`. */
static ledger_status import_read(struct import *import, bool *ret_has_record, struct reading *ret_reading,
                                 ledger_status *ret_status)
{
    ledger_call_reset(&import->reading);
    *ret_has_record = false;
    *ret_status = import->reader->operations->next(&import->reading, import->reader, ret_has_record, ret_reading);
    if (*ret_status != LEDGER_DONE && !is_of_record(*ret_status)) {
        return ledger_fail(import->call, *ret_status, "%s", ledger_call_message(&import->reading));
    }
    *ret_has_record = *ret_has_record || *ret_status != LEDGER_DONE;
    return LEDGER_DONE;
}

static void import_show_progress(struct import *import, const struct reading_position *position)
{
    if (import->options->progress != NULL) {
        import->options->progress(import->options->context, position->bytes, position->bytes_total,
                                  import->result.records);
    }
}

/* Reads over what earlier runs have done, and holds the file against what it was then. */
static ledger_status import_skip_done(struct import *import)
{
    struct reading_position position = {.bytes = 0};
    while (position.bytes < import->done_before.bytes) {
        bool has_record = false;
        struct reading reading;
        ledger_status status = LEDGER_DONE;
        LEDGER_TRY(import_read(import, &has_record, &reading, &status));
        import->reader->operations->tell(import->reader, &position);
        if (!has_record) {
            break;
        }
        import->result.skipped++;
    }
    if (position.bytes != import->done_before.bytes ||
        memcmp(&position.digest, &import->done_before.digest, sizeof position.digest) != 0) {
        return ledger_fail(import->call, LEDGER_INPUT_IS_MALFORMED,
                           "%s is not the file that was begun: its first %" PRIu64 " bytes (to line %" PRIu64
                           ") are not those that were imported",
                           import->options->source_name, import->done_before.bytes, import->done_before.line);
    }
    return LEDGER_DONE;
}

/* Of all or nothing, nothing is posted where a record could not be understood; what else is wrong is told all the same.
 */
static ledger_status import_finish(struct import *import)
{
    if (import->options->is_atomic && import_open_batch(import)->malformed_count > 0) {
        stream_only_judge(import->stream);
    }
    LEDGER_TRY(ledger_stream_finish(import->stream));
    if (import->options->is_atomic && import->result.rejected > 0) {
        import->result.posted = 0;
    }
    return LEDGER_DONE;
}

static ledger_status import_read_all(struct import *import)
{
    LEDGER_TRY(import->is_resumed ? import_skip_done(import) : LEDGER_DONE);
    for (;;) {
        bool has_record = false;
        struct reading reading = {.line = 0};
        ledger_status status = LEDGER_DONE;
        LEDGER_TRY(import_read(import, &has_record, &reading, &status));
        if (!has_record) {
            LEDGER_TRY(import_settle_accounts(import->call, import));
            return import_finish(import);
        }
        LEDGER_TRY(import_take(import, &reading, status));
        if (import->result.records % PROGRESS_EVERY == 0) {
            struct reading_position position;
            import->reader->operations->tell(import->reader, &position);
            import_show_progress(import, &position);
        }
    }
}

/* Begin and end. */

static ledger_status import_look_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct import *import = context;
    int64_t log_index = 0;
    import->posting.own_log_index = store_head_log_size(&unit->head) - 1;
    LEDGER_TRY(import_progress_find(call, &unit->session->store, import->options->import_id, 0, &import->is_found,
                                    &import->done_before, &log_index));
    import->is_resumed = import->is_found && import->options->resumes;
    return LEDGER_DONE;
}

/* Under the lock, although nothing is written: a batch of a run that was killed may still be being committed. */
static ledger_status import_look_back(struct import *import)
{
    SESSION_TAKE(import->call, import->ledger, session);
    return write_unit_run_by_any_clock(import->call, session, import_look_body, import);
}

/* An import that exists is not begun again by mistake: the attempt is a refusal like others. */
static ledger_status import_refuse_again(struct import *import)
{
    struct refusal refusal = {.event_type = "IMPORT_REFUSED",
                              .action = "IMPORT",
                              .first_problem = ledger_call_problems_count(import->call),
                              .subject = import->options->import_id};
    refusal.status = ledger_fail(import->call, LEDGER_IMPORT_EXISTS, "an import \"%.*s\" %s line %" PRIu64 " already",
                                 TEXT_ARGUMENTS(import->options->import_id),
                                 import->done_before.is_complete ? "ended at" : "reached", import->done_before.line);
    SESSION_TAKE(import->call, import->ledger, session);
    return refusal_record(import->call, session, &refusal);
}

static ledger_status import_end_body(struct ledger_call *call, struct write_unit *unit, void *context)
{
    struct import *import = context;
    struct import_progress progress = import_open_batch(import)->progress;
    LEDGER_TRY(import_check_alone(call, import, unit));
    return import_progress_add(call, unit, &progress);
}

/* The end of the file, as an event of its own; what could not be understood behind the last batch comes with it. */
static ledger_status import_end(struct import *import)
{
    struct import_batch *batch = import_open_batch(import);
    import_seal(import);
    batch->progress.is_complete = true;
    import->posting.last_log_index = import->posting.own_log_index;
    import->result.lines = batch->progress.line;
    bool is_refused = import->options->is_atomic && import->result.rejected + batch->count > 0;
    bool was_complete = import->is_resumed && import->done_before.is_complete && import->result.records == 0;
    if (!was_complete && !is_refused && !import->options->only_tries) {
        SESSION_TAKE(import->call, import->ledger, session);
        LEDGER_TRY(write_unit_run(import->call, session, import_end_body, import));
    }
    for (size_t i = 0; i < batch->count; i++) {
        LEDGER_TRY(import_reject(import, &batch->records[i], batch->records[i].reasons));
    }
    return LEDGER_DONE;
}

static ledger_status import_close_rejects(struct import *import)
{
    FILE *rejects = import->rejects;
    import->rejects = NULL;
    errno = 0;
    return rejects == NULL || fclose(rejects) == 0 ? LEDGER_DONE : rejects_fail(import);
}

static ledger_status import_all(struct import *import)
{
    struct ledger_stream_options options = {
        .struct_size = sizeof options,
        .batch_items_max = import->options->batch_items_max,
        .told = import_told,
        .context = import,
    };
    struct stream_hook hook = {.sealed = import_sealed,
                               .add_events = import_add_events,
                               .context = import,
                               .wants_statuses_only = true,
                               .is_atomic = import->options->is_atomic,
                               .only_judges = import->options->only_tries};
    LEDGER_TRY(write_unit_check_actor(import->call));
    LEDGER_TRY(import_look_back(import));
    if (import->is_found && !import->is_resumed && !import->options->only_tries) {
        return import_refuse_again(import);
    }
    LEDGER_TRY(ledger_stream_begin(import->call, import->ledger, &options, &import->stream));
    stream_set_hook(import->stream, &hook);
    LEDGER_TRY(import_read_all(import));
    LEDGER_TRY(import_end(import));
    return import_close_rejects(import);
}

static void import_init(struct import *import, struct ledger_call *call)
{
    struct ledger_call *const calls[] = {&import->reading, &import->asking};
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        call_init(calls[i]);
        calls[i]->actor = call->actor;
        calls[i]->timeout_ms = call->timeout_ms;
        calls[i]->now_us = call->now_us;
        calls[i]->now_context = call->now_context;
    }
    for (size_t i = 0; i < RING; i++) {
        arena_init(&import->ring[i].arena);
    }
    import_accounts_init(&import->accounts);
    import->posting.batch = RING - 1; /* the first that comes is the first of the ring */
    import->posting.first_item = UINT64_MAX;
}

static void import_done(struct import *import)
{
    if (import->stream != NULL) {
        ledger_stream_figures(import->stream, &import->result.figures);
    }
    ledger_stream_free(import->stream);
    for (size_t i = 0; i < RING; i++) {
        arena_done(&import->ring[i].arena);
    }
    import_accounts_done(&import->accounts);
    call_done(&import->reading);
    call_done(&import->asking);
    if (import->rejects != NULL) {
        (void)fclose(import->rejects);
    }
}

ledger_status import_run(struct ledger_call *call, struct ledger *ledger, struct posting_reader *reader,
                         const struct import_options *options, struct import_result *ret_result)
{
    struct import *import = NULL;
    LEDGER_ALLOCATE(call, import, 1);
    *import = (struct import){.call = call, .ledger = ledger, .reader = reader, .options = options};
    import_init(import, call);
    ledger_status status = import_all(import);
    import_done(import);
    *ret_result = import->result;
    return status;
}
