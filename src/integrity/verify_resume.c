/* The file of a run that was interrupted. See verify_resume.h.
 *
 * Numbers stand as this machine keeps them, so the file belongs to it. The last 32 bytes are the SHA-256 of all before.
 * One list of what is kept is read as well as written by, so that both agree. */
#include "integrity/verify_resume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/text.h"
#include "domain/merkle.h"

static const char resume_magic[] = "ledger verify state 3\n";

struct resume_header {
    char magic[24];
    char ledger_id[40];
    int64_t epoch;
    int64_t position;
    int64_t saved_us;
    struct sha256_hash root;
    int64_t checks_count;
    int64_t slot_size;
    int64_t correction_size;
};

/* The file, on its way in or out. */
struct resume {
    struct verify *whole;
    struct ledger_text path;
    FILE *file;
    bool is_reading;
    bool has_failed;
    bool is_short; /* it ended too soon */
    struct sha256 *sha256;
};

static void resume_close(struct resume *resume)
{
    if (resume->file != NULL) {
        (void)fclose(resume->file);
    }
    sha256_free(resume->sha256);
}

#define RESUME(name) __attribute__((cleanup(resume_close))) struct resume name = {.file = NULL}

static ledger_status resume_fail_file(const struct resume *resume, const char *doing)
{
    return ledger_fail(resume->whole->call, LEDGER_FILE_IS_UNREADABLE, "the state file %.*s cannot be %s: %s",
                       TEXT_ARGUMENTS(resume->path), doing, strerror(errno));
}

static ledger_status resume_refuse(const struct resume *resume, const char *why)
{
    return ledger_fail(resume->whole->call, LEDGER_INPUT_IS_MALFORMED,
                       "the state file %.*s %s: remove it to verify from the beginning, or name another",
                       TEXT_ARGUMENTS(resume->path), why);
}

/* Reads or writes so many bytes; what goes wrong is asked for at the end. */
static void resume_bytes(struct resume *resume, void *bytes, size_t size)
{
    if (resume->has_failed || resume->is_short || size == 0) {
        return;
    }
    if (!resume->is_reading) {
        resume->has_failed = fwrite(bytes, 1, size, resume->file) != size;
    } else if (fread(bytes, 1, size, resume->file) != size) {
        resume->has_failed = ferror(resume->file) != 0;
        resume->is_short = !resume->has_failed;
        memset(bytes, 0, size);
    }
    if (!resume->has_failed && !resume->is_short) {
        sha256_add(resume->sha256, bytes, size);
    }
}

#define RESUME_VALUE(resume, value) resume_bytes((resume), &(value), sizeof(value))

/* A text, which lives in the call's memory. */
static ledger_status resume_text(struct resume *resume, struct ledger_text *text)
{
    uint64_t size = text_is_absent(*text) ? UINT64_MAX : text->size;
    RESUME_VALUE(resume, size);
    if (size == UINT64_MAX || resume->is_short) {
        *text = TEXT_ABSENT;
        return LEDGER_DONE;
    }
    if (!resume->is_reading) {
        resume_bytes(resume, (void *)text->data, text->size);
        return LEDGER_DONE;
    }
    char *data = NULL;
    LEDGER_ALLOCATE(resume->whole->call, data, size + 1);
    resume_bytes(resume, data, size);
    *text = (struct ledger_text){data, size};
    return LEDGER_DONE;
}

static ledger_status resume_violation(struct resume *resume, struct ledger_violation *violation)
{
    struct ledger_text *const texts[] = {
        &violation->check, &violation->transaction_id, &violation->transaction_number, &violation->account_code,
        &violation->field, &violation->stored,         &violation->computed,           &violation->detail,
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        LEDGER_TRY(resume_text(resume, texts[i]));
    }
    RESUME_VALUE(resume, violation->is_critical);
    RESUME_VALUE(resume, violation->entry_number);
    return LEDGER_DONE;
}

static enum verify_check resume_check_of(struct ledger_text name)
{
    size_t check = 0;
    while (check + 1 < CHECKS_COUNT && !text_equals_string(name, check_definitions[check].name)) {
        check++;
    }
    return (enum verify_check)check;
}

/* What was found is told again; the counts are those of all that was found, kept or not. */
static ledger_status resume_violations(struct resume *resume)
{
    struct verify *whole = resume->whole;
    uint64_t kept = whole->violations_kept;
    uint64_t counts[CHECKS_COUNT];
    uint64_t critical_count = whole->critical_count;
    uint64_t violations_count = whole->violations_count;
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        counts[i] = whole->checks[i].violations_count;
    }
    RESUME_VALUE(resume, counts);
    RESUME_VALUE(resume, critical_count);
    RESUME_VALUE(resume, violations_count);
    RESUME_VALUE(resume, kept);
    for (uint64_t i = 0; i < kept && !resume->is_short; i++) {
        struct ledger_violation violation = {.is_critical = false};
        LEDGER_TRY(resume_violation(resume, resume->is_reading ? &violation : &whole->violations[i]));
        if (resume->is_reading && !resume->is_short) {
            LEDGER_TRY(verify_tell(whole, resume_check_of(violation.check), violation));
        }
    }
    for (size_t i = 0; i < CHECKS_COUNT; i++) {
        whole->checks[i].violations_count = counts[i];
    }
    whole->critical_count = critical_count;
    whole->violations_count = violations_count;
    return LEDGER_DONE;
}

static ledger_status resume_corrections(struct resume *resume)
{
    struct verify *whole = resume->whole;
    uint64_t count = whole->corrections_count;
    RESUME_VALUE(resume, count);
    for (uint64_t i = 0; i < count && !resume->is_short; i++) {
        struct verify_correction correction = {.log_index = 0};
        RESUME_VALUE(resume, *(resume->is_reading ? &correction : &whole->corrections[i]));
        if (resume->is_reading) {
            LEDGER_TRY(verify_keep_correction(whole, &correction));
        }
    }
    return LEDGER_DONE;
}

/* Sizes whose roots were wanted, up to where the run came. One that was not wanted then cannot be answered now. */
static ledger_status resume_wanted(struct resume *resume)
{
    struct log_state *log = &resume->whole->log;
    uint64_t count = log->wanted_seen;
    RESUME_VALUE(resume, count);
    if (resume->is_reading) {
        while (log->wanted_seen < log->wanted_count && log->wanted[log->wanted_seen].log_size <= log->position) {
            log->wanted_seen++;
        }
    }
    bool are_same = count == log->wanted_seen;
    for (uint64_t i = 0; i < count && are_same && !resume->is_short; i++) {
        struct log_wanted wanted = log->wanted[i];
        RESUME_VALUE(resume, wanted);
        are_same = wanted.log_size == log->wanted[i].log_size;
        log->wanted[i] = wanted;
    }
    if (!are_same && !resume->is_short) {
        return resume_refuse(resume, "is of a run that had other checkpoints to compare with");
    }
    return LEDGER_DONE;
}

static ledger_status resume_log(struct resume *resume)
{
    struct log_state *log = &resume->whole->log;
    RESUME_VALUE(resume, log->position);
    RESUME_VALUE(resume, log->events_end);
    RESUME_VALUE(resume, log->has_gaps);
    RESUME_VALUE(resume, log->tiles_found);
    RESUME_VALUE(resume, log->ranges);
    for (size_t level = 2; level < LOG_LEVELS; level++) {
        RESUME_VALUE(resume, log->levels[level]);
    }
    return resume_wanted(resume);
}

/* What was counted of an account up to the instant that its balance names holds as long as that is the same. */
static ledger_status resume_accounts(struct resume *resume)
{
    struct verify *whole = resume->whole;
    uint64_t count = whole->accounts_count;
    RESUME_VALUE(resume, count);
    for (uint64_t i = 0; i < count && !resume->is_short; i++) {
        struct verify_account kept = {.account_id = 0};
        if (!resume->is_reading) {
            kept = whole->accounts[i];
        }
        RESUME_VALUE(resume, kept.account_id);
        RESUME_VALUE(resume, kept.has_folded_us);
        RESUME_VALUE(resume, kept.folded_us);
        RESUME_VALUE(resume, kept.before_folded_count);
        RESUME_VALUE(resume, kept.up_to_folded_count);
        struct verify_account *account = resume->is_reading ? verify_find_account(whole, kept.account_id) : NULL;
        if (account == NULL) {
            continue;
        }
        account->folded_is_unknown =
            kept.has_folded_us != account->has_folded_us || kept.folded_us != account->folded_us;
        account->before_folded_count = kept.before_folded_count;
        account->up_to_folded_count = kept.up_to_folded_count;
    }
    return LEDGER_DONE;
}

static ledger_status resume_totals(struct resume *resume)
{
    struct totals_state *totals = &resume->whole->totals;
    uint64_t count = totals->table.count;
    RESUME_VALUE(resume, totals->part);
    RESUME_VALUE(resume, totals->waiting);
    RESUME_VALUE(resume, totals->waiting_count);
    RESUME_VALUE(resume, count);
    if (resume->is_reading) {
        totals_spill_lose(&totals->spill); /* of what was left until then nothing is kept */
        for (uint64_t i = 0; i < count && !resume->is_short; i++) {
            struct total_slot slot = {.account_id = 0};
            RESUME_VALUE(resume, slot);
            LEDGER_TRY(totals_put(resume->whole, &slot));
        }
        return LEDGER_DONE;
    }
    for (size_t i = 0; i < totals->table.capacity; i++) {
        if (totals->table.slots[i].account_id != 0) {
            RESUME_VALUE(resume, totals->table.slots[i]);
        }
    }
    return LEDGER_DONE;
}

/* All that is kept, in the order in which it stands. */
static ledger_status resume_all(struct resume *resume)
{
    struct verify *whole = resume->whole;
    RESUME_VALUE(resume, whole->sums);
    RESUME_VALUE(resume, whole->order);
    RESUME_VALUE(resume, whole->segments_end);
    RESUME_VALUE(resume, whole->epoch);
    RESUME_VALUE(resume, whole->is_frozen);
    LEDGER_TRY(resume_log(resume));
    LEDGER_TRY(resume_accounts(resume));
    LEDGER_TRY(resume_totals(resume));
    LEDGER_TRY(resume_corrections(resume));
    return resume_violations(resume);
}

static struct resume_header resume_header_of(struct verify *whole)
{
    struct resume_header header = {
        .epoch = whole->head.epoch,
        .position = whole->log.position,
        .saved_us = ledger_call_now_us(whole->call),
        .root = merkle_frontier_root(&whole->log.ranges, whole->hasher->sha256),
        .checks_count = CHECKS_COUNT,
        .slot_size = sizeof(struct total_slot),
        .correction_size = sizeof(struct verify_correction),
    };
    struct ledger_text ledger_id = whole->session->ledger->settings.ledger_id;
    memcpy(header.magic, resume_magic, sizeof resume_magic);
    memcpy(header.ledger_id, ledger_id.data,
           ledger_id.size < sizeof header.ledger_id ? ledger_id.size : sizeof header.ledger_id - 1);
    return header;
}

/* Whether the file is whole: nothing of it is believed before. */
static ledger_status resume_check_sum(struct resume *resume)
{
    unsigned char piece[16384];
    struct stat status;
    if (fstat(fileno(resume->file), &status) != 0) {
        return resume_fail_file(resume, "read");
    }
    sha256_begin(resume->sha256);
    for (int64_t left = (int64_t)status.st_size - SHA256_SIZE; left > 0 && !resume->is_short && !resume->has_failed;) {
        size_t size = left < (int64_t)sizeof piece ? (size_t)left : sizeof piece;
        resume_bytes(resume, piece, size);
        left -= (int64_t)size;
    }
    struct sha256_hash computed = sha256_finish(resume->sha256);
    struct sha256_hash stored = {{0}};
    bool has_stored = fread(stored.bytes, 1, sizeof stored.bytes, resume->file) == sizeof stored.bytes;
    if (resume->has_failed || ferror(resume->file) != 0) {
        return resume_fail_file(resume, "read");
    }
    if (!has_stored || resume->is_short || memcmp(&stored, &computed, sizeof stored) != 0) {
        return resume_refuse(resume, "is not as it was written");
    }
    rewind(resume->file);
    sha256_begin(resume->sha256);
    return LEDGER_DONE;
}

/* The root of the log at a position, as its tiles are stored now. */
static ledger_status resume_root_now(struct verify *whole, int64_t position, bool *ret_is_known,
                                     struct sha256_hash *ret_root)
{
    struct merkle_frontier frontier;
    merkle_frontier_init(&frontier);
    *ret_is_known = true;
    for (int64_t index = 0; *ret_is_known && index < position >> STORE_SEGMENT_BITS; index++) {
        struct sha256_hash root;
        struct sha256_hash hashes[MERKLE_TILE_LEAVES];
        LEDGER_TRY(store_tile_get(whole->call, whole->store, 1, index, ret_is_known, &root, hashes));
        merkle_frontier_add(&frontier, whole->hasher->sha256, &root);
    }
    *ret_root = merkle_frontier_root(&frontier, whole->hasher->sha256);
    return LEDGER_DONE;
}

static ledger_status resume_check_header(struct resume *resume, const struct resume_header *header)
{
    struct resume_header now = resume_header_of(resume->whole);
    struct sha256_hash root;
    bool is_known = false;
    if (memcmp(header->magic, now.magic, sizeof now.magic) != 0 || header->checks_count != now.checks_count ||
        header->slot_size != now.slot_size || header->correction_size != now.correction_size) {
        return resume_refuse(resume, "is none of this version of the program");
    }
    if (memcmp(header->ledger_id, now.ledger_id, sizeof now.ledger_id) != 0 || header->epoch != now.epoch) {
        return resume_refuse(resume, "is of another ledger, or another epoch of this one");
    }
    if (header->position <= 0 || header->position > resume->whole->log.log_size) {
        return resume_refuse(resume, "is of a longer log than this ledger has");
    }
    LEDGER_TRY(resume_root_now(resume->whole, header->position, &is_known, &root));
    if (!is_known || memcmp(&root, &header->root, sizeof root) != 0) {
        return resume_refuse(resume, "is of another log: the root at its position is not the same now");
    }
    return LEDGER_DONE;
}

static ledger_status resume_read(struct resume *resume)
{
    struct verify *whole = resume->whole;
    struct resume_header header = {.epoch = 0};
    LEDGER_TRY(resume_check_sum(resume));
    RESUME_VALUE(resume, header);
    LEDGER_TRY(resume_check_header(resume, &header));
    whole->log.position = header.position;
    LEDGER_TRY(resume_all(resume));
    if (resume->has_failed) {
        return resume_fail_file(resume, "read");
    }
    if (resume->is_short) {
        return resume_refuse(resume, "ends too soon");
    }
    whole->begin_log_index = header.position;
    whole->resumed_us = header.saved_us;
    return LEDGER_DONE;
}

static ledger_status resume_init(struct resume *resume, struct verify *whole, bool is_reading)
{
    resume->whole = whole;
    resume->path = whole->options->state_file;
    resume->is_reading = is_reading;
    resume->sha256 = sha256_new();
    return resume->sha256 == NULL ? ledger_fail_out_of_memory(whole->call) : LEDGER_DONE;
}

static ledger_status resume_path(struct verify *whole, const char *suffix, const char **ret_path)
{
    struct ledger_text path;
    LEDGER_TRY(
        ledger_call_format(verify_scratch(whole), &path, "%.*s%s", TEXT_ARGUMENTS(whole->options->state_file), suffix));
    *ret_path = path.data;
    return LEDGER_DONE;
}

ledger_status resume_load(struct verify *whole)
{
    RESUME(resume);
    const char *path = NULL;
    whole->state_saved_ms = monotonic_ms();
    if (text_is_absent(whole->options->state_file) || !whole->has_head) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(resume_init(&resume, whole, true));
    LEDGER_TRY(resume_path(whole, "", &path));
    resume.file = fopen(path, "rbe");
    if (resume.file == NULL) {
        return errno == ENOENT ? LEDGER_DONE : resume_fail_file(&resume, "read");
    }
    return resume_read(&resume);
}

bool resume_is_due(const struct verify *whole)
{
    return !text_is_absent(whole->options->state_file) && whole->has_head && !whole->log.is_lost &&
           monotonic_ms() - whole->state_saved_ms >= whole->state_every_ms;
}

/* I1: what was just written counts only once its directory knows of it. */
static int resume_sync_directory(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL) {
        return -1;
    }
    char *slash = strrchr(copy, '/');
    if (slash != NULL) {
        slash[slash == copy ? 1 : 0] = '\0';
    }
    int directory = open(slash == NULL ? "." : copy, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int outcome = directory < 0 ? -1 : fsync(directory);
    if (directory >= 0) {
        (void)close(directory);
    }
    free(copy);
    return outcome;
}

static ledger_status resume_write(struct resume *resume, const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
    resume->file = descriptor < 0 ? NULL : fdopen(descriptor, "wb");
    if (resume->file == NULL) {
        return resume_fail_file(resume, "written");
    }
    struct resume_header header = resume_header_of(resume->whole);
    sha256_begin(resume->sha256);
    RESUME_VALUE(resume, header);
    LEDGER_TRY(resume_all(resume));
    struct sha256_hash sum = sha256_finish(resume->sha256);
    bool is_written = !resume->has_failed && fwrite(sum.bytes, 1, sizeof sum.bytes, resume->file) == sizeof sum.bytes &&
                      fflush(resume->file) == 0 && fsync(fileno(resume->file)) == 0;
    return is_written ? LEDGER_DONE : resume_fail_file(resume, "written");
}

ledger_status resume_save(struct verify *whole)
{
    RESUME(resume);
    const char *new_path = NULL;
    struct ledger_text path;
    LEDGER_TRY(resume_init(&resume, whole, false));
    LEDGER_TRY(resume_path(whole, ".new", &new_path));
    LEDGER_TRY(ledger_call_format(&whole->scratch, &path, "%.*s", TEXT_ARGUMENTS(resume.path)));
    ledger_status status = resume_write(&resume, new_path);
    if (status != LEDGER_DONE) {
        (void)unlink(new_path);
        return status;
    }
    if (rename(new_path, path.data) != 0 || resume_sync_directory(path.data) != 0) {
        return resume_fail_file(&resume, "written");
    }
    whole->state_saved_ms = monotonic_ms();
    return LEDGER_DONE;
}

ledger_status resume_end(struct verify *whole)
{
    const char *path = NULL;
    if (text_is_absent(whole->options->state_file)) {
        return LEDGER_DONE;
    }
    LEDGER_TRY(resume_path(whole, "", &path));
    if (unlink(path) != 0 && errno != ENOENT) {
        const struct resume resume = {.whole = whole, .path = whole->options->state_file};
        return resume_fail_file(&resume, "removed");
    }
    return LEDGER_DONE;
}
