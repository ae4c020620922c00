/* manual PAGE
 *
 * Prints a page of the manual in scdoc's language, made from the tables of the command line: `ledger-admin`, or a
 * command with dashes for blanks, such as `period-close`. */
#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "cli/manual.h"

static LEDGER_MUST_CHECK ledger_status manual_print(struct ledger_call *call, const char *page)
{
    const struct command *command = manual_find_command(page);
    if (command == NULL && strcmp(page, "ledger-admin") != 0) {
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "no such page: %s", page);
    }
    struct text_builder builder;
    text_builder_init(&builder, &call->arena, 16384);
    if (command == NULL) {
        manual_write_program(&builder);
    } else {
        manual_write_command(&builder, command);
    }
    struct ledger_text text;
    LEDGER_TRY(text_builder_finish(call, &builder, &text));
    if (fwrite(text.data, 1, text.size, stdout) != text.size || fflush(stdout) != 0) {
        return ledger_fail(call, LEDGER_FILE_IS_UNREADABLE, "cannot write to standard output");
    }
    return LEDGER_DONE;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fputs("usage: manual PAGE\n", stderr);
        return 2;
    }
    struct ledger_call call;
    call_init(&call);
    ledger_status status = manual_print(&call, argv[1]);
    if (status != LEDGER_DONE) {
        fprintf(stderr, "manual: %s\n", ledger_call_message(&call));
    }
    call_done(&call);
    return ledger_status_exit(status);
}
