/* Texts that are held back. */
#include "base/spool.h"

#include <stdlib.h>

static ledger_status spool_flush(struct ledger_call *call, struct spool *spool)
{
    LEDGER_TRY(scratch_file_make(call, &spool->file));
    int error = scratch_file_add(&spool->file, spool->buffer, spool->filled);
    spool->filled = 0;
    return error == 0 ? LEDGER_DONE : scratch_file_fail(call, &spool->file, error);
}

ledger_status spool_add(struct ledger_call *call, struct spool *spool, struct ledger_text piece)
{
    if (spool->buffer == NULL) {
        spool->buffer = malloc(SPOOL_MEMORY_BYTES);
    }
    if (spool->buffer == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    for (size_t done = 0; done < piece.size;) {
        if (spool->filled == SPOOL_MEMORY_BYTES) {
            LEDGER_TRY(spool_flush(call, spool));
        }
        size_t room = SPOOL_MEMORY_BYTES - spool->filled;
        size_t taken = piece.size - done < room ? piece.size - done : room;
        memcpy(spool->buffer + spool->filled, piece.data + done, taken);
        spool->filled += taken;
        done += taken;
    }
    return LEDGER_DONE;
}

ledger_status spool_give(struct ledger_call *call, struct spool *spool,
                         void (*take)(void *context, struct ledger_text piece), void *context)
{
    if (spool->file.directory != NULL) {
        LEDGER_TRY(spool_flush(call, spool));
    }
    for (uint64_t offset = 0; offset < spool->file.size;) {
        uint64_t left = spool->file.size - offset;
        size_t size = left < SPOOL_MEMORY_BYTES ? (size_t)left : SPOOL_MEMORY_BYTES;
        int error = scratch_file_read(&spool->file, offset, spool->buffer, size);
        if (error != 0) {
            return scratch_file_fail(call, &spool->file, error);
        }
        take(context, (struct ledger_text){spool->buffer, size});
        offset += size;
    }
    if (spool->filled > 0) {
        take(context, (struct ledger_text){spool->buffer, spool->filled});
    }
    return LEDGER_DONE;
}

void spool_done(struct spool *spool)
{
    free(spool->buffer);
    spool->buffer = NULL;
    scratch_file_done(&spool->file);
}
