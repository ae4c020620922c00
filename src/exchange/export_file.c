/* Files of an export. */
#include "exchange/export_file.h"

enum { PIECE_BYTES = 64 * 1024 };

ledger_status export_file_open(struct ledger_call *call, const char *path, struct export_file *file)
{
    arena_init(&file->arena);
    text_builder_init(&file->builder, &file->arena, (size_t)2 * PIECE_BYTES);
    file->sha256 = sha256_new();
    if (file->sha256 == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    sha256_begin(file->sha256);
    return file_replacement_begin(call, path, &file->replacement);
}

static ledger_status export_file_write(struct ledger_call *call, struct export_file *file)
{
    struct ledger_text piece;
    LEDGER_TRY(text_builder_finish(call, &file->builder, &piece));
    LEDGER_TRY(file_replacement_write(call, &file->replacement, piece));
    sha256_add(file->sha256, piece.data, piece.size);
    file->bytes += piece.size;
    text_builder_reset(&file->builder);
    return LEDGER_DONE;
}

ledger_status export_file_step(struct ledger_call *call, struct export_file *file)
{
    return file->builder.size < PIECE_BYTES ? LEDGER_DONE : export_file_write(call, file);
}

ledger_status export_file_finish(struct ledger_call *call, struct export_file *file, struct sha256_hash *ret_digest)
{
    LEDGER_TRY(export_file_write(call, file));
    LEDGER_TRY(file_replacement_finish(call, &file->replacement));
    *ret_digest = sha256_finish(file->sha256);
    return LEDGER_DONE;
}

void export_file_done(struct export_file *file)
{
    if (file->replacement.path != NULL) {
        file_replacement_abandon(&file->replacement);
    }
    sha256_free(file->sha256);
    arena_done(&file->arena);
}
