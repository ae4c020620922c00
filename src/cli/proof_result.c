/* Proofs printed, and keys read. */
#include "cli/proof_result.h"

#include "base/text.h"
#include "cli/input.h"
#include "cli/output.h"

enum { KEY_FILE_BYTES_MAX = 64 * 1024, KEY_ID_DIGITS = 8 };

ledger_status proof_result_print(struct cli *cli, struct ledger_text proof)
{
    output_raw(&cli->output, proof);
    cli->output.has_result = cli->output.wants_json; /* the proof is the document */
    return LEDGER_DONE;
}

/* "name+8 hexadecimal digits+…": no path that anybody has. */
static bool key_is_literal(struct ledger_text text)
{
    const char *plus = memchr(text.data, '+', text.size);
    if (plus == NULL || text.size - (size_t)(plus - text.data) < KEY_ID_DIGITS + 2) {
        return false;
    }
    return plus[1 + KEY_ID_DIGITS] == '+' && strspn(plus + 1, "0123456789abcdef") == KEY_ID_DIGITS;
}

ledger_status proof_result_key(struct cli *cli, struct ledger_text key_or_file, struct ledger_text *ret_keys)
{
    const char *name;
    if (key_is_literal(key_or_file)) {
        *ret_keys = key_or_file;
        return LEDGER_DONE;
    }
    return input_read(cli, key_or_file, KEY_FILE_BYTES_MAX, ret_keys, &name);
}
