/* Input files of commands. */
#include "cli/input.h"

#include <errno.h>

#include "base/file.h"
#include "base/text.h"

enum { INPUT_PIECE_BYTES = 64 * 1024 };

static LEDGER_MUST_CHECK ledger_status input_read_stream(struct cli *cli, size_t bytes_max, const char *name,
                                                         struct ledger_text *ret_content)
{
    struct text_builder builder;
    text_builder_init(&builder, &cli->call->arena, INPUT_PIECE_BYTES);
    size_t size = 0;
    do {
        char *place = text_builder_reserve(&builder, INPUT_PIECE_BYTES);
        if (place == NULL) {
            return ledger_fail_out_of_memory(cli->call);
        }
        errno = 0;
        size = fread(place, 1, INPUT_PIECE_BYTES, cli->in);
        builder.size += size;
        if (ferror(cli->in)) {
            return ledger_fail(cli->call, LEDGER_FILE_IS_UNREADABLE, "cannot read %s: %s", name,
                               strerror(errno == 0 ? EIO : errno));
        }
        if (builder.size > bytes_max) {
            return ledger_fail(cli->call, LEDGER_INPUT_IS_TOO_LARGE, "%s is larger than %zu bytes", name, bytes_max);
        }
    } while (size > 0);
    return text_builder_finish(cli->call, &builder, ret_content);
}

ledger_status input_read(struct cli *cli, struct ledger_text path, size_t bytes_max, struct ledger_text *ret_content,
                         const char **ret_name)
{
    if (text_equals_string(path, "-")) {
        *ret_name = "standard input";
        return input_read_stream(cli, bytes_max, *ret_name, ret_content);
    }
    *ret_name = path.data;
    return file_read(cli->call, path.data, bytes_max, ret_content);
}
