/* A call for each test of what needs an arena and a place for problems, but no ledger. */
#ifndef LEDGER_SUPPORT_BARE_CALL_H
#define LEDGER_SUPPORT_BARE_CALL_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/call.h"

/* That of the test which runs. */
extern struct ledger_call bare_call;

/* cmocka's set-up and tear-down of a test, or of a group: `*state` is the call. */
int bare_call_setup(void **state);
int bare_call_teardown(void **state);

#define BARE_CALL_TEST(test) cmocka_unit_test_setup_teardown(test, bare_call_setup, bare_call_teardown)

#endif
