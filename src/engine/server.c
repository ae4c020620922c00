/* What an operator should know of the database server. */
#include "engine/session.h"
#include "ledger/ledger.h"

struct server_listener {
    void (*found)(void *context, struct ledger_text warning);
    void *context;
};

static ledger_status server_found(struct ledger_call *call, void *context, struct ledger_text warning)
{
    (void)call;
    const struct server_listener *listener = context;
    listener->found(listener->context, warning);
    return LEDGER_DONE;
}

ledger_status ledger_server_warnings(struct ledger_call *call, struct ledger *ledger,
                                     void (*found)(void *context, struct ledger_text warning), void *context)
{
    SESSION_TAKE(call, ledger, session);
    struct server_listener listener = {found, context};
    return store_server_check(call, &session->store, server_found, &listener);
}
