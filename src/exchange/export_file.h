/* A file of an export: its text gathers in memory and is written a piece at a time, with the digest of what was
 * written. */
#ifndef LEDGER_EXCHANGE_EXPORT_FILE_H
#define LEDGER_EXCHANGE_EXPORT_FILE_H

#include "base/file.h"
#include "base/sha256.h"
#include "base/text_builder.h"

/* Cleared, it is a file that was never opened. */
struct export_file {
    struct text_builder builder; /* where writers add */
    struct arena arena;          /* of the builder */
    struct file_replacement replacement;
    struct sha256 *sha256;
    uint64_t bytes;
};

/* `path` lives as long as the file; "-" is standard output. LEDGER_FILE_IS_UNREADABLE, LEDGER_OUT_OF_MEMORY, as of all
 * of them. */
LEDGER_MUST_CHECK ledger_status export_file_open(struct ledger_call *call, const char *path, struct export_file *file);

/* Writes what has gathered, where that is enough to be worth it. */
LEDGER_MUST_CHECK ledger_status export_file_step(struct ledger_call *call, struct export_file *file);

/* Writes the rest, and puts the file in place. */
LEDGER_MUST_CHECK ledger_status export_file_finish(struct ledger_call *call, struct export_file *file,
                                                   struct sha256_hash *ret_digest);

/* Frees what it holds; a file that was not finished is as it was before. */
void export_file_done(struct export_file *file);

#endif
