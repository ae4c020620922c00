/* A text that is held back until it is whole: in memory while it is short, then in a scratch file. */
#ifndef LEDGER_BASE_SPOOL_H
#define LEDGER_BASE_SPOOL_H

#include "base/scratch_file.h"

enum { SPOOL_MEMORY_BYTES = 1024 * 1024 };

struct spool {
    char *buffer; /* SPOOL_MEMORY_BYTES, behind what is in the file */
    size_t filled;
    struct scratch_file file;
};

#define SPOOL_EMPTY ((struct spool){.file = SCRATCH_FILE_NONE})

/* LEDGER_FILE_IS_UNREADABLE where there is no space for it, LEDGER_OUT_OF_MEMORY; as of both. */
LEDGER_MUST_CHECK ledger_status spool_add(struct ledger_call *call, struct spool *spool, struct ledger_text piece);

/* Gives all of it away, piece by piece. */
LEDGER_MUST_CHECK ledger_status spool_give(struct ledger_call *call, struct spool *spool,
                                           void (*take)(void *context, struct ledger_text piece), void *context);

void spool_done(struct spool *spool);

#endif
