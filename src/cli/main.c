/* The command line of the ledger. */
#include <signal.h>
#include <stdio.h>

#include "cli/admin.h"
#include "cli/arguments.h"
#include "ledger/status.h"

int main(int argc, char **argv)
{
    /* A reader that goes away is an error that is told, not a silent death. */
    signal(SIGPIPE, SIG_IGN);
    char **arguments = arguments_take(argc, argv);
    if (arguments == NULL) {
        (void)fputs("ledger-admin: memory ran out\n", stderr);
        return ledger_status_exit(LEDGER_OUT_OF_MEMORY);
    }
    int exit_status = ledger_admin_run(argc, arguments, stdin, stdout, stderr);
    arguments_free(argc, arguments);
    return exit_status;
}
