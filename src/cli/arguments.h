/* The words of the command line, kept from those who list processes. */
#ifndef LEDGER_CLI_ARGUMENTS_H
#define LEDGER_CLI_ARGUMENTS_H

/* Gives the words with their secrets, which in `argv` itself become asterisks: there every user of the machine reads
 * them. Passwords in URIs are secrets. NULL when memory ran out. The caller frees it with arguments_free. */
char **arguments_take(int argc, char **argv);

void arguments_free(int argc, char **arguments);

#endif
