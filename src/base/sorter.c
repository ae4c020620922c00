/* A sort of any number of records.
 *
 * A piece gathers records as they come, each behind its head, and beside them their keys with their places. A full
 * piece is handed to a thread that sorts the keys and writes the records in that order as a run; meanwhile another
 * piece fills. Runs keep the order in which they came: so the merge is stable by taking, of equal keys, the run that
 * came first. SORTER_RUNS_MAX runs of one level become one of the next, so that no merge has more of them at once than
 * there is memory for.
 *
 * I1 Of the two pieces one fills, and only the other is the thread's.
 * I2 Only the thread adds to the file while it runs. */
#include "base/sorter.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/scratch_file.h"

enum {
    PIECES_COUNT = 2,
    LEVELS_MAX = 8, /* of merges of merges: more runs than any disk holds */
    RUNS_CAPACITY = LEVELS_MAX * SORTER_RUNS_MAX,
    WRITE_BYTES = 128 * 1024,      /* gathered before they are written */
    READ_BYTES_MAX = 128 * 1024,   /* of a run, read at once */
    READ_MEMORY = 6 * 1024 * 1024, /* of all runs together */
    RECORD_ALIGNMENT = 16,
    DIGITS_COUNT = 8, /* of a key, a byte each */
};

/* Stands before each record, in pieces and in runs alike. */
struct record_head {
    uint64_t key;
    uint64_t size;
};
_Static_assert(sizeof(struct record_head) == RECORD_ALIGNMENT, "a record behind its head is aligned");

/* What of a record is sorted. */
struct sort_item {
    uint64_t key;
    uint64_t offset; /* of its head in the piece */
};

struct piece {
    unsigned char *records;
    size_t size;
    size_t capacity;
    struct sort_item *items;
    struct sort_item *spare; /* as many, for the sort */
    size_t items_count;
    size_t items_capacity;
};

/* A run in the file, and while it is read, what was read of it. */
struct run {
    uint64_t offset; /* of what was not read yet */
    uint64_t end;
    unsigned level;
    unsigned char *buffer;
    size_t begin; /* of the record at hand, in the buffer */
    size_t filled;
    size_t capacity;
};

/* Records gathered for the file. */
struct run_writer {
    struct scratch_file *file;
    unsigned char *buffer; /* WRITE_BYTES */
    size_t filled;
    int error; /* the first */
};

struct sorter {
    size_t piece_bytes;
    struct piece pieces[PIECES_COUNT];
    size_t filling; /* which piece */
    struct scratch_file file;
    unsigned char *write_buffer;
    bool has_thread; /* which has the other piece */
    pthread_t thread;
    int thread_error;
    struct run runs[RUNS_CAPACITY];
    size_t runs_count;
    bool is_finished;
    size_t next_item;           /* of the one piece, where nothing is in the file */
    size_t heap[RUNS_CAPACITY]; /* runs with records left, the least first */
    size_t heap_count;
    bool has_current; /* the record of the first run in the heap is the caller's */
};

static size_t record_span(size_t size)
{
    return sizeof(struct record_head) + ((size + RECORD_ALIGNMENT - 1) & ~(size_t)(RECORD_ALIGNMENT - 1));
}

static struct record_head record_head_at(const unsigned char *place)
{
    struct record_head head;
    memcpy(&head, place, sizeof head);
    return head;
}

/* Sorting in memory. */

/* Stable, by the digit of a byte from the lowest up; a digit that all keys share is left out. */
static void piece_sort(struct piece *piece)
{
    static const size_t values_count = 256;
    size_t counts[DIGITS_COUNT][256] = {{0}};
    for (size_t i = 0; i < piece->items_count; i++) {
        for (size_t digit = 0; digit < DIGITS_COUNT; digit++) {
            counts[digit][piece->items[i].key >> (8 * digit) & 0xff]++;
        }
    }
    for (size_t digit = 0; digit < DIGITS_COUNT; digit++) {
        size_t *places = counts[digit];
        if (piece->items_count == 0 || places[piece->items[0].key >> (8 * digit) & 0xff] == piece->items_count) {
            continue;
        }
        size_t place = 0;
        for (size_t value = 0; value < values_count; value++) {
            size_t count = places[value];
            places[value] = place;
            place += count;
        }
        for (size_t i = 0; i < piece->items_count; i++) {
            piece->spare[places[piece->items[i].key >> (8 * digit) & 0xff]++] = piece->items[i];
        }
        struct sort_item *sorted = piece->spare;
        piece->spare = piece->items;
        piece->items = sorted;
    }
}

static int piece_reserve_record(struct piece *piece, size_t span)
{
    if (piece->capacity - piece->size >= span) {
        return 0;
    }
    size_t capacity = piece->size + span; /* the first, or one that is larger than a piece by itself */
    unsigned char *records = realloc(piece->records, capacity);
    if (records == NULL) {
        return ENOMEM;
    }
    piece->records = records;
    piece->capacity = capacity;
    return 0;
}

static int piece_reserve_item(struct piece *piece)
{
    if (piece->items_count < piece->items_capacity) {
        return 0;
    }
    size_t capacity = piece->items_capacity == 0 ? 1024 : piece->items_capacity * 2;
    struct sort_item *items = reallocarray(piece->items, capacity, sizeof *items);
    if (items == NULL) {
        return ENOMEM;
    }
    piece->items = items;
    struct sort_item *spare = reallocarray(piece->spare, capacity, sizeof *spare);
    if (spare == NULL) {
        return ENOMEM;
    }
    piece->spare = spare;
    piece->items_capacity = capacity;
    return 0;
}

/* Writing runs. */

static void writer_flush(struct run_writer *writer)
{
    if (writer->error == 0 && writer->filled > 0) {
        writer->error = scratch_file_add(writer->file, writer->buffer, writer->filled);
    }
    writer->filled = 0;
}

static void writer_add(struct run_writer *writer, const unsigned char *record, size_t span)
{
    if (span > WRITE_BYTES - writer->filled) {
        writer_flush(writer);
    }
    if (span > WRITE_BYTES) {
        writer->error = writer->error == 0 ? scratch_file_add(writer->file, record, span) : writer->error;
        return;
    }
    memcpy(writer->buffer + writer->filled, record, span);
    writer->filled += span;
}

/* The thread: sorts the piece that is not filling, and writes it. */
static void *sorter_write_piece(void *context)
{
    struct sorter *sorter = context;
    struct piece *piece = &sorter->pieces[1 - sorter->filling];
    struct run_writer writer = {.file = &sorter->file, .buffer = sorter->write_buffer};
    piece_sort(piece);
    for (size_t i = 0; i < piece->items_count; i++) {
        const unsigned char *record = piece->records + piece->items[i].offset;
        writer_add(&writer, record, record_span(record_head_at(record).size));
    }
    writer_flush(&writer);
    sorter->thread_error = writer.error;
    return NULL;
}

/* Waits for the thread, and takes its run. */
static ledger_status sorter_settle(struct ledger_call *call, struct sorter *sorter)
{
    if (sorter->has_thread) {
        (void)pthread_join(sorter->thread, NULL);
        sorter->has_thread = false;
    }
    struct piece *written = &sorter->pieces[1 - sorter->filling];
    if (written->items_count == 0) {
        return LEDGER_DONE;
    }
    if (sorter->thread_error != 0) {
        return scratch_file_fail(call, &sorter->file, sorter->thread_error);
    }
    struct run *run = &sorter->runs[sorter->runs_count++];
    *run = (struct run){.end = sorter->file.size, .offset = sorter->file.size - written->size};
    written->size = 0;
    written->items_count = 0;
    return LEDGER_DONE;
}

/* Merging. */

static bool run_is_before(const struct sorter *sorter, size_t left, size_t right)
{
    const struct run *a = &sorter->runs[left];
    const struct run *b = &sorter->runs[right];
    uint64_t left_key = record_head_at(a->buffer + a->begin).key;
    uint64_t right_key = record_head_at(b->buffer + b->begin).key;
    return left_key != right_key ? left_key < right_key : left < right;
}

static void heap_sift_down(struct sorter *sorter, size_t place)
{
    size_t run = sorter->heap[place];
    for (size_t child = 2 * place + 1; child < sorter->heap_count; child = 2 * place + 1) {
        if (child + 1 < sorter->heap_count && run_is_before(sorter, sorter->heap[child + 1], sorter->heap[child])) {
            child++;
        }
        if (!run_is_before(sorter, sorter->heap[child], run)) {
            break;
        }
        sorter->heap[place] = sorter->heap[child];
        place = child;
    }
    sorter->heap[place] = run;
}

/* Sees to it that the next `size` bytes of a run are in its buffer; it has them. */
static ledger_status run_fill(struct ledger_call *call, struct sorter *sorter, struct run *run, size_t size)
{
    size_t held = run->filled - run->begin;
    if (held >= size) {
        return LEDGER_DONE;
    }
    if (size > run->capacity) {
        unsigned char *buffer = realloc(run->buffer, size);
        if (buffer == NULL) {
            return ledger_fail_out_of_memory(call);
        }
        run->buffer = buffer;
        run->capacity = size;
    }
    memmove(run->buffer, run->buffer + run->begin, held);
    run->begin = 0;
    run->filled = held;
    uint64_t left = run->end - run->offset;
    size_t room = run->capacity - held;
    size_t wanted = left < room ? (size_t)left : room;
    int error = held + wanted < size ? EIO : scratch_file_read(&sorter->file, run->offset, run->buffer + held, wanted);
    if (error != 0) {
        return scratch_file_fail(call, &sorter->file, error);
    }
    run->offset += wanted;
    run->filled += wanted;
    return LEDGER_DONE;
}

/* The whole of the record at hand. */
static ledger_status run_fill_record(struct ledger_call *call, struct sorter *sorter, struct run *run)
{
    LEDGER_TRY(run_fill(call, sorter, run, sizeof(struct record_head)));
    return run_fill(call, sorter, run, record_span(record_head_at(run->buffer + run->begin).size));
}

/* Begins to merge the runs from `first` on. */
static ledger_status merge_begin(struct ledger_call *call, struct sorter *sorter, size_t first)
{
    size_t count = sorter->runs_count - first;
    size_t share = READ_MEMORY / count;
    share = (share < READ_BYTES_MAX ? share : READ_BYTES_MAX) & ~(size_t)(RECORD_ALIGNMENT - 1);
    sorter->heap_count = 0;
    for (size_t i = first; i < sorter->runs_count; i++) {
        struct run *run = &sorter->runs[i];
        run->buffer = malloc(share);
        if (run->buffer == NULL) {
            return ledger_fail_out_of_memory(call);
        }
        run->capacity = share;
        LEDGER_TRY(run_fill_record(call, sorter, run));
        sorter->heap[sorter->heap_count++] = i;
    }
    for (size_t place = sorter->heap_count; place > 0; place--) {
        heap_sift_down(sorter, place - 1);
    }
    return LEDGER_DONE;
}

static void run_free_buffer(struct run *run)
{
    free(run->buffer);
    run->buffer = NULL;
}

/* Moves on behind the least record. */
static ledger_status merge_advance(struct ledger_call *call, struct sorter *sorter)
{
    struct run *run = &sorter->runs[sorter->heap[0]];
    run->begin += record_span(record_head_at(run->buffer + run->begin).size);
    if (run->begin == run->filled && run->offset == run->end) {
        run_free_buffer(run);
        sorter->heap[0] = sorter->heap[--sorter->heap_count];
    } else {
        LEDGER_TRY(run_fill_record(call, sorter, run));
    }
    if (sorter->heap_count > 0) {
        heap_sift_down(sorter, 0);
    }
    return LEDGER_DONE;
}

/* Makes one run of those from `first` on. The space of the old ones comes back when the file goes. */
static ledger_status sorter_merge_runs(struct ledger_call *call, struct sorter *sorter, size_t first)
{
    struct run_writer writer = {.file = &sorter->file, .buffer = sorter->write_buffer};
    uint64_t begin = sorter->file.size;
    unsigned level = sorter->runs[first].level + 1;
    LEDGER_TRY(merge_begin(call, sorter, first));
    while (sorter->heap_count > 0 && writer.error == 0) {
        const struct run *run = &sorter->runs[sorter->heap[0]];
        const unsigned char *record = run->buffer + run->begin;
        writer_add(&writer, record, record_span(record_head_at(record).size));
        LEDGER_TRY(merge_advance(call, sorter));
    }
    writer_flush(&writer);
    if (writer.error != 0) {
        return scratch_file_fail(call, &sorter->file, writer.error);
    }
    sorter->runs_count = first + 1;
    sorter->runs[first] = (struct run){.offset = begin, .end = sorter->file.size, .level = level};
    return LEDGER_DONE;
}

/* Merges as long as enough runs of one level stand at the end. */
static ledger_status sorter_merge_when_due(struct ledger_call *call, struct sorter *sorter)
{
    while (sorter->runs_count >= SORTER_RUNS_MAX) {
        size_t first = sorter->runs_count - SORTER_RUNS_MAX;
        unsigned level = sorter->runs[sorter->runs_count - 1].level;
        if (sorter->runs[first].level != level || level + 1 == LEVELS_MAX) {
            break;
        }
        LEDGER_TRY(sorter_merge_runs(call, sorter, first));
    }
    if (sorter->runs_count == RUNS_CAPACITY) { /* seven levels full: more than 2^60 bytes */
        return ledger_fail(call, LEDGER_INPUT_IS_TOO_LARGE, "more than can be sorted");
    }
    return LEDGER_DONE;
}

/* Hands over the piece that fills; another begins. Without a thread to be had, it is done here. */
static ledger_status sorter_hand_over(struct ledger_call *call, struct sorter *sorter)
{
    LEDGER_TRY(sorter_settle(call, sorter));
    LEDGER_TRY(sorter_merge_when_due(call, sorter));
    LEDGER_TRY(scratch_file_make(call, &sorter->file));
    if (sorter->write_buffer == NULL) {
        sorter->write_buffer = malloc(WRITE_BYTES);
    }
    if (sorter->write_buffer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    sorter->filling = 1 - sorter->filling;
    sorter->has_thread = pthread_create(&sorter->thread, NULL, sorter_write_piece, sorter) == 0;
    if (!sorter->has_thread) {
        (void)sorter_write_piece(sorter);
    }
    return LEDGER_DONE;
}

/* What callers see. */

ledger_status sorter_new(struct ledger_call *call, size_t piece_bytes, struct sorter **ret_sorter)
{
    struct sorter *sorter = calloc(1, sizeof *sorter);
    if (sorter == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    sorter->piece_bytes = piece_bytes;
    sorter->file = SCRATCH_FILE_NONE;
    *ret_sorter = sorter;
    return LEDGER_DONE;
}

void sorter_free(struct sorter *sorter)
{
    if (sorter == NULL) {
        return;
    }
    if (sorter->has_thread) {
        (void)pthread_join(sorter->thread, NULL);
    }
    for (size_t i = 0; i < PIECES_COUNT; i++) {
        free(sorter->pieces[i].records);
        free(sorter->pieces[i].items);
        free(sorter->pieces[i].spare);
    }
    for (size_t i = 0; i < RUNS_CAPACITY; i++) {
        free(sorter->runs[i].buffer);
    }
    free(sorter->write_buffer);
    scratch_file_done(&sorter->file);
    free(sorter);
}

ledger_status sorter_add(struct ledger_call *call, struct sorter *sorter, uint64_t key, size_t size, void **ret_record)
{
    assert(!sorter->is_finished && size < SIZE_MAX / 4);
    size_t span = record_span(size);
    struct piece *piece = &sorter->pieces[sorter->filling];
    if (piece->size > 0 && piece->size + span > sorter->piece_bytes) {
        LEDGER_TRY(sorter_hand_over(call, sorter));
        piece = &sorter->pieces[sorter->filling];
    }
    if (piece->capacity == 0 && sorter->piece_bytes > span && piece_reserve_record(piece, sorter->piece_bytes) != 0) {
        return ledger_fail_out_of_memory(call);
    }
    if (piece_reserve_record(piece, span) != 0 || piece_reserve_item(piece) != 0) {
        return ledger_fail_out_of_memory(call);
    }
    struct record_head head = {key, size};
    unsigned char *place = piece->records + piece->size;
    memcpy(place, &head, sizeof head);
    memset(place + span - RECORD_ALIGNMENT, 0, size % RECORD_ALIGNMENT == 0 ? 0 : RECORD_ALIGNMENT);
    piece->items[piece->items_count++] = (struct sort_item){key, piece->size};
    piece->size += span;
    *ret_record = place + sizeof head;
    return LEDGER_DONE;
}

static void piece_free(struct piece *piece)
{
    free(piece->records);
    free(piece->items);
    free(piece->spare);
    *piece = (struct piece){.records = NULL};
}

ledger_status sorter_finish(struct ledger_call *call, struct sorter *sorter)
{
    assert(!sorter->is_finished);
    sorter->is_finished = true;
    if (sorter->file.directory == NULL) {
        piece_sort(&sorter->pieces[sorter->filling]);
        return LEDGER_DONE;
    }
    LEDGER_TRY(sorter_hand_over(call, sorter));
    LEDGER_TRY(sorter_settle(call, sorter));
    for (size_t i = 0; i < PIECES_COUNT; i++) {
        piece_free(&sorter->pieces[i]);
    }
    return merge_begin(call, sorter, 0);
}

static void sorter_next_in_memory(struct sorter *sorter, uint64_t *ret_key, const void **ret_record, size_t *ret_size)
{
    const struct piece *piece = &sorter->pieces[sorter->filling];
    *ret_record = NULL;
    if (sorter->next_item < piece->items_count) {
        const unsigned char *record = piece->records + piece->items[sorter->next_item++].offset;
        struct record_head head = record_head_at(record);
        *ret_key = head.key;
        *ret_size = head.size;
        *ret_record = record + sizeof head;
    }
}

ledger_status sorter_next(struct ledger_call *call, struct sorter *sorter, uint64_t *ret_key, const void **ret_record,
                          size_t *ret_size)
{
    assert(sorter->is_finished);
    if (sorter->file.directory == NULL) {
        sorter_next_in_memory(sorter, ret_key, ret_record, ret_size);
        return LEDGER_DONE;
    }
    if (sorter->has_current) {
        LEDGER_TRY(merge_advance(call, sorter));
    }
    sorter->has_current = sorter->heap_count > 0;
    *ret_record = NULL;
    if (sorter->has_current) {
        const struct run *run = &sorter->runs[sorter->heap[0]];
        struct record_head head = record_head_at(run->buffer + run->begin);
        *ret_key = head.key;
        *ret_size = head.size;
        *ret_record = run->buffer + run->begin + sizeof head;
    }
    return LEDGER_DONE;
}

bool sorter_used_file(const struct sorter *sorter)
{
    return sorter->file.directory != NULL;
}
