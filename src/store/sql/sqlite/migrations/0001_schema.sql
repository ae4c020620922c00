-- The schema of a ledger on SQLite.
--
-- Beneath are lean STRICT tables (…_rows): integer keys in the order of posting, 16-byte ids, 32-byte hashes, texts that
-- repeat in a dictionary, amounts in hundredths, instants in microseconds of UTC, days since 1970-01-01. Above are views
-- with the logical names and readable values. Nobody but the engine's writer connection changes anything: every table and
-- every view refuses by a trigger, INSERT included, since REPLACE passes by the triggers of UPDATE and DELETE.
--
-- Statements are kept verbatim by the database; verify compares them with this file byte for byte.

CREATE TABLE schema_migrations (
    version INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    applied_at TEXT NOT NULL
) STRICT;

CREATE TABLE ledger_settings (
    ledger_id TEXT NOT NULL PRIMARY KEY,
    time_zone TEXT NOT NULL,
    default_currency TEXT NOT NULL,
    fiscal_year_start TEXT NOT NULL,
    hash_version INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE text_dictionary (
    text_id INTEGER NOT NULL PRIMARY KEY,
    text TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE account_rows (
    account_id INTEGER NOT NULL PRIMARY KEY,
    account_code TEXT NOT NULL UNIQUE CHECK (account_code <> ''),
    account_type INTEGER NOT NULL CHECK (account_type BETWEEN 0 AND 4),
    parent_account_id INTEGER REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    level INTEGER NOT NULL CHECK (level >= 1),
    currency TEXT NOT NULL CHECK (length(currency) = 3),
    created_at INTEGER NOT NULL,
    created_by INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT
) STRICT;

CREATE TABLE account_version_rows (
    account_id INTEGER NOT NULL REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    version INTEGER NOT NULL CHECK (version >= 1),
    log_index INTEGER NOT NULL UNIQUE,
    account_name TEXT NOT NULL,
    account_role INTEGER NOT NULL CHECK (account_role BETWEEN 0 AND 3),
    description TEXT,
    is_active INTEGER NOT NULL CHECK (is_active IN (0, 1)),
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    PRIMARY KEY (account_id, version)
) STRICT, WITHOUT ROWID;

CREATE TABLE transaction_rows (
    log_index INTEGER NOT NULL PRIMARY KEY,
    transaction_id BLOB NOT NULL CHECK (length(transaction_id) = 16),
    number_in_day INTEGER NOT NULL CHECK (number_in_day >= 1),
    transaction_date INTEGER NOT NULL,
    transaction_day INTEGER NOT NULL,
    posting_date INTEGER NOT NULL,
    business_event_type INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    business_key TEXT,
    description TEXT NOT NULL,
    reverses_log_index INTEGER REFERENCES transaction_rows (log_index) ON UPDATE RESTRICT ON DELETE RESTRICT,
    reversal_reason TEXT,
    idempotency_key TEXT,
    idempotency_fingerprint BLOB,
    transaction_hash BLOB NOT NULL CHECK (length(transaction_hash) = 32),
    texts_salt BLOB NOT NULL,
    record_hash BLOB NOT NULL CHECK (length(record_hash) = 32),
    created_by INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    principal INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    source_system INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    source_ip INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT
) STRICT;

CREATE UNIQUE INDEX transaction_rows_by_id ON transaction_rows (transaction_id);

CREATE UNIQUE INDEX transaction_rows_by_original ON transaction_rows (reverses_log_index)
    WHERE reverses_log_index IS NOT NULL;

CREATE UNIQUE INDEX transaction_rows_by_idempotency_key ON transaction_rows (idempotency_key, source_system)
    WHERE idempotency_key IS NOT NULL;

-- entry_key is log_index * 65536 + entry_number: entries lie together, in the order of posting.
CREATE TABLE entry_rows (
    entry_key INTEGER NOT NULL PRIMARY KEY,
    account_id INTEGER NOT NULL REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    entry_type INTEGER NOT NULL CHECK (entry_type IN (0, 1)),
    amount_minor INTEGER NOT NULL CHECK (amount_minor > 0),
    memo TEXT,
    cost_center INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    business_unit INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    project_code INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    entry_hash BLOB NOT NULL CHECK (length(entry_hash) = 32)
) STRICT;

-- The first posting of each UTC day: what a transaction's number is found by.
CREATE TABLE posting_day_rows (
    posting_day INTEGER NOT NULL PRIMARY KEY,
    first_log_index INTEGER NOT NULL UNIQUE
) STRICT;

-- Events that are not postings. A posting's event is its transaction: the view audit_log renders it.
CREATE TABLE event_rows (
    log_index INTEGER NOT NULL PRIMARY KEY,
    event_timestamp INTEGER NOT NULL,
    event_type INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    severity INTEGER NOT NULL CHECK (severity BETWEEN 0 AND 3),
    is_success INTEGER NOT NULL CHECK (is_success IN (0, 1)),
    transaction_id BLOB CHECK (transaction_id IS NULL OR length(transaction_id) = 16),
    user_id INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    principal INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    source_system INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    source_ip INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    action INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    description TEXT NOT NULL,
    event_metadata TEXT
) STRICT;

CREATE INDEX event_rows_by_transaction ON event_rows (transaction_id)
    WHERE transaction_id IS NOT NULL;

-- Totals of every account up to the last fold; what came since is in open_total_rows.
CREATE TABLE balance_rows (
    account_id INTEGER NOT NULL PRIMARY KEY REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    debit_total INTEGER NOT NULL CHECK (debit_total >= 0),
    credit_total INTEGER NOT NULL CHECK (credit_total >= 0),
    entry_count INTEGER NOT NULL CHECK (entry_count >= 0),
    last_log_index INTEGER NOT NULL
) STRICT;

-- What the head's posting day added since the last fold: the one place of totals that a posting writes to. Rows are as
-- small as can be, since every commit writes their pages.
CREATE TABLE open_total_rows (
    transaction_day INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    debit_total INTEGER NOT NULL CHECK (debit_total >= 0),
    credit_total INTEGER NOT NULL CHECK (credit_total >= 0),
    entry_count INTEGER NOT NULL CHECK (entry_count >= 1),
    last_log_index INTEGER NOT NULL,
    PRIMARY KEY (transaction_day, account_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE daily_total_rows (
    transaction_day INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    posting_day INTEGER NOT NULL,
    debit_total INTEGER NOT NULL CHECK (debit_total >= 0),
    credit_total INTEGER NOT NULL CHECK (credit_total >= 0),
    entry_count INTEGER NOT NULL CHECK (entry_count >= 1),
    PRIMARY KEY (transaction_day, account_id, posting_day)
) STRICT, WITHOUT ROWID;

-- Months count from 1970-01.
CREATE TABLE monthly_total_rows (
    transaction_month INTEGER NOT NULL,
    account_id INTEGER NOT NULL REFERENCES account_rows (account_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    posting_month INTEGER NOT NULL,
    debit_total INTEGER NOT NULL CHECK (debit_total >= 0),
    credit_total INTEGER NOT NULL CHECK (credit_total >= 0),
    entry_count INTEGER NOT NULL CHECK (entry_count >= 1),
    PRIMARY KEY (transaction_month, account_id, posting_month)
) STRICT, WITHOUT ROWID;

-- The entries of an account within a full segment of 65,536 log positions, packed;
-- list_key is segment * 2^32 + account_id.
CREATE TABLE account_list_rows (
    list_key INTEGER NOT NULL PRIMARY KEY,
    entry_count INTEGER NOT NULL CHECK (entry_count >= 1),
    entries BLOB NOT NULL
) STRICT;

CREATE TABLE period_rows (
    log_index INTEGER NOT NULL PRIMARY KEY,
    start_day INTEGER NOT NULL,
    end_day INTEGER NOT NULL,
    is_closed INTEGER NOT NULL CHECK (is_closed IN (0, 1)),
    reason TEXT,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    CHECK (start_day < end_day)
) STRICT;

-- A row for each change of state: 0 PENDING, 1 APPROVED, 2 DENIED, of requests for a reversal (0) or a redaction (1).
CREATE TABLE approval_rows (
    log_index INTEGER NOT NULL PRIMARY KEY,
    request_id BLOB NOT NULL CHECK (length(request_id) = 16),
    kind INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 1),
    state INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
    transaction_id BLOB NOT NULL CHECK (length(transaction_id) = 16),
    reason TEXT,
    reason_salt BLOB,
    transaction_date TEXT,
    idempotency_key TEXT,
    changed_at INTEGER NOT NULL,
    changed_by INTEGER NOT NULL REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    principal INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT,
    source_system INTEGER REFERENCES text_dictionary (text_id) ON UPDATE RESTRICT ON DELETE RESTRICT
) STRICT;

CREATE UNIQUE INDEX approval_rows_by_request ON approval_rows (request_id, state);

CREATE INDEX approval_rows_by_transaction ON approval_rows (transaction_id);

-- Transactions whose texts were erased, by the event that did it: the hash that the texts had.
CREATE TABLE redaction_rows (
    log_index INTEGER NOT NULL PRIMARY KEY,
    transaction_log_index INTEGER NOT NULL UNIQUE REFERENCES transaction_rows (log_index) ON UPDATE RESTRICT ON DELETE RESTRICT,
    texts_hash BLOB NOT NULL CHECK (length(texts_hash) = 32)
) STRICT;

-- One row: where the log stands. open_leaves are the leaf hashes of the tile that is not full yet; no total of any account
-- is above amount_bound.
CREATE TABLE head_row (
    head_id INTEGER NOT NULL PRIMARY KEY CHECK (head_id = 1),
    log_size INTEGER NOT NULL,
    frontier BLOB NOT NULL,
    open_leaves BLOB NOT NULL,
    epoch INTEGER NOT NULL,
    posting_day INTEGER NOT NULL,
    last_number INTEGER NOT NULL,
    last_posting_date INTEGER NOT NULL,
    amount_bound INTEGER NOT NULL,
    rules_version INTEGER NOT NULL,
    frozen INTEGER NOT NULL CHECK (frozen IN (0, 1))
) STRICT;

-- Full tiles of 256 hashes; tile_key is level * 2^48 + tile_index. root_hash is the root of the tile's own subtree.
CREATE TABLE tile_rows (
    tile_key INTEGER NOT NULL PRIMARY KEY,
    root_hash BLOB NOT NULL CHECK (length(root_hash) = 32),
    hashes BLOB NOT NULL CHECK (length(hashes) = 8192)
) STRICT;

CREATE TABLE checkpoint_rows (
    log_size INTEGER NOT NULL PRIMARY KEY,
    epoch INTEGER NOT NULL,
    root_hash BLOB NOT NULL CHECK (length(root_hash) = 32),
    note TEXT NOT NULL,
    created_at INTEGER NOT NULL
) STRICT;

CREATE VIEW account_versions AS
SELECT v.account_id, a.account_code, v.version, v.log_index, v.account_name,
    CASE v.account_role WHEN 0 THEN 'NORMAL' WHEN 1 THEN 'CONTRA' WHEN 2 THEN 'HEADER'
        ELSE 'RETAINED_EARNINGS' END AS account_role,
    v.description, v.is_active,
    strftime('%Y-%m-%d %H:%M:%S', (v.changed_at - (v.changed_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (v.changed_at % 1000000 + 1000000) % 1000000) AS changed_at,
    (SELECT text FROM text_dictionary WHERE text_id = v.changed_by) AS changed_by
FROM account_version_rows v
JOIN account_rows a ON a.account_id = v.account_id;

CREATE VIEW chart_of_accounts AS
SELECT a.account_id, a.account_code, v.account_name,
    CASE a.account_type WHEN 0 THEN 'ASSET' WHEN 1 THEN 'LIABILITY' WHEN 2 THEN 'EQUITY'
        WHEN 3 THEN 'REVENUE' ELSE 'EXPENSE' END AS account_type,
    CASE v.account_role WHEN 0 THEN 'NORMAL' WHEN 1 THEN 'CONTRA' WHEN 2 THEN 'HEADER'
        ELSE 'RETAINED_EARNINGS' END AS account_role,
    a.parent_account_id, a.level, a.currency, v.description, v.is_active, v.version,
    strftime('%Y-%m-%d %H:%M:%S', (a.created_at - (a.created_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (a.created_at % 1000000 + 1000000) % 1000000) AS created_at,
    (SELECT text FROM text_dictionary WHERE text_id = a.created_by) AS created_by
FROM account_rows a
JOIN account_version_rows v ON v.account_id = a.account_id
    AND v.version = (SELECT max(version) FROM account_version_rows WHERE account_id = a.account_id);

CREATE VIEW transactions AS
SELECT lower(substr(hex(t.transaction_id), 1, 8) || '-' || substr(hex(t.transaction_id), 9, 4) || '-' ||
        substr(hex(t.transaction_id), 13, 4) || '-' || substr(hex(t.transaction_id), 17, 4) || '-' || substr(hex(t.transaction_id), 21, 12)) AS transaction_id,
    t.log_index,
    strftime('%Y%m%d', t.posting_date / 1000000, 'unixepoch') || printf('-%06d', t.number_in_day) AS transaction_number,
    strftime('%Y-%m-%d %H:%M:%S', (t.transaction_date - (t.transaction_date % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (t.transaction_date % 1000000 + 1000000) % 1000000) AS transaction_date,
    date(t.transaction_day * 86400, 'unixepoch') AS transaction_day,
    strftime('%Y-%m-%d %H:%M:%S', (t.posting_date - (t.posting_date % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (t.posting_date % 1000000 + 1000000) % 1000000) AS posting_date,
    (SELECT text FROM text_dictionary WHERE text_id = t.business_event_type) AS business_event_type,
    t.business_key, t.description,
    CASE WHEN r.log_index IS NULL THEN 'POSTED' ELSE 'REVERSED' END AS status,
    t.reverses_log_index IS NOT NULL AS is_reversal,
    CASE WHEN o.transaction_id IS NOT NULL THEN
        lower(substr(hex(o.transaction_id), 1, 8) || '-' || substr(hex(o.transaction_id), 9, 4) || '-' ||
        substr(hex(o.transaction_id), 13, 4) || '-' || substr(hex(o.transaction_id), 17, 4) || '-' || substr(hex(o.transaction_id), 21, 12)) END AS reverses_transaction_id,
    CASE WHEN r.transaction_id IS NOT NULL THEN
        lower(substr(hex(r.transaction_id), 1, 8) || '-' || substr(hex(r.transaction_id), 9, 4) || '-' ||
        substr(hex(r.transaction_id), 13, 4) || '-' || substr(hex(r.transaction_id), 17, 4) || '-' || substr(hex(r.transaction_id), 21, 12)) END AS reversed_by_transaction_id,
    t.reversal_reason, t.idempotency_key,
    CASE WHEN t.idempotency_fingerprint IS NOT NULL THEN lower(hex(t.idempotency_fingerprint)) END AS idempotency_fingerprint,
    lower(hex(t.transaction_hash)) AS transaction_hash,
    lower(hex(t.texts_salt)) AS texts_salt,
    lower(hex(t.record_hash)) AS record_hash,
    strftime('%Y-%m-%d %H:%M:%S', (t.posting_date - (t.posting_date % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (t.posting_date % 1000000 + 1000000) % 1000000) AS created_at,
    (SELECT text FROM text_dictionary WHERE text_id = t.created_by) AS created_by,
    (SELECT text FROM text_dictionary WHERE text_id = t.principal) AS principal,
    (SELECT text FROM text_dictionary WHERE text_id = t.source_system) AS source_system,
    (SELECT text FROM text_dictionary WHERE text_id = t.source_ip) AS source_ip,
    t.transaction_id AS transaction_id_bytes
FROM transaction_rows t
LEFT JOIN transaction_rows o ON o.log_index = t.reverses_log_index
LEFT JOIN transaction_rows r ON r.reverses_log_index = t.log_index;

CREATE VIEW journal_entries AS
SELECT e.entry_key AS entry_id,
    lower(substr(hex(t.transaction_id), 1, 8) || '-' || substr(hex(t.transaction_id), 9, 4) || '-' ||
        substr(hex(t.transaction_id), 13, 4) || '-' || substr(hex(t.transaction_id), 17, 4) || '-' || substr(hex(t.transaction_id), 21, 12)) AS transaction_id,
    e.entry_key & 65535 AS entry_number,
    e.account_id, a.account_code,
    CASE e.entry_type WHEN 0 THEN 'DEBIT' ELSE 'CREDIT' END AS entry_type,
    CASE WHEN e.amount_minor < 0 THEN '-' ELSE '' END || printf('%d.%02d', abs(e.amount_minor) / 100, abs(e.amount_minor) % 100) AS amount,
    a.currency,
    (SELECT text FROM text_dictionary WHERE text_id = e.cost_center) AS cost_center,
    (SELECT text FROM text_dictionary WHERE text_id = e.business_unit) AS business_unit,
    (SELECT text FROM text_dictionary WHERE text_id = e.project_code) AS project_code,
    e.memo,
    lower(hex(e.entry_hash)) AS entry_hash,
    e.entry_key >> 16 AS log_index,
    t.transaction_id AS transaction_id_bytes
FROM entry_rows e
LEFT JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
LEFT JOIN account_rows a ON a.account_id = e.account_id;

-- audit_id is a UUID of version 7 (RFC 9562): the milliseconds of the event's instant, then its log_index.
CREATE VIEW audit_log AS
SELECT printf('%08x-%04x-7%03x-%04x-%012x', e.event_timestamp / 1000 >> 16, e.event_timestamp / 1000 & 65535, e.log_index >> 60 & 4095,
        32768 | (e.log_index >> 48 & 4095), e.log_index & 281474976710655) AS audit_id,
    strftime('%Y-%m-%d %H:%M:%S', (e.event_timestamp - (e.event_timestamp % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (e.event_timestamp % 1000000 + 1000000) % 1000000) AS event_timestamp,
    (SELECT text FROM text_dictionary WHERE text_id = e.event_type) AS event_type,
    CASE e.severity WHEN 0 THEN 'INFO' WHEN 1 THEN 'WARNING' WHEN 2 THEN 'ERROR' ELSE 'CRITICAL' END AS severity,
    CASE e.is_success WHEN 1 THEN 'SUCCESS' ELSE 'FAILED' END AS outcome,
    CASE WHEN e.transaction_id IS NOT NULL THEN
        lower(substr(hex(e.transaction_id), 1, 8) || '-' || substr(hex(e.transaction_id), 9, 4) || '-' ||
        substr(hex(e.transaction_id), 13, 4) || '-' || substr(hex(e.transaction_id), 17, 4) || '-' || substr(hex(e.transaction_id), 21, 12)) END AS transaction_id,
    (SELECT text FROM text_dictionary WHERE text_id = e.user_id) AS user_id,
    (SELECT text FROM text_dictionary WHERE text_id = e.principal) AS principal,
    (SELECT text FROM text_dictionary WHERE text_id = e.source_system) AS source_system,
    (SELECT text FROM text_dictionary WHERE text_id = e.source_ip) AS source_ip,
    (SELECT text FROM text_dictionary WHERE text_id = e.action) AS action,
    e.description, e.event_metadata, e.log_index,
    e.transaction_id AS transaction_id_bytes
FROM event_rows e
UNION ALL
SELECT printf('%08x-%04x-7%03x-%04x-%012x', t.posting_date / 1000 >> 16, t.posting_date / 1000 & 65535, t.log_index >> 60 & 4095,
        32768 | (t.log_index >> 48 & 4095), t.log_index & 281474976710655) AS audit_id,
    strftime('%Y-%m-%d %H:%M:%S', (t.posting_date - (t.posting_date % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (t.posting_date % 1000000 + 1000000) % 1000000) AS event_timestamp,
    CASE WHEN t.reverses_log_index IS NULL THEN 'TRANSACTION_POSTED' ELSE 'TRANSACTION_REVERSED' END AS event_type,
    'INFO' AS severity, 'SUCCESS' AS outcome,
    lower(substr(hex(t.transaction_id), 1, 8) || '-' || substr(hex(t.transaction_id), 9, 4) || '-' ||
        substr(hex(t.transaction_id), 13, 4) || '-' || substr(hex(t.transaction_id), 17, 4) || '-' || substr(hex(t.transaction_id), 21, 12)) AS transaction_id,
    (SELECT text FROM text_dictionary WHERE text_id = t.created_by) AS user_id,
    (SELECT text FROM text_dictionary WHERE text_id = t.principal) AS principal,
    (SELECT text FROM text_dictionary WHERE text_id = t.source_system) AS source_system,
    (SELECT text FROM text_dictionary WHERE text_id = t.source_ip) AS source_ip,
    CASE WHEN t.reverses_log_index IS NULL THEN 'POST' ELSE 'REVERSE' END AS action,
    CASE WHEN t.reverses_log_index IS NULL THEN 'Posted transaction ' ELSE 'Posted reversal ' END ||
        strftime('%Y%m%d', t.posting_date / 1000000, 'unixepoch') || printf('-%06d', t.number_in_day) AS description,
    NULL AS event_metadata, t.log_index,
    t.transaction_id AS transaction_id_bytes
FROM transaction_rows t;

CREATE VIEW account_totals AS
SELECT a.account_id, a.account_code,
    coalesce(b.debit_total, 0) + coalesce(o.debit_total, 0) AS debit_total,
    coalesce(b.credit_total, 0) + coalesce(o.credit_total, 0) AS credit_total,
    coalesce(b.entry_count, 0) + coalesce(o.entry_count, 0) AS entry_count,
    coalesce((SELECT t.posting_date FROM transaction_rows t
        WHERE t.log_index = max(coalesce(b.last_log_index, -1), coalesce(o.last_log_index, -1))), a.created_at)
        AS last_updated
FROM account_rows a
LEFT JOIN balance_rows b ON b.account_id = a.account_id
LEFT JOIN (SELECT account_id, sum(debit_total) AS debit_total, sum(credit_total) AS credit_total,
        sum(entry_count) AS entry_count, max(last_log_index) AS last_log_index
    FROM open_total_rows GROUP BY account_id) o ON o.account_id = a.account_id;

-- Whole months of transaction and of posting, without what is still open; written as the first of the month.
CREATE VIEW account_monthly_totals AS
SELECT a.account_code,
    date('1970-01-01', m.transaction_month || ' months') AS transaction_month,
    date('1970-01-01', m.posting_month || ' months') AS posting_month,
    printf('%d.%02d', m.debit_total / 100, m.debit_total % 100) AS debit_total,
    printf('%d.%02d', m.credit_total / 100, m.credit_total % 100) AS credit_total,
    m.entry_count
FROM monthly_total_rows m
JOIN account_rows a ON a.account_id = m.account_id;

CREATE VIEW account_balance_cache AS
SELECT t.account_code,
    CASE WHEN s.balance < 0 THEN '-' ELSE '' END || printf('%d.%02d', abs(s.balance) / 100, abs(s.balance) % 100)
        AS balance,
    printf('%d.%02d', t.debit_total / 100, t.debit_total % 100) AS debit_total,
    printf('%d.%02d', t.credit_total / 100, t.credit_total % 100) AS credit_total,
    t.entry_count,
    strftime('%Y-%m-%d %H:%M:%S', (t.last_updated - (t.last_updated % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (t.last_updated % 1000000 + 1000000) % 1000000) AS last_updated
FROM account_totals t
JOIN (SELECT a.account_id, CASE WHEN a.account_type IN (0, 4) THEN t.debit_total - t.credit_total ELSE t.credit_total - t.debit_total END AS balance
    FROM account_totals t JOIN account_rows a ON a.account_id = t.account_id) s ON s.account_id = t.account_id;

CREATE VIEW account_daily_totals AS
SELECT a.account_code, date(d.transaction_day * 86400, 'unixepoch') AS transaction_day, date(d.posting_day * 86400, 'unixepoch') AS posting_day,
    printf('%d.%02d', sum(d.debit_total) / 100, sum(d.debit_total) % 100) AS debit_total,
    printf('%d.%02d', sum(d.credit_total) / 100, sum(d.credit_total) % 100) AS credit_total,
    sum(d.entry_count) AS entry_count
FROM (SELECT transaction_day, account_id, posting_day, debit_total, credit_total, entry_count FROM daily_total_rows
    UNION ALL
    SELECT transaction_day, account_id, (SELECT posting_day FROM head_row), debit_total, credit_total, entry_count
        FROM open_total_rows) d
JOIN account_rows a ON a.account_id = d.account_id
GROUP BY d.account_id, d.transaction_day, d.posting_day;

CREATE VIEW v_account_balances AS
SELECT c.account_code, c.account_name, c.account_type,
    CASE WHEN s.balance < 0 THEN '-' ELSE '' END || printf('%d.%02d', abs(s.balance) / 100, abs(s.balance) % 100) AS balance,
    CASE WHEN s.debit_total > s.credit_total
        THEN printf('%d.%02d', (s.debit_total - s.credit_total) / 100, (s.debit_total - s.credit_total) % 100)
        ELSE '0.00' END AS debit_balance,
    CASE WHEN s.credit_total > s.debit_total
        THEN printf('%d.%02d', (s.credit_total - s.debit_total) / 100, (s.credit_total - s.debit_total) % 100)
        ELSE '0.00' END AS credit_balance,
    c.currency
FROM chart_of_accounts c
JOIN (SELECT a.account_id, t.debit_total, t.credit_total, CASE WHEN a.account_type IN (0, 4) THEN t.debit_total - t.credit_total ELSE t.credit_total - t.debit_total END AS balance
    FROM account_totals t JOIN account_rows a ON a.account_id = t.account_id) s ON s.account_id = c.account_id
WHERE c.account_role <> 'HEADER';

CREATE VIEW v_trial_balance AS
SELECT account_code, account_name, account_type, balance, debit_balance, credit_balance, currency
FROM v_account_balances
ORDER BY account_code;

CREATE VIEW closing_periods AS
SELECT log_index, date(start_day * 86400, 'unixepoch') AS start_day, date(end_day * 86400, 'unixepoch') AS end_day,
    CASE is_closed WHEN 1 THEN 'CLOSED' ELSE 'OPEN' END AS state, reason,
    strftime('%Y-%m-%d %H:%M:%S', (changed_at - (changed_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (changed_at % 1000000 + 1000000) % 1000000) AS changed_at,
    (SELECT text FROM text_dictionary WHERE text_id = changed_by) AS changed_by
FROM period_rows;

CREATE VIEW approval_requests AS
SELECT lower(substr(hex(q.request_id), 1, 8) || '-' || substr(hex(q.request_id), 9, 4) || '-' ||
        substr(hex(q.request_id), 13, 4) || '-' || substr(hex(q.request_id), 17, 4) || '-' || substr(hex(q.request_id), 21, 12)) AS request_id,
    CASE q.kind WHEN 0 THEN 'REVERSAL' ELSE 'REDACTION' END AS kind,
    CASE WHEN d.state IS NULL THEN 'PENDING' WHEN d.state = 1 THEN 'APPROVED' ELSE 'DENIED' END AS state,
    lower(substr(hex(q.transaction_id), 1, 8) || '-' || substr(hex(q.transaction_id), 9, 4) || '-' ||
        substr(hex(q.transaction_id), 13, 4) || '-' || substr(hex(q.transaction_id), 17, 4) || '-' || substr(hex(q.transaction_id), 21, 12)) AS transaction_id,
    q.reason, q.transaction_date, q.idempotency_key,
    strftime('%Y-%m-%d %H:%M:%S', (q.changed_at - (q.changed_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (q.changed_at % 1000000 + 1000000) % 1000000) AS requested_at,
    (SELECT text FROM text_dictionary WHERE text_id = q.changed_by) AS requested_by,
    (SELECT text FROM text_dictionary WHERE text_id = q.principal) AS requested_principal,
    (SELECT text FROM text_dictionary WHERE text_id = q.source_system) AS source_system,
    strftime('%Y-%m-%d %H:%M:%S', (d.changed_at - (d.changed_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (d.changed_at % 1000000 + 1000000) % 1000000) AS decided_at,
    (SELECT text FROM text_dictionary WHERE text_id = d.changed_by) AS decided_by,
    (SELECT text FROM text_dictionary WHERE text_id = d.principal) AS decided_principal,
    d.reason AS decision_reason,
    coalesce(d.log_index, q.log_index) AS log_index
FROM approval_rows q
LEFT JOIN approval_rows d ON d.request_id = q.request_id AND d.state <> 0
WHERE q.state = 0;

CREATE VIEW redactions AS
SELECT r.log_index,
    CASE WHEN t.transaction_id IS NOT NULL THEN
        lower(substr(hex(t.transaction_id), 1, 8) || '-' || substr(hex(t.transaction_id), 9, 4) || '-' ||
        substr(hex(t.transaction_id), 13, 4) || '-' || substr(hex(t.transaction_id), 17, 4) || '-' || substr(hex(t.transaction_id), 21, 12)) END AS transaction_id,
    lower(hex(r.texts_hash)) AS texts_hash
FROM redaction_rows r
LEFT JOIN transaction_rows t ON t.log_index = r.transaction_log_index;

CREATE VIEW integrity_head AS
SELECT log_size, lower(hex(frontier)) AS frontier, epoch, date(posting_day * 86400, 'unixepoch') AS posting_day, last_number,
    strftime('%Y-%m-%d %H:%M:%S', (last_posting_date - (last_posting_date % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (last_posting_date % 1000000 + 1000000) % 1000000) AS last_posting_date,
    rules_version, frozen
FROM head_row;

CREATE VIEW integrity_tiles AS
SELECT tile_key >> 48 AS level, tile_key & 281474976710655 AS tile_index, lower(hex(root_hash)) AS root_hash,
    lower(hex(hashes)) AS hashes
FROM tile_rows
UNION ALL
SELECT 0 AS level, log_size / 256 AS tile_index, NULL AS root_hash, lower(hex(open_leaves)) AS hashes
FROM head_row
WHERE log_size % 256 <> 0;

CREATE VIEW checkpoints AS
SELECT log_size, epoch, lower(hex(root_hash)) AS root_hash, note,
    strftime('%Y-%m-%d %H:%M:%S', (created_at - (created_at % 1000000 + 1000000) % 1000000) / 1000000,
        'unixepoch') ||        printf('.%06d', (created_at % 1000000 + 1000000) % 1000000) AS created_at
FROM checkpoint_rows;

CREATE TRIGGER trg_prevent_schema_migrations_insert BEFORE INSERT ON schema_migrations
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into schema_migrations: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_schema_migrations_update BEFORE UPDATE ON schema_migrations
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify the schema''s history');
END;

CREATE TRIGGER trg_prevent_schema_migrations_delete BEFORE DELETE ON schema_migrations
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete the schema''s history');
END;

CREATE TRIGGER trg_prevent_ledger_settings_insert BEFORE INSERT ON ledger_settings
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into ledger_settings: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_ledger_settings_update BEFORE UPDATE ON ledger_settings
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify the ledger''s settings');
END;

CREATE TRIGGER trg_prevent_ledger_settings_delete BEFORE DELETE ON ledger_settings
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete the ledger''s settings');
END;

CREATE TRIGGER trg_prevent_text_dictionary_insert BEFORE INSERT ON text_dictionary
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into text_dictionary: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_text_dictionary_update BEFORE UPDATE ON text_dictionary
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify recorded texts');
END;

CREATE TRIGGER trg_prevent_text_dictionary_delete BEFORE DELETE ON text_dictionary
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete recorded texts');
END;

CREATE TRIGGER trg_prevent_account_rows_insert BEFORE INSERT ON account_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_rows_update BEFORE UPDATE ON account_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify accounts');
END;

CREATE TRIGGER trg_prevent_account_rows_delete BEFORE DELETE ON account_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete accounts');
END;

CREATE TRIGGER trg_prevent_account_version_rows_insert BEFORE INSERT ON account_version_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_version_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_version_rows_update BEFORE UPDATE ON account_version_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account versions');
END;

CREATE TRIGGER trg_prevent_account_version_rows_delete BEFORE DELETE ON account_version_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account versions');
END;

CREATE TRIGGER trg_prevent_transaction_rows_insert BEFORE INSERT ON transaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into transaction_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_transaction_rows_update BEFORE UPDATE ON transaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify posted transaction');
END;

CREATE TRIGGER trg_prevent_transaction_rows_delete BEFORE DELETE ON transaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete posted transaction');
END;

CREATE TRIGGER trg_prevent_entry_rows_insert BEFORE INSERT ON entry_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into entry_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_entry_rows_update BEFORE UPDATE ON entry_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify posted journal entry');
END;

CREATE TRIGGER trg_prevent_entry_rows_delete BEFORE DELETE ON entry_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete posted journal entry');
END;

CREATE TRIGGER trg_prevent_posting_day_rows_insert BEFORE INSERT ON posting_day_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into posting_day_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_posting_day_rows_update BEFORE UPDATE ON posting_day_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify posting days');
END;

CREATE TRIGGER trg_prevent_posting_day_rows_delete BEFORE DELETE ON posting_day_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete posting days');
END;

CREATE TRIGGER trg_prevent_event_rows_insert BEFORE INSERT ON event_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into event_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_event_rows_update BEFORE UPDATE ON event_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify audit log');
END;

CREATE TRIGGER trg_prevent_event_rows_delete BEFORE DELETE ON event_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete audit log');
END;

CREATE TRIGGER trg_prevent_balance_rows_insert BEFORE INSERT ON balance_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into balance_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_balance_rows_update BEFORE UPDATE ON balance_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account balances');
END;

CREATE TRIGGER trg_prevent_balance_rows_delete BEFORE DELETE ON balance_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account balances');
END;

CREATE TRIGGER trg_prevent_open_total_rows_insert BEFORE INSERT ON open_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into open_total_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_open_total_rows_update BEFORE UPDATE ON open_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_open_total_rows_delete BEFORE DELETE ON open_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_daily_total_rows_insert BEFORE INSERT ON daily_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into daily_total_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_daily_total_rows_update BEFORE UPDATE ON daily_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_daily_total_rows_delete BEFORE DELETE ON daily_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_monthly_total_rows_insert BEFORE INSERT ON monthly_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into monthly_total_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_monthly_total_rows_update BEFORE UPDATE ON monthly_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_monthly_total_rows_delete BEFORE DELETE ON monthly_total_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_account_list_rows_insert BEFORE INSERT ON account_list_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_list_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_list_rows_update BEFORE UPDATE ON account_list_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account lists');
END;

CREATE TRIGGER trg_prevent_account_list_rows_delete BEFORE DELETE ON account_list_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account lists');
END;

CREATE TRIGGER trg_prevent_period_rows_insert BEFORE INSERT ON period_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into period_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_period_rows_update BEFORE UPDATE ON period_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify closing periods');
END;

CREATE TRIGGER trg_prevent_period_rows_delete BEFORE DELETE ON period_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete closing periods');
END;

CREATE TRIGGER trg_prevent_approval_rows_insert BEFORE INSERT ON approval_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into approval_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_approval_rows_update BEFORE UPDATE ON approval_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify approval requests');
END;

CREATE TRIGGER trg_prevent_approval_rows_delete BEFORE DELETE ON approval_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete approval requests');
END;

CREATE TRIGGER trg_prevent_redaction_rows_insert BEFORE INSERT ON redaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into redaction_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_redaction_rows_update BEFORE UPDATE ON redaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify redactions');
END;

CREATE TRIGGER trg_prevent_redaction_rows_delete BEFORE DELETE ON redaction_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete redactions');
END;

CREATE TRIGGER trg_prevent_head_row_insert BEFORE INSERT ON head_row
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into head_row: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_head_row_update BEFORE UPDATE ON head_row
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify the integrity head');
END;

CREATE TRIGGER trg_prevent_head_row_delete BEFORE DELETE ON head_row
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete the integrity head');
END;

CREATE TRIGGER trg_prevent_tile_rows_insert BEFORE INSERT ON tile_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into tile_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_tile_rows_update BEFORE UPDATE ON tile_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify integrity tiles');
END;

CREATE TRIGGER trg_prevent_tile_rows_delete BEFORE DELETE ON tile_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete integrity tiles');
END;

CREATE TRIGGER trg_prevent_checkpoint_rows_insert BEFORE INSERT ON checkpoint_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into checkpoint_rows: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_checkpoint_rows_update BEFORE UPDATE ON checkpoint_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify checkpoints');
END;

CREATE TRIGGER trg_prevent_checkpoint_rows_delete BEFORE DELETE ON checkpoint_rows
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete checkpoints');
END;

CREATE TRIGGER trg_prevent_transaction_insert INSTEAD OF INSERT ON transactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into transactions: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_transaction_update INSTEAD OF UPDATE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify posted transaction');
END;

CREATE TRIGGER trg_prevent_transaction_delete INSTEAD OF DELETE ON transactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete posted transaction');
END;

CREATE TRIGGER trg_prevent_journal_entry_insert INSTEAD OF INSERT ON journal_entries
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into journal_entries: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_journal_entry_update INSTEAD OF UPDATE ON journal_entries
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify posted journal entry');
END;

CREATE TRIGGER trg_prevent_journal_entry_delete INSTEAD OF DELETE ON journal_entries
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete posted journal entry');
END;

CREATE TRIGGER trg_prevent_audit_log_insert INSTEAD OF INSERT ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into audit_log: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_audit_log_update INSTEAD OF UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify audit log');
END;

CREATE TRIGGER trg_prevent_audit_log_delete INSTEAD OF DELETE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete audit log');
END;

CREATE TRIGGER trg_prevent_account_insert INSTEAD OF INSERT ON chart_of_accounts
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into chart_of_accounts: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_update INSTEAD OF UPDATE ON chart_of_accounts
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify accounts');
END;

CREATE TRIGGER trg_prevent_account_delete INSTEAD OF DELETE ON chart_of_accounts
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete accounts');
END;

CREATE TRIGGER trg_prevent_account_version_insert INSTEAD OF INSERT ON account_versions
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_versions: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_version_update INSTEAD OF UPDATE ON account_versions
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account versions');
END;

CREATE TRIGGER trg_prevent_account_version_delete INSTEAD OF DELETE ON account_versions
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account versions');
END;

CREATE TRIGGER trg_prevent_account_totals_insert INSTEAD OF INSERT ON account_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_totals: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_account_totals_update INSTEAD OF UPDATE ON account_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_account_totals_delete INSTEAD OF DELETE ON account_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_balance_cache_insert INSTEAD OF INSERT ON account_balance_cache
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_balance_cache: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_balance_cache_update INSTEAD OF UPDATE ON account_balance_cache
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account balances');
END;

CREATE TRIGGER trg_prevent_balance_cache_delete INSTEAD OF DELETE ON account_balance_cache
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account balances');
END;

CREATE TRIGGER trg_prevent_daily_totals_insert INSTEAD OF INSERT ON account_daily_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_daily_totals: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_daily_totals_update INSTEAD OF UPDATE ON account_daily_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_daily_totals_delete INSTEAD OF DELETE ON account_daily_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_monthly_totals_insert INSTEAD OF INSERT ON account_monthly_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into account_monthly_totals: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_monthly_totals_update INSTEAD OF UPDATE ON account_monthly_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account totals');
END;

CREATE TRIGGER trg_prevent_monthly_totals_delete INSTEAD OF DELETE ON account_monthly_totals
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account totals');
END;

CREATE TRIGGER trg_prevent_v_account_balances_insert INSTEAD OF INSERT ON v_account_balances
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into v_account_balances: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_v_account_balances_update INSTEAD OF UPDATE ON v_account_balances
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account balances');
END;

CREATE TRIGGER trg_prevent_v_account_balances_delete INSTEAD OF DELETE ON v_account_balances
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account balances');
END;

CREATE TRIGGER trg_prevent_v_trial_balance_insert INSTEAD OF INSERT ON v_trial_balance
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into v_trial_balance: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_v_trial_balance_update INSTEAD OF UPDATE ON v_trial_balance
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify account balances');
END;

CREATE TRIGGER trg_prevent_v_trial_balance_delete INSTEAD OF DELETE ON v_trial_balance
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete account balances');
END;

CREATE TRIGGER trg_prevent_closing_period_insert INSTEAD OF INSERT ON closing_periods
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into closing_periods: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_closing_period_update INSTEAD OF UPDATE ON closing_periods
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify closing periods');
END;

CREATE TRIGGER trg_prevent_closing_period_delete INSTEAD OF DELETE ON closing_periods
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete closing periods');
END;

CREATE TRIGGER trg_prevent_approval_request_insert INSTEAD OF INSERT ON approval_requests
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into approval_requests: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_approval_request_update INSTEAD OF UPDATE ON approval_requests
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify approval requests');
END;

CREATE TRIGGER trg_prevent_approval_request_delete INSTEAD OF DELETE ON approval_requests
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete approval requests');
END;

CREATE TRIGGER trg_prevent_redaction_insert INSTEAD OF INSERT ON redactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into redactions: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_redaction_update INSTEAD OF UPDATE ON redactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify redactions');
END;

CREATE TRIGGER trg_prevent_redaction_delete INSTEAD OF DELETE ON redactions
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete redactions');
END;

CREATE TRIGGER trg_prevent_integrity_head_insert INSTEAD OF INSERT ON integrity_head
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into integrity_head: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_integrity_head_update INSTEAD OF UPDATE ON integrity_head
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify the integrity head');
END;

CREATE TRIGGER trg_prevent_integrity_head_delete INSTEAD OF DELETE ON integrity_head
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete the integrity head');
END;

CREATE TRIGGER trg_prevent_integrity_tile_insert INSTEAD OF INSERT ON integrity_tiles
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into integrity_tiles: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_integrity_tile_update INSTEAD OF UPDATE ON integrity_tiles
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify integrity tiles');
END;

CREATE TRIGGER trg_prevent_integrity_tile_delete INSTEAD OF DELETE ON integrity_tiles
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete integrity tiles');
END;

CREATE TRIGGER trg_prevent_checkpoint_insert INSTEAD OF INSERT ON checkpoints
BEGIN
    SELECT RAISE(ABORT, 'Cannot insert into checkpoints: use ledger-admin');
END;

CREATE TRIGGER trg_prevent_checkpoint_update INSTEAD OF UPDATE ON checkpoints
BEGIN
    SELECT RAISE(ABORT, 'Cannot modify checkpoints');
END;

CREATE TRIGGER trg_prevent_checkpoint_delete INSTEAD OF DELETE ON checkpoints
BEGIN
    SELECT RAISE(ABORT, 'Cannot delete checkpoints');
END;
