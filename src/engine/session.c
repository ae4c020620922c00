/* Sessions made, connected and freed. */
#include "engine/session.h"

#include <stdlib.h>

#include "base/text.h"

enum { READ_TRIES_MAX = 5 };

ledger_status session_new(struct ledger_call *call, struct ledger *ledger, struct session **ret_session)
{
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL) {
        return ledger_fail_out_of_memory(call);
    }
    session->ledger = ledger;
    rules_init(&session->rules);
    segment_lists_init(&session->lists);
    if (!record_hasher_init(&session->hasher) || !record_hasher_init(&session->second_hasher)) {
        session_free(session);
        return ledger_fail_out_of_memory(call);
    }
    *ret_session = session;
    return LEDGER_DONE;
}

void session_free(struct session *session)
{
    if (session == NULL) {
        return;
    }
    driver_free(session->store.driver);
    rules_done(&session->rules);
    record_hasher_done(&session->hasher);
    record_hasher_done(&session->second_hasher);
    segment_lists_done(&session->lists);
    free(session);
}

/* A file or a server may have been replaced since the handle was opened. */
static ledger_status session_check_ledger(struct ledger_call *call, struct session *session)
{
    READ_UNIT(reading);
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    reading.store = &session->store;
    struct ledger_settings settings;
    LEDGER_TRY(store_settings_get(call, &session->store, &settings));
    if (!text_equals(settings.ledger_id, session->ledger->settings.ledger_id)) {
        return ledger_fail(call, LEDGER_DATABASE_IS_UNAVAILABLE,
                           "another ledger stands where this one was: %.*s, not %.*s; open it anew",
                           TEXT_ARGUMENTS(settings.ledger_id), TEXT_ARGUMENTS(session->ledger->settings.ledger_id));
    }
    return LEDGER_DONE;
}

static ledger_status session_connect(struct ledger_call *call, struct session *session)
{
    LEDGER_TRY(driver_open(call, &session->ledger->session_options, &session->store.driver));
    return session_check_ledger(call, session);
}

ledger_status session_new_connected(struct ledger_call *call, struct ledger *ledger, struct session **ret_session)
{
    struct session *session = NULL;
    LEDGER_TRY(session_new(call, ledger, &session));
    ledger_status status = session_connect(call, session);
    if (status != LEDGER_DONE) {
        session_free(session);
        return status;
    }
    *ret_session = session;
    return LEDGER_DONE;
}

ledger_status session_read(struct ledger_call *call, session_reading *read, void *context)
{
    size_t problems_before = ledger_call_problems_count(call);
    ledger_status status = LEDGER_CONNECTION_IS_LOST;
    for (unsigned tries = 0; status == LEDGER_CONNECTION_IS_LOST && tries < READ_TRIES_MAX; tries++) {
        ledger_call_drop_problems(call, problems_before);
        status = read(call, context);
    }
    return status;
}

struct read_unit_beginning {
    struct session *session;
    struct read_unit *unit;
    struct store_head *ret_head;
};

static ledger_status read_unit_try(struct ledger_call *call, void *context)
{
    const struct read_unit_beginning *beginning = context;
    struct session *session = beginning->session;
    read_unit_end(beginning->unit); /* of the attempt before */
    beginning->unit->store = NULL;
    LEDGER_TRY(store_begin(call, &session->store, UNIT_READ));
    beginning->unit->store = &session->store;
    LEDGER_TRY(store_head_get(call, &session->store, beginning->ret_head));
    return rules_refresh(call, &session->rules, &session->store, beginning->ret_head->rules_version);
}

ledger_status read_unit_begin(struct ledger_call *call, struct session *session, struct read_unit *unit,
                              struct store_head *ret_head)
{
    struct read_unit_beginning beginning = {session, unit, ret_head};
    return session_read(call, read_unit_try, &beginning);
}

ledger_status session_load_rules(struct ledger_call *call, struct session *session)
{
    if (session->rules.is_loaded) {
        return LEDGER_DONE;
    }
    READ_UNIT(reading);
    struct store_head head;
    return read_unit_begin(call, session, &reading, &head);
}
