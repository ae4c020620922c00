-- The schema of a ledger on MariaDB.
--
-- The logical names are tables with lean rows: ids of the type UUID, enumerations, instants in UTC, amounts as DECIMAL,
-- hashes of 32 bytes that stand as hexadecimal text in generated columns. Rows cluster in the order of the log. What the
-- totals add up from is kept apart (…_rows), and views add it up.
--
-- Guards are BEFORE UPDATE and BEFORE DELETE triggers: REPLACE, ON DUPLICATE KEY and statements over several tables run
-- into them too. What no trigger can refuse, the privileges of the roles do, and verify finds. The engine's own sessions
-- switch the check of foreign keys off: its rows are right, the check costs speed, and verify looks for orphans.
--
-- verify compares what the server says of each object with what it said when it was made from this file.

CREATE TABLE schema_migrations (
    version INT UNSIGNED NOT NULL,
    name VARCHAR(200) NOT NULL,
    applied_at VARCHAR(40) NOT NULL,
    PRIMARY KEY (version)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

CREATE TABLE ledger_settings (
    ledger_id VARCHAR(36) NOT NULL,
    time_zone VARCHAR(200) NOT NULL,
    default_currency VARCHAR(3) NOT NULL,
    fiscal_year_start VARCHAR(5) NOT NULL,
    hash_version INT NOT NULL,
    PRIMARY KEY (ledger_id)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- account_name and what follows it come from the latest row of account_versions.
CREATE TABLE chart_of_accounts (
    account_id INT UNSIGNED NOT NULL,
    account_code VARCHAR(50) NOT NULL,
    account_name VARCHAR(200) NOT NULL DEFAULT '',
    account_type ENUM('ASSET', 'LIABILITY', 'EQUITY', 'REVENUE', 'EXPENSE') NOT NULL,
    account_role ENUM('NORMAL', 'CONTRA', 'HEADER', 'RETAINED_EARNINGS') NOT NULL DEFAULT 'NORMAL',
    parent_account_id INT UNSIGNED,
    level INT UNSIGNED NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    description VARCHAR(1000),
    is_active TINYINT NOT NULL DEFAULT 1,
    version INT UNSIGNED NOT NULL DEFAULT 0,
    created_at DATETIME(6) NOT NULL,
    created_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (account_id),
    UNIQUE KEY account_code (account_code),
    KEY parent_account_id (parent_account_id),
    CONSTRAINT account_has_code CHECK (account_code <> ''),
    CONSTRAINT account_has_level CHECK (level >= 1),
    CONSTRAINT account_is_active_or_not CHECK (is_active IN (0, 1)),
    CONSTRAINT account_has_parent FOREIGN KEY (parent_account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

CREATE TABLE account_versions (
    account_id INT UNSIGNED NOT NULL,
    account_code VARCHAR(50) NOT NULL,
    version INT UNSIGNED NOT NULL,
    log_index BIGINT NOT NULL,
    account_name VARCHAR(200) NOT NULL,
    account_role ENUM('NORMAL', 'CONTRA', 'HEADER', 'RETAINED_EARNINGS') NOT NULL,
    description VARCHAR(1000),
    is_active TINYINT NOT NULL,
    changed_at DATETIME(6) NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (account_id, version),
    UNIQUE KEY log_index (log_index),
    CONSTRAINT version_has_number CHECK (version >= 1),
    CONSTRAINT version_is_active_or_not CHECK (is_active IN (0, 1)),
    CONSTRAINT version_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- status and reversed_by_transaction_id are the one thing of a posted transaction that changes, once.
CREATE TABLE transactions (
    transaction_id UUID NOT NULL,
    log_index BIGINT NOT NULL,
    transaction_number VARCHAR(30) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    transaction_date DATETIME(6) NOT NULL,
    transaction_day DATE NOT NULL,
    posting_date DATETIME(6) NOT NULL,
    business_event_type VARCHAR(200) NOT NULL,
    business_key VARCHAR(200),
    description VARCHAR(1000) NOT NULL,
    status ENUM('PENDING', 'POSTED', 'REVERSED', 'CANCELLED') NOT NULL DEFAULT 'POSTED',
    is_reversal TINYINT GENERATED ALWAYS AS (reverses_transaction_id IS NOT NULL) VIRTUAL,
    reverses_transaction_id UUID,
    reversed_by_transaction_id UUID,
    reversal_reason VARCHAR(1000),
    idempotency_key VARCHAR(200),
    idempotency_fingerprint CHAR(64) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (lower(hex(idempotency_fingerprint_bytes))) VIRTUAL,
    transaction_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (lower(hex(transaction_hash_bytes))) VIRTUAL,
    texts_salt CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(texts_salt_bytes))) VIRTUAL,
    record_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin
        GENERATED ALWAYS AS (lower(hex(record_hash_bytes))) VIRTUAL,
    created_at DATETIME(6) GENERATED ALWAYS AS (posting_date) VIRTUAL,
    created_by VARCHAR(200) NOT NULL,
    principal VARCHAR(200),
    source_system VARCHAR(200),
    source_ip VARCHAR(200),
    idempotency_fingerprint_bytes BINARY(32) INVISIBLE,
    transaction_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    texts_salt_bytes VARBINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    record_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (log_index),
    UNIQUE KEY transaction_id (transaction_id),
    UNIQUE KEY transaction_number (transaction_number),
    UNIQUE KEY reverses_transaction_id (reverses_transaction_id),
    UNIQUE KEY idempotency_key (idempotency_key, source_system),
    KEY status (status),
    CONSTRAINT transaction_has_original FOREIGN KEY (reverses_transaction_id) REFERENCES transactions (transaction_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- entry_id is log_index * 65536 + entry_number. Entries lie together under their transaction, and since its id ascends
-- with time, nearly in the order of posting.
CREATE TABLE journal_entries (
    entry_id BIGINT NOT NULL,
    transaction_id UUID NOT NULL,
    entry_number INT GENERATED ALWAYS AS (entry_id & 65535) VIRTUAL,
    account_id INT UNSIGNED NOT NULL,
    account_code VARCHAR(50) NOT NULL,
    entry_type ENUM('DEBIT', 'CREDIT') NOT NULL,
    amount DECIMAL(20,2) NOT NULL,
    currency CHAR(3) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
    cost_center VARCHAR(50),
    business_unit VARCHAR(50),
    project_code VARCHAR(50),
    memo VARCHAR(1000),
    entry_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(entry_hash_bytes))) VIRTUAL,
    entry_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (transaction_id, entry_id),
    KEY account_code (account_code),
    CONSTRAINT amount_is_positive CHECK (amount > 0),
    CONSTRAINT entry_has_transaction FOREIGN KEY (transaction_id) REFERENCES transactions (transaction_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT,
    CONSTRAINT entry_has_account FOREIGN KEY (account_code) REFERENCES chart_of_accounts (account_code)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- The first posting of each UTC day: what a transaction's number is found by.
CREATE TABLE posting_day_rows (
    posting_day DATE NOT NULL,
    first_log_index BIGINT NOT NULL,
    PRIMARY KEY (posting_day),
    UNIQUE KEY first_log_index (first_log_index)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- audit_id is a UUID of version 7 (RFC 9562; MariaDB takes no later one): the milliseconds of the event's instant, then its log_index. A row that
-- somebody wrote by hand has no log_index. No other key is unique, so that the table can be partitioned by the year.
CREATE TABLE audit_log (
    audit_id UUID NOT NULL,
    event_timestamp DATETIME(6) NOT NULL,
    event_type VARCHAR(200) NOT NULL,
    severity ENUM('INFO', 'WARNING', 'ERROR', 'CRITICAL') NOT NULL DEFAULT 'INFO',
    outcome ENUM('SUCCESS', 'FAILED') NOT NULL DEFAULT 'SUCCESS',
    transaction_id UUID,
    user_id VARCHAR(200),
    principal VARCHAR(200),
    source_system VARCHAR(200),
    source_ip VARCHAR(200),
    action VARCHAR(200) NOT NULL,
    description TEXT NOT NULL,
    event_metadata MEDIUMTEXT,
    log_index BIGINT,
    PRIMARY KEY (audit_id, event_timestamp)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- Where in the log the events stand that are not postings: few among many, so an index of audit_log would be dear.
CREATE TABLE event_positions (
    log_index BIGINT NOT NULL,
    audit_id UUID NOT NULL,
    transaction_id UUID,
    PRIMARY KEY (log_index),
    KEY event_position_by_transaction (transaction_id)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- Totals of every account up to the last fold; what came since is in open_total_rows.
CREATE TABLE balance_rows (
    account_id INT UNSIGNED NOT NULL,
    debit_total DECIMAL(20,2) NOT NULL,
    credit_total DECIMAL(20,2) NOT NULL,
    entry_count BIGINT NOT NULL,
    last_log_index BIGINT NOT NULL,
    PRIMARY KEY (account_id),
    CONSTRAINT balance_is_not_negative CHECK (debit_total >= 0 AND credit_total >= 0 AND entry_count >= 0),
    CONSTRAINT balance_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- What the head's posting day added since the last fold: the one place of totals that a posting writes to.
CREATE TABLE open_total_rows (
    transaction_day DATE NOT NULL,
    account_id INT UNSIGNED NOT NULL,
    debit_total DECIMAL(20,2) NOT NULL,
    credit_total DECIMAL(20,2) NOT NULL,
    entry_count BIGINT NOT NULL,
    last_log_index BIGINT NOT NULL,
    PRIMARY KEY (transaction_day, account_id),
    KEY account_id (account_id),
    CONSTRAINT open_total_is_not_negative CHECK (debit_total >= 0 AND credit_total >= 0 AND entry_count >= 1),
    CONSTRAINT open_total_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

CREATE TABLE daily_total_rows (
    transaction_day DATE NOT NULL,
    account_id INT UNSIGNED NOT NULL,
    posting_day DATE NOT NULL,
    debit_total DECIMAL(20,2) NOT NULL,
    credit_total DECIMAL(20,2) NOT NULL,
    entry_count BIGINT NOT NULL,
    PRIMARY KEY (transaction_day, account_id, posting_day),
    KEY account_id (account_id),
    CONSTRAINT daily_total_is_not_negative CHECK (debit_total >= 0 AND credit_total >= 0 AND entry_count >= 1),
    CONSTRAINT daily_total_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- Months count from 1970-01.
CREATE TABLE monthly_total_rows (
    transaction_month INT NOT NULL,
    account_id INT UNSIGNED NOT NULL,
    posting_month INT NOT NULL,
    debit_total DECIMAL(20,2) NOT NULL,
    credit_total DECIMAL(20,2) NOT NULL,
    entry_count BIGINT NOT NULL,
    PRIMARY KEY (transaction_month, account_id, posting_month),
    KEY account_id (account_id),
    CONSTRAINT monthly_total_is_not_negative CHECK (debit_total >= 0 AND credit_total >= 0 AND entry_count >= 1),
    CONSTRAINT monthly_total_has_account FOREIGN KEY (account_id) REFERENCES chart_of_accounts (account_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- The entries of an account within a full segment of 65,536 log positions, packed.
CREATE TABLE account_list_rows (
    segment BIGINT NOT NULL,
    account_id INT UNSIGNED NOT NULL,
    entry_count BIGINT NOT NULL,
    entries MEDIUMBLOB NOT NULL,
    PRIMARY KEY (segment, account_id),
    CONSTRAINT list_has_entries CHECK (entry_count >= 1)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

CREATE TABLE closing_periods (
    log_index BIGINT NOT NULL,
    start_day DATE NOT NULL,
    end_day DATE NOT NULL,
    state ENUM('OPEN', 'CLOSED') NOT NULL,
    reason VARCHAR(1000),
    changed_at DATETIME(6) NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    PRIMARY KEY (log_index),
    CONSTRAINT period_has_days CHECK (start_day < end_day)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- A row for each change of state.
CREATE TABLE approval_rows (
    log_index BIGINT NOT NULL,
    request_id UUID NOT NULL,
    kind ENUM('REVERSAL', 'REDACTION') NOT NULL,
    state ENUM('PENDING', 'APPROVED', 'DENIED') NOT NULL,
    transaction_id UUID NOT NULL,
    reason VARCHAR(1000),
    transaction_date VARCHAR(200),
    idempotency_key VARCHAR(200),
    changed_at DATETIME(6) NOT NULL,
    changed_by VARCHAR(200) NOT NULL,
    principal VARCHAR(200),
    source_system VARCHAR(200),
    reason_salt_bytes VARBINARY(32) INVISIBLE,
    PRIMARY KEY (log_index),
    UNIQUE KEY request_id (request_id, state),
    KEY transaction_id (transaction_id)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- Transactions whose texts were erased, by the event that did it: the hash that the texts had.
CREATE TABLE redactions (
    log_index BIGINT NOT NULL,
    transaction_id UUID NOT NULL,
    texts_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(texts_hash_bytes))) VIRTUAL,
    texts_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (log_index),
    UNIQUE KEY transaction_id (transaction_id),
    CONSTRAINT redaction_has_transaction FOREIGN KEY (transaction_id) REFERENCES transactions (transaction_id)
        ON UPDATE RESTRICT ON DELETE RESTRICT
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- One row: where the log stands, and what every unit of work that writes locks first. No total of any account is above
-- amount_bound.
CREATE TABLE integrity_head (
    head_id TINYINT UNSIGNED NOT NULL,
    log_size BIGINT NOT NULL,
    frontier VARCHAR(4096) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(frontier_bytes))) VIRTUAL,
    epoch BIGINT NOT NULL,
    posting_day DATE NOT NULL,
    last_number BIGINT NOT NULL,
    last_posting_date DATETIME(6) NOT NULL,
    amount_bound DECIMAL(20,2) NOT NULL,
    rules_version BIGINT NOT NULL,
    frozen TINYINT NOT NULL,
    frontier_bytes VARBINARY(2048) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (head_id),
    CONSTRAINT head_is_one CHECK (head_id = 1),
    CONSTRAINT head_is_frozen_or_not CHECK (frozen IN (0, 1))
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- The leaf hashes of the tile that is not full yet, eight a row: a posting rewrites one small row of a size that stays,
-- not all that the tile has so far. What stands behind the open leaves is of an earlier tile.
CREATE TABLE open_leaf_rows (
    chunk TINYINT UNSIGNED NOT NULL,
    leaves VARBINARY(256) NOT NULL,
    PRIMARY KEY (chunk),
    CONSTRAINT chunk_is_whole CHECK (length(leaves) = 256)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

INSERT INTO open_leaf_rows (chunk, leaves) VALUES
    (0, repeat(x'00', 256)), (1, repeat(x'00', 256)), (2, repeat(x'00', 256)), (3, repeat(x'00', 256)),
    (4, repeat(x'00', 256)), (5, repeat(x'00', 256)), (6, repeat(x'00', 256)), (7, repeat(x'00', 256)),
    (8, repeat(x'00', 256)), (9, repeat(x'00', 256)), (10, repeat(x'00', 256)), (11, repeat(x'00', 256)),
    (12, repeat(x'00', 256)), (13, repeat(x'00', 256)), (14, repeat(x'00', 256)), (15, repeat(x'00', 256)),
    (16, repeat(x'00', 256)), (17, repeat(x'00', 256)), (18, repeat(x'00', 256)), (19, repeat(x'00', 256)),
    (20, repeat(x'00', 256)), (21, repeat(x'00', 256)), (22, repeat(x'00', 256)), (23, repeat(x'00', 256)),
    (24, repeat(x'00', 256)), (25, repeat(x'00', 256)), (26, repeat(x'00', 256)), (27, repeat(x'00', 256)),
    (28, repeat(x'00', 256)), (29, repeat(x'00', 256)), (30, repeat(x'00', 256)), (31, repeat(x'00', 256));

-- Full tiles of 256 hashes. root_hash is the root of the tile's own subtree.
CREATE TABLE integrity_tiles (
    level INT NOT NULL,
    tile_index BIGINT NOT NULL,
    root_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(root_hash_bytes))) VIRTUAL,
    hashes VARCHAR(16384) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(hashes_bytes))) VIRTUAL,
    root_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    hashes_bytes VARBINARY(8192) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (level, tile_index),
    CONSTRAINT tile_is_full CHECK (length(hashes_bytes) = 8192)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

CREATE TABLE checkpoints (
    log_size BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    root_hash CHAR(64) CHARACTER SET ascii COLLATE ascii_bin GENERATED ALWAYS AS (lower(hex(root_hash_bytes))) VIRTUAL,
    note TEXT NOT NULL,
    created_at DATETIME(6) NOT NULL,
    root_hash_bytes BINARY(32) NOT NULL DEFAULT '' INVISIBLE,
    PRIMARY KEY (log_size)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

-- Which node of a cluster takes the postings: writers agree on one, since certification makes two conflict.
CREATE TABLE writer_lease (
    lease_id TINYINT UNSIGNED NOT NULL,
    node_name VARCHAR(128) NOT NULL,
    term BIGINT NOT NULL,
    taken_at DATETIME(6) NOT NULL,
    PRIMARY KEY (lease_id),
    CONSTRAINT lease_is_one CHECK (lease_id = 1)
) ENGINE = InnoDB, CHARACTER SET = utf8mb4, COLLATE = utf8mb4_nopad_bin;

INSERT INTO writer_lease (lease_id, node_name, term, taken_at) VALUES (1, '', 0, '1970-01-01 00:00:00');

CREATE SQL SECURITY INVOKER VIEW account_totals AS
SELECT a.account_id, a.account_code, a.account_type,
    coalesce(b.debit_total, 0) + coalesce(o.debit_total, 0) AS debit_total,
    coalesce(b.credit_total, 0) + coalesce(o.credit_total, 0) AS credit_total,
    coalesce(b.entry_count, 0) + coalesce(o.entry_count, 0) AS entry_count,
    coalesce((SELECT t.posting_date FROM transactions t
        WHERE t.log_index = greatest(coalesce(b.last_log_index, -1), coalesce(o.last_log_index, -1))), a.created_at)
        AS last_updated
FROM chart_of_accounts a
LEFT JOIN balance_rows b ON b.account_id = a.account_id
LEFT JOIN (SELECT account_id, sum(debit_total) AS debit_total, sum(credit_total) AS credit_total,
        sum(entry_count) AS entry_count, max(last_log_index) AS last_log_index
    FROM open_total_rows GROUP BY account_id) o ON o.account_id = a.account_id;

CREATE SQL SECURITY INVOKER VIEW account_balance_cache AS
SELECT account_code,
    CASE WHEN account_type IN ('ASSET', 'EXPENSE') THEN debit_total - credit_total ELSE credit_total - debit_total END
        AS balance,
    debit_total, credit_total, entry_count, last_updated
FROM account_totals;

CREATE SQL SECURITY INVOKER VIEW account_daily_totals AS
SELECT a.account_code, d.transaction_day, d.posting_day, sum(d.debit_total) AS debit_total,
    sum(d.credit_total) AS credit_total, sum(d.entry_count) AS entry_count
FROM (SELECT transaction_day, account_id, posting_day, debit_total, credit_total, entry_count FROM daily_total_rows
    UNION ALL
    SELECT o.transaction_day, o.account_id, h.posting_day, o.debit_total, o.credit_total, o.entry_count
        FROM open_total_rows o JOIN integrity_head h ON h.head_id = 1) d
JOIN chart_of_accounts a ON a.account_id = d.account_id
GROUP BY a.account_code, d.transaction_day, d.posting_day;

-- Whole months of transaction and of posting, without what is still open; written as the first of the month.
CREATE SQL SECURITY INVOKER VIEW account_monthly_totals AS
SELECT a.account_code,
    DATE('1970-01-01') + INTERVAL m.transaction_month MONTH AS transaction_month,
    DATE('1970-01-01') + INTERVAL m.posting_month MONTH AS posting_month,
    m.debit_total, m.credit_total, m.entry_count
FROM monthly_total_rows m
JOIN chart_of_accounts a ON a.account_id = m.account_id;

CREATE SQL SECURITY INVOKER VIEW v_account_balances AS
SELECT c.account_code, c.account_name, c.account_type,
    CASE WHEN t.account_type IN ('ASSET', 'EXPENSE') THEN t.debit_total - t.credit_total
        ELSE t.credit_total - t.debit_total END AS balance,
    greatest(t.debit_total - t.credit_total, 0.00) AS debit_balance,
    greatest(t.credit_total - t.debit_total, 0.00) AS credit_balance,
    c.currency
FROM chart_of_accounts c
JOIN account_totals t ON t.account_id = c.account_id
WHERE c.account_role <> 'HEADER';

CREATE SQL SECURITY INVOKER VIEW v_trial_balance AS
SELECT account_code, account_name, account_type, balance, debit_balance, credit_balance, currency
FROM v_account_balances
ORDER BY account_code;

CREATE SQL SECURITY INVOKER VIEW approval_requests AS
SELECT q.request_id, q.kind, coalesce(d.state, 'PENDING') AS state, q.transaction_id, q.reason, q.transaction_date,
    q.idempotency_key, q.changed_at AS requested_at, q.changed_by AS requested_by, q.principal AS requested_principal,
    q.source_system, d.changed_at AS decided_at, d.changed_by AS decided_by, d.principal AS decided_principal,
    d.reason AS decision_reason, coalesce(d.log_index, q.log_index) AS log_index
FROM approval_rows q
LEFT JOIN approval_rows d ON d.request_id = q.request_id AND d.state <> 'PENDING'
WHERE q.state = 'PENDING';

-- The guards, for everybody to see: triggers are visible only to who could drop them, but this view runs as its definer.
-- Procedures, functions and jobs are among them, since a ledger has none: those have no table and no timing.
CREATE SQL SECURITY DEFINER VIEW ledger_guards AS
SELECT TRIGGER_NAME AS trigger_name, EVENT_OBJECT_TABLE AS table_name, ACTION_TIMING AS action_timing,
    EVENT_MANIPULATION AS event, ACTION_STATEMENT AS action_statement, SQL_MODE AS sql_mode, CREATED AS created
FROM information_schema.TRIGGERS
WHERE TRIGGER_SCHEMA = database()
UNION ALL
SELECT ROUTINE_NAME, '', '', ROUTINE_TYPE, ROUTINE_DEFINITION, SQL_MODE, CREATED
FROM information_schema.ROUTINES
WHERE ROUTINE_SCHEMA = database()
UNION ALL
SELECT EVENT_NAME, '', '', 'EVENT', EVENT_DEFINITION, SQL_MODE, CREATED
FROM information_schema.EVENTS
WHERE EVENT_SCHEMA = database();

CREATE TRIGGER trg_prevent_schema_migration_update BEFORE UPDATE ON schema_migrations FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify the schema''s history';

CREATE TRIGGER trg_prevent_schema_migration_delete BEFORE DELETE ON schema_migrations FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete the schema''s history';

CREATE TRIGGER trg_prevent_settings_update BEFORE UPDATE ON ledger_settings FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify the ledger''s settings';

CREATE TRIGGER trg_prevent_settings_delete BEFORE DELETE ON ledger_settings FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete the ledger''s settings';

CREATE TRIGGER trg_prevent_account_version_update BEFORE UPDATE ON account_versions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify account versions';

CREATE TRIGGER trg_prevent_account_version_delete BEFORE DELETE ON account_versions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete account versions';

CREATE TRIGGER trg_prevent_journal_entry_delete BEFORE DELETE ON journal_entries FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete posted journal entry';

CREATE TRIGGER trg_prevent_posting_day_update BEFORE UPDATE ON posting_day_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify posting days';

CREATE TRIGGER trg_prevent_posting_day_delete BEFORE DELETE ON posting_day_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete posting days';

CREATE TRIGGER trg_prevent_audit_log_update BEFORE UPDATE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify audit log';

CREATE TRIGGER trg_prevent_audit_log_delete BEFORE DELETE ON audit_log FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete audit log';

CREATE TRIGGER trg_prevent_event_position_update BEFORE UPDATE ON event_positions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify audit log';

CREATE TRIGGER trg_prevent_event_position_delete BEFORE DELETE ON event_positions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete audit log';

CREATE TRIGGER trg_prevent_account_list_update BEFORE UPDATE ON account_list_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify account lists';

CREATE TRIGGER trg_prevent_account_list_delete BEFORE DELETE ON account_list_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete account lists';

CREATE TRIGGER trg_prevent_closing_period_update BEFORE UPDATE ON closing_periods FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify closing periods';

CREATE TRIGGER trg_prevent_closing_period_delete BEFORE DELETE ON closing_periods FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete closing periods';

CREATE TRIGGER trg_prevent_approval_delete BEFORE DELETE ON approval_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete approval requests';

CREATE TRIGGER trg_prevent_redaction_update BEFORE UPDATE ON redactions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify redactions';

CREATE TRIGGER trg_prevent_redaction_delete BEFORE DELETE ON redactions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete redactions';

CREATE TRIGGER trg_prevent_integrity_tile_update BEFORE UPDATE ON integrity_tiles FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify integrity tiles';

CREATE TRIGGER trg_prevent_integrity_tile_delete BEFORE DELETE ON integrity_tiles FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete integrity tiles';

CREATE TRIGGER trg_prevent_checkpoint_update BEFORE UPDATE ON checkpoints FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify checkpoints';

CREATE TRIGGER trg_prevent_checkpoint_delete BEFORE DELETE ON checkpoints FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete checkpoints';

CREATE TRIGGER trg_prevent_account_delete BEFORE DELETE ON chart_of_accounts FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete accounts';

CREATE TRIGGER trg_prevent_transaction_delete BEFORE DELETE ON transactions FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete posted transaction';

CREATE TRIGGER trg_prevent_balance_delete BEFORE DELETE ON balance_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete account balances';

CREATE TRIGGER trg_prevent_daily_total_delete BEFORE DELETE ON daily_total_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete account totals';

CREATE TRIGGER trg_prevent_monthly_total_delete BEFORE DELETE ON monthly_total_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete account totals';

CREATE TRIGGER trg_prevent_integrity_head_delete BEFORE DELETE ON integrity_head FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete the integrity head';

CREATE TRIGGER trg_prevent_open_leaves_delete BEFORE DELETE ON open_leaf_rows FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete the integrity head';

CREATE TRIGGER trg_prevent_writer_lease_delete BEFORE DELETE ON writer_lease FOR EACH ROW
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot delete the lease of the writers';

-- The two allowed changes. POSTED becomes REVERSED, by a transaction. The texts become the mark of the redaction that
-- stands recorded, and their salt goes. Never both at once, and nothing else.
CREATE TRIGGER trg_prevent_transaction_update BEFORE UPDATE ON transactions FOR EACH ROW
BEGIN
    IF NOT (NEW.transaction_id = OLD.transaction_id AND NEW.log_index = OLD.log_index
        AND NEW.transaction_number = OLD.transaction_number AND NEW.transaction_date = OLD.transaction_date
        AND NEW.transaction_day = OLD.transaction_day AND NEW.posting_date = OLD.posting_date
        AND NEW.business_event_type = OLD.business_event_type AND NEW.business_key <=> OLD.business_key
        AND NEW.reverses_transaction_id <=> OLD.reverses_transaction_id
        AND NEW.idempotency_key <=> OLD.idempotency_key
        AND NEW.idempotency_fingerprint_bytes <=> OLD.idempotency_fingerprint_bytes
        AND NEW.transaction_hash_bytes = OLD.transaction_hash_bytes
        AND NEW.record_hash_bytes = OLD.record_hash_bytes AND NEW.created_by = OLD.created_by
        AND NEW.principal <=> OLD.principal AND NEW.source_system <=> OLD.source_system
        AND NEW.source_ip <=> OLD.source_ip
        AND (OLD.status = 'POSTED' AND NEW.status = 'REVERSED'
            AND OLD.reversed_by_transaction_id IS NULL AND NEW.reversed_by_transaction_id IS NOT NULL
            AND NEW.description = OLD.description AND NEW.reversal_reason <=> OLD.reversal_reason
            AND NEW.texts_salt_bytes = OLD.texts_salt_bytes
            OR NEW.status = OLD.status AND NEW.reversed_by_transaction_id <=> OLD.reversed_by_transaction_id
            AND OLD.texts_salt_bytes <> '' AND NEW.texts_salt_bytes <=> ''
            AND NEW.reversal_reason <=> CASE WHEN OLD.reversal_reason IS NOT NULL THEN NEW.description END
            AND EXISTS (SELECT 1 FROM redactions r JOIN event_positions p ON p.log_index = r.log_index
                WHERE r.transaction_id = OLD.transaction_id
                AND NEW.description = concat('[redacted by event ', p.audit_id, ']')))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify posted transaction';
    END IF;
END;

-- The one allowed change: a memo becomes the mark of the redaction that stands recorded of its transaction.
CREATE TRIGGER trg_prevent_journal_entry_update BEFORE UPDATE ON journal_entries FOR EACH ROW
BEGIN
    IF NOT (NEW.entry_id = OLD.entry_id AND NEW.transaction_id = OLD.transaction_id
        AND NEW.account_id = OLD.account_id AND NEW.account_code = OLD.account_code
        AND NEW.entry_type = OLD.entry_type AND NEW.amount = OLD.amount AND NEW.currency = OLD.currency
        AND NEW.cost_center <=> OLD.cost_center AND NEW.business_unit <=> OLD.business_unit
        AND NEW.project_code <=> OLD.project_code AND NEW.entry_hash_bytes = OLD.entry_hash_bytes
        AND OLD.memo IS NOT NULL AND NEW.memo <> OLD.memo
        AND EXISTS (SELECT 1 FROM redactions r JOIN event_positions p ON p.log_index = r.log_index
            WHERE r.transaction_id = OLD.transaction_id
            AND NEW.memo = concat('[redacted by event ', p.audit_id, ']'))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify posted journal entry';
    END IF;
END;

-- The one allowed change: the reason of a request for a reversal becomes the mark of the redaction that stands recorded
-- of its original or of the reversal, and the salt of the reason goes.
CREATE TRIGGER trg_prevent_approval_update BEFORE UPDATE ON approval_rows FOR EACH ROW
BEGIN
    IF NOT (NEW.log_index = OLD.log_index AND NEW.request_id = OLD.request_id AND NEW.kind = OLD.kind
        AND NEW.state = OLD.state AND NEW.transaction_id = OLD.transaction_id
        AND NEW.transaction_date <=> OLD.transaction_date AND NEW.idempotency_key <=> OLD.idempotency_key
        AND NEW.changed_at = OLD.changed_at AND NEW.changed_by = OLD.changed_by
        AND NEW.principal <=> OLD.principal AND NEW.source_system <=> OLD.source_system
        AND OLD.kind = 'REVERSAL' AND OLD.reason IS NOT NULL AND coalesce(OLD.reason_salt_bytes, '') <> ''
        AND NEW.reason_salt_bytes <=> ''
        AND EXISTS (SELECT 1 FROM transactions t JOIN redactions r ON r.transaction_id = t.transaction_id
            JOIN event_positions p ON p.log_index = r.log_index
            WHERE (t.transaction_id = OLD.transaction_id OR t.reverses_transaction_id = OLD.transaction_id)
            AND NEW.reason = concat('[redacted by event ', p.audit_id, ']'))) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify approval requests';
    END IF;
END;

-- An account takes what its newest version says, and nothing else.
CREATE TRIGGER trg_prevent_account_update BEFORE UPDATE ON chart_of_accounts FOR EACH ROW
BEGIN
    IF NOT (NEW.account_id = OLD.account_id AND NEW.account_code = OLD.account_code
        AND NEW.account_type = OLD.account_type AND NEW.parent_account_id <=> OLD.parent_account_id
        AND NEW.level = OLD.level AND NEW.currency = OLD.currency AND NEW.created_at = OLD.created_at
        AND NEW.created_by = OLD.created_by AND NEW.version = OLD.version + 1
        AND EXISTS (SELECT 1 FROM account_versions v WHERE v.account_id = NEW.account_id AND v.version = NEW.version
            AND v.account_name = NEW.account_name AND v.account_role = NEW.account_role
            AND v.description <=> NEW.description AND v.is_active = NEW.is_active)) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify accounts';
    END IF;
END;

-- Totals only grow.
CREATE TRIGGER trg_prevent_balance_update BEFORE UPDATE ON balance_rows FOR EACH ROW
BEGIN
    IF NOT (NEW.account_id = OLD.account_id AND NEW.debit_total >= OLD.debit_total
        AND NEW.credit_total >= OLD.credit_total AND NEW.entry_count > OLD.entry_count) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify account balances';
    END IF;
END;

-- Totals only grow.
CREATE TRIGGER trg_prevent_daily_total_update BEFORE UPDATE ON daily_total_rows FOR EACH ROW
BEGIN
    IF NOT (NEW.account_id = OLD.account_id AND NEW.debit_total >= OLD.debit_total
        AND NEW.credit_total >= OLD.credit_total AND NEW.entry_count > OLD.entry_count) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify account totals';
    END IF;
END;

-- Totals only grow.
CREATE TRIGGER trg_prevent_monthly_total_update BEFORE UPDATE ON monthly_total_rows FOR EACH ROW
BEGIN
    IF NOT (NEW.account_id = OLD.account_id AND NEW.debit_total >= OLD.debit_total
        AND NEW.credit_total >= OLD.credit_total AND NEW.entry_count > OLD.entry_count) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify account totals';
    END IF;
END;

-- The log only grows, and time does not go back.
CREATE TRIGGER trg_prevent_integrity_head_update BEFORE UPDATE ON integrity_head FOR EACH ROW
BEGIN
    IF NOT (NEW.head_id = OLD.head_id AND NEW.log_size > OLD.log_size AND NEW.epoch >= OLD.epoch
        AND NEW.last_posting_date >= OLD.last_posting_date AND NEW.rules_version >= OLD.rules_version) THEN
        SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'Cannot modify the integrity head';
    END IF;
END;
