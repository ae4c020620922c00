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
    return verify_found(context, CHECK_STORAGE_IS_SOUND, &about,
                        "the row that the event at log position %lld made holds neither true nor false",
                        (long long)log_index);
}

static ledger_status derived_fault(struct ledger_call *call, void *context, struct ledger_text field, int64_t log_index,
                                   struct ledger_text stored, struct ledger_text expected)
{
    (void)call;
    struct ledger_violation about = {.field = field, .stored = stored, .computed = expected};
    if (text_is_absent(expected) && text_equals_string(field, "journal_entries.transaction_id")) {
        return verify_found(context, CHECK_ORPHANS, &about,
                            "an entry stands at log position %lld, where there is no transaction",
                            (long long)log_index);
    }
    return verify_found(context, CHECK_DERIVED_COLUMNS, &about,
                        "the row at log position %lld says something else than what it follows from",
                        (long long)log_index);
}

ledger_status verify_check_derived(struct verify *verify, int64_t part)
{
    verify->sums.checked_counts[CHECK_DERIVED_COLUMNS] += part == 0;
    return store_derived_fault_scan(verify->call, verify->store, part, derived_fault, verify);
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
    static const char *const fields[] = {"transactions.log_index", "journal_entries.entry_id", "audit_log.log_index"};
    (void)call;
    struct verify *verify = context;
    struct ledger_violation about = {.field = ledger_text_of(fields[kind]),
                                     .stored = verify_text_of_integer(verify->stored_text, position)};
    return verify_found(verify, CHECK_ORPHANS, &about, "a row stands at %lld, which is no place in any log",
                        (long long)position);
}

ledger_status verify_check_strays(struct verify *verify)
{
    return store_stray_row_scan(verify->call, verify->store, stray_row, verify);
}
