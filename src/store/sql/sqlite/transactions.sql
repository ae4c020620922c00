-- Transactions and their entries.

-- query: transaction_insert
-- in: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- in: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- in: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- in: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- in: reverses_transaction_id blob?, transaction_number text
INSERT INTO transaction_rows (log_index, transaction_id, number_in_day, transaction_date, transaction_day, posting_date,
    business_event_type, business_key, description, reverses_log_index, reversal_reason, idempotency_key,
    idempotency_fingerprint, transaction_hash, texts_salt, record_hash, created_by, principal, source_system, source_ip)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20);

-- The original of a reversal takes its status.
-- query: transaction_mark_reversed
-- in: log_index integer, reversed_by_transaction_id blob
-- none: status follows from the reversal's row

-- The row of the audit log for a transaction that was just inserted.
-- query: posting_event_insert
-- in: audit_id text, event_timestamp time, event_type text, transaction_id blob, user_id symbol, principal symbol?
-- in: source_system symbol?, source_ip symbol?, action text, description text, log_index integer
-- none: the view audit_log renders them

-- query: entry_insert
-- in: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- in: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, transaction_id blob
-- in: account_code text, currency text
INSERT INTO entry_rows (entry_key, account_id, entry_type, amount_minor, memo, cost_center, business_unit, project_code,
    entry_hash)
VALUES ((?1 << 16) | ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10);

-- query: posting_day_insert
-- in: posting_day day, first_log_index integer
INSERT INTO posting_day_rows (posting_day, first_log_index) VALUES (?1, ?2);

-- query: posting_day_list
-- out: posting_day day, first_log_index integer
SELECT posting_day, first_log_index FROM posting_day_rows ORDER BY posting_day;

-- The first posting at or after a day.
-- query: posting_day_find
-- in: posting_day day
-- out: posting_day day, first_log_index integer
SELECT posting_day, first_log_index FROM posting_day_rows WHERE posting_day >= ?1 ORDER BY posting_day LIMIT 1;

-- query: transaction_find_by_id
-- in: transaction_id blob
-- out: log_index integer
SELECT log_index FROM transaction_rows WHERE transaction_id = ?1;

-- The first transaction at or after a position: what a number is searched by.
-- query: transaction_next
-- in: log_index integer
-- out: log_index integer, posting_date time, number_in_day integer
SELECT log_index, posting_date, number_in_day FROM transaction_rows WHERE log_index >= ?1 ORDER BY log_index LIMIT 1;

-- The last transaction before a position.
-- query: transaction_previous
-- in: log_index integer
-- out: log_index integer, posting_date time, number_in_day integer
SELECT log_index, posting_date, number_in_day FROM transaction_rows WHERE log_index < ?1 ORDER BY log_index DESC LIMIT 1;

-- query: transaction_find_by_key
-- in: idempotency_key text, source_system text?
-- out: log_index integer, idempotency_fingerprint blob, texts_salt blob
SELECT log_index, idempotency_fingerprint, texts_salt FROM transaction_rows
WHERE idempotency_key = ?1
    AND CASE WHEN ?2 IS NULL THEN source_system IS NULL
        ELSE source_system = (SELECT text_id FROM text_dictionary WHERE text = ?2) END;

-- query: reversal_find
-- in: reverses_log_index integer
-- out: log_index integer, transaction_id blob, posting_date time, number_in_day integer
SELECT log_index, transaction_id, posting_date, number_in_day FROM transaction_rows WHERE reverses_log_index = ?1;

-- Transactions of a range of positions, in order, with the original and the reversal of each.
-- query: transaction_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- out: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- out: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- out: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- out: reverses_transaction_id blob?, reversed_by_log_index integer?, reversed_by_transaction_id blob?
SELECT t.log_index, t.transaction_id, t.number_in_day, t.transaction_date, t.transaction_day, t.posting_date,
    t.business_event_type, t.business_key, t.description, t.reverses_log_index, t.reversal_reason, t.idempotency_key,
    t.idempotency_fingerprint, t.transaction_hash, t.texts_salt, t.record_hash, t.created_by, t.principal,
    t.source_system, t.source_ip,
    (SELECT o.transaction_id FROM transaction_rows o WHERE o.log_index = t.reverses_log_index),
    r.log_index, r.transaction_id
FROM transaction_rows t
LEFT JOIN transaction_rows r ON r.reverses_log_index = t.log_index
WHERE t.log_index >= ?1 AND t.log_index < ?2
ORDER BY t.log_index
LIMIT ?3;

-- Entries of a range of positions, in order, with the code and currency of each account.
-- query: entry_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob
SELECT entry_key >> 16, entry_key & 65535, account_id, entry_type, amount_minor, memo, cost_center, business_unit,
    project_code, entry_hash
FROM entry_rows
WHERE entry_key >= (?1 << 16) + ?4 AND entry_key < (?2 << 16)
ORDER BY entry_key
LIMIT ?3;

-- query: transaction_check_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- out: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- out: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- out: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- out: reverses_transaction_id blob?, transaction_number text, posting_month_day integer
-- out: links_hold integer
-- none: what follows from other columns is derived by views

-- query: entry_check_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_id integer
-- out: log_index integer, entry_id integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, account_code symbol
-- out: currency symbol, entry_number integer
-- none: what follows from other columns is derived by views

-- query: entry_check_scan_by_key
-- in: from_transaction_id text, from_entry_id integer, row_limit integer
-- out: transaction_id blob, entry_id integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, account_code symbol
-- out: currency symbol, entry_number integer
-- none: what follows from other columns is derived by views

-- query: posting_event_check_scan
-- in: from_audit_id text, row_limit integer
-- out: log_index integer?, audit_id blob, event_timestamp time, event_month_day integer
-- out: event_type symbol, is_plain integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text
-- none: what follows from other columns is derived by views

-- query: reversal_twin_count
-- out: twins_count integer
-- none: what follows from other columns is derived by views

-- query: derived_count_get
-- out: entries_count integer, events_count integer, manual_events_count integer, positions_count integer
-- out: position_faults_count integer
-- none: what follows from other columns is derived by views

-- What the account lists are made from: lean, for a whole segment.
-- query: entry_account_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT entry_key >> 16, entry_key & 65535, account_id FROM entry_rows
WHERE entry_key >= (?1 << 16) + ?4 AND entry_key < (?2 << 16)
ORDER BY entry_key
LIMIT ?3;

-- One entry with what a ledger sheet shows of its transaction.
-- query: entry_sheet_get
-- in: log_index integer, entry_number integer
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: number_in_day integer, posting_date time, transaction_day day, business_event_type symbol, business_key text?
-- out: description text
SELECT e.entry_key >> 16, e.entry_key & 65535, e.account_id, e.entry_type, e.amount_minor, e.memo, t.number_in_day,
    t.posting_date, t.transaction_day, t.business_event_type, t.business_key, t.description
FROM entry_rows e
JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
WHERE e.entry_key = (?1 << 16) | ?2;

-- The same for a range of positions, within days, both included, and, where one is given, one account.
-- query: entry_sheet_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- in: account_id integer?, from_day day, to_day day
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: number_in_day integer, posting_date time, transaction_day day, business_event_type symbol, business_key text?
-- out: description text
SELECT e.entry_key >> 16, e.entry_key & 65535, e.account_id, e.entry_type, e.amount_minor, e.memo, t.number_in_day,
    t.posting_date, t.transaction_day, t.business_event_type, t.business_key, t.description
FROM entry_rows e
JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
WHERE e.entry_key >= (?1 << 16) + ?4 AND e.entry_key < (?2 << 16) AND (?5 IS NULL OR e.account_id = ?5)
    AND t.transaction_day >= ?6 AND t.transaction_day <= ?7
ORDER BY e.entry_key
LIMIT ?3;

-- A page of positions of transactions, in the order of the log and in the other. Both live by the primary key: they begin
-- where the page does.
-- query: transaction_page
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, business_event_type text?
-- in: business_key text?, row_limit integer
-- out: log_index integer
SELECT log_index FROM transaction_rows
WHERE log_index >= ?1 AND log_index < ?2 AND transaction_day >= ?3 AND transaction_day <= ?4
    AND (?5 IS NULL OR business_event_type = (SELECT text_id FROM text_dictionary WHERE text = ?5))
    AND (?6 IS NULL OR business_key = ?6)
ORDER BY log_index
LIMIT ?7;

-- query: transaction_page_backward
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, business_event_type text?
-- in: business_key text?, row_limit integer
-- out: log_index integer
SELECT log_index FROM transaction_rows
WHERE log_index >= ?1 AND log_index < ?2 AND transaction_day >= ?3 AND transaction_day <= ?4
    AND (?5 IS NULL OR business_event_type = (SELECT text_id FROM text_dictionary WHERE text = ?5))
    AND (?6 IS NULL OR business_key = ?6)
ORDER BY log_index DESC
LIMIT ?7;

-- A page of an account's entries in a stretch of the log that has no lists yet, in both orders.
-- query: entry_page
-- in: from_log_index integer, from_entry_number integer, before_log_index integer, before_entry_number integer
-- in: account_id integer, row_limit integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT entry_key >> 16, entry_key & 65535, account_id FROM entry_rows
WHERE entry_key >= (?1 << 16) + ?2 AND entry_key < (?3 << 16) + ?4 AND account_id = ?5
ORDER BY entry_key
LIMIT ?6;

-- query: entry_page_backward
-- in: from_log_index integer, from_entry_number integer, before_log_index integer, before_entry_number integer
-- in: account_id integer, row_limit integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT entry_key >> 16, entry_key & 65535, account_id FROM entry_rows
WHERE entry_key >= (?1 << 16) + ?2 AND entry_key < (?3 << 16) + ?4 AND account_id = ?5
ORDER BY entry_key DESC
LIMIT ?6;

-- The day of one transaction.
-- query: transaction_day_get
-- in: log_index integer
-- out: transaction_day day
SELECT transaction_day FROM transaction_rows WHERE log_index = ?1;

-- Debits and credits by account of a range of positions, up to a day.
-- query: entry_total_sum
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT e.account_id, sum(CASE e.entry_type WHEN 0 THEN e.amount_minor ELSE 0 END),
    sum(CASE e.entry_type WHEN 1 THEN e.amount_minor ELSE 0 END), count(*)
FROM entry_rows e
JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
WHERE e.entry_key >= (?1 << 16) AND e.entry_key < (?2 << 16) AND t.transaction_day >= ?3 AND t.transaction_day <= ?4
    AND (?5 IS NULL OR e.account_id = ?5)
GROUP BY e.account_id;

-- The same by day as well, so that several spans of days take one reading.
-- query: entry_day_total_sum
-- in: from_log_index integer, before_log_index integer, to_day day
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer, transaction_day day
SELECT e.account_id, sum(CASE e.entry_type WHEN 0 THEN e.amount_minor ELSE 0 END),
    sum(CASE e.entry_type WHEN 1 THEN e.amount_minor ELSE 0 END), count(*), t.transaction_day
FROM entry_rows e
JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
WHERE e.entry_key >= (?1 << 16) AND e.entry_key < (?2 << 16) AND t.transaction_day <= ?3
GROUP BY t.transaction_day, e.account_id;

-- The same of one account, by day.
-- query: entry_total_list
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT t.transaction_day, sum(CASE e.entry_type WHEN 0 THEN e.amount_minor ELSE 0 END),
    sum(CASE e.entry_type WHEN 1 THEN e.amount_minor ELSE 0 END), count(*)
FROM entry_rows e
JOIN transaction_rows t ON t.log_index = e.entry_key >> 16
WHERE e.entry_key >= (?1 << 16) AND e.entry_key < (?2 << 16) AND t.transaction_day >= ?3 AND t.transaction_day <= ?4
    AND e.account_id = ?5
GROUP BY t.transaction_day;

-- Transactions of one event type: what an income statement leaves out. The dictionary comes first, so that nothing is
-- scanned where no transaction ever was of that type.
-- query: transaction_scan_by_event_type
-- in: business_event_type text, before_log_index integer, from_day day, to_day day
-- out: log_index integer
SELECT t.log_index FROM text_dictionary d
CROSS JOIN transaction_rows t ON t.business_event_type = d.text_id
WHERE d.text = ?1 AND t.log_index < ?2 AND t.transaction_day >= ?3 AND t.transaction_day <= ?4
ORDER BY t.log_index;
