/* Completion scripts for shells, made from the tables. Each script finds the command among the words before the cursor,
 * then offers what may follow: a value of the option before the cursor, or words and options of the command. */
#include "cli/completion.h"

#include "base/text.h"
#include "cli/commands.h"

/* Adds a text between single quotes, as each of the shells reads it. */
static void completion_add_quoted(struct text_builder *builder, enum completion_shell shell, const char *text)
{
    text_builder_add_char(builder, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'') {
            text_builder_add_string(builder, shell == COMPLETION_FISH ? "\\'" : "'\\''");
        } else {
            text_builder_add_char(builder, *text);
        }
    }
    text_builder_add_char(builder, '\'');
}

static void completion_add_choices(struct text_builder *builder, const char *const *choices)
{
    for (const char *const *choice = choices; *choice != NULL; choice++) {
        text_builder_add_format(builder, "%s%s", choice == choices ? "" : " ", *choice);
    }
}

/* Whether no command before this one begins with the same word. */
static bool completion_is_first_of_word(const struct command *const *command)
{
    return command == commands || !text_equals(command_first_word(*command), command_first_word(command[-1]));
}

/* The arms that follow the command's name from word to word: `"":init` and `period:open`. */
static void completion_add_transitions(struct text_builder *builder, const char *arm_begin, const char *arm_end,
                                       const char *set_begin, const char *set_end)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct ledger_text first = command_first_word(*command);
        if (completion_is_first_of_word(command)) {
            text_builder_add_format(builder, "%s':%.*s'%s%s'%.*s'%s", arm_begin, TEXT_ARGUMENTS(first), arm_end,
                                    set_begin, TEXT_ARGUMENTS(first), set_end);
        }
        if (command_group_length(*command) > 0) {
            text_builder_add_format(builder, "%s'%.*s:%s'%s%s'%s'%s", arm_begin, TEXT_ARGUMENTS(first),
                                    (*command)->name + first.size + 1, arm_end, set_begin, (*command)->name, set_end);
        }
    }
}

/* bash and zsh: the arm of one option's value. `pattern` is the command's name between quotes, or `*`. */
static void completion_add_value_arm(struct text_builder *builder, enum completion_shell shell, const char *pattern,
                                     const struct command_option *option)
{
    if (option->argument == NULL) {
        return;
    }
    text_builder_add_format(builder, "    %s':--%s')\n        ", pattern, option->name);
    if (option->hint == HINT_CHOICE && shell == COMPLETION_BASH) {
        text_builder_add_string(builder, "mapfile -t COMPREPLY < <(compgen -W '");
        completion_add_choices(builder, option->choices);
        text_builder_add_string(builder, "' -- \"$current\")");
    } else if (option->hint == HINT_CHOICE) {
        text_builder_add_string(builder, "compadd -- ");
        completion_add_choices(builder, option->choices);
    } else if (option->hint == HINT_FILE && shell == COMPLETION_BASH) {
        text_builder_add_string(builder,
                                "compopt -o filenames 2>/dev/null\n        mapfile -t COMPREPLY < <(compgen -f -- "
                                "\"$current\")");
    } else if (option->hint == HINT_FILE) {
        text_builder_add_string(builder, "_files");
    } else if (shell == COMPLETION_BASH) {
        text_builder_add_string(builder, "COMPREPLY=()");
    } else {
        text_builder_add_string(builder, "_message ");
        completion_add_quoted(builder, shell, option->argument);
    }
    text_builder_add_string(builder, "\n        return\n        ;;\n");
}

static void completion_add_value_arms(struct text_builder *builder, enum completion_shell shell)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct text_builder pattern;
        text_builder_init(&pattern, builder->arena, 64);
        text_builder_add_format(&pattern, "'%s'", (*command)->name);
        text_builder_add_char(&pattern, '\0');
        for (size_t index = 0; index < (*command)->options_count && !pattern.failed; index++) {
            completion_add_value_arm(builder, shell, pattern.data, &(*command)->options[index]);
        }
        builder->failed = builder->failed || pattern.failed;
    }
    for (size_t index = 0; index < GLOBAL_OPTIONS_COUNT; index++) {
        completion_add_value_arm(builder, shell, "*", &global_options[index]);
    }
}

/* The second words of a group's commands. */
static void completion_add_second_words(struct text_builder *builder, struct ledger_text group)
{
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (command_is_in_group(*command, group)) {
            text_builder_add_format(builder, "%s ", (*command)->name + group.size + 1);
        }
    }
}

static void completion_add_bash_words(struct text_builder *builder, const struct command *command)
{
    text_builder_add_format(builder, "    '%s')\n        words='", command->name);
    completion_add_second_words(builder, ledger_text_of(command->name));
    for (size_t index = 0; index < command->options_count; index++) {
        text_builder_add_format(builder, "--%s ", command->options[index].name);
    }
    if (command->argument.hint == HINT_CHOICE) {
        completion_add_choices(builder, command->argument.choices);
    }
    text_builder_add_string(builder, "'\n");
    if (command->argument.hint == HINT_FILE) {
        text_builder_add_string(builder, "        compopt -o filenames 2>/dev/null\n"
                                         "        mapfile -t files < <(compgen -f -- \"$current\")\n");
    }
    text_builder_add_string(builder, "        ;;\n");
}

/* The commands that may follow nothing, and each group that is no command itself. */
static void completion_add_bash_names(struct text_builder *builder)
{
    text_builder_add_string(builder, "    '')\n        words='");
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (completion_is_first_of_word(command)) {
            text_builder_add_format(builder, "%.*s ", TEXT_ARGUMENTS(command_first_word(*command)));
        }
    }
    text_builder_add_string(builder, "'\n        ;;\n");
    for (const struct command *const *group = commands; *group != NULL; group++) {
        struct ledger_text name = command_first_word(*group);
        if (command_group_length(*group) == 0 || !completion_is_first_of_word(group)) {
            continue;
        }
        text_builder_add_format(builder, "    '%.*s')\n        words='", TEXT_ARGUMENTS(name));
        completion_add_second_words(builder, name);
        text_builder_add_string(builder, "'\n        ;;\n");
    }
}

static void completion_write_bash(struct text_builder *builder)
{
    text_builder_add_string(builder, "# Completion of ledger-admin for bash. Use it by:\n"
                                     "#   source <(ledger-admin completion bash)\n"
                                     "_ledger_admin()\n{\n"
                                     "    local current=${COMP_WORDS[COMP_CWORD]} command= words= index\n"
                                     "    local -a files=()\n"
                                     "    for ((index = 1; index < COMP_CWORD; index++)); do\n"
                                     "        case \"$command:${COMP_WORDS[index]}\" in\n");
    completion_add_transitions(builder, "        ", ")", " command=", " ;;\n");
    text_builder_add_string(builder, "        esac\n    done\n"
                                     "    case \"$command:${COMP_WORDS[COMP_CWORD - 1]}\" in\n");
    completion_add_value_arms(builder, COMPLETION_BASH);
    text_builder_add_string(builder, "    esac\n    case \"$command\" in\n");
    completion_add_bash_names(builder);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        completion_add_bash_words(builder, *command);
    }
    text_builder_add_string(builder, "    esac\n    words+=' ");
    for (size_t index = 0; index < GLOBAL_OPTIONS_COUNT; index++) {
        text_builder_add_format(builder, "--%s ", global_options[index].name);
    }
    text_builder_add_string(builder, "'\n    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
                                     "    COMPREPLY+=(\"${files[@]}\")\n}\n"
                                     "complete -F _ledger_admin ledger-admin\n");
}

static void completion_add_zsh_options(struct text_builder *builder, const struct command_option *options, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        text_builder_add_format(builder, "\n        '--%s':", options[index].name);
        completion_add_quoted(builder, COMPLETION_ZSH, options[index].help);
    }
}

/* The words that may follow, with what they mean: the first words where `group` is absent, else the second words of the
 * group. */
static void completion_add_zsh_entries(struct text_builder *builder, struct ledger_text group)
{
    text_builder_add_string(builder, "        entries=(");
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct ledger_text word = command_first_word(*command);
        if (!text_is_absent(group)) {
            if (!command_is_in_group(*command, group)) {
                continue;
            }
            word = ledger_text_of((*command)->name + group.size + 1);
        } else if (!completion_is_first_of_word(command)) {
            continue;
        }
        text_builder_add_format(builder, "\n            '%.*s':", TEXT_ARGUMENTS(word));
        completion_add_quoted(builder, COMPLETION_ZSH, (*command)->summary);
    }
    text_builder_add_string(builder, ")\n        _describe command entries\n");
}

static void completion_add_zsh_names(struct text_builder *builder, struct ledger_text group)
{
    text_builder_add_format(builder, "    '%.*s')\n", TEXT_ARGUMENTS(group));
    completion_add_zsh_entries(builder, group);
    text_builder_add_string(builder, "        ;;\n");
}

static void completion_add_zsh_words(struct text_builder *builder, const struct command *command)
{
    text_builder_add_format(builder, "    '%s')\n", command->name);
    if (commands_have_group(ledger_text_of(command->name))) {
        completion_add_zsh_entries(builder, ledger_text_of(command->name));
    }
    if (command->argument.hint == HINT_CHOICE) {
        text_builder_add_string(builder, "        compadd -- ");
        completion_add_choices(builder, command->argument.choices);
        text_builder_add_char(builder, '\n');
    } else if (command->argument.hint == HINT_FILE) {
        text_builder_add_string(builder, "        _files\n");
    }
    if (command->options_count > 0) {
        text_builder_add_string(builder, "        options+=(");
        completion_add_zsh_options(builder, command->options, command->options_count);
        text_builder_add_string(builder, ")\n");
    }
    text_builder_add_string(builder, "        ;;\n");
}

static void completion_write_zsh(struct text_builder *builder)
{
    text_builder_add_string(builder, "#compdef ledger-admin\n"
                                     "# Completion of ledger-admin for zsh. Use it by:\n"
                                     "#   source <(ledger-admin completion zsh)\n"
                                     "_ledger_admin() {\n"
                                     "    local command=\n    local -a entries options\n    integer index\n"
                                     "    for ((index = 2; index < CURRENT; index++)); do\n"
                                     "        case \"$command:${words[index]}\" in\n");
    completion_add_transitions(builder, "        ", ")", " command=", " ;;\n");
    text_builder_add_string(builder, "        esac\n    done\n    case \"$command:${words[CURRENT - 1]}\" in\n");
    completion_add_value_arms(builder, COMPLETION_ZSH);
    text_builder_add_string(builder, "    esac\n    options=(");
    completion_add_zsh_options(builder, global_options, GLOBAL_OPTIONS_COUNT);
    text_builder_add_string(builder, ")\n    case \"$command\" in\n");
    completion_add_zsh_names(builder, TEXT_ABSENT);
    for (const struct command *const *command = commands; *command != NULL; command++) {
        if (command_group_length(*command) > 0 && completion_is_first_of_word(command)) {
            completion_add_zsh_names(builder, command_first_word(*command));
        }
    }
    for (const struct command *const *command = commands; *command != NULL; command++) {
        completion_add_zsh_words(builder, *command);
    }
    text_builder_add_string(builder, "    esac\n    _describe -o option options\n}\n"
                                     "if [[ ${funcstack[1]-} == _ledger_admin ]]; then\n    _ledger_admin \"$@\"\n"
                                     "else\n    compdef _ledger_admin ledger-admin\nfi\n");
}

static void completion_add_fish_option(struct text_builder *builder, const char *command_name,
                                       const struct command_option *option)
{
    text_builder_add_string(builder, "complete -c ledger-admin");
    if (command_name != NULL) {
        text_builder_add_format(builder, " -n \"__ledger_admin_is '%s'\"", command_name);
    }
    text_builder_add_format(builder, " -l %s", option->name);
    if (option->hint == HINT_CHOICE) {
        text_builder_add_string(builder, " -x -a '");
        completion_add_choices(builder, option->choices);
        text_builder_add_char(builder, '\'');
    } else if (option->argument != NULL) {
        text_builder_add_string(builder, option->hint == HINT_FILE ? " -r -F" : " -x");
    }
    text_builder_add_string(builder, " -d ");
    completion_add_quoted(builder, COMPLETION_FISH, option->help);
    text_builder_add_char(builder, '\n');
}

static void completion_add_fish_command(struct text_builder *builder, const struct command *const *command)
{
    struct ledger_text first = command_first_word(*command);
    bool is_grouped = command_group_length(*command) > 0;
    if (is_grouped && completion_is_first_of_word(command)) {
        text_builder_add_format(builder, "complete -c ledger-admin -n \"__ledger_admin_is ''\" -a %.*s\n",
                                TEXT_ARGUMENTS(first));
    }
    text_builder_add_format(builder, "complete -c ledger-admin -n \"__ledger_admin_is '%.*s'\" -a %s -d ",
                            is_grouped ? (int)first.size : 0, first.data,
                            (*command)->name + (is_grouped ? first.size + 1 : 0));
    completion_add_quoted(builder, COMPLETION_FISH, (*command)->summary);
    text_builder_add_char(builder, '\n');
    for (size_t index = 0; index < (*command)->options_count; index++) {
        completion_add_fish_option(builder, (*command)->name, &(*command)->options[index]);
    }
    if ((*command)->argument.hint == HINT_FILE) {
        text_builder_add_format(builder, "complete -c ledger-admin -n \"__ledger_admin_is '%s'\" -F\n",
                                (*command)->name);
    } else if ((*command)->argument.hint == HINT_CHOICE) {
        text_builder_add_format(builder, "complete -c ledger-admin -n \"__ledger_admin_is '%s'\" -a '",
                                (*command)->name);
        completion_add_choices(builder, (*command)->argument.choices);
        text_builder_add_string(builder, "'\n");
    }
}

static void completion_write_fish(struct text_builder *builder)
{
    text_builder_add_string(builder, "# Completion of ledger-admin for fish. Use it by:\n"
                                     "#   ledger-admin completion fish | source\n"
                                     "function __ledger_admin_is\n"
                                     "    set -l command ''\n"
                                     "    for word in (commandline -opc)[2..-1]\n"
                                     "        switch \"$command:$word\"\n");
    completion_add_transitions(builder, "            case ", "\n", "                set command ", "\n");
    text_builder_add_string(builder, "        end\n    end\n    test \"$command\" = \"$argv[1]\"\nend\n"
                                     "complete -c ledger-admin -f\n");
    for (size_t index = 0; index < GLOBAL_OPTIONS_COUNT; index++) {
        completion_add_fish_option(builder, NULL, &global_options[index]);
    }
    for (const struct command *const *command = commands; *command != NULL; command++) {
        completion_add_fish_command(builder, command);
    }
}

void completion_write(struct text_builder *builder, enum completion_shell shell)
{
    switch (shell) {
    case COMPLETION_BASH:
        completion_write_bash(builder);
        break;
    case COMPLETION_ZSH:
        completion_write_zsh(builder);
        break;
    case COMPLETION_FISH:
        completion_write_fish(builder);
        break;
    }
}
