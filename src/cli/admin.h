/* One run of the command line. */
#ifndef LEDGER_CLI_ADMIN_H
#define LEDGER_CLI_ADMIN_H

#include <stdio.h>

/* Runs the command that `argv` names, reading from and writing to the given streams, and returns the exit status. */
int ledger_admin_run(int argc, char *const *argv, FILE *in, FILE *out, FILE *err);

#endif
