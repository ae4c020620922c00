/* accounts: the chart of accounts. */
#include <stdlib.h>

#include "base/table.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/results.h"
#include "cli/session.h"

enum { OPTION_FLAT, OPTION_TREE, OPTIONS_COUNT };

static const struct command_option options[OPTIONS_COUNT] = {
    [OPTION_FLAT] = {.name = "flat", .help = "list the accounts by code, without the tree"},
    [OPTION_TREE] = {.name = "tree", .help = "show which account is under which, which is the default"},
};

enum {
    COLUMN_CODE,
    COLUMN_NAME,
    COLUMN_TYPE,
    COLUMN_ROLE,
    COLUMN_CURRENCY,
    COLUMN_ACTIVE,
    COLUMNS_COUNT,
};

static const struct table_column tree_columns[COLUMNS_COUNT] = {
    [COLUMN_CODE] = {.name = "account_code", .heading = "Code", .kind = TABLE_CODE, .is_tree = true},
    [COLUMN_NAME] = {.name = "account_name", .heading = "Name", .kind = TABLE_TEXT},
    [COLUMN_TYPE] = {.name = "account_type", .heading = "Type", .kind = TABLE_CODE},
    [COLUMN_ROLE] = {.name = "account_role", .heading = "Role", .kind = TABLE_CODE},
    [COLUMN_CURRENCY] = {.name = "currency", .heading = "Currency", .kind = TABLE_CODE},
    [COLUMN_ACTIVE] = {.name = "is_active", .heading = "In use", .kind = TABLE_CODE},
};

static int accounts_compare(const void *left, const void *right)
{
    return text_compare(((const struct ledger_account *)left)->account_code,
                        ((const struct ledger_account *)right)->account_code);
}

static LEDGER_MUST_CHECK ledger_status accounts_write_json(struct cli *cli, const struct ledger_account *accounts,
                                                           size_t count)
{
    struct json_writer *writer = output_json_begin(cli->call, &cli->output);
    json_write_key(writer, "accounts");
    json_write_array_begin(writer);
    for (size_t index = 0; index < count; index++) {
        json_write_object_begin(writer);
        results_write_account(writer, &accounts[index]);
        json_write_object_end(writer);
    }
    json_write_array_end(writer);
    json_write_member_integer(writer, "account_count", (int64_t)count);
    return output_json_end(cli->call, &cli->output);
}

/* Adds the accounts as they come: each parent before its children. `path` holds the rows from the root down to the last
 * one, by level. */
static LEDGER_MUST_CHECK ledger_status accounts_print(struct cli *cli, const struct ledger_account *accounts,
                                                      size_t count, bool is_flat)
{
    struct table_column columns[COLUMNS_COUNT];
    memcpy(columns, tree_columns, sizeof columns);
    columns[COLUMN_CODE].is_tree = !is_flat;
    struct table table;
    table_init(&table, NULL, columns, COLUMNS_COUNT);
    const struct table_row **path;
    LEDGER_ALLOCATE(cli->call, path, count + 1);
    for (size_t index = 0; index < count; index++) {
        const struct ledger_account *account = &accounts[index];
        struct ledger_text cells[COLUMNS_COUNT] = {
            [COLUMN_CODE] = account->account_code,
            [COLUMN_NAME] = account->account_name,
            [COLUMN_TYPE] = ledger_text_of(ledger_account_type_name(account->account_type)),
            [COLUMN_ROLE] = ledger_text_of(ledger_account_role_name(account->account_role)),
            [COLUMN_CURRENCY] = account->currency,
            [COLUMN_ACTIVE] = account->is_active ? TEXT("yes") : TEXT("no"),
        };
        size_t level = is_flat || account->level < 1 || (size_t)account->level > count ? 1 : (size_t)account->level;
        LEDGER_TRY(table_add_row(cli->call, &table, TABLE_ROW_PLAIN, path[level - 1], cells, &path[level]));
    }
    return output_table(cli->call, &cli->output, &table);
}

static ledger_status accounts_run(struct cli *cli)
{
    if (cli_has(cli, OPTION_FLAT) && cli_has(cli, OPTION_TREE)) {
        return ledger_fail(cli->call, LEDGER_USAGE_IS_WRONG, "--flat and --tree exclude each other");
    }
    LEDGER_TRY(session_open(cli, SESSION_READS));
    const struct ledger_account *listed;
    size_t count;
    LEDGER_TRY(ledger_account_list(cli->call, cli->ledger, &listed, &count));
    struct ledger_account *accounts;
    LEDGER_ALLOCATE(cli->call, accounts, count);
    if (count > 0) {
        memcpy(accounts, listed, count * sizeof *accounts);
    }
    bool is_flat = cli_has(cli, OPTION_FLAT);
    if (is_flat && count > 0) {
        qsort(accounts, count, sizeof *accounts, accounts_compare);
    }
    if (cli->output.wants_json) {
        return accounts_write_json(cli, accounts, count);
    }
    return accounts_print(cli, accounts, count, is_flat);
}

const struct command command_accounts = {
    .name = "accounts",
    .summary = "List the chart of accounts as a tree",
    .options = options,
    .options_count = OPTIONS_COUNT,
    .examples = {"ledger-admin accounts", "ledger-admin --json accounts --flat"},
    .run = accounts_run,
};
