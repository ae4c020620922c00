/* What a command prints: the result on standard output, messages on standard error; for people, or as one JSON
 * document.
 *
 * I1 With --json, standard output gets exactly one JSON document, the error included, and nothing else.
 * I2 Texts of the ledger never reach a terminal with what it would obey: control characters are shown as '?'.
 * I3 What could not be written is an error: output_finish tells. */
#ifndef LEDGER_CLI_OUTPUT_H
#define LEDGER_CLI_OUTPUT_H

#include <stdbool.h>
#include <stdio.h>

#include "base/json_write.h"
#include "base/table.h"
#include "base/text_builder.h"

enum { OUTPUT_FACTS_MAX = 4 };

/* What scripts need to know beside an error: one more member of its JSON document. */
struct output_fact {
    const char *key;
    struct ledger_text text;
};

struct output {
    FILE *out;
    FILE *err;
    bool wants_json;
    bool wants_quiet;
    struct table_style style; /* of tables on standard output */
    int write_errno;          /* of the first write to standard output that failed */
    bool has_result;          /* the outcome is told, a bad one too: nothing is added to it at the end */
    bool records_refusals;    /* the ledger is open for writing: a refusal has its event in the audit log */
    struct output_fact facts[OUTPUT_FACTS_MAX];
    size_t facts_count;
    struct text_builder builder;
    struct json_writer writer;
};

/* Colour only on a terminal, and neither where NO_COLOR is set nor where the caller forbids it. */
void output_init(struct output *output, FILE *out, FILE *err, bool wants_json, bool wants_quiet, bool wants_no_color);

/* The essence of the result, for people: nothing with --json. */
LEDGER_PRINTF(2, 3) void output_print(struct output *output, const char *format, ...);

/* The rest of the result, for people: nothing with --json or --quiet. */
LEDGER_PRINTF(2, 3) void output_add(struct output *output, const char *format, ...);

/* A text that is printed as it is: a report, a script. */
void output_raw(struct output *output, struct ledger_text text);

/* A table of the result, for people: nothing with --json. */
LEDGER_MUST_CHECK ledger_status output_table(struct ledger_call *call, struct output *output,
                                             const struct table *table);

/* A message on standard error. */
LEDGER_PRINTF(2, 3) void output_message(struct output *output, const char *format, ...);

/* Begins the JSON document of the result, an object whose members the caller writes. */
struct json_writer *output_json_begin(struct ledger_call *call, struct output *output);

/* Prints what was written of it so far, for documents that are too large for memory. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status output_json_flush(struct ledger_call *call, struct output *output);

/* Ends and prints it. LEDGER_OUT_OF_MEMORY. */
LEDGER_MUST_CHECK ledger_status output_json_end(struct ledger_call *call, struct output *output);

/* Adds a fact for the case of an error; people read it in the message. */
void output_add_fact(struct output *output, const char *key, struct ledger_text text);

/* Tells an outcome that is no success, with all problems of the call and what to do. */
void output_error(struct ledger_call *call, struct output *output, ledger_status status);

/* Flushes. False where anything of the result could not be written, with the reason on standard error. */
bool output_finish(struct output *output);

#endif
