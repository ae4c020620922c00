/* The table of the named checks. */
#include "integrity/checks.h"

const struct check_definition check_definitions[CHECKS_COUNT] = {
#define CHECK(constant, name, title, is_of_one) [constant] = {name, title, is_of_one},
#include "integrity/checks.def"
#undef CHECK
};
