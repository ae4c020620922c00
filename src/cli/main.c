/* The command line of the ledger. */
#include <signal.h>
#include <stdio.h>

#include "cli/admin.h"

int main(int argc, char **argv)
{
    /* A reader that goes away is an error that is told, not a silent death. */
    signal(SIGPIPE, SIG_IGN);
    return ledger_admin_run(argc, argv, stdin, stdout, stderr);
}
