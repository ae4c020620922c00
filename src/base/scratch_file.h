/* A file without a name for what is too large for memory: it goes when it is closed, or when the program dies.
 *
 * It is made in the directory of SQLITE_TMPDIR or else of TMPDIR, as SQLite would, else in /var/tmp, or in /tmp where
 * there is no such directory; nobody but its owner may read it. */
#ifndef LEDGER_BASE_SCRATCH_FILE_H
#define LEDGER_BASE_SCRATCH_FILE_H

#include <stdint.h>

#include "base/call.h"

struct scratch_file {
    const char *directory; /* NULL: it was never made */
    int descriptor;
    uint64_t size;
};

#define SCRATCH_FILE_NONE ((struct scratch_file){.descriptor = -1})

/* Makes it, unless it is made. LEDGER_FILE_IS_UNREADABLE with the directory and the system's reason. */
LEDGER_MUST_CHECK ledger_status scratch_file_make(struct ledger_call *call, struct scratch_file *file);

/* Adds behind its end: 0, or an errno. What a failure left half written is overwritten by the next. */
LEDGER_MUST_CHECK int scratch_file_add(struct scratch_file *file, const void *data, size_t size);

/* Reads `size` bytes from `offset` on, all of them: 0, or an errno. */
LEDGER_MUST_CHECK int scratch_file_read(const struct scratch_file *file, uint64_t offset, void *data, size_t size);

/* Tells such an errno: LEDGER_FILE_IS_UNREADABLE with the directory, and what to do. */
LEDGER_MUST_CHECK ledger_status scratch_file_fail(struct ledger_call *call, const struct scratch_file *file, int error);

/* Closes it, and so gives its space back; harmless where it was never made. */
void scratch_file_done(struct scratch_file *file);

#endif
