/* The command line of the ledger.
 *
 * I1 A password in an argument is not seen in the list of processes, but for the moment until main() begins. */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/admin.h"

/* What stands between the user and the host of a URI. In any argument that looks like one: it is only what others see.
 */
static void main_hide_password(char *argument)
{
    char *scheme_end = strstr(argument, "://");
    char *colon = scheme_end == NULL ? NULL : strchr(scheme_end + 3, ':');
    char *at = colon == NULL ? NULL : strrchr(colon, '@');
    if (at != NULL) {
        memset(colon + 1, '*', (size_t)(at - colon - 1));
    }
}

/* Copies of the arguments to work with, so that the passwords in their originals can be hidden; NULL where there is no
 * memory for that. One block. */
static char **main_take_arguments(int argc, char **argv)
{
    size_t pointers_size = ((size_t)argc + 1) * sizeof(char *);
    size_t bytes_count = 0;
    for (int i = 0; i < argc; i++) {
        bytes_count += strlen(argv[i]) + 1;
    }
    char **copies = malloc(pointers_size + bytes_count);
    if (copies == NULL) {
        return NULL;
    }
    char *place = (char *)copies + pointers_size;
    for (int i = 0; i < argc; i++) {
        size_t size = strlen(argv[i]) + 1;
        copies[i] = memcpy(place, argv[i], size);
        place += size;
        main_hide_password(argv[i]);
    }
    copies[argc] = NULL;
    return copies;
}

int main(int argc, char **argv)
{
    /* A reader that goes away is an error that is told, not a silent death. */
    signal(SIGPIPE, SIG_IGN);
    char **arguments = main_take_arguments(argc, argv);
    int exit_status = ledger_admin_run(argc, arguments == NULL ? argv : arguments, stdin, stdout, stderr);
    free(arguments);
    return exit_status;
}
