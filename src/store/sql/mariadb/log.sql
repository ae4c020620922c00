-- The head and tiles of the integrity log, events, periods, approvals.

-- The head is read under the writer's lock before anything is given out.
-- query: head_get
-- out: log_size integer, frontier blob, epoch integer, posting_day day, last_number integer, last_posting_date time
-- out: amount_bound amount, rules_version integer, frozen integer
SELECT log_size, frontier_bytes, epoch, posting_day, last_number, last_posting_date, amount_bound,
    rules_version, frozen
FROM integrity_head
WHERE head_id = 1;

-- The leaf hashes of the tile that is not full yet.
-- query: open_leaves_get
-- out: open_leaves blob?
SELECT left(group_concat(leaves ORDER BY chunk SEPARATOR ''),
    (SELECT log_size FROM integrity_head WHERE head_id = 1) % 256 * 32)
FROM open_leaf_rows;

-- query: head_insert
-- in: log_size integer, frontier blob, open_leaves blob, epoch integer, posting_day day, last_number integer
-- in: last_posting_date time, amount_bound amount, rules_version integer, frozen integer
INSERT INTO integrity_head (head_id, log_size, frontier_bytes, epoch, posting_day, last_number,
    last_posting_date, amount_bound, rules_version, frozen)
VALUES (1, ?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- query: head_update
-- in: log_size integer, frontier blob, open_leaves blob, epoch integer, posting_day day, last_number integer
-- in: last_posting_date time, amount_bound amount, rules_version integer, frozen integer
UPDATE integrity_head SET log_size = ?1, frontier_bytes = ?2, epoch = ?4, posting_day = ?5,
    last_number = ?6, last_posting_date = ?7, amount_bound = ?8, rules_version = ?9, frozen = ?10
WHERE head_id = 1;

-- The new head in place of the one that is known, and of no other: the row is locked, and where it is not as it was known
-- no row changes.
-- query: head_replace
-- in: log_size integer, frontier blob, epoch integer, posting_day day, last_number integer, last_posting_date time
-- in: amount_bound amount, rules_version integer, frozen integer, known_log_size integer, known_frontier blob
-- in: known_epoch integer, known_posting_day day, known_last_number integer, known_last_posting_date time
-- in: known_amount_bound amount, known_rules_version integer, known_frozen integer
UPDATE integrity_head SET log_size = ?1, frontier_bytes = ?2, epoch = ?3, posting_day = ?4,
    last_number = ?5, last_posting_date = ?6, amount_bound = ?7, rules_version = ?8, frozen = ?9
WHERE head_id = 1 AND log_size = ?10 AND frontier_bytes = ?11 AND epoch = ?12 AND posting_day = ?13
    AND last_number = ?14 AND last_posting_date = ?15 AND amount_bound = ?16 AND rules_version = ?17 AND frozen = ?18;

-- Some of the leaf hashes of the tile that is not full yet, eight at once.
-- query: open_leaves_update
-- in: chunk integer, leaves blob
UPDATE open_leaf_rows SET leaves = ?2 WHERE chunk = ?1;

-- query: tile_insert
-- in: level integer, tile_index integer, root_hash blob, hashes blob
INSERT INTO integrity_tiles (level, tile_index, root_hash_bytes, hashes_bytes) VALUES (?1, ?2, ?3, ?4);

-- query: tile_get
-- in: level integer, tile_index integer
-- out: root_hash blob, hashes blob
SELECT root_hash_bytes, hashes_bytes FROM integrity_tiles WHERE level = ?1 AND tile_index = ?2;

-- The roots of a range of tiles, without touching their hashes.
-- query: tile_root_list
-- in: level integer, from_index integer, before_index integer
-- out: tile_index integer, root_hash blob
SELECT tile_index, root_hash_bytes FROM integrity_tiles
WHERE level = ?1 AND tile_index >= ?2 AND tile_index < ?3
ORDER BY tile_index;

-- query: tile_count
-- out: tile_count integer
SELECT count(*) FROM integrity_tiles;

-- query: event_insert
-- in: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- in: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- in: action symbol, description text, event_metadata text?
INSERT INTO audit_log (audit_id, event_timestamp, event_type, severity, outcome, transaction_id, user_id, principal,
    source_system, source_ip, action, description, event_metadata, log_index)
VALUES (lower(concat(insert(lpad(hex(timestampdiff(MICROSECOND, '1970-01-01', ?2) DIV 1000), 12, '0'), 9, 0, '-'),
        '-7000-8000-', lpad(hex(CAST(?1 AS SIGNED)), 12, '0'))),
    ?2, ?3, ?4 + 1, 2 - ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?1);

-- Where that event stands, for those who look by its position or by the transaction that it names.
-- query: event_position_insert
-- in: log_index integer, event_timestamp time, transaction_id blob?
INSERT INTO event_positions (log_index, audit_id, transaction_id)
VALUES (?1, lower(concat(insert(lpad(hex(timestampdiff(MICROSECOND, '1970-01-01', ?2) DIV 1000), 12, '0'), 9, 0, '-'),
        '-7000-8000-', lpad(hex(CAST(?1 AS SIGNED)), 12, '0'))), ?3);

-- Events that are not postings, in order.
-- query: event_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT STRAIGHT_JOIN p.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, a.description, a.event_metadata
FROM event_positions p FORCE INDEX (PRIMARY)
JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE p.log_index >= ?1 AND p.log_index < ?2
ORDER BY p.log_index
LIMIT ?3;

-- Events of one type that are not postings: all of them in order, or the last.
-- query: event_scan_by_type
-- in: event_type text, from_log_index integer, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
-- rows: many
SELECT STRAIGHT_JOIN p.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, a.description, a.event_metadata
FROM event_positions p FORCE INDEX (PRIMARY)
JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE a.event_type = ?1 AND p.log_index >= ?2 AND p.log_index < ?3
ORDER BY p.log_index;

-- query: event_find_last
-- in: event_type text, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT STRAIGHT_JOIN p.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, a.description, a.event_metadata
FROM event_positions p FORCE INDEX (PRIMARY)
JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE a.event_type = ?1 AND p.log_index < ?2
ORDER BY p.log_index DESC
LIMIT 1;

-- Those that name a transaction, along the index of event_positions.
-- query: event_list_by_transaction
-- in: transaction_id blob, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT STRAIGHT_JOIN p.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, a.description, a.event_metadata
FROM event_positions p FORCE INDEX (event_position_by_transaction)
JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE p.transaction_id = ?1 AND p.log_index < ?2
ORDER BY p.log_index;

-- All events, postings among them, newest first: the order of audit_id is that of the log. What somebody wrote by hand
-- has no position.
-- query: audit_list
-- in: before_log_index integer, from_time time, before_time time, event_type text?, user_id text?, severity integer?
-- in: row_limit integer, from_log_index integer
-- out: log_index integer, event_timestamp time, event_type text, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action text, description text?, event_metadata text?, record_hash blob?, number_in_day integer?
-- rows: many
SELECT STRAIGHT_JOIN a.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, CASE WHEN t.log_index IS NULL THEN a.description END, a.event_metadata, t.record_hash_bytes,
    CAST(substring(t.transaction_number, 10) AS SIGNED)
FROM audit_log a FORCE INDEX (PRIMARY)
LEFT JOIN transactions t FORCE INDEX (PRIMARY) ON t.log_index = a.log_index
WHERE a.audit_id >= lower(concat(insert(lpad(hex(greatest(timestampdiff(MICROSECOND, '1970-01-01', ?2) DIV 1000, 0)), 12,
        '0'), 9, 0, '-'), '-7000-8000-000000000000'))
    AND a.audit_id <= lower(concat(insert(lpad(hex(greatest(timestampdiff(MICROSECOND, '1970-01-01', ?3) DIV 1000, 0)), 12,
        '0'), 9, 0, '-'), '-7fff-bfff-ffffffffffff'))
    AND a.log_index >= ?8 AND a.log_index < ?1 AND a.event_timestamp >= ?2 AND a.event_timestamp < ?3
    AND (?4 IS NULL OR a.event_type = ?4) AND (?5 IS NULL OR a.user_id = ?5)
    AND (?6 IS NULL OR CAST(a.severity AS SIGNED) = ?6 + 1)
ORDER BY a.audit_id DESC
LIMIT ?7;

-- The same in the order in which they happened, within instants: [from, before). What an audit trail is made from.
-- query: audit_scan
-- in: before_log_index integer, from_time time, before_time time
-- out: log_index integer, event_timestamp time, event_type text, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action text, description text?, event_metadata text?, record_hash blob?, number_in_day integer?
-- rows: many
SELECT STRAIGHT_JOIN a.log_index, a.event_timestamp, a.event_type, CAST(a.severity AS SIGNED) - 1,
    2 - CAST(a.outcome AS SIGNED), CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system,
    a.source_ip, a.action, CASE WHEN t.log_index IS NULL THEN a.description END, a.event_metadata, t.record_hash_bytes,
    CAST(substring(t.transaction_number, 10) AS SIGNED)
FROM audit_log a FORCE INDEX (PRIMARY)
LEFT JOIN transactions t FORCE INDEX (PRIMARY) ON t.log_index = a.log_index
WHERE a.audit_id >= lower(concat(insert(lpad(hex(greatest(timestampdiff(MICROSECOND, '1970-01-01', ?2) DIV 1000, 0)), 12,
        '0'), 9, 0, '-'), '-7000-8000-000000000000'))
    AND a.audit_id <= lower(concat(insert(lpad(hex(greatest(timestampdiff(MICROSECOND, '1970-01-01', ?3) DIV 1000, 0)), 12,
        '0'), 9, 0, '-'), '-7fff-bfff-ffffffffffff'))
    AND a.log_index < ?1 AND a.event_timestamp >= ?2 AND a.event_timestamp < ?3
ORDER BY a.audit_id;

-- What somebody wrote into audit_log by hand has no position, and is no part of the log.
-- query: manual_event_scan
-- out: audit_id blob, event_timestamp time, event_type text, severity text, outcome text, transaction_id blob?
-- out: user_id text?, principal text?, source_system text?, source_ip text?, action text, description text
-- out: event_metadata text?
-- rows: many
SELECT CAST(audit_id AS BINARY(16)), event_timestamp, event_type, CAST(severity AS CHAR), CAST(outcome AS CHAR),
    CAST(transaction_id AS BINARY(16)), user_id, principal, source_system, source_ip, action, description, event_metadata
FROM audit_log
WHERE log_index IS NULL
ORDER BY audit_id, event_timestamp;

-- query: database_user
-- out: database_user text?
SELECT current_user();

-- query: period_list
-- in: log_position integer
-- out: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- out: changed_by symbol
SELECT log_index, start_day, end_day, state = 'CLOSED', reason, changed_at, changed_by
FROM closing_periods
WHERE log_index < ?1
ORDER BY log_index;

-- query: period_insert
-- in: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- in: changed_by symbol
INSERT INTO closing_periods (log_index, start_day, end_day, state, reason, changed_at, changed_by)
VALUES (?1, ?2, ?3, ?4 + 1, ?5, ?6, ?7);

-- Every change of every approval request, in order.
-- query: approval_list
-- out: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- out: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- out: source_system symbol?, reason_salt blob?
SELECT log_index, CAST(request_id AS BINARY(16)), CAST(kind AS SIGNED) - 1, CAST(state AS SIGNED) - 1,
    CAST(transaction_id AS BINARY(16)), reason, transaction_date, idempotency_key, changed_at, changed_by, principal,
    source_system, reason_salt_bytes
FROM approval_rows
ORDER BY log_index;

-- query: approval_insert
-- in: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- in: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- in: source_system symbol?, reason_salt blob?
INSERT INTO approval_rows (log_index, request_id, kind, state, transaction_id, reason, transaction_date, idempotency_key,
    changed_at, changed_by, principal, source_system, reason_salt_bytes)
VALUES (?1, ?2, ?3 + 1, ?4 + 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- query: log_end
-- in: position_max integer
-- out: rows_end integer, tiles_end integer
SELECT 1 + greatest(coalesce((SELECT max(log_index) FROM transactions WHERE log_index < ?1), -1),
        coalesce((SELECT max(log_index) FROM event_positions WHERE log_index < ?1), -1)),
    256 * (1 + coalesce((SELECT max(tile_index) FROM integrity_tiles WHERE level = 0 AND tile_index < ?1), -1));

-- query: tile_list
-- out: level integer, tile_index integer
-- rows: many
SELECT level, tile_index FROM integrity_tiles ORDER BY level, tile_index;

-- query: checkpoint_list
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash_bytes, note, created_at FROM checkpoints ORDER BY log_size;

-- query: checkpoint_scan
-- in: from_log_size integer
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
-- rows: many
SELECT log_size, epoch, root_hash_bytes, note, created_at FROM checkpoints WHERE log_size >= ?1 ORDER BY log_size;

-- query: checkpoint_find_last
-- in: epoch integer
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash_bytes, note, created_at FROM checkpoints WHERE epoch = ?1 ORDER BY log_size DESC LIMIT 1;

-- query: checkpoint_find_newest
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash_bytes, note, created_at FROM checkpoints ORDER BY log_size DESC LIMIT 1;

-- query: period_get
-- in: log_index integer
-- out: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- out: changed_by symbol
SELECT log_index, start_day, end_day, state = 'CLOSED', reason, changed_at, changed_by
FROM closing_periods
WHERE log_index = ?1;

-- query: approval_get
-- in: log_index integer
-- out: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- out: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- out: source_system symbol?, reason_salt blob?
SELECT log_index, CAST(request_id AS BINARY(16)), CAST(kind AS SIGNED) - 1, CAST(state AS SIGNED) - 1,
    CAST(transaction_id AS BINARY(16)), reason, transaction_date, idempotency_key, changed_at, changed_by, principal,
    source_system, reason_salt_bytes
FROM approval_rows
WHERE log_index = ?1;

-- Every row that an event made: versions of accounts (0), periods (1), approvals (2), with the type of the event that
-- stands at its position.
-- query: rule_row_scan
-- out: kind integer, log_index integer, event_type text?
-- rows: many
SELECT 0, v.log_index, (SELECT min(e.event_type) FROM event_positions l
        JOIN audit_log e FORCE INDEX (PRIMARY) ON e.audit_id = l.audit_id
        WHERE l.log_index = v.log_index)
FROM account_versions v
UNION ALL
SELECT 1, p.log_index, (SELECT min(e.event_type) FROM event_positions l
        JOIN audit_log e FORCE INDEX (PRIMARY) ON e.audit_id = l.audit_id
        WHERE l.log_index = p.log_index)
FROM closing_periods p
UNION ALL
SELECT 2, a.log_index, (SELECT min(e.event_type) FROM event_positions l
        JOIN audit_log e FORCE INDEX (PRIMARY) ON e.audit_id = l.audit_id
        WHERE l.log_index = a.log_index)
FROM approval_rows a;

-- Rows at positions that no log has: transactions (0), entries by their key (1), where they are asked for, events (2).
-- query: stray_row_scan
-- in: position_max integer, with_entries integer
-- out: kind integer, position integer
-- rows: many
SELECT 0, log_index FROM transactions WHERE log_index < 0 OR log_index >= ?1
UNION ALL
SELECT 1, entry_id FROM journal_entries WHERE ?2 = 1 AND (entry_id < 0 OR entry_id >= ?1 * 65536)
UNION ALL
SELECT 2, log_index FROM event_positions WHERE log_index < 0 OR log_index >= ?1
UNION ALL
SELECT 3, head_id FROM integrity_head WHERE head_id <> 1
UNION ALL
SELECT 4, chunk FROM open_leaf_rows WHERE chunk >= 32
UNION ALL
SELECT 5, c.leaves_count FROM (SELECT count(*) AS leaves_count FROM open_leaf_rows WHERE chunk < 32) c
WHERE c.leaves_count <> 32
UNION ALL
SELECT 6, l.leases_count FROM (SELECT count(*) AS leases_count FROM writer_lease) l WHERE l.leases_count <> 1;

-- Values that a column cannot have, by the names that the views have for them: truth values that are neither, although
-- constraints see to those here, a kind that is none, since an enumeration takes the empty text where strict mode is off,
-- a salt of a reason that is not there.
-- query: truth_fault_scan
-- out: field text, log_index integer
-- rows: many
SELECT 'audit_log.outcome', coalesce(log_index, -1) FROM audit_log WHERE outcome NOT IN ('SUCCESS', 'FAILED')
UNION ALL
SELECT 'account_versions.is_active', log_index FROM account_versions WHERE is_active NOT IN (0, 1)
UNION ALL
SELECT 'closing_periods.state', log_index FROM closing_periods WHERE state NOT IN ('OPEN', 'CLOSED')
UNION ALL
SELECT 'approval_requests.kind', log_index FROM approval_rows WHERE kind NOT IN ('REVERSAL', 'REDACTION')
UNION ALL
SELECT 'approval_requests.reason_salt', log_index FROM approval_rows
WHERE reason IS NULL AND reason_salt_bytes IS NOT NULL;

-- Columns that say something else than what they follow from: 0 of entries, 1 and 3 of the audit log, 2 of transactions,
-- 4 of accounts.
-- query: derived_fault_scan
-- in: part integer
-- out: field text, log_index integer, stored text?, expected text?
-- rows: many
SELECT 'transactions.transaction_number', log_index, CAST(transaction_number AS CHAR),
    concat(date_format(posting_date, '%Y%m%d'), '-', substring(transaction_number, 10))
FROM transactions
WHERE ?1 = 2 AND (transaction_number NOT REGEXP '^[0-9]{8}-([0-9]{6}|[1-9][0-9]{6,11})$'
    OR left(transaction_number, 8) <> date_format(posting_date, '%Y%m%d'))
UNION ALL
SELECT if(t.reversed_by_transaction_id <=> r.transaction_id, 'transactions.status',
        'transactions.reversed_by_transaction_id'), t.log_index,
    if(t.reversed_by_transaction_id <=> r.transaction_id, CAST(t.status AS CHAR),
        CAST(t.reversed_by_transaction_id AS CHAR)),
    if(t.reversed_by_transaction_id <=> r.transaction_id, if(r.transaction_id IS NULL, 'POSTED', 'REVERSED'),
        CAST(r.transaction_id AS CHAR))
FROM transactions t
LEFT JOIN transactions r FORCE INDEX (reverses_transaction_id) ON r.reverses_transaction_id = t.transaction_id
WHERE ?1 = 2 AND (NOT (t.reversed_by_transaction_id <=> r.transaction_id
    AND t.status <=> if(r.transaction_id IS NULL, 'POSTED', 'REVERSED')))
UNION ALL
SELECT CASE WHEN t.log_index IS NULL THEN 'journal_entries.transaction_id'
        WHEN e.entry_id DIV 65536 <> t.log_index THEN 'journal_entries.entry_id'
        WHEN NOT e.account_code <=> a.account_code THEN 'journal_entries.account_code'
        ELSE 'journal_entries.currency' END,
    coalesce(t.log_index, e.entry_id DIV 65536),
    CASE WHEN t.log_index IS NULL THEN CAST(e.transaction_id AS CHAR)
        WHEN e.entry_id DIV 65536 <> t.log_index THEN CAST(e.entry_id AS CHAR)
        WHEN NOT e.account_code <=> a.account_code THEN CAST(e.account_code AS CHAR) ELSE CAST(e.currency AS CHAR) END,
    CASE WHEN t.log_index IS NULL THEN NULL
        WHEN e.entry_id DIV 65536 <> t.log_index THEN CAST(CAST(t.log_index AS DECIMAL(20)) * 65536 + e.entry_number AS CHAR)
        WHEN NOT e.account_code <=> a.account_code THEN CAST(a.account_code AS CHAR) ELSE CAST(a.currency AS CHAR) END
FROM journal_entries e
LEFT JOIN transactions t FORCE INDEX (transaction_id) ON t.transaction_id = e.transaction_id
LEFT JOIN chart_of_accounts a FORCE INDEX (PRIMARY) ON a.account_id = e.account_id
WHERE ?1 = 0 AND (NOT (e.entry_id DIV 65536 <=> t.log_index AND e.account_code <=> a.account_code AND e.currency <=> a.currency))
UNION ALL
SELECT 'audit_log.transaction_id', t.log_index, CAST(coalesce(a.transaction_id, a.audit_id) AS CHAR),
    CAST(t.transaction_id AS CHAR)
FROM transactions t
LEFT JOIN audit_log a FORCE INDEX (PRIMARY) ON a.event_timestamp = t.posting_date
    AND a.audit_id = lower(concat(insert(lpad(hex(timestampdiff(MICROSECOND, '1970-01-01', t.posting_date) DIV 1000), 12, '0'),
        9, 0, '-'), '-7000-8000-', lpad(hex(t.log_index), 12, '0')))
WHERE ?1 = 1 AND (NOT (a.log_index <=> t.log_index AND a.transaction_id <=> t.transaction_id
    AND a.event_type <=> if(t.reverses_transaction_id IS NULL, 'TRANSACTION_POSTED', 'TRANSACTION_REVERSED')
    AND a.severity <=> 'INFO' AND a.outcome <=> 'SUCCESS' AND a.user_id <=> t.created_by
    AND a.principal <=> t.principal AND a.source_system <=> t.source_system AND a.source_ip <=> t.source_ip
    AND a.action <=> if(t.reverses_transaction_id IS NULL, 'POST', 'REVERSE') AND a.event_metadata IS NULL
    AND a.description <=> concat(if(t.reverses_transaction_id IS NULL, 'Posted transaction ', 'Posted reversal '),
        t.transaction_number)))
UNION ALL
SELECT 'audit_log.audit_id', log_index, CAST(audit_id AS CHAR), NULL
FROM audit_log
WHERE ?1 = 3 AND (log_index IS NOT NULL
    AND replace(CAST(audit_id AS CHAR), '-', '') <> lower(concat(lpad(hex(timestampdiff(MICROSECOND, '1970-01-01',
        event_timestamp) DIV 1000), 12, '0'), '70008000', lpad(hex(log_index), 12, '0'))))
UNION ALL
SELECT 'audit_log.event_type', a.log_index, CAST(a.event_type AS CHAR), NULL
FROM audit_log a
LEFT JOIN transactions t FORCE INDEX (PRIMARY) ON t.log_index = a.log_index AND t.posting_date = a.event_timestamp
WHERE ?1 = 3 AND (a.log_index IS NOT NULL AND t.log_index IS NULL
    AND a.event_type IN ('TRANSACTION_POSTED', 'TRANSACTION_REVERSED'))
UNION ALL
SELECT 'audit_log.log_index', a.log_index, CAST(a.log_index AS CHAR), NULL
FROM audit_log a
LEFT JOIN event_positions p FORCE INDEX (PRIMARY) ON p.log_index = a.log_index AND p.audit_id = a.audit_id
WHERE ?1 = 3 AND (a.log_index IS NOT NULL AND p.log_index IS NULL
    AND a.event_type NOT IN ('TRANSACTION_POSTED', 'TRANSACTION_REVERSED'))
UNION ALL
SELECT 'event_positions.audit_id', p.log_index, CAST(p.audit_id AS CHAR), NULL
FROM event_positions p
LEFT JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE ?1 = 3 AND (a.log_index IS NULL OR a.log_index <> p.log_index
    OR a.event_type IN ('TRANSACTION_POSTED', 'TRANSACTION_REVERSED'))
UNION ALL
SELECT 'event_positions.transaction_id', p.log_index, CAST(p.transaction_id AS CHAR), CAST(a.transaction_id AS CHAR)
FROM event_positions p
JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id AND a.log_index = p.log_index
WHERE ?1 = 3 AND NOT p.transaction_id <=> a.transaction_id
UNION ALL
SELECT 'account_versions.account_code', v.log_index, CAST(v.account_code AS CHAR), CAST(a.account_code AS CHAR)
FROM account_versions v
JOIN chart_of_accounts a FORCE INDEX (PRIMARY) ON a.account_id = v.account_id
WHERE ?1 = 4 AND (v.account_code <> a.account_code)
UNION ALL
SELECT 'chart_of_accounts.version', coalesce(v.log_index, -1), CAST(a.version AS CHAR), CAST(v.version AS CHAR)
FROM chart_of_accounts a
LEFT JOIN account_versions v FORCE INDEX (PRIMARY) ON v.account_id = a.account_id
    AND v.version = (SELECT max(w.version) FROM account_versions w WHERE w.account_id = a.account_id)
WHERE ?1 = 4 AND (NOT (a.version <=> v.version AND a.account_name <=> v.account_name AND a.account_role <=> v.account_role
    AND a.description <=> v.description AND a.is_active <=> v.is_active));

-- The texts that repeat, the first so many that are not too long for a name.
-- query: symbol_list
-- in: length_max integer, row_limit integer
-- out: text text
SELECT s.symbol FROM (
    SELECT business_event_type AS symbol FROM transactions
    UNION SELECT created_by FROM transactions
    UNION SELECT principal FROM transactions
    UNION SELECT source_system FROM transactions
    UNION SELECT source_ip FROM transactions
    UNION SELECT cost_center FROM journal_entries
    UNION SELECT business_unit FROM journal_entries
    UNION SELECT project_code FROM journal_entries
    UNION SELECT event_type FROM audit_log
    UNION SELECT action FROM audit_log
    UNION SELECT user_id FROM audit_log) s
WHERE s.symbol IS NOT NULL AND char_length(s.symbol) <= ?1
LIMIT ?2;

-- query: checkpoint_insert
-- in: log_size integer, epoch integer, root_hash blob, note text, created_at time
INSERT INTO checkpoints (log_size, epoch, root_hash_bytes, note, created_at) VALUES (?1, ?2, ?3, ?4, ?5);
