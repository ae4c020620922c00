/* Words copied, and what is secret in them hidden at its old place. */
#include "cli/arguments.h"

#include <stdlib.h>
#include <string.h>

/* All between the first ':' behind the scheme and the last '@', as in "mysql://user:password@host/database". */
static void argument_hide_password(char *argument)
{
    char *scheme_end = strstr(argument, "://");
    char *colon = scheme_end == NULL ? NULL : strchr(scheme_end + 3, ':');
    char *at_sign = strrchr(argument, '@');
    if (colon != NULL && at_sign != NULL && colon < at_sign) {
        memset(colon + 1, '*', (size_t)(at_sign - colon) - 1);
    }
}

char **arguments_take(int argc, char **argv)
{
    char **arguments = calloc((size_t)argc + 1, sizeof *arguments);
    for (int i = 0; arguments != NULL && i < argc; i++) {
        arguments[i] = strdup(argv[i]);
        if (arguments[i] == NULL) {
            arguments_free(argc, arguments);
            return NULL;
        }
        argument_hide_password(argv[i]);
    }
    return arguments;
}

void arguments_free(int argc, char **arguments)
{
    for (int i = 0; arguments != NULL && i < argc; i++) {
        free(arguments[i]);
    }
    free(arguments);
}
