/* Reads the command line by the tables of commands and options.
 *
 * I1 Nothing is guessed: an option is its whole name, is given once, and a value that begins with two dashes is written
 *    with `=`, so that a forgotten value never swallows the next option. */
#include "cli/options.h"

#include <assert.h>

#include "base/quote.h"
#include "base/text.h"
#include "cli/commands.h"

/* The state of one reading. */
struct options_reader {
    struct ledger_call *call;
    int argc;
    char *const *argv;
    int index; /* of the next argument */
    bool only_arguments;
    struct command_line line;
    bool global_is_given[GLOBAL_OPTIONS_COUNT];
};

bool options_have_flag(int argc, char *const *argv, const char *flag)
{
    for (int index = 1; index < argc && strcmp(argv[index], "--") != 0; index++) {
        if (strcmp(argv[index], flag) == 0) {
            return true;
        }
    }
    return false;
}

/* " (did you mean X?)" for a message, or nothing. */
static LEDGER_MUST_CHECK ledger_status options_suggestion(struct ledger_call *call, struct ledger_text word,
                                                          const char *const *candidates, size_t count,
                                                          const char *prefix, struct ledger_text *ret_suggestion)
{
    const char *nearest = text_nearest(word, candidates, count);
    if (nearest == NULL) {
        *ret_suggestion = TEXT("");
        return LEDGER_DONE;
    }
    return ledger_call_format(call, ret_suggestion, "; did you mean %s%s?", prefix, nearest);
}

enum { OPTIONS_CANDIDATES_MAX = 64 };

/* `name` is the part of an argument behind its dashes. */
static LEDGER_MUST_CHECK ledger_status options_fail_unknown_option(struct options_reader *reader,
                                                                   struct ledger_text name)
{
    const struct command *command = reader->line.command;
    const char *candidates[OPTIONS_CANDIDATES_MAX];
    size_t count = 0;
    if (command != NULL) {
        for (size_t index = 0; index < command->options_count; index++) {
            candidates[count++] = command->options[index].name;
        }
    }
    for (size_t index = 0; index < GLOBAL_OPTIONS_COUNT; index++) {
        candidates[count++] = global_options[index].name;
    }
    assert(count <= OPTIONS_CANDIDATES_MAX);
    struct ledger_text suggestion;
    LEDGER_TRY(options_suggestion(reader->call, name, candidates, count, "--", &suggestion));
    char quoted[QUOTE_SIZE];
    (void)text_quote((struct ledger_text){name.data - 2, name.size + 2}, quoted); /* with its dashes */
    if (command == NULL) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG,
                           "unknown option %s before the command%s (options of a command stand after its name)", quoted,
                           suggestion.data);
    }
    return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "%s has no option %s%s", command->name, quoted,
                       suggestion.data);
}

/* The value of the option just read: behind its `=`, else the next argument. A flag has none. */
static LEDGER_MUST_CHECK ledger_status options_read_value(struct options_reader *reader,
                                                          const struct command_option *option,
                                                          struct ledger_text inline_value,
                                                          struct ledger_text *ret_value)
{
    if (option->argument == NULL) {
        if (!text_is_absent(inline_value)) {
            return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "--%s takes no value", option->name);
        }
        *ret_value = TEXT("");
        return LEDGER_DONE;
    }
    if (!text_is_absent(inline_value)) {
        *ret_value = inline_value;
        return LEDGER_DONE;
    }
    if (reader->index >= reader->argc || strncmp(reader->argv[reader->index], "--", 2) == 0) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG,
                           "--%s needs a value: --%s %s (one that begins with two dashes is written --%s=…)",
                           option->name, option->name, option->argument, option->name);
    }
    *ret_value = ledger_text_of(reader->argv[reader->index++]);
    return LEDGER_DONE;
}

static void options_keep_global(struct options_reader *reader, enum global_option option, struct ledger_text value)
{
    struct command_line *line = &reader->line;
    switch (option) {
    case GLOBAL_DB:
        line->database = value;
        break;
    case GLOBAL_ENV_FILE:
        line->env_file = value;
        break;
    case GLOBAL_JSON:
        line->wants_json = true;
        break;
    case GLOBAL_NO_COLOR:
        line->wants_no_color = true;
        break;
    case GLOBAL_QUIET:
        line->wants_quiet = true;
        break;
    case GLOBAL_HELP:
        line->wants_help = true;
        break;
    case GLOBAL_VERSION:
        line->wants_version = true;
        break;
    case GLOBAL_OPTIONS_COUNT:
        assert(false);
    }
}

/* The index of the option of that name, `count` where there is none. */
static size_t options_find(const struct command_option *options, size_t count, struct ledger_text name)
{
    size_t index = 0;
    while (index < count && !text_equals_string(name, options[index].name)) {
        index++;
    }
    return index;
}

static LEDGER_MUST_CHECK ledger_status options_read_option(struct options_reader *reader, const char *argument)
{
    struct ledger_text name = ledger_text_of(argument + 2);
    struct ledger_text inline_value = TEXT_ABSENT;
    const char *equals = strchr(name.data, '=');
    if (equals != NULL) {
        name.size = (size_t)(equals - name.data);
        inline_value = ledger_text_of(equals + 1);
    }
    const struct command *command = reader->line.command;
    size_t own_count = command == NULL ? 0 : command->options_count;
    size_t own_index = command == NULL ? 0 : options_find(command->options, own_count, name);
    bool is_own = own_index < own_count;
    size_t global_index = options_find(global_options, GLOBAL_OPTIONS_COUNT, name);
    if (!is_own && global_index == GLOBAL_OPTIONS_COUNT) {
        return options_fail_unknown_option(reader, name);
    }
    bool is_repeated = is_own ? !text_is_absent(reader->line.values[own_index]) : reader->global_is_given[global_index];
    if (is_repeated) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "--%.*s is given twice", TEXT_ARGUMENTS(name));
    }
    struct ledger_text value;
    LEDGER_TRY(options_read_value(reader, is_own ? &command->options[own_index] : &global_options[global_index],
                                  inline_value, &value));
    if (is_own) {
        reader->line.values[own_index] = value;
    } else {
        reader->global_is_given[global_index] = true;
        options_keep_global(reader, (enum global_option)global_index, value);
    }
    return LEDGER_DONE;
}

/* Adds the first word of each command once, or the second words of a group's commands. */
static size_t options_command_words(struct ledger_call *call, struct ledger_text group,
                                    const char *candidates[OPTIONS_CANDIDATES_MAX])
{
    size_t count = 0;
    for (const struct command *const *command = commands; *command != NULL; command++) {
        struct ledger_text word = command_first_word(*command);
        if (!text_is_absent(group)) {
            if (command_is_in_group(*command, group)) {
                candidates[count++] = (*command)->name + word.size + 1;
            }
            continue;
        }
        bool is_known = count > 0 && text_equals_string(word, candidates[count - 1]);
        if (!is_known && ledger_call_copy_text(call, word, &word) == LEDGER_DONE) {
            candidates[count++] = word.data;
        }
    }
    assert(count <= OPTIONS_CANDIDATES_MAX);
    return count;
}

static LEDGER_MUST_CHECK ledger_status options_fail_unknown_command(struct options_reader *reader,
                                                                    struct ledger_text word)
{
    const char *candidates[OPTIONS_CANDIDATES_MAX];
    size_t count = options_command_words(reader->call, reader->line.group, candidates);
    struct ledger_text suggestion;
    LEDGER_TRY(options_suggestion(reader->call, word, candidates, count, "", &suggestion));
    char quoted[QUOTE_SIZE];
    if (text_is_absent(reader->line.group)) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "unknown command %s%s", text_quote(word, quoted),
                           suggestion.data);
    }
    return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "%.*s has no command %s%s",
                       TEXT_ARGUMENTS(reader->line.group), text_quote(word, quoted), suggestion.data);
}

/* Whether the command read so far may turn out to be the name of a group: "audit", with nothing of its own behind it.
 */
static bool options_may_name_group(const struct options_reader *reader, const struct command *command)
{
    if (command->argument.name != NULL || !commands_have_group(ledger_text_of(command->name))) {
        return false;
    }
    for (size_t index = 0; index < command->options_count; index++) {
        if (!text_is_absent(reader->line.values[index])) {
            return false;
        }
    }
    return true;
}

static LEDGER_MUST_CHECK ledger_status options_read_argument(struct options_reader *reader, struct ledger_text word)
{
    struct command_line *line = &reader->line;
    if (line->command->argument.name == NULL || !text_is_absent(line->argument)) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG, "%s does not know what to do with %s",
                           line->command->name, text_quote(word, quoted));
    }
    line->argument = word;
    return LEDGER_DONE;
}

/* The first or second word of a command's name. */
static LEDGER_MUST_CHECK ledger_status options_read_name(struct options_reader *reader, struct ledger_text word)
{
    struct command_line *line = &reader->line;
    for (const struct command *const *command = commands; *command != NULL; command++) {
        size_t group_length = command_group_length(*command);
        bool is_it = text_is_absent(line->group) ? text_equals_string(word, (*command)->name)
                                                 : command_is_in_group(*command, line->group) &&
                                                       text_equals_string(word, (*command)->name + group_length + 1);
        if (is_it) {
            line->command = *command;
            line->group = TEXT_ABSENT;
            return LEDGER_DONE;
        }
        if (text_is_absent(line->group) && command_is_in_group(*command, word)) {
            line->group = word;
            return LEDGER_DONE;
        }
    }
    return options_fail_unknown_command(reader, word);
}

/* A word that is no option: the command, the second word of its name, or its argument. */
static LEDGER_MUST_CHECK ledger_status options_read_word(struct options_reader *reader, struct ledger_text word)
{
    struct command_line *line = &reader->line;
    if (line->command == NULL) {
        return options_read_name(reader, word);
    }
    if (!options_may_name_group(reader, line->command)) {
        return options_read_argument(reader, word);
    }
    line->group = ledger_text_of(line->command->name);
    line->command = NULL;
    return options_read_name(reader, word);
}

/* That a command is named and that nothing it requires is missing; all that is missing is told at once. */
static LEDGER_MUST_CHECK ledger_status options_check_complete(struct options_reader *reader)
{
    const struct command_line *line = &reader->line;
    if (line->wants_help || line->wants_version) {
        return LEDGER_DONE;
    }
    if (!text_is_absent(line->group)) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG,
                           "%.*s needs a second word: see ledger-admin %.*s --help", TEXT_ARGUMENTS(line->group),
                           TEXT_ARGUMENTS(line->group));
    }
    if (line->command == NULL) {
        return ledger_fail(reader->call, LEDGER_USAGE_IS_WRONG,
                           "no command is given; ledger-admin --help lists the commands");
    }
    const struct command *command = line->command;
    size_t first_problem = ledger_call_problems_count(reader->call);
    for (size_t index = 0; index < command->options_count; index++) {
        const struct command_option *option = &command->options[index];
        if (option->is_required && text_is_absent(line->values[index])) {
            ledger_call_add_problem(reader->call, LEDGER_USAGE_IS_WRONG, 0, "%s needs --%s %s", command->name,
                                    option->name, option->argument);
        }
    }
    if (command->argument.name != NULL && text_is_absent(line->argument)) {
        ledger_call_add_problem(reader->call, LEDGER_USAGE_IS_WRONG, 0, "%s needs %s", command->name,
                                command->argument.name);
    }
    return ledger_call_worst(reader->call, first_problem);
}

ledger_status options_parse(struct ledger_call *call, int argc, char *const *argv, struct command_line *ret_line)
{
    struct options_reader reader = {.call = call, .argc = argc, .argv = argv, .index = 1};
    while (reader.index < argc) {
        const char *argument = argv[reader.index++];
        if (!reader.only_arguments && strcmp(argument, "--") == 0) {
            reader.only_arguments = true;
        } else if (!reader.only_arguments && strncmp(argument, "--", 2) == 0) {
            LEDGER_TRY(options_read_option(&reader, argument));
        } else if (!reader.only_arguments && argument[0] == '-' && argument[1] != '\0') {
            char quoted[QUOTE_SIZE];
            return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "unknown option %s: options are written with two dashes",
                               text_quote(ledger_text_of(argument), quoted));
        } else {
            LEDGER_TRY(options_read_word(&reader, ledger_text_of(argument)));
        }
    }
    LEDGER_TRY(options_check_complete(&reader));
    *ret_line = reader.line;
    return LEDGER_DONE;
}

ledger_status options_choose(struct ledger_call *call, const char *name, const char *const *choices,
                             struct ledger_text value, size_t *ret_index)
{
    size_t count = 0;
    for (; choices[count] != NULL; count++) {
        if (text_equals_string(value, choices[count])) {
            *ret_index = count;
            return LEDGER_DONE;
        }
    }
    struct ledger_text suggestion;
    LEDGER_TRY(options_suggestion(call, value, choices, count, "", &suggestion));
    char quoted[QUOTE_SIZE];
    return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "%s is not one of the values of %s%s", text_quote(value, quoted),
                       name, suggestion.data);
}

ledger_status options_number(struct ledger_call *call, const char *name, struct ledger_text value, int64_t minimum,
                             int64_t maximum, int64_t *ret_number)
{
    int64_t number = 0;
    bool is_good = value.size > 0;
    for (size_t index = 0; is_good && index < value.size; index++) {
        int digit = value.data[index] - '0';
        is_good = digit >= 0 && digit <= 9 && digit <= maximum && number <= (maximum - digit) / 10;
        number = is_good ? number * 10 + digit : 0;
    }
    if (!is_good || number < minimum) {
        char quoted[QUOTE_SIZE];
        return ledger_fail(call, LEDGER_USAGE_IS_WRONG, "--%s is a whole number from %lld to %lld, not %s", name,
                           (long long)minimum, (long long)maximum, text_quote(value, quoted));
    }
    *ret_number = number;
    return LEDGER_DONE;
}
