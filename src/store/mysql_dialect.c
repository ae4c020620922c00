/* The SQL that a server is spoken to in. */
#include "store/mysql_dialect.h"

#include <string.h>

const struct mysql_dialect mysql_dialect_mariadb = {
    .queries = queries_mariadb,
    .migrations = migrations_mariadb,
    .collation = "utf8mb4_nopad_bin",
    .constraints_sql = "SELECT TABLE_NAME, GROUP_CONCAT('(', CHECK_CLAUSE, ')' SEPARATOR ' AND ') "
                       "FROM information_schema.CHECK_CONSTRAINTS "
                       "WHERE CONSTRAINT_SCHEMA = DATABASE() GROUP BY TABLE_NAME",
    .takes_arrays = true,
    .takes_compounds = true,
    .is_described = true,
};

/* There the name of a constraint is unique in its database, its table stands elsewhere, and quotes within its text come
 * with a backslash. */
const struct mysql_dialect mysql_dialect_mysql = {
    .queries = queries_mysql,
    .migrations = migrations_mysql,
    .collation = "utf8mb4_0900_bin",
    .constraints_sql =
        "SELECT t.TABLE_NAME, GROUP_CONCAT('(', REPLACE(c.CHECK_CLAUSE, '\\\\''', ''''), ')' SEPARATOR ' AND ') "
        "FROM information_schema.CHECK_CONSTRAINTS c "
        "JOIN information_schema.TABLE_CONSTRAINTS t ON t.CONSTRAINT_SCHEMA = c.CONSTRAINT_SCHEMA "
        "AND t.CONSTRAINT_NAME = c.CONSTRAINT_NAME AND t.CONSTRAINT_TYPE = 'CHECK' "
        "WHERE c.CONSTRAINT_SCHEMA = DATABASE() GROUP BY t.TABLE_NAME",
    .takes_arrays = false,
    .takes_compounds = false,
    .is_described = false,
};

static const struct mysql_dialect *dialect_forced;

const struct mysql_dialect *mysql_dialect_of(bool is_mariadb)
{
    const struct mysql_dialect *own = is_mariadb ? &mysql_dialect_mariadb : &mysql_dialect_mysql;
    return dialect_forced == NULL ? own : dialect_forced;
}

void mysql_dialect_force(const struct mysql_dialect *dialect)
{
    dialect_forced = dialect;
}

ledger_status mysql_dialect_fill(struct ledger_call *call, const struct mysql_dialect *dialect, const char *sql,
                                 const char **ret_sql)
{
    static const char place[] = "{collation}";
    const char *found = strstr(sql, place);
    if (found == NULL) {
        *ret_sql = sql;
        return LEDGER_DONE;
    }
    struct ledger_text filled;
    LEDGER_TRY(ledger_call_format(call, &filled, "%.*s%s%s", (int)(found - sql), sql, dialect->collation,
                                  found + sizeof place - 1));
    *ret_sql = filled.data;
    return LEDGER_DONE;
}
