/* A call for each test that has no ledger. */
#include "support/bare_call.h"

struct ledger_call bare_call;

int bare_call_setup(void **state)
{
    call_init(&bare_call);
    *state = &bare_call;
    return 0;
}

int bare_call_teardown(void **state)
{
    (void)state;
    call_done(&bare_call);
    return 0;
}
