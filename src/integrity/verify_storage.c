/* The database itself: its storage, the shape of its schema, its migrations, and rows at positions that no log has. */
#include "base/text.h"
#include "integrity/verify_state.h"

static ledger_status storage_fault(struct ledger_call *call, void *context, struct ledger_text fault)
{
    (void)call;
    struct ledger_violation about = {.stored = TEXT_ABSENT};
    return verify_found(context, CHECK_STORAGE_IS_SOUND, &about, "the database says of its own storage: %.*s",
                        TEXT_ARGUMENTS(fault));
}

static ledger_status truth_fault(struct ledger_call *call, void *context, struct ledger_text field, int64_t log_index)
{
    (void)call;
    struct ledger_violation about = {.field = field};
    return verify_found(
        context, CHECK_STORAGE_IS_SOUND, &about,
        "the row that the event at log position %lld made holds a value that can stand in no such column",
        (long long)log_index);
}

ledger_status verify_check_storage(struct verify *verify)
{
    verify->sums.checked_counts[CHECK_STORAGE_IS_SOUND]++;
    LEDGER_TRY(store_storage_check(verify->call, verify->store, storage_fault, verify));
    return store_truth_fault_scan(verify->call, verify->store, truth_fault, verify);
}

static ledger_status schema_difference(struct ledger_call *call, void *context, const char *object_type,
                                       struct ledger_text object_name, const char *difference)
{
    (void)call;
    struct ledger_violation about = {.field = object_name};
    return verify_found(context, CHECK_SCHEMA_AS_SHIPPED, &about, "%s %.*s %s", object_type,
                        TEXT_ARGUMENTS(object_name), difference);
}

static ledger_status migration_difference(struct ledger_call *call, void *context, int64_t version,
                                          const char *difference)
{
    (void)call;
    struct ledger_violation about = {.field = TEXT("schema_migrations.version")};
    return verify_found(context, CHECK_SCHEMA_AS_SHIPPED, &about, "migration %lld %s", (long long)version, difference);
}

ledger_status verify_check_schema(struct verify *verify)
{
    verify->sums.checked_counts[CHECK_SCHEMA_AS_SHIPPED]++;
    LEDGER_TRY(store_schema_check(verify->call, verify->store, schema_difference, verify));
    return store_migration_check(verify->call, verify->store, migration_difference, verify);
}

static ledger_status stray_row(struct ledger_call *call, void *context, enum store_stray_kind kind, int64_t position)
{
    static const struct {
        const char *field;
        const char *computed; /* NULL where anything may be right */
        const char *detail;
    } strays[] = {
        [STORE_STRAY_TRANSACTION] = {"transactions.log_index", NULL, "a row stands at a place that is in no log"},
        [STORE_STRAY_ENTRY] = {"journal_entries.entry_id", NULL, "a row stands at a place that is in no log"},
        [STORE_STRAY_EVENT] = {"audit_log.log_index", NULL, "a row stands at a place that is in no log"},
        [STORE_STRAY_HEAD] = {"integrity_head.head_id", "1", "there is another head beside the ledger's"},
        [STORE_STRAY_LEAVES] = {"open_leaf_rows.chunk", NULL, "open leaves stand behind the last that there can be"},
        [STORE_STRAY_LEAVES_COUNT] = {"open_leaf_rows.*", "32", "not every row of the open leaves is there"},
        [STORE_STRAY_LEASE_COUNT] = {"writer_lease.*", "1", "there is not one lease of the writers"},
    };
    (void)call;
    struct verify *verify = context;
    struct ledger_violation about = {.field = ledger_text_of(strays[kind].field),
                                     .stored = verify_text_of_integer(verify->stored_text, position),
                                     .computed = ledger_text_of(strays[kind].computed)};
    return verify_found(verify, CHECK_ORPHANS, &about, "%s", strays[kind].detail);
}

ledger_status verify_check_strays(struct verify *verify, bool with_entries)
{
    return store_stray_row_scan(verify->call, verify->store, with_entries, stray_row, verify);
}
