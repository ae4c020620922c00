/* The pages of the manual, in scdoc's language, made from the tables: the same words as the help, the exit statuses and
 * every outcome of status.def. */
#include "cli/manual.h"

#include "base/text.h"
#include "cli/commands.h"

/* Adds text in which nothing is markup. */
static void manual_add(struct text_builder *builder, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("\\_*#~`[]<>|.-", *text) != NULL) {
            text_builder_add_char(builder, '\\');
        }
        text_builder_add_char(builder, *text);
    }
}

/* Adds what the tables have as a sentence without its capital letter and full stop. */
static void manual_add_sentence(struct text_builder *builder, const char *text)
{
    bool is_small = *text >= 'a' && *text <= 'z';
    if (is_small) {
        text_builder_add_char(builder, (char)(*text - 'a' + 'A'));
    }
    manual_add(builder, is_small ? text + 1 : text);
    text_builder_add_string(builder, ".\n");
}

static void manual_add_bold(struct text_builder *builder, const char *text)
{
    text_builder_add_char(builder, '*');
    manual_add(builder, text);
    text_builder_add_char(builder, '*');
}

/* "ledger-admin-period-close" for a command, "ledger-admin" for NULL. */
static void manual_add_page_name(struct text_builder *builder, const struct command *command)
{
    text_builder_add_string(builder, "ledger-admin");
    for (const char *letter = command == NULL ? "" : command->name; *letter != '\0'; letter++) {
        text_builder_add_string(builder, letter == command->name ? "-" : "");
        text_builder_add_char(builder, *letter == ' ' ? '-' : *letter);
    }
}

static void manual_add_options(struct text_builder *builder, const struct command_option *options, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        const struct command_option *option = &options[index];
        text_builder_add_string(builder, "*\\-\\-");
        manual_add(builder, option->name);
        text_builder_add_char(builder, '*');
        if (option->argument != NULL) {
            text_builder_add_string(builder, " _");
            manual_add(builder, option->argument);
            text_builder_add_char(builder, '_');
        }
        text_builder_add_string(builder, "\n\t");
        text_builder_add_string(builder, option->is_required ? "Required. " : "");
        manual_add_sentence(builder, option->help);
        for (const char *const *choice = option->choices; choice != NULL && *choice != NULL; choice++) {
            text_builder_add_string(builder, choice == option->choices ? "\tOne of " : ", ");
            manual_add(builder, *choice);
        }
        text_builder_add_string(builder, option->choices == NULL ? "\n" : ".\n\n");
    }
}

static void manual_add_exit_status(struct text_builder *builder)
{
    static const char *const meanings[] = {"done",
                                           "refused by a rule of the ledger",
                                           "wrong usage or unreadable input",
                                           "integrity violation found",
                                           "database unavailable or busy",
                                           "anything else, a defect or the lack of a resource",
                                           "outcome unknown: look before trying again"};
    text_builder_add_string(builder, "# EXIT STATUS\n\n");
    for (int status = 0; status < (int)(sizeof meanings / sizeof meanings[0]); status++) {
        text_builder_add_format(builder, "*%d*\n\t", status);
        manual_add_sentence(builder, meanings[status]);
        text_builder_add_char(builder, '\n');
    }
}

static void manual_add_details(struct text_builder *builder, const char *details)
{
    for (; details != NULL && *details != '\0'; details++) {
        if (*details == '\n') {
            text_builder_add_string(builder, "\n\n");
        } else {
            manual_add(builder, (const char[]){*details, '\0'});
        }
    }
    text_builder_add_string(builder, details == NULL ? "" : "\n\n");
}

void manual_write_command(struct text_builder *builder, const struct command *command)
{
    manual_add_page_name(builder, command);
    text_builder_add_string(builder, "(1)\n\n# NAME\n\n");
    manual_add_page_name(builder, command);
    text_builder_add_string(builder, " - ");
    manual_add(builder, command->summary);
    text_builder_add_string(builder, "\n\n# SYNOPSIS\n\n*ledger-admin ");
    manual_add(builder, command->name);
    text_builder_add_char(builder, '*');
    for (size_t index = 0; index < command->options_count; index++) {
        const struct command_option *option = &command->options[index];
        text_builder_add_string(builder, option->is_required ? " *\\-\\-" : " \\[*\\-\\-");
        manual_add(builder, option->name);
        text_builder_add_char(builder, '*');
        if (option->argument != NULL) {
            text_builder_add_string(builder, " _");
            manual_add(builder, option->argument);
            text_builder_add_char(builder, '_');
        }
        text_builder_add_string(builder, option->is_required ? "" : "\\]");
    }
    if (command->argument.name != NULL) {
        text_builder_add_format(builder, " _%s_", command->argument.name);
    }
    text_builder_add_string(builder, "\n\n# DESCRIPTION\n\n");
    manual_add_sentence(builder, command->summary);
    text_builder_add_char(builder, '\n');
    manual_add_details(builder, command->details);
    if (command->argument.name != NULL) {
        text_builder_add_format(builder, "_%s_\n\t", command->argument.name);
        manual_add_sentence(builder, command->argument.help);
        text_builder_add_char(builder, '\n');
    }
    if (command->options_count > 0) {
        text_builder_add_string(builder, "# OPTIONS\n\n");
        manual_add_options(builder, command->options, command->options_count);
    }
    text_builder_add_string(builder, "The options of every command are in *ledger-admin*(1).\n\n# EXAMPLES\n\n");
    for (size_t index = 0; index < COMMAND_EXAMPLES_MAX && command->examples[index] != NULL; index++) {
        text_builder_add_format(builder, "```\n%s\n```\n\n", command->examples[index]);
    }
    manual_add_exit_status(builder);
    text_builder_add_string(builder, "# SEE ALSO\n\n*ledger-admin*(1)\n");
}

static void manual_add_outcomes(struct text_builder *builder)
{
    text_builder_add_string(builder,
                            "# OUTCOMES\n\nWith *\\-\\-json* an error document names its outcome in the member "
                            "*error*. Each has its exit status:\n\n");
#define OUTCOME(outcome, number, sentence, exit_status, http_status, remedy)                                           \
    manual_add_bold(builder, #outcome);                                                                                \
    text_builder_add_format(builder, " (%d)\n\t", exit_status);                                                        \
    manual_add_sentence(builder, sentence);                                                                            \
    text_builder_add_string(builder, "\tWhat to do: ");                                                                \
    manual_add_sentence(builder, remedy);                                                                              \
    text_builder_add_char(builder, '\n');
#include "ledger/status.def"
#undef OUTCOME
}

void manual_write_program(struct text_builder *builder)
{
    text_builder_add_string(builder, "ledger-admin(1)\n\n# NAME\n\nledger-admin - a tamper-evident double-entry "
                                     "ledger\n\n# SYNOPSIS\n\n*ledger-admin* \\[_OPTION_\\]... _COMMAND_ "
                                     "\\[_OPTION_\\]...\n\n# DESCRIPTION\n\n"
                                     "Results go to standard output, messages and progress to standard error. Options "
                                     "stand before or after the command; *\\-\\-name value* and *\\-\\-name=value* "
                                     "mean the same, and *\\-\\-* ends them.\n\n# COMMANDS\n\n");
    for (const struct command *const *command = commands; *command != NULL; command++) {
        manual_add_bold(builder, (*command)->name);
        text_builder_add_string(builder, ", see *");
        manual_add_page_name(builder, *command);
        text_builder_add_string(builder, "*(1)\n\t");
        manual_add_sentence(builder, (*command)->summary);
        text_builder_add_char(builder, '\n');
    }
    text_builder_add_string(builder, "# OPTIONS\n\n");
    manual_add_options(builder, global_options, GLOBAL_OPTIONS_COUNT);
    text_builder_add_string(builder,
                            "# ENVIRONMENT\n\nEach of these may stand in the file named by *\\-\\-env-file* or "
                            "in ./.env as well; the environment goes before the file.\n\n");
    for (const struct setting *setting = settings_table; setting->name != NULL; setting++) {
        manual_add_bold(builder, setting->name);
        text_builder_add_string(builder, "\n\t");
        manual_add_sentence(builder, setting->help);
        text_builder_add_char(builder, '\n');
    }
    manual_add_exit_status(builder);
    manual_add_outcomes(builder);
}

const struct command *manual_find_command(const char *page)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        const char *name = (*command)->name;
        const char *letter = page;
        while (*name != '\0' && (*letter == *name || (*letter == '-' && *name == ' '))) {
            name++;
            letter++;
        }
        if (*name == '\0' && *letter == '\0') {
            return *command;
        }
    }
    return NULL;
}
