/* A stream of postings: a ring of batches, filled and prepared by the caller's thread, posted by a thread of the
 * stream.
 *
 * I1 Batches are filled, posted and told in the order of the ring; each is with one thread at a time, by its state.
 * I2 Behind a batch that could not be posted none is: what the stream was told last is where it ends.
 * I3 A batch keeps its session from the begin of the stream to its end, and with it the rules its texts belong to. All
 *    are posted by one other.
 * I4 Where a batch will stand in the log is guessed when it is prepared, from where the log ended last and what is on
 *    its way: the hashes that follow from the places are made by the caller's thread too. Nothing rests on the guess:
 *    under the lock, places that are not right are given and hashed again.
 * I5 With one batch in the ring there is no thread: the caller's own posts it. */
#include "engine/stream.h"

#include <time.h>

#include "base/text.h"
#include "engine/accounts.h"
#include "engine/batch.h"
#include "engine/handle.h"

enum { BATCHES_MAX = 2, ITEMS_FIRST = 1024 };

enum stream_batch_state {
    BATCH_IS_OPEN,  /* with the caller's thread: being filled, or told */
    BATCH_IS_READY, /* with the posting thread */
    BATCH_IS_POSTED,
};

struct stream_batch {
    enum stream_batch_state state;
    struct ledger_call call;
    struct session *session;         /* that prepares it */
    bool rules_have_moved;           /* since it was prepared last */
    struct ledger_posting *postings; /* with their texts and entries in the call's memory */
    struct ledger_posted *posted;
    size_t count;
    size_t capacity;
    uint64_t first_item;
    struct batch batch;
    ledger_status status;
    const struct stream_hook *hook;
    int64_t leaves_expected; /* of its postings, as far as is known when it is sent */
};

struct ledger_stream {
    struct ledger *ledger;
    struct ledger_call *call;
    struct ledger_stream_options options;
    struct stream_hook hook;
    struct session *posting_session; /* of every batch: so one connection knows what it wrote last */
    bool is_pretending;              /* there are accounts that are not there */
    struct stream_batch batches[BATCHES_MAX];
    size_t batches_count;
    struct stream_batch *open; /* that is being filled; I1: the ring goes on behind it with the oldest */
    size_t items_wanted;       /* of the next batch */
    uint64_t items_count;
    ledger_status status; /* of the caller's side: what ended it */
    bool has_thread;
    pthread_t thread;

    pthread_mutex_t mutex; /* of the states of the batches, and of what follows */
    pthread_cond_t has_moved;
    bool is_ending;
    struct ledger_stream_figures figures;
    bool has_end;
    struct log_end end;    /* as the batch posted last left the log … */
    int64_t leaves_beside; /* … and what it appended beside postings */
};

static int64_t steady_us(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static struct stream_batch *stream_behind(struct ledger_stream *stream, const struct stream_batch *batch)
{
    return &stream->batches[((size_t)(batch - stream->batches) + 1) % stream->batches_count];
}

/* Twice as many where that is soon done, half as many where others wait too long. */
static void stream_adapt(struct ledger_stream *stream, const struct stream_batch *batch, int64_t took_us)
{
    const int64_t bound_us = LEDGER_STREAM_LOCK_MS_MAX * 1000;
    size_t items_max = stream->options.batch_items_max;
    if (took_us > bound_us && batch->count > LEDGER_STREAM_ITEMS_MIN) {
        stream->items_wanted = batch->count / 2 < LEDGER_STREAM_ITEMS_MIN ? LEDGER_STREAM_ITEMS_MIN : batch->count / 2;
    } else if (took_us < bound_us / 3 && batch->count == stream->items_wanted) {
        stream->items_wanted *= 2;
    }
    stream->items_wanted = stream->items_wanted > items_max ? items_max : stream->items_wanted;
}

static ledger_status stream_judge(const struct stream_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        batch->posted[i] = (struct ledger_posted){.status = batch->batch.prepared[i]};
    }
    return LEDGER_DONE;
}

static void stream_note_end(struct ledger_stream *stream, const struct batch *batch)
{
    stream->has_end = batch->end.log_size > 0;
    stream->end = batch->end;
    stream->leaves_beside = batch->end.log_size - batch->begin_log_size - (int64_t)batch->accepted_count;
}

/* Without the mutex. False where it could not be posted. */
static bool stream_post(struct ledger_stream *stream, struct stream_batch *batch)
{
    int64_t begin_us = steady_us();
    batch->status = stream->hook.only_judges ? stream_judge(batch) : grouping_post(stream->ledger, &batch->batch);
    bool is_posted = batch->status == LEDGER_DONE;
    batch->rules_have_moved = batch->batch.rules_version != batch->session->rules.rules_version;
    int64_t took_us = steady_us() - begin_us;
    (void)pthread_mutex_lock(&stream->mutex);
    struct ledger_stream_figures *figures = &stream->figures;
    figures->batches_count++;
    figures->posting_us += took_us;
    figures->posting_us_max = took_us > figures->posting_us_max ? took_us : figures->posting_us_max;
    stream_adapt(stream, batch, took_us);
    stream_note_end(stream, &batch->batch);
    batch->state = BATCH_IS_POSTED;
    (void)pthread_cond_broadcast(&stream->has_moved);
    (void)pthread_mutex_unlock(&stream->mutex);
    return is_posted;
}

/* Waits until the batch is ready; false at the end of the stream. */
static bool stream_wait_ready(struct ledger_stream *stream, const struct stream_batch *batch)
{
    (void)pthread_mutex_lock(&stream->mutex);
    while (batch->state != BATCH_IS_READY && !stream->is_ending) {
        (void)pthread_cond_wait(&stream->has_moved, &stream->mutex);
    }
    bool is_ending = stream->is_ending;
    (void)pthread_mutex_unlock(&stream->mutex);
    return !is_ending;
}

/* I2. */
static void *stream_run(void *context)
{
    struct ledger_stream *stream = context;
    struct stream_batch *batch = stream->batches;
    bool may_go_on = true;
    while (may_go_on && stream_wait_ready(stream, batch)) {
        may_go_on = stream_post(stream, batch);
        batch = stream_behind(stream, batch);
    }
    return NULL;
}

static ledger_status stream_end(struct ledger_stream *stream, ledger_status status, const char *message)
{
    stream->status = ledger_fail(stream->call, status, "%s", message);
    return stream->status;
}

/* Tells what came of a batch and empties it. */
static ledger_status stream_tell(struct ledger_stream *stream, struct stream_batch *batch)
{
    ledger_status told = LEDGER_DONE;
    if (stream->options.told != NULL && batch->count > 0) {
        told =
            stream->options.told(stream->options.context, batch->first_item, batch->posted, batch->count, &batch->call);
    }
    ledger_status status = batch->status;
    if (status != LEDGER_DONE) {
        return stream_end(stream, status, ledger_call_message(&batch->call));
    }
    if (told != LEDGER_DONE) {
        stream->status = told;
        return told;
    }
    ledger_call_reset(&batch->call);
    batch->count = 0;
    batch->postings = NULL;
    return LEDGER_DONE;
}

/* Waits for the oldest batch, tells it, and opens it. */
static ledger_status stream_open_next(struct ledger_stream *stream)
{
    struct stream_batch *batch = stream_behind(stream, stream->open);
    (void)pthread_mutex_lock(&stream->mutex);
    while (batch->state == BATCH_IS_READY) {
        (void)pthread_cond_wait(&stream->has_moved, &stream->mutex);
    }
    bool is_posted = batch->state == BATCH_IS_POSTED;
    batch->state = BATCH_IS_OPEN;
    (void)pthread_mutex_unlock(&stream->mutex);
    stream->open = batch;
    return is_posted ? stream_tell(stream, batch) : LEDGER_DONE;
}

/* Room for the items of a new batch. */
static ledger_status stream_make_room(struct ledger_stream *stream, struct stream_batch *batch)
{
    (void)pthread_mutex_lock(&stream->mutex);
    batch->capacity = stream->items_wanted;
    (void)pthread_mutex_unlock(&stream->mutex);
    batch->first_item = stream->items_count;
    LEDGER_RESERVE(&batch->call, batch->postings, batch->capacity);
    LEDGER_ALLOCATE(&batch->call, batch->posted, batch->capacity);
    return LEDGER_DONE;
}

/* Waits for what is on its way, and tells it. */
static ledger_status stream_drain(struct ledger_stream *stream)
{
    for (size_t i = 1; i < stream->batches_count; i++) {
        LEDGER_TRY(stream_open_next(stream));
    }
    return LEDGER_DONE;
}

/* A fault of the caller's side, told by the batch's call: nothing of the batch was posted, and it is not told. */
static ledger_status stream_take_fault(struct ledger_stream *stream, const struct stream_batch *batch,
                                       ledger_status status)
{
    if (status == LEDGER_DONE) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(stream_drain(stream));
    return stream_end(stream, status, ledger_call_message(&batch->call));
}

static ledger_status stream_add_events(struct ledger_call *call, struct write_unit *unit, void *context,
                                       const struct ledger_posted *posted, size_t count)
{
    const struct stream_batch *batch = context;
    if (batch->batch.is_refused) {
        return LEDGER_DONE; /* nothing of it is kept */
    }
    return batch->hook->add_events(call, unit, batch->hook->context, batch->first_item, posted, count);
}

/* What is only judged is judged by the rules of now; what is posted, again under the lock where they have moved. */
static ledger_status stream_refresh_rules(const struct stream_batch *batch, struct ledger_call *call)
{
    READ_UNIT(reading);
    struct store_head head;
    return read_unit_begin(call, batch->session, &reading, &head);
}

/* I4. */
static void stream_guess_places(struct ledger_stream *stream, struct stream_batch *batch)
{
    batch->leaves_expected = 0;
    for (size_t i = 0; i < batch->count; i++) {
        batch->leaves_expected += batch->batch.prepared[i] == LEDGER_DONE ? 1 : 0;
    }
    (void)pthread_mutex_lock(&stream->mutex);
    bool has_end = stream->has_end;
    struct log_end end = stream->end;
    for (size_t i = 0; i < stream->batches_count; i++) {
        if (stream->batches[i].state == BATCH_IS_READY) {
            end.log_size += stream->batches[i].leaves_expected + stream->leaves_beside;
            end.last_number += stream->batches[i].leaves_expected;
        }
    }
    (void)pthread_mutex_unlock(&stream->mutex);
    if (has_end) {
        batch_guess_places(batch->session, &batch->batch, &end);
    }
}

/* Prepares the open batch and gives it on. */
static ledger_status stream_send(struct ledger_stream *stream)
{
    struct stream_batch *batch = stream->open;
    if (stream->hook.sealed != NULL) {
        ledger_status sealed = stream->hook.sealed(&batch->call, stream->hook.context, batch->first_item, batch->count);
        LEDGER_TRY(stream_take_fault(stream, batch, sealed));
    }
    batch->batch = (struct batch){.call = &batch->call,
                                  .postings = batch->postings,
                                  .count = batch->count,
                                  .mode = stream->hook.is_atomic ? LEDGER_BATCH_ALL : LEDGER_BATCH_EACH,
                                  .posted = batch->posted,
                                  .leading_session = stream->posting_session,
                                  .tells_statuses_only = stream->hook.wants_statuses_only,
                                  .is_of_its_instant = stream->has_thread};
    if (stream->hook.add_events != NULL) {
        batch->hook = &stream->hook;
        batch->batch.add_events = stream_add_events;
        batch->batch.add_events_context = batch;
    }
    batch->call.refusal_is_recorded = false;
    LEDGER_TRY(stream_take_fault(stream, batch, batch_init(stream->ledger, &batch->batch)));
    if ((stream->hook.only_judges && !stream->is_pretending) || batch->rules_have_moved) {
        batch->rules_have_moved = false;
        LEDGER_TRY(stream_take_fault(stream, batch, stream_refresh_rules(batch, &batch->call)));
    }
    LEDGER_TRY(
        stream_take_fault(stream, batch, batch_prepare_early(batch->session, &batch->batch, stream->has_thread)));
    if (stream->has_thread && !stream->hook.only_judges) {
        stream_guess_places(stream, batch);
        LEDGER_TRY(stream_take_fault(stream, batch, batch_gather_sums(&batch->batch)));
        (void)pthread_mutex_lock(&stream->mutex);
        batch->state = BATCH_IS_READY;
        (void)pthread_cond_broadcast(&stream->has_moved);
        (void)pthread_mutex_unlock(&stream->mutex);
    } else {
        (void)stream_post(stream, batch);
    }
    return stream_open_next(stream);
}

/* Most of them are absent. */
static ledger_status texts_copy(struct ledger_call *call, struct ledger_text *const *texts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!text_is_absent(*texts[i])) {
            LEDGER_TRY(ledger_call_copy_text(call, *texts[i], texts[i]));
        }
    }
    return LEDGER_DONE;
}

static ledger_status posting_copy_texts(struct ledger_call *call, struct ledger_posting *posting)
{
    struct ledger_text *const texts[] = {&posting->business_event_type, &posting->business_key, &posting->description,
                                         &posting->transaction_date, &posting->idempotency_key};
    return texts_copy(call, texts, sizeof texts / sizeof texts[0]);
}

static ledger_status entry_copy_texts(struct ledger_call *call, struct ledger_entry *entry)
{
    struct ledger_text *const texts[] = {
        &entry->account_code, &entry->entry_type_text, &entry->amount,        &entry->currency,
        &entry->memo,         &entry->cost_center,     &entry->business_unit, &entry->project_code};
    return texts_copy(call, texts, sizeof texts / sizeof texts[0]);
}

/* More entries than a transaction may have are not copied: their number alone refuses it. */
static ledger_status posting_copy(struct ledger_call *call, const struct ledger_posting *posting,
                                  struct ledger_posting *copy)
{
    *copy = *posting;
    LEDGER_TRY(posting_copy_texts(call, copy));
    if (posting->entries_count == 0 || posting->entries_count > LEDGER_ENTRIES_MAX) {
        copy->entries = NULL;
        return LEDGER_DONE;
    }
    struct ledger_entry *entries = NULL;
    LEDGER_RESERVE(call, entries, posting->entries_count);
    for (uint32_t i = 0; i < posting->entries_count; i++) {
        entries[i] = posting->entries[i];
        LEDGER_TRY(entry_copy_texts(call, &entries[i]));
    }
    copy->entries = entries;
    return LEDGER_DONE;
}

ledger_status ledger_stream_add(struct ledger_stream *stream, const struct ledger_posting *posting)
{
    if (stream->status != LEDGER_DONE) {
        return stream->status;
    }
    struct stream_batch *batch = stream->open;
    if (batch->count == 0) {
        LEDGER_TRY(stream_take_fault(stream, batch, stream_make_room(stream, batch)));
    } else if (batch->count == batch->capacity) {
        return stream_end(stream, LEDGER_INPUT_IS_TOO_LARGE,
                          "more transactions than can be posted all or none: at most 100000");
    }
    LEDGER_TRY(stream_take_fault(stream, batch, posting_copy(&batch->call, posting, &batch->postings[batch->count])));
    batch->count++;
    stream->items_count++;
    return batch->count < batch->capacity || stream->hook.is_atomic ? LEDGER_DONE : stream_send(stream);
}

ledger_status stream_send_now(struct ledger_stream *stream)
{
    bool is_due = stream->status == LEDGER_DONE && stream->open->count > 0;
    return is_due ? stream_send(stream) : stream->status;
}

ledger_status ledger_stream_finish(struct ledger_stream *stream)
{
    LEDGER_TRY(stream_send_now(stream));
    return stream_drain(stream);
}

ledger_status stream_pretend_account(struct ledger_stream *stream, const struct ledger_account_request *request,
                                     struct ledger_call *call)
{
    LEDGER_TRY(stream_send_now(stream)); /* what came before is judged without it */
    stream->is_pretending = true;
    for (size_t i = 0; i < stream->batches_count; i++) {
        LEDGER_TRY(session_load_rules(call, stream->batches[i].session));
        LEDGER_TRY(accounts_pretend(call, stream->batches[i].session, request));
    }
    return LEDGER_DONE;
}

void stream_only_judge(struct ledger_stream *stream)
{
    stream->hook.only_judges = true;
}

void stream_set_hook(struct ledger_stream *stream, const struct stream_hook *hook)
{
    stream->hook = *hook;
    if (hook->is_atomic) {
        stream->options.batch_items_max = LEDGER_BATCH_MAX;
        stream->items_wanted = LEDGER_BATCH_MAX;
    }
}

void ledger_stream_figures(struct ledger_stream *stream, struct ledger_stream_figures *ret_figures)
{
    (void)pthread_mutex_lock(&stream->mutex);
    *ret_figures = stream->figures;
    (void)pthread_mutex_unlock(&stream->mutex);
    ret_figures->items_count = stream->items_count;
}

static void stream_batch_init(struct ledger_stream *stream, struct stream_batch *batch, struct session *session)
{
    call_init(&batch->call);
    batch->call.actor = stream->call->actor;
    batch->call.timeout_ms = stream->call->timeout_ms;
    batch->call.now_us = stream->call->now_us;
    batch->call.now_context = stream->call->now_context;
    batch->session = session;
    stream->batches_count++;
}

/* There must be one session; with those that are to spare, each batch prepares by one of its own while another posts.
 */
static ledger_status stream_take_sessions(struct ledger_stream *stream)
{
    LEDGER_TRY(pool_take(stream->call, stream->ledger, &stream->posting_session));
    struct session *session = NULL;
    while (stream->batches_count < BATCHES_MAX && (session = pool_take_spare(stream->call, stream->ledger)) != NULL) {
        stream_batch_init(stream, &stream->batches[stream->batches_count], session);
    }
    if (stream->batches_count == 0) {
        stream_batch_init(stream, &stream->batches[0], stream->posting_session);
    }
    return LEDGER_DONE;
}

ledger_status ledger_stream_begin(struct ledger_call *call, struct ledger *ledger,
                                  const struct ledger_stream_options *options, struct ledger_stream **ret_stream)
{
    if (options->struct_size != sizeof *options) {
        return ledger_fail(call, LEDGER_VERSION_IS_UNSUPPORTED,
                           "ledger_stream_options has %zu bytes, this library knows %zu: build against its headers",
                           options->struct_size, sizeof *options);
    }
    LEDGER_TRY(write_unit_check_actor(call));
    struct ledger_stream *stream = NULL;
    LEDGER_ALLOCATE(call, stream, 1);
    stream->ledger = ledger;
    stream->call = call;
    stream->options = *options;
    if (options->batch_items_max == 0 || options->batch_items_max > LEDGER_STREAM_ITEMS_MAX) {
        stream->options.batch_items_max = LEDGER_STREAM_ITEMS_MAX;
    }
    stream->items_wanted = ITEMS_FIRST;
    if (stream->items_wanted > stream->options.batch_items_max) {
        stream->items_wanted = stream->options.batch_items_max;
    }
    LEDGER_TRY(stream_take_sessions(stream));
    (void)pthread_mutex_init(&stream->mutex, NULL);
    (void)pthread_cond_init(&stream->has_moved, NULL);
    stream->open = stream->batches;
    stream->has_thread = stream->batches_count > 1 && pthread_create(&stream->thread, NULL, stream_run, stream) == 0;
    store_set_much(&stream->posting_session->store, stream->has_thread);
    *ret_stream = stream;
    return LEDGER_DONE;
}

void ledger_stream_free(struct ledger_stream *stream)
{
    if (stream == NULL) {
        return;
    }
    if (stream->has_thread) {
        (void)pthread_mutex_lock(&stream->mutex);
        stream->is_ending = true;
        (void)pthread_cond_broadcast(&stream->has_moved);
        (void)pthread_mutex_unlock(&stream->mutex);
        (void)pthread_join(stream->thread, NULL);
    }
    for (size_t i = 0; i < stream->batches_count; i++) {
        call_done(&stream->batches[i].call);
        if (stream->hook.only_judges) {
            rules_stop_pretending(&stream->batches[i].session->rules);
        }
        if (stream->batches[i].session != stream->posting_session) {
            pool_give_back(stream->ledger, stream->batches[i].session);
        }
    }
    store_set_much(&stream->posting_session->store, false);
    pool_give_back(stream->ledger, stream->posting_session);
    (void)pthread_cond_destroy(&stream->has_moved);
    (void)pthread_mutex_destroy(&stream->mutex);
}
