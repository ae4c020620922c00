/* What a command is: its name, options, help and run function, as one table row that the parser, the help, the
 * completion scripts and the manual are all made from. And the run of one: what a command gets to work with. */
#ifndef LEDGER_CLI_COMMAND_H
#define LEDGER_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/call.h"
#include "cli/output.h"
#include "cli/settings.h"
#include "ledger/ledger.h"

/* How a shell completes a value. */
enum option_hint { HINT_NONE, HINT_FILE, HINT_CHOICE };

/* An option `--name ARGUMENT`, or a flag where `argument` is NULL. */
struct command_option {
    const char *name;     /* without the dashes */
    const char *argument; /* what stands for the value in the help; NULL: a flag */
    bool is_required;
    enum option_hint hint;
    const char *const *choices; /* with HINT_CHOICE: what the value may be, ending with NULL */
    const char *help;           /* one sentence without its full stop */
};

/* The one positional argument that a command may have; it is then required. */
struct command_argument {
    const char *name; /* NULL: none */
    enum option_hint hint;
    const char *const *choices;
    const char *help;
};

enum {
    COMMAND_OPTIONS_MAX = 16,
    COMMAND_EXAMPLES_MAX = 7,
};

struct cli;

struct command {
    const char *name;    /* "balance"; a command of a group has both words: "period close" */
    const char *summary; /* one line, a sentence without its full stop */
    const char *details; /* paragraphs, parted by a line feed */
    const struct command_option *options;
    size_t options_count;
    struct command_argument argument;
    const char *examples[COMMAND_EXAMPLES_MAX]; /* whole command lines, those after the last are NULL */
    ledger_status (*run)(struct cli *cli);
};

/* What the command line said. */
struct command_line {
    const struct command *command;                  /* NULL: none was named */
    struct ledger_text group;                       /* "period" where only that was named; else absent */
    struct ledger_text values[COMMAND_OPTIONS_MAX]; /* by the command's table; absent: not given; a flag: "" */
    struct ledger_text argument;                    /* absent: not given */
    bool wants_help;
    bool wants_version;
    bool wants_json;
    bool wants_quiet;
    bool wants_no_color;
    struct ledger_text database; /* --db */
    struct ledger_text env_file; /* --env-file */
};

/* The run of one command. */
struct cli {
    struct ledger_call *call;
    struct command_line line;
    struct settings settings;
    FILE *in;
    struct output output;
    struct ledger *ledger; /* once it is open; freed by whoever runs the command */
};

/* The value of an option by its place in the command's table; absent where it was not given. */
static inline struct ledger_text cli_value(const struct cli *cli, size_t option_index)
{
    return cli->line.values[option_index];
}

/* Whether it was given. */
static inline bool cli_has(const struct cli *cli, size_t option_index)
{
    return cli->line.values[option_index].data != NULL;
}

#endif
