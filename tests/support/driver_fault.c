/* The driver that fails by a plan. See driver_fault.h. */
#include "support/driver_fault.h"

#include <pthread.h>
#include <stdlib.h>

struct fault_driver {
    struct driver base;
    struct driver *inner;
    struct driver_fault_plan *plan;
};

static struct fault_driver *fault_driver(struct driver *driver)
{
    return (struct fault_driver *)driver;
}

/* Drivers of several threads follow one plan. */
static pthread_mutex_t plan_mutex = PTHREAD_MUTEX_INITIALIZER;

/* A unit of work is one thread's. */
static _Thread_local bool is_in_write_unit;

/* What the plan has for the call that is made now: LEDGER_DONE where it is to be passed on. */
static ledger_status plan_take_locked(struct driver_fault_plan *plan, bool is_commit)
{
    if (plan->has_failed && plan->stays_down) {
        plan->down_calls_count++;
        plan->stays_down = plan->down_calls_max == 0 || plan->down_calls_count < plan->down_calls_max;
        return plan->outcome_after;
    }
    if ((plan->counts_commits_only && !is_commit) || (plan->counts_write_units_only && !is_in_write_unit)) {
        return LEDGER_DONE;
    }
    plan->calls_count++;
    if (plan->calls_count != plan->fail_at) {
        return LEDGER_DONE;
    }
    plan->has_failed = true;
    return plan->outcome;
}

static ledger_status plan_take(struct driver_fault_plan *plan, bool is_commit)
{
    (void)pthread_mutex_lock(&plan_mutex);
    ledger_status status = plan_take_locked(plan, is_commit);
    (void)pthread_mutex_unlock(&plan_mutex);
    return status;
}

static ledger_status fault_fail(struct ledger_call *call, ledger_status status, const char *slot)
{
    return ledger_fail(call, status, "a planned fault of %s", slot);
}

static ledger_status fault_begin(struct ledger_call *call, struct driver *base, enum unit_mode mode)
{
    struct fault_driver *driver = fault_driver(base);
    is_in_write_unit = mode == UNIT_WRITE || mode == UNIT_WRITE_AHEAD;
    ledger_status status = plan_take(driver->plan, false);
    if (status != LEDGER_DONE) {
        return fault_fail(call, status, "begin");
    }
    LEDGER_TRY(driver->inner->operations->begin(call, driver->inner, mode));
    (void)pthread_mutex_lock(&plan_mutex);
    driver->plan->ahead_units_count += mode == UNIT_WRITE_AHEAD ? 1 : 0;
    (void)pthread_mutex_unlock(&plan_mutex);
    return LEDGER_DONE;
}

static bool fault_can_write_ahead(const struct driver *base)
{
    const struct driver *inner = ((const struct fault_driver *)base)->inner;
    return inner->operations->can_write_ahead(inner);
}

static ledger_status fault_commit(struct ledger_call *call, struct driver *base)
{
    struct fault_driver *driver = fault_driver(base);
    (void)pthread_mutex_lock(&plan_mutex);
    bool was_down = driver->plan->has_failed;
    ledger_status status = plan_take_locked(driver->plan, true);
    (void)pthread_mutex_unlock(&plan_mutex);
    is_in_write_unit = false;
    if (status == LEDGER_DONE) {
        return driver->inner->operations->commit(call, driver->inner);
    }
    if (driver->plan->keeps_what_it_committed && !was_down) {
        LEDGER_TRY(driver->inner->operations->commit(call, driver->inner));
    } else {
        driver->inner->operations->rollback(driver->inner);
    }
    return fault_fail(call, status, "commit");
}

static void fault_rollback(struct driver *base)
{
    struct fault_driver *driver = fault_driver(base);
    is_in_write_unit = false;
    driver->inner->operations->rollback(driver->inner);
}

static ledger_status fault_query(struct ledger_call *call, struct driver *base, enum query_id query,
                                 const struct value *inputs, struct cursor **ret_cursor)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->query(call, driver->inner, query, inputs, ret_cursor)
                                 : fault_fail(call, status, "query");
}

static ledger_status fault_step(struct ledger_call *call, struct driver *base, struct cursor *cursor,
                                const struct value **ret_values)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->step(call, driver->inner, cursor, ret_values)
                                 : fault_fail(call, status, "step");
}

static void fault_close(struct driver *base, struct cursor *cursor)
{
    struct fault_driver *driver = fault_driver(base);
    driver->inner->operations->close(driver->inner, cursor);
}

static ledger_status fault_write(struct ledger_call *call, struct driver *base, enum query_id query,
                                 const struct value *rows, size_t rows_count)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    if (status == LEDGER_DONE) {
        return driver->inner->operations->write(call, driver->inner, query, rows, rows_count);
    }
    LEDGER_TRY(driver->inner->operations->write(call, driver->inner, query, rows, rows_count / 2));
    return fault_fail(call, status, "write");
}

static ledger_status fault_check_schema(struct ledger_call *call, struct driver *base,
                                        ledger_status (*found)(struct ledger_call *call, void *context,
                                                               const char *object_type, struct ledger_text object_name,
                                                               const char *difference),
                                        void *context)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->check_schema(call, driver->inner, found, context)
                                 : fault_fail(call, status, "check_schema");
}

static ledger_status
fault_describe_guards(struct ledger_call *call, struct driver *base,
                      ledger_status (*described)(struct ledger_call *call, void *context, const char *object_type,
                                                 struct ledger_text object_name, struct ledger_text definition),
                      void *context, struct ledger_text *ret_mark)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE
               ? driver->inner->operations->describe_guards(call, driver->inner, described, context, ret_mark)
               : fault_fail(call, status, "describe_guards");
}

static ledger_status fault_check_storage(struct ledger_call *call, struct driver *base,
                                         ledger_status (*found)(struct ledger_call *call, void *context,
                                                                struct ledger_text fault),
                                         void *context)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->check_storage(call, driver->inner, found, context)
                                 : fault_fail(call, status, "check_storage");
}

static ledger_status fault_check_server(struct ledger_call *call, struct driver *base,
                                        ledger_status (*found)(struct ledger_call *call, void *context,
                                                               struct ledger_text warning),
                                        void *context)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->check_server(call, driver->inner, found, context)
                                 : fault_fail(call, status, "check_server");
}

static ledger_status fault_schema_version(struct ledger_call *call, struct driver *base, int64_t *ret_version)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->schema_version(call, driver->inner, ret_version)
                                 : fault_fail(call, status, "schema_version");
}

static ledger_status fault_create_schema(struct ledger_call *call, struct driver *base)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->create_schema(call, driver->inner)
                                 : fault_fail(call, status, "create_schema");
}

static ledger_status fault_erase_traces(struct ledger_call *call, struct driver *base)
{
    struct fault_driver *driver = fault_driver(base);
    ledger_status status = plan_take(driver->plan, false);
    return status == LEDGER_DONE ? driver->inner->operations->erase_traces(call, driver->inner)
                                 : fault_fail(call, status, "erase_traces");
}

static void fault_set_much(struct driver *base, bool writes_much)
{
    struct fault_driver *driver = fault_driver(base);
    driver->inner->operations->set_much(driver->inner, writes_much);
}

static void fault_free(struct driver *base)
{
    struct fault_driver *driver = fault_driver(base);
    driver_free(driver->inner);
    free(driver);
}

static const struct driver_operations fault_operations = {
    .begin = fault_begin,
    .can_write_ahead = fault_can_write_ahead,
    .set_much = fault_set_much,
    .commit = fault_commit,
    .rollback = fault_rollback,
    .query = fault_query,
    .step = fault_step,
    .close = fault_close,
    .write = fault_write,
    .check_schema = fault_check_schema,
    .describe_guards = fault_describe_guards,
    .check_storage = fault_check_storage,
    .check_server = fault_check_server,
    .schema_version = fault_schema_version,
    .create_schema = fault_create_schema,
    .erase_traces = fault_erase_traces,
    .free = fault_free,
};

static struct driver *fault_wrap(struct driver *inner, void *context)
{
    struct fault_driver *driver = malloc(sizeof *driver);
    if (driver == NULL) {
        abort();
    }
    *driver = (struct fault_driver){{&fault_operations, inner->queries}, inner, context};
    return &driver->base;
}

void driver_fault_install(struct driver_fault_plan *plan)
{
    driver_wrap(plan == NULL ? NULL : fault_wrap, plan);
}
