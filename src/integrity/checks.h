/* The named checks. */
#ifndef LEDGER_INTEGRITY_CHECKS_H
#define LEDGER_INTEGRITY_CHECKS_H

#include <stdbool.h>

enum verify_check {
#define CHECK(constant, name, title, is_of_one) constant,
#include "integrity/checks.def"
#undef CHECK
    CHECKS_COUNT
};

struct check_definition {
    const char *name;
    const char *title; /* what holds where it passes */
    bool is_of_one;    /* made of a single transaction too */
};

extern const struct check_definition check_definitions[CHECKS_COUNT];

#endif
