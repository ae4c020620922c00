/* The table of outcomes, asked by number. */
#include "ledger/status.h"

#include <stddef.h>

struct status_row {
    ledger_status status;
    const char *name;
    const char *sentence;
    int exit_status;
    int http_status;
    const char *remedy;
};

static const struct status_row status_table[] = {
#define OUTCOME(name, number, sentence, exit_status, http_status, remedy)                                              \
    {name, #name, sentence, exit_status, http_status, remedy},
#include "ledger/status.def"
#undef OUTCOME
};

/* The row of the outcome; a number that is not in the table is itself a defect, and has that row. */
static const struct status_row *status_row_of(ledger_status status)
{
    const struct status_row *defect = NULL;
    for (size_t index = 0; index < sizeof status_table / sizeof status_table[0]; index++) {
        if (status_table[index].status == status) {
            return &status_table[index];
        }
        if (status_table[index].status == LEDGER_DEFECT) {
            defect = &status_table[index];
        }
    }
    return defect;
}

const char *ledger_status_name(ledger_status status)
{
    return status_row_of(status)->name;
}

const char *ledger_status_sentence(ledger_status status)
{
    return status_row_of(status)->sentence;
}

const char *ledger_status_remedy(ledger_status status)
{
    return status_row_of(status)->remedy;
}

int ledger_status_exit(ledger_status status)
{
    return status_row_of(status)->exit_status;
}

int ledger_status_http(ledger_status status)
{
    return status_row_of(status)->http_status;
}
