/* Settings: from the environment, and from a file of the kind `.env` where the environment is silent.
 *
 * The file has one NAME=VALUE a line, `export ` before it allowed, blanks around the `=` too. Empty lines and lines
 * that begin with # are comments, and so is what follows a blank and # behind a value. Between single quotes everything
 * stands for itself; between double quotes \\ \" \$ \n \r \t are replaced. A name given twice has its last value.
 * Nothing is expanded: `${` outside of single quotes is refused rather than taken for itself. */
#ifndef LEDGER_BASE_CONFIG_H
#define LEDGER_BASE_CONFIG_H

#include "base/call.h"

enum {
    CONFIG_FILE_BYTES_MAX = 1024 * 1024,
};

struct config_setting;

/* In place, with memory of its own: it may outlive the call that filled it. */
struct config {
    struct arena arena;
    const struct config_setting *settings;
    size_t settings_count;
};

/* Without a file: the environment alone. */
void config_init(struct config *config);
void config_done(struct config *config);

/* Reads a file; what it says goes before what an earlier one said. Where a line is malformed nothing is taken from it:
 * LEDGER_CONFIGURATION_IS_INVALID with the file and the number of every such line. LEDGER_FILE_IS_UNREADABLE,
 * LEDGER_INPUT_IS_TOO_LARGE, LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status config_read(struct ledger_call *call, struct config *config, const char *path);

/* The same from memory; `path` stands in messages. */
LEDGER_MUST_CHECK ledger_status config_read_text(struct ledger_call *call, struct config *config,
                                                 struct ledger_text content, const char *path);

/* The value of a setting, terminated; absent where it is set nowhere, perhaps empty. It lives as long as the config and
 * the environment. */
struct ledger_text config_find(const struct config *config, const char *name);

/* Where the value comes from, for messages: "the environment", ".env, line 3", or "the default". */
const char *config_describe_source(const struct config *config, const char *name);

/* A whole number from `minimum` to `maximum`, `default_value` where it is not set or empty.
 * LEDGER_CONFIGURATION_IS_INVALID naming the setting, its value, where that came from, and the limits. */
LEDGER_MUST_CHECK ledger_status config_get_integer(struct ledger_call *call, const struct config *config,
                                                   const char *name, int64_t minimum, int64_t maximum,
                                                   int64_t default_value, int64_t *ret_number);

#endif
