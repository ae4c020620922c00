-- Settings, schema and the chart of accounts.

-- query: migration_insert
-- in: version integer, name text, applied_at text
INSERT INTO schema_migrations (version, name, applied_at) VALUES (?1, ?2, ?3);

-- query: settings_get
-- out: ledger_id text, time_zone text, default_currency text, fiscal_year_start text, hash_version integer
SELECT ledger_id, time_zone, default_currency, fiscal_year_start, hash_version FROM ledger_settings;

-- query: settings_insert
-- in: ledger_id text, time_zone text, default_currency text, fiscal_year_start text, hash_version integer
INSERT INTO ledger_settings (ledger_id, time_zone, default_currency, fiscal_year_start, hash_version)
VALUES (?1, ?2, ?3, ?4, ?5);

-- Every account with its latest version below a position of the log.
-- query: account_list
-- in: log_position integer
-- out: account_id integer, account_code text, account_type integer, parent_account_id integer?, level integer
-- out: currency text, created_at time, created_by symbol, version integer, log_index integer, account_name text
-- out: account_role integer, description text?, is_active integer, changed_at time, changed_by symbol
SELECT STRAIGHT_JOIN a.account_id, a.account_code, CAST(a.account_type AS SIGNED) - 1, a.parent_account_id, a.level,
    a.currency, a.created_at, a.created_by, v.version, v.log_index, v.account_name, CAST(v.account_role AS SIGNED) - 1,
    v.description, v.is_active, v.changed_at, v.changed_by
FROM chart_of_accounts a FORCE INDEX (PRIMARY)
JOIN account_versions v FORCE INDEX (PRIMARY) ON v.account_id = a.account_id
    AND v.version = (SELECT max(w.version) FROM account_versions w
        WHERE w.account_id = a.account_id AND w.log_index < ?1)
ORDER BY a.account_id;

-- query: account_insert
-- in: account_id integer, account_code text, account_type integer, parent_account_id integer?, level integer
-- in: currency text, created_at time, created_by symbol
INSERT INTO chart_of_accounts (account_id, account_code, account_type, parent_account_id, level, currency, created_at,
    created_by)
VALUES (?1, ?2, ?3 + 1, ?4, ?5, ?6, ?7, ?8);

-- query: account_version_insert
-- in: account_id integer, version integer, log_index integer, account_name text, account_role integer
-- in: description text?, is_active integer, changed_at time, changed_by symbol
INSERT INTO account_versions (account_id, account_code, version, log_index, account_name, account_role, description,
    is_active, changed_at, changed_by)
VALUES (?1, (SELECT account_code FROM chart_of_accounts WHERE account_id = ?1), ?2, ?3, ?4, ?5 + 1, ?6, ?7, ?8, ?9);

-- An account takes what its newest version says.
-- query: account_take_version
-- in: account_id integer
UPDATE chart_of_accounts a
JOIN (SELECT account_id, version, account_name, account_role, description, is_active FROM account_versions
    WHERE account_id = ?1 ORDER BY version DESC LIMIT 1) v ON v.account_id = a.account_id
SET a.account_name = v.account_name, a.account_role = v.account_role, a.description = v.description,
    a.is_active = v.is_active, a.version = v.version;

-- Accounts without a version and versions without an account.
-- query: account_orphan_scan
-- out: account_id integer, is_version integer
SELECT a.account_id, 0 FROM chart_of_accounts a
WHERE NOT EXISTS (SELECT 1 FROM account_versions v WHERE v.account_id = a.account_id)
UNION ALL
SELECT v.account_id, 1 FROM account_versions v
WHERE NOT EXISTS (SELECT 1 FROM chart_of_accounts a WHERE a.account_id = v.account_id);

-- query: settings_count
-- out: row_count integer
SELECT count(*) FROM ledger_settings;

-- query: migration_list
-- out: version integer, name text, applied_at text
SELECT version, name, applied_at FROM schema_migrations ORDER BY version;

-- Accounts as their table has them, whatever versions there are.
-- query: account_row_scan
-- out: account_id integer, account_code text, currency text, has_parent integer
SELECT a.account_id, a.account_code, a.currency,
    a.parent_account_id IS NULL OR EXISTS (SELECT 1 FROM chart_of_accounts p WHERE p.account_id = a.parent_account_id)
FROM chart_of_accounts a
ORDER BY a.account_id;

-- The version of an account that the event at a position made.
-- query: account_version_get
-- in: log_index integer
-- out: account_id integer, account_code text?, account_type integer?, parent_account_code text?, level integer?
-- out: currency text?, version integer, log_index integer, account_name text, account_role integer
-- out: description text?, is_active integer, changed_at time, changed_by symbol, created_at time?, created_by symbol?
SELECT v.account_id, a.account_code, CAST(a.account_type AS SIGNED) - 1,
    (SELECT p.account_code FROM chart_of_accounts p WHERE p.account_id = a.parent_account_id), a.level, a.currency,
    v.version, v.log_index, v.account_name, CAST(v.account_role AS SIGNED) - 1, v.description, v.is_active,
    v.changed_at, v.changed_by, a.created_at, a.created_by
FROM account_versions v
LEFT JOIN chart_of_accounts a ON a.account_id = v.account_id
WHERE v.log_index = ?1;
