-- The head and tiles of the integrity log, events, periods, approvals.

-- The head is read under the writer's lock before anything is given out.
-- query: head_get
-- out: log_size integer, frontier blob, epoch integer, posting_day day, last_number integer, last_posting_date time
-- out: amount_bound amount, rules_version integer, frozen integer
SELECT log_size, frontier, epoch, posting_day, last_number, last_posting_date, amount_bound, rules_version,
    frozen
FROM head_row
WHERE head_id = 1;

-- The leaf hashes of the tile that is not full yet.
-- query: open_leaves_get
-- out: open_leaves blob?
SELECT open_leaves FROM head_row WHERE head_id = 1;

-- query: head_insert
-- in: log_size integer, frontier blob, open_leaves blob, epoch integer, posting_day day, last_number integer
-- in: last_posting_date time, amount_bound amount, rules_version integer, frozen integer
INSERT INTO head_row (head_id, log_size, frontier, open_leaves, epoch, posting_day, last_number, last_posting_date,
    amount_bound, rules_version, frozen)
VALUES (1, ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- query: head_update
-- in: log_size integer, frontier blob, open_leaves blob, epoch integer, posting_day day, last_number integer
-- in: last_posting_date time, amount_bound amount, rules_version integer, frozen integer
UPDATE head_row SET log_size = ?1, frontier = ?2, open_leaves = ?3, epoch = ?4, posting_day = ?5, last_number = ?6,
    last_posting_date = ?7, amount_bound = ?8, rules_version = ?9, frozen = ?10
WHERE head_id = 1;

-- query: head_replace
-- in: log_size integer, frontier blob, epoch integer, posting_day day, last_number integer, last_posting_date time
-- in: amount_bound amount, rules_version integer, frozen integer, known_log_size integer, known_frontier blob
-- in: known_epoch integer, known_posting_day day, known_last_number integer, known_last_posting_date time
-- in: known_amount_bound amount, known_rules_version integer, known_frozen integer
-- none: every unit that writes has the lock from its begin

-- Some of the leaf hashes of the tile that is not full yet, eight at once.
-- query: open_leaves_update
-- in: chunk integer, leaves blob
-- none: the head's own row has them

-- query: tile_insert
-- in: level integer, tile_index integer, root_hash blob, hashes blob
INSERT INTO tile_rows (tile_key, root_hash, hashes) VALUES ((?1 << 48) | ?2, ?3, ?4);

-- query: tile_get
-- in: level integer, tile_index integer
-- out: root_hash blob, hashes blob
SELECT root_hash, hashes FROM tile_rows WHERE tile_key = (?1 << 48) | ?2;

-- The roots of a range of tiles, without touching their hashes.
-- query: tile_root_list
-- in: level integer, from_index integer, before_index integer
-- out: tile_index integer, root_hash blob
SELECT tile_key & 281474976710655, root_hash FROM tile_rows
WHERE tile_key >= ((?1 << 48) | ?2) AND tile_key < ((?1 << 48) | ?3)
ORDER BY tile_key;

-- query: tile_count
-- out: tile_count integer
SELECT count(*) FROM tile_rows;

-- query: event_insert
-- in: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- in: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- in: action symbol, description text, event_metadata text?
INSERT INTO event_rows (log_index, event_timestamp, event_type, severity, is_success, transaction_id, user_id, principal,
    source_system, source_ip, action, description, event_metadata)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- Where that event stands, for those who look by its position.
-- query: event_position_insert
-- in: log_index integer, event_timestamp time, transaction_id blob?
-- none: the position is the key

-- Events that are not postings, in order.
-- query: event_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT log_index, event_timestamp, event_type, severity, is_success, transaction_id, user_id, principal, source_system,
    source_ip, action, description, event_metadata
FROM event_rows
WHERE log_index >= ?1 AND log_index < ?2
ORDER BY log_index
LIMIT ?3;

-- Events of one type that are not postings: all of them in order, or the last.
-- query: event_scan_by_type
-- in: event_type text, from_log_index integer, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
-- rows: many
SELECT log_index, event_timestamp, event_type, severity, is_success, transaction_id, user_id, principal, source_system,
    source_ip, action, description, event_metadata
FROM event_rows
WHERE event_type = (SELECT text_id FROM text_dictionary WHERE text = ?1) AND log_index >= ?2 AND log_index < ?3
ORDER BY log_index;

-- query: event_find_last
-- in: event_type text, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT log_index, event_timestamp, event_type, severity, is_success, transaction_id, user_id, principal, source_system,
    source_ip, action, description, event_metadata
FROM event_rows
WHERE event_type = (SELECT text_id FROM text_dictionary WHERE text = ?1) AND log_index < ?2
ORDER BY log_index DESC
LIMIT 1;

-- Those that name a transaction.
-- query: event_list_by_transaction
-- in: transaction_id blob, before_log_index integer
-- out: log_index integer, event_timestamp time, event_type symbol, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text, event_metadata text?
SELECT log_index, event_timestamp, event_type, severity, is_success, transaction_id, user_id, principal, source_system,
    source_ip, action, description, event_metadata
FROM event_rows
WHERE transaction_id = ?1 AND log_index < ?2
ORDER BY log_index;

-- All events, postings among them, newest first: the two tables are merged along their keys, nothing is sorted.
-- query: audit_list
-- in: before_log_index integer, from_time time, before_time time, event_type text?, user_id text?, severity integer?
-- in: row_limit integer, from_log_index integer
-- out: log_index integer, event_timestamp time, event_type text, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action text, description text?, event_metadata text?, record_hash blob?, number_in_day integer?
SELECT e.log_index, e.event_timestamp, (SELECT text FROM text_dictionary WHERE text_id = e.event_type), e.severity,
    e.is_success, e.transaction_id, e.user_id, e.principal, e.source_system, e.source_ip,
    (SELECT text FROM text_dictionary WHERE text_id = e.action), e.description, e.event_metadata, NULL, NULL
FROM event_rows e
WHERE e.log_index >= ?8 AND e.log_index < ?1 AND e.event_timestamp >= ?2 AND e.event_timestamp < ?3
    AND (?4 IS NULL OR e.event_type = (SELECT text_id FROM text_dictionary WHERE text = ?4))
    AND (?5 IS NULL OR e.user_id = (SELECT text_id FROM text_dictionary WHERE text = ?5))
    AND (?6 IS NULL OR e.severity = ?6)
UNION ALL
SELECT t.log_index, t.posting_date,
    CASE WHEN t.reverses_log_index IS NULL THEN 'TRANSACTION_POSTED' ELSE 'TRANSACTION_REVERSED' END, 0, 1,
    t.transaction_id, t.created_by, t.principal, t.source_system, t.source_ip,
    CASE WHEN t.reverses_log_index IS NULL THEN 'POST' ELSE 'REVERSE' END, NULL, NULL, t.record_hash, t.number_in_day
FROM transaction_rows t
WHERE t.log_index >= ?8 AND t.log_index < ?1 AND t.posting_date >= ?2 AND t.posting_date < ?3
    AND (?4 IS NULL
        OR ?4 = CASE WHEN t.reverses_log_index IS NULL THEN 'TRANSACTION_POSTED' ELSE 'TRANSACTION_REVERSED' END)
    AND (?5 IS NULL OR t.created_by = (SELECT text_id FROM text_dictionary WHERE text = ?5))
    AND (?6 IS NULL OR ?6 = 0)
ORDER BY 1 DESC
LIMIT ?7;

-- The same in the order in which they happened, within instants: [from, before). What an audit trail is made from.
-- query: audit_scan
-- in: before_log_index integer, from_time time, before_time time
-- out: log_index integer, event_timestamp time, event_type text, severity integer, is_success integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action text, description text?, event_metadata text?, record_hash blob?, number_in_day integer?
SELECT e.log_index, e.event_timestamp, (SELECT text FROM text_dictionary WHERE text_id = e.event_type), e.severity,
    e.is_success, e.transaction_id, e.user_id, e.principal, e.source_system, e.source_ip,
    (SELECT text FROM text_dictionary WHERE text_id = e.action), e.description, e.event_metadata, NULL, NULL
FROM event_rows e
WHERE e.log_index < ?1 AND e.event_timestamp >= ?2 AND e.event_timestamp < ?3
UNION ALL
SELECT t.log_index, t.posting_date,
    CASE WHEN t.reverses_log_index IS NULL THEN 'TRANSACTION_POSTED' ELSE 'TRANSACTION_REVERSED' END, 0, 1,
    t.transaction_id, t.created_by, t.principal, t.source_system, t.source_ip,
    CASE WHEN t.reverses_log_index IS NULL THEN 'POST' ELSE 'REVERSE' END, NULL, NULL, t.record_hash, t.number_in_day
FROM transaction_rows t
WHERE t.log_index < ?1 AND t.posting_date >= ?2 AND t.posting_date < ?3
ORDER BY 1;

-- audit_log is a view whose every row is an event: nobody writes into it by hand.
-- query: manual_event_scan
-- out: audit_id blob, event_timestamp time, event_type text, severity text, outcome text, transaction_id blob?
-- out: user_id text?, principal text?, source_system text?, source_ip text?, action text, description text
-- out: event_metadata text?
SELECT x'', 0, '', '', '', NULL, NULL, NULL, NULL, NULL, '', '', NULL
WHERE 0;

-- query: database_user
-- out: database_user text?
SELECT NULL;

-- query: period_list
-- in: log_position integer
-- out: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- out: changed_by symbol
SELECT log_index, start_day, end_day, is_closed, reason, changed_at, changed_by
FROM period_rows
WHERE log_index < ?1
ORDER BY log_index;

-- query: period_insert
-- in: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- in: changed_by symbol
INSERT INTO period_rows (log_index, start_day, end_day, is_closed, reason, changed_at, changed_by)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7);

-- Every change of every approval request, in order.
-- query: approval_list
-- out: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- out: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- out: source_system symbol?, reason_salt blob?
SELECT log_index, request_id, kind, state, transaction_id, reason, transaction_date, idempotency_key, changed_at,
    changed_by, principal, source_system, reason_salt
FROM approval_rows
ORDER BY log_index;

-- query: approval_insert
-- in: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- in: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- in: source_system symbol?, reason_salt blob?
INSERT INTO approval_rows (log_index, request_id, kind, state, transaction_id, reason, transaction_date, idempotency_key,
    changed_at, changed_by, principal, source_system, reason_salt)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

-- query: log_end
-- in: position_max integer
-- out: rows_end integer, tiles_end integer
SELECT 1 + max(coalesce((SELECT max(log_index) FROM transaction_rows WHERE log_index < ?1), -1),
        coalesce((SELECT max(log_index) FROM event_rows WHERE log_index < ?1), -1),
        coalesce((SELECT max(entry_key) FROM entry_rows WHERE entry_key < (?1 << 16)) >> 16, -1)),
    256 * (1 + coalesce((SELECT max(tile_key) FROM tile_rows WHERE tile_key < 1 << 48), -1));

-- query: tile_list
-- out: level integer, tile_index integer
SELECT tile_key >> 48, tile_key & 281474976710655 FROM tile_rows ORDER BY tile_key;

-- query: checkpoint_list
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash, note, created_at FROM checkpoint_rows ORDER BY log_size;

-- query: checkpoint_scan
-- in: from_log_size integer
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
-- rows: many
SELECT log_size, epoch, root_hash, note, created_at FROM checkpoint_rows WHERE log_size >= ?1 ORDER BY log_size;

-- query: checkpoint_find_last
-- in: epoch integer
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash, note, created_at FROM checkpoint_rows WHERE epoch = ?1 ORDER BY log_size DESC LIMIT 1;

-- query: checkpoint_find_newest
-- out: log_size integer, epoch integer, root_hash blob, note text, created_at time
SELECT log_size, epoch, root_hash, note, created_at FROM checkpoint_rows ORDER BY log_size DESC LIMIT 1;

-- query: period_get
-- in: log_index integer
-- out: log_index integer, start_day day, end_day day, is_closed integer, reason text?, changed_at time
-- out: changed_by symbol
SELECT log_index, start_day, end_day, is_closed, reason, changed_at, changed_by
FROM period_rows
WHERE log_index = ?1;

-- query: approval_get
-- in: log_index integer
-- out: log_index integer, request_id blob, kind integer, state integer, transaction_id blob, reason text?
-- out: transaction_date text?, idempotency_key text?, changed_at time, changed_by symbol, principal symbol?
-- out: source_system symbol?, reason_salt blob?
SELECT log_index, request_id, kind, state, transaction_id, reason, transaction_date, idempotency_key, changed_at,
    changed_by, principal, source_system, reason_salt
FROM approval_rows
WHERE log_index = ?1;

-- Every row that an event made: versions of accounts (0), periods (1), approvals (2), with the type of the event that
-- stands at its position.
-- query: rule_row_scan
-- out: kind integer, log_index integer, event_type text?
SELECT 0, v.log_index, (SELECT d.text FROM event_rows e JOIN text_dictionary d ON d.text_id = e.event_type
        WHERE e.log_index = v.log_index)
FROM account_version_rows v
UNION ALL
SELECT 1, p.log_index, (SELECT d.text FROM event_rows e JOIN text_dictionary d ON d.text_id = e.event_type
        WHERE e.log_index = p.log_index)
FROM period_rows p
UNION ALL
SELECT 2, a.log_index, (SELECT d.text FROM event_rows e JOIN text_dictionary d ON d.text_id = e.event_type
        WHERE e.log_index = a.log_index)
FROM approval_rows a;

-- Rows at positions that no log has: transactions (0), entries by their key (1), events (2).
-- query: stray_row_scan
-- in: position_max integer, with_entries integer
-- out: kind integer, position integer
SELECT 0, log_index FROM transaction_rows WHERE log_index < 0 OR log_index >= ?1
UNION ALL
SELECT 1, entry_key FROM entry_rows WHERE entry_key < 0 OR entry_key >= (?1 << 16)
UNION ALL
SELECT 2, log_index FROM event_rows WHERE log_index < 0 OR log_index >= ?1
UNION ALL
SELECT 3, head_id FROM head_row WHERE head_id <> 1;

-- Values that a column cannot have, by the names that the views have for them: truth values that are neither, a kind that
-- is none, a salt of a reason that is not there.
-- query: truth_fault_scan
-- out: field text, log_index integer
SELECT 'audit_log.outcome', log_index FROM event_rows WHERE is_success NOT IN (0, 1)
UNION ALL
SELECT 'account_versions.is_active', log_index FROM account_version_rows WHERE is_active NOT IN (0, 1)
UNION ALL
SELECT 'closing_periods.state', log_index FROM period_rows WHERE is_closed NOT IN (0, 1)
UNION ALL
SELECT 'approval_requests.kind', log_index FROM approval_rows WHERE kind NOT IN (0, 1)
UNION ALL
SELECT 'approval_requests.reason_salt', log_index FROM approval_rows WHERE reason IS NULL AND reason_salt IS NOT NULL;

-- Columns that say something else than what they follow from: here the views derive them all.
-- query: derived_fault_scan
-- in: part integer
-- out: field text, log_index integer, stored text?, expected text?
-- none: what follows from other columns is derived by views

-- The texts that repeat, the first so many that are not too long for a name.
-- query: symbol_list
-- in: length_max integer, row_limit integer
-- out: text text
SELECT text FROM text_dictionary WHERE length(text) <= ?1 ORDER BY text_id LIMIT ?2;

-- query: checkpoint_insert
-- in: log_size integer, epoch integer, root_hash blob, note text, created_at time
INSERT INTO checkpoint_rows (log_size, epoch, root_hash, note, created_at) VALUES (?1, ?2, ?3, ?4, ?5);
