/* The help of the program and of each command, made from the tables. */
#include "cli/help.h"

#include "base/text.h"
#include "cli/commands.h"

enum {
    HELP_WIDTH = 80,
    HELP_INDENT = 2,
    HELP_TEXT_COLUMN = 28,
};

static void help_add_blanks(struct text_builder *builder, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        text_builder_add_char(builder, ' ');
    }
}

/* Adds words of one paragraph from `column` on, broken before the width, further lines indented; ends the line. */
static void help_add_words(struct text_builder *builder, const char *words, size_t column, size_t indent)
{
    const char *word = words;
    bool is_first = true;
    while (*word != '\0') {
        size_t length = strcspn(word, " ");
        if (!is_first && column + 1 + length > HELP_WIDTH) {
            text_builder_add_char(builder, '\n');
            help_add_blanks(builder, indent);
            column = indent;
        } else if (!is_first) {
            text_builder_add_char(builder, ' ');
            column++;
        }
        text_builder_add(builder, word, length);
        column += length;
        word += length + strspn(word + length, " ");
        is_first = false;
    }
    text_builder_add_char(builder, '\n');
}

/* A term, and what it means beside it, or below where the term is long. */
static void help_add_term(struct text_builder *builder, struct ledger_text term, const char *meaning)
{
    help_add_blanks(builder, HELP_INDENT);
    text_builder_add_text(builder, term);
    size_t column = HELP_INDENT + term.size;
    if (column + 2 > HELP_TEXT_COLUMN) {
        text_builder_add_char(builder, '\n');
        column = 0;
    }
    help_add_blanks(builder, HELP_TEXT_COLUMN - column);
    help_add_words(builder, meaning, HELP_TEXT_COLUMN, HELP_TEXT_COLUMN);
}

static LEDGER_MUST_CHECK ledger_status help_add_option(struct ledger_call *call, struct text_builder *builder,
                                                       const struct command_option *option)
{
    struct ledger_text term;
    struct text_builder meaning;
    LEDGER_TRY(ledger_call_format(call, &term, "--%s%s%s", option->name, option->argument == NULL ? "" : " ",
                                  option->argument == NULL ? "" : option->argument));
    text_builder_init(&meaning, &call->arena, 128);
    text_builder_add_string(&meaning, option->help);
    for (const char *const *choice = option->choices; choice != NULL && *choice != NULL; choice++) {
        text_builder_add_string(&meaning, choice == option->choices ? ": " : ", ");
        text_builder_add_string(&meaning, *choice);
    }
    text_builder_add_string(&meaning, option->is_required ? " (required)" : "");
    struct ledger_text text;
    LEDGER_TRY(text_builder_finish(call, &meaning, &text));
    help_add_term(builder, term, text.data);
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status help_add_options(struct ledger_call *call, struct text_builder *builder,
                                                        const char *heading, const struct command_option *options,
                                                        size_t count)
{
    text_builder_add_format(builder, "\n%s:\n", heading);
    for (size_t index = 0; index < count; index++) {
        LEDGER_TRY(help_add_option(call, builder, &options[index]));
    }
    return LEDGER_DONE;
}

/* The details, a paragraph each. */
static LEDGER_MUST_CHECK ledger_status help_add_details(struct ledger_call *call, struct text_builder *builder,
                                                        const char *details)
{
    while (details != NULL && *details != '\0') {
        size_t length = strcspn(details, "\n");
        struct ledger_text paragraph;
        LEDGER_TRY(ledger_call_copy_text(call, (struct ledger_text){details, length}, &paragraph));
        text_builder_add_char(builder, '\n');
        help_add_words(builder, paragraph.data, 0, 0);
        details += length + (details[length] == '\n' ? 1 : 0);
    }
    return LEDGER_DONE;
}

static void help_add_command_list(struct text_builder *builder, struct ledger_text group)
{
    text_builder_add_string(builder, "\nCommands:\n");
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (text_is_absent(group) || command_is_in_group(*command, group)) {
            help_add_term(builder, ledger_text_of((*command)->name), (*command)->summary);
        }
    }
}

static LEDGER_MUST_CHECK ledger_status help_add_command(struct ledger_call *call, struct text_builder *builder,
                                                        const struct command *command)
{
    text_builder_add_format(builder, "Usage: ledger-admin %s%s%s%s\n\n", command->name,
                            command->options_count > 0 ? " [OPTION]..." : "", command->argument.name == NULL ? "" : " ",
                            command->argument.name == NULL ? "" : command->argument.name);
    struct ledger_text summary;
    LEDGER_TRY(ledger_call_format(call, &summary, "%s.", command->summary));
    help_add_words(builder, summary.data, 0, 0);
    LEDGER_TRY(help_add_details(call, builder, command->details));
    if (command->argument.name != NULL) {
        text_builder_add_string(builder, "\nArgument:\n");
        help_add_term(builder, ledger_text_of(command->argument.name), command->argument.help);
    }
    if (command->options_count > 0) {
        LEDGER_TRY(help_add_options(call, builder, "Options", command->options, command->options_count));
    }
    if (commands_have_group(ledger_text_of(command->name))) {
        help_add_command_list(builder, ledger_text_of(command->name));
    }
    text_builder_add_string(builder, command->examples[1] == NULL ? "\nExample:\n" : "\nExamples:\n");
    for (size_t index = 0; index < COMMAND_EXAMPLES_MAX && command->examples[index] != NULL; index++) {
        text_builder_add_format(builder, "  %s\n", command->examples[index]);
    }
    text_builder_add_string(builder, "\nOptions of every command: ledger-admin --help\n");
    return LEDGER_DONE;
}

static LEDGER_MUST_CHECK ledger_status help_add_program(struct ledger_call *call, struct text_builder *builder)
{
    text_builder_add_string(builder, "Usage: ledger-admin [OPTION]... COMMAND [OPTION]...\n\n"
                                     "A tamper-evident double-entry ledger.\n");
    help_add_command_list(builder, TEXT_ABSENT);
    LEDGER_TRY(help_add_options(call, builder, "Options of every command", global_options, GLOBAL_OPTIONS_COUNT));
    text_builder_add_string(builder, "\nSettings, from the environment or a file .env:\n");
    for (const struct setting *setting = settings_table; setting->name != NULL; setting++) {
        help_add_term(builder, ledger_text_of(setting->name), setting->help);
    }
    text_builder_add_char(builder, '\n');
    help_add_words(builder,
                   "Exit status: 0 done; 1 refused by a rule of the ledger; 2 wrong usage or unreadable input; 3 "
                   "integrity violation found; 4 database unavailable or busy; 5 anything else; 6 outcome unknown.",
                   0, 0);
    text_builder_add_string(builder, "\nExample:\n  ledger-admin init --confirm\n"
                                     "\nMore about a command: ledger-admin COMMAND --help, man ledger-admin-COMMAND\n");
    return LEDGER_DONE;
}

static void help_write_options(struct json_writer *writer, const struct command_option *options, size_t count)
{
    json_write_key(writer, "options");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        json_write_object_begin(writer);
        json_write_member_text(writer, "name", ledger_text_of(options[index].name));
        json_write_member_text(writer, "argument", ledger_text_of(options[index].argument));
        json_write_member_boolean(writer, "is_required", options[index].is_required);
        json_write_member_text(writer, "help", ledger_text_of(options[index].help));
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
}

/* The tables of the commands that the command line is about. */
static LEDGER_MUST_CHECK ledger_status help_write_json(struct cli *cli)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    help_write_options(writer, global_options, GLOBAL_OPTIONS_COUNT);
    json_write_key(writer, "commands");
    json_write_array_begin(writer);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        bool is_meant = cli->line.command != NULL         ? *command == cli->line.command
                        : text_is_absent(cli->line.group) ? true
                                                          : command_is_in_group(*command, cli->line.group);
        if (!is_meant) {
            continue;
        }
        json_write_object_begin(writer);
        json_write_member_text(writer, "name", ledger_text_of((*command)->name));
        json_write_member_text(writer, "summary", ledger_text_of((*command)->summary));
        json_write_member_text(writer, "argument", ledger_text_of((*command)->argument.name));
        help_write_options(writer, (*command)->options, (*command)->options_count);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    return output_json_end(cli->call, &cli->output);
}

ledger_status help_print(struct cli *cli)
{
    if (cli->output.wants_json) {
        return help_write_json(cli);
    }
    struct text_builder builder;
    text_builder_init(&builder, &cli->call->arena, 4096);
    if (cli->line.command != NULL) {
        LEDGER_TRY(help_add_command(cli->call, &builder, cli->line.command));
    } else if (!text_is_absent(cli->line.group)) {
        text_builder_add_format(&builder, "Usage: ledger-admin %.*s COMMAND [OPTION]...\n",
                                TEXT_ARGUMENTS(cli->line.group));
        help_add_command_list(&builder, cli->line.group);
    } else {
        LEDGER_TRY(help_add_program(cli->call, &builder));
    }
    struct ledger_text text;
    LEDGER_TRY(text_builder_finish(cli->call, &builder, &text));
    output_raw(&cli->output, text);
    return LEDGER_DONE;
}
