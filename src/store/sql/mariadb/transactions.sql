-- Transactions and their entries.
--
-- Joins name the index that they live by: where a server lost its statistics, as in a crash, it takes every table for
-- empty, and reads all of it for each row of the other.

-- query: transaction_insert
-- in: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- in: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- in: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- in: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- in: reverses_transaction_id blob?, transaction_number text
INSERT INTO transactions (log_index, transaction_id, transaction_date, transaction_day, posting_date,
    business_event_type, business_key, description, reversal_reason, idempotency_key, idempotency_fingerprint_bytes,
    transaction_hash_bytes, texts_salt_bytes, record_hash_bytes, created_by, principal, source_system, source_ip,
    reverses_transaction_id, transaction_number)
VALUES (?1, ?2, ?4, ?5, ?6, ?7, ?8, ?9, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22);

-- The original of a reversal takes its status.
-- query: transaction_mark_reversed
-- in: log_index integer, reversed_by_transaction_id blob
UPDATE transactions SET status = 'REVERSED', reversed_by_transaction_id = ?2 WHERE log_index = ?1;

-- The row of the audit log for a transaction that was just inserted. audit_id is a text: 16 bytes would be taken in the
-- order of storage.
-- query: posting_event_insert
-- in: audit_id text, event_timestamp time, event_type text, transaction_id blob, user_id symbol, principal symbol?
-- in: source_system symbol?, source_ip symbol?, action text, description text, log_index integer
INSERT INTO audit_log (audit_id, event_timestamp, event_type, transaction_id, user_id, principal, source_system,
    source_ip, action, description, log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11);

-- query: entry_insert
-- in: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- in: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, transaction_id blob
-- in: account_code text, currency text
INSERT INTO journal_entries (entry_id, account_id, entry_type, amount, memo, cost_center, business_unit, project_code,
    entry_hash_bytes, transaction_id, account_code, currency)
VALUES (?1 * 65536 + ?2, ?3, ?4 + 1, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13);

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
SELECT log_index FROM transactions WHERE transaction_id = ?1;

-- The first transaction at or after a position: what a number is searched by.
-- query: transaction_next
-- in: log_index integer
-- out: log_index integer, posting_date time, number_in_day integer
SELECT log_index, posting_date, CAST(substring(transaction_number, 10) AS SIGNED)
FROM transactions FORCE INDEX (PRIMARY)
WHERE log_index >= ?1 ORDER BY log_index LIMIT 1;

-- The last transaction before a position.
-- query: transaction_previous
-- in: log_index integer
-- out: log_index integer, posting_date time, number_in_day integer
SELECT log_index, posting_date, CAST(substring(transaction_number, 10) AS SIGNED)
FROM transactions FORCE INDEX (PRIMARY)
WHERE log_index < ?1 ORDER BY log_index DESC LIMIT 1;

-- query: transaction_find_by_key
-- in: idempotency_key text, source_system text?
-- out: log_index integer, idempotency_fingerprint blob, texts_salt blob
SELECT log_index, idempotency_fingerprint_bytes, texts_salt_bytes FROM transactions FORCE INDEX (idempotency_key)
WHERE idempotency_key = ?1 AND source_system <=> ?2;

-- query: reversal_find
-- in: reverses_log_index integer
-- out: log_index integer, transaction_id blob, posting_date time, number_in_day integer
SELECT r.log_index, CAST(r.transaction_id AS BINARY(16)), r.posting_date,
    CAST(substring(r.transaction_number, 10) AS SIGNED)
FROM transactions o
JOIN transactions r FORCE INDEX (reverses_transaction_id) ON r.reverses_transaction_id = o.transaction_id
WHERE o.log_index = ?1;

-- Transactions of a range of positions, in order, with the original and the reversal of each.
-- query: transaction_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- out: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- out: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- out: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- out: reverses_transaction_id blob?, reversed_by_log_index integer?, reversed_by_transaction_id blob?
SELECT STRAIGHT_JOIN t.log_index, CAST(t.transaction_id AS BINARY(16)),
    CAST(substring(t.transaction_number, 10) AS SIGNED), t.transaction_date, t.transaction_day, t.posting_date,
    t.business_event_type, t.business_key, t.description,
    CASE WHEN t.reverses_transaction_id IS NOT NULL THEN coalesce((SELECT o.log_index
        FROM transactions o FORCE INDEX (transaction_id) WHERE o.transaction_id = t.reverses_transaction_id), -1) END,
    t.reversal_reason, t.idempotency_key, t.idempotency_fingerprint_bytes, t.transaction_hash_bytes,
    t.texts_salt_bytes, t.record_hash_bytes, t.created_by, t.principal, t.source_system, t.source_ip,
    CAST(t.reverses_transaction_id AS BINARY(16)), r.log_index, CAST(r.transaction_id AS BINARY(16))
FROM transactions t FORCE INDEX (PRIMARY)
LEFT JOIN transactions r FORCE INDEX (reverses_transaction_id) ON r.reverses_transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2
ORDER BY t.log_index
LIMIT ?3;

-- Entries of a range of positions. Within a transaction they come in the order of their key, which is that of their
-- numbers: to sort by the number too would sort all of the range. That holds because each transaction is looked up on
-- its own, in its order: sessions have no join buffers (mysql_session.c).
-- query: entry_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob
SELECT STRAIGHT_JOIN t.log_index, e.entry_number, e.account_id, CAST(e.entry_type AS SIGNED) - 1, e.amount, e.memo,
    e.cost_center, e.business_unit, e.project_code, e.entry_hash_bytes
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND (t.log_index > ?1 OR e.entry_number >= ?4)
ORDER BY t.log_index
LIMIT ?3;

-- The same two for verify, with what follows from other columns: the number as it stands, and whether status, original
-- and reversal name one another. So no join to the reversal is needed, which has a row of its own. Month and day of an
-- instant, since the day that no month has reads as the last of the month.
-- query: transaction_check_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer
-- out: log_index integer, transaction_id blob, number_in_day integer, transaction_date time, transaction_day day
-- out: posting_date time, business_event_type symbol, business_key text?, description text, reverses_log_index integer?
-- out: reversal_reason text?, idempotency_key text?, idempotency_fingerprint blob?, transaction_hash blob
-- out: texts_salt blob, record_hash blob, created_by symbol, principal symbol?, source_system symbol?, source_ip symbol?
-- out: reverses_transaction_id blob?, transaction_number text, posting_month_day integer
-- out: links_hold integer
SELECT t.log_index, CAST(t.transaction_id AS BINARY(16)),
    CAST(substring(t.transaction_number, 10) AS SIGNED), t.transaction_date, t.transaction_day, t.posting_date,
    t.business_event_type, t.business_key, t.description,
    CASE WHEN t.reverses_transaction_id IS NOT NULL THEN coalesce((SELECT o.log_index
        FROM transactions o FORCE INDEX (transaction_id) WHERE o.transaction_id = t.reverses_transaction_id), -1) END,
    t.reversal_reason, t.idempotency_key, t.idempotency_fingerprint_bytes, t.transaction_hash_bytes,
    t.texts_salt_bytes, t.record_hash_bytes, t.created_by, t.principal, t.source_system, t.source_ip,
    CAST(t.reverses_transaction_id AS BINARY(16)), t.transaction_number,
    month(t.posting_date) * 32 + dayofmonth(t.posting_date),
    CASE WHEN t.reverses_transaction_id IS NULL AND t.reversed_by_transaction_id IS NULL THEN t.status = 'POSTED'
        ELSE (t.reverses_transaction_id IS NULL OR coalesce((SELECT o.status = 'REVERSED'
                    AND o.reversed_by_transaction_id = t.transaction_id
                FROM transactions o FORCE INDEX (transaction_id)
                WHERE o.transaction_id = t.reverses_transaction_id), 0))
            AND (CASE WHEN t.reversed_by_transaction_id IS NULL THEN t.status = 'POSTED'
                ELSE t.status = 'REVERSED' AND coalesce((SELECT r.reverses_transaction_id = t.transaction_id
                    FROM transactions r FORCE INDEX (transaction_id)
                    WHERE r.transaction_id = t.reversed_by_transaction_id), 0) END) END
FROM transactions t FORCE INDEX (PRIMARY)
WHERE t.log_index >= ?1 AND t.log_index < ?2
ORDER BY t.log_index
LIMIT ?3;

-- query: entry_check_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_id integer
-- out: log_index integer, entry_id integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, account_code symbol
-- out: currency symbol, entry_number integer
SELECT STRAIGHT_JOIN t.log_index, e.entry_id, e.account_id, CAST(e.entry_type AS SIGNED) - 1, e.amount, e.memo,
    e.cost_center, e.business_unit, e.project_code, e.entry_hash_bytes, e.account_code, e.currency,
    e.entry_number
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND (t.log_index > ?1 OR e.entry_id >= ?4)
ORDER BY t.log_index
LIMIT ?3;

-- The same by their own key, from an entry of a transaction on: at half the cost, where ids ascend with the log.
-- query: entry_check_scan_by_key
-- in: from_transaction_id text, from_entry_id integer, row_limit integer
-- out: transaction_id blob, entry_id integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: cost_center symbol?, business_unit symbol?, project_code symbol?, entry_hash blob, account_code symbol
-- out: currency symbol, entry_number integer
SELECT CAST(e.transaction_id AS BINARY(16)), e.entry_id, e.account_id, CAST(e.entry_type AS SIGNED) - 1, e.amount, e.memo,
    e.cost_center, e.business_unit, e.project_code, e.entry_hash_bytes, e.account_code, e.currency,
    e.entry_number
FROM journal_entries e FORCE INDEX (PRIMARY)
WHERE e.transaction_id >= ?1 AND (e.transaction_id > ?1 OR e.entry_id >= ?2)
ORDER BY e.transaction_id, e.entry_id
LIMIT ?3;

-- The rows of the audit log from an id on. Their ids ascend with the log.
-- query: posting_event_check_scan
-- in: from_audit_id text, row_limit integer
-- out: log_index integer?, audit_id blob, event_timestamp time, event_month_day integer
-- out: event_type symbol, is_plain integer
-- out: transaction_id blob?, user_id symbol?, principal symbol?, source_system symbol?, source_ip symbol?
-- out: action symbol, description text
SELECT a.log_index, CAST(a.audit_id AS BINARY(16)), a.event_timestamp,
    month(a.event_timestamp) * 32 + dayofmonth(a.event_timestamp), a.event_type,
    a.event_metadata IS NULL AND CAST(a.severity AS SIGNED) = 1 AND CAST(a.outcome AS SIGNED) = 1,
    CAST(a.transaction_id AS BINARY(16)), a.user_id, a.principal, a.source_system, a.source_ip, a.action, a.description
FROM audit_log a FORCE INDEX (PRIMARY)
WHERE a.audit_id >= ?1
ORDER BY a.audit_id
LIMIT ?2;

-- Originals that more than one row says it reverses.
-- query: reversal_twin_count
-- out: twins_count integer
SELECT count(*) FROM (SELECT reverses_transaction_id FROM transactions FORCE INDEX (reverses_transaction_id)
    WHERE reverses_transaction_id IS NOT NULL
    GROUP BY reverses_transaction_id HAVING count(*) > 1) w;

-- How many rows there are of what the scans above are held against: were all of them met, there are no others. Of
-- event_positions those that do not name an event of that position, no posting, whose id is of its instant and position.
-- query: derived_count_get
-- out: entries_count integer, events_count integer, manual_events_count integer, positions_count integer
-- out: position_faults_count integer
SELECT (SELECT count(*) FROM journal_entries), a.events_count, a.rows_count - a.events_count,
    (SELECT count(*) FROM event_positions),
    (SELECT count(*) FROM event_positions p
        LEFT JOIN audit_log l FORCE INDEX (PRIMARY) ON l.audit_id = p.audit_id AND l.log_index = p.log_index
            AND l.transaction_id <=> p.transaction_id
            AND l.event_type NOT IN ('TRANSACTION_POSTED', 'TRANSACTION_REVERSED')
            AND replace(CAST(l.audit_id AS CHAR), '-', '') = lower(concat(lpad(hex(timestampdiff(MICROSECOND,
                '1970-01-01', l.event_timestamp) DIV 1000), 12, '0'), '70008000', lpad(hex(l.log_index), 12, '0')))
        WHERE l.audit_id IS NULL)
FROM (SELECT count(*) AS rows_count, count(log_index) AS events_count FROM audit_log) a;

-- What the account lists are made from: lean, for a whole segment.
-- query: entry_account_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT STRAIGHT_JOIN t.log_index, e.entry_number, e.account_id
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND (t.log_index > ?1 OR e.entry_number >= ?4)
ORDER BY t.log_index
LIMIT ?3;

-- One entry with what a ledger sheet shows of its transaction.
-- query: entry_sheet_get
-- in: log_index integer, entry_number integer
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: number_in_day integer, posting_date time, transaction_day day, business_event_type symbol, business_key text?
-- out: description text
SELECT t.log_index, e.entry_number, e.account_id, CAST(e.entry_type AS SIGNED) - 1, e.amount, e.memo,
    CAST(substring(t.transaction_number, 10) AS SIGNED), t.posting_date, t.transaction_day, t.business_event_type,
    t.business_key, t.description
FROM transactions t
JOIN journal_entries e ON e.transaction_id = t.transaction_id AND e.entry_id = ?1 * 65536 + ?2
WHERE t.log_index = ?1;

-- The same for a range of positions, within days, both included, and, where one is given, one account.
-- query: entry_sheet_scan
-- in: from_log_index integer, before_log_index integer, row_limit integer, from_entry_number integer
-- in: account_id integer?, from_day day, to_day day
-- out: log_index integer, entry_number integer, account_id integer, entry_type integer, amount amount, memo text?
-- out: number_in_day integer, posting_date time, transaction_day day, business_event_type symbol, business_key text?
-- out: description text
SELECT STRAIGHT_JOIN t.log_index, e.entry_number, e.account_id, CAST(e.entry_type AS SIGNED) - 1, e.amount, e.memo,
    CAST(substring(t.transaction_number, 10) AS SIGNED), t.posting_date, t.transaction_day, t.business_event_type,
    t.business_key, t.description
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND (t.log_index > ?1 OR e.entry_number >= ?4)
    AND t.transaction_day >= ?6 AND t.transaction_day <= ?7 AND (?5 IS NULL OR e.account_id = ?5)
ORDER BY t.log_index
LIMIT ?3;

-- A page of positions of transactions, in the order of the log and in the other. Both live by the primary key: they begin
-- where the page does.
-- query: transaction_page
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, business_event_type text?
-- in: business_key text?, row_limit integer
-- out: log_index integer
SELECT log_index FROM transactions FORCE INDEX (PRIMARY)
WHERE log_index >= ?1 AND log_index < ?2 AND transaction_day >= ?3 AND transaction_day <= ?4
    AND (?5 IS NULL OR business_event_type = ?5) AND (?6 IS NULL OR business_key = ?6)
ORDER BY log_index
LIMIT ?7;

-- query: transaction_page_backward
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, business_event_type text?
-- in: business_key text?, row_limit integer
-- out: log_index integer
SELECT log_index FROM transactions FORCE INDEX (PRIMARY)
WHERE log_index >= ?1 AND log_index < ?2 AND transaction_day >= ?3 AND transaction_day <= ?4
    AND (?5 IS NULL OR business_event_type = ?5) AND (?6 IS NULL OR business_key = ?6)
ORDER BY log_index DESC
LIMIT ?7;

-- A page of an account's entries in a stretch of the log that has no lists yet, in both orders.
-- query: entry_page
-- in: from_log_index integer, from_entry_number integer, before_log_index integer, before_entry_number integer
-- in: account_id integer, row_limit integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT STRAIGHT_JOIN t.log_index, e.entry_number, e.account_id
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index <= ?3 AND (t.log_index > ?1 OR e.entry_number >= ?2)
    AND (t.log_index < ?3 OR e.entry_number < ?4) AND e.account_id = ?5
ORDER BY t.log_index, e.entry_number
LIMIT ?6;

-- query: entry_page_backward
-- in: from_log_index integer, from_entry_number integer, before_log_index integer, before_entry_number integer
-- in: account_id integer, row_limit integer
-- out: log_index integer, entry_number integer, account_id integer
SELECT STRAIGHT_JOIN t.log_index, e.entry_number, e.account_id
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index <= ?3 AND (t.log_index > ?1 OR e.entry_number >= ?2)
    AND (t.log_index < ?3 OR e.entry_number < ?4) AND e.account_id = ?5
ORDER BY t.log_index DESC, e.entry_number DESC
LIMIT ?6;

-- The day of one transaction.
-- query: transaction_day_get
-- in: log_index integer
-- out: transaction_day day
SELECT transaction_day FROM transactions WHERE log_index = ?1;

-- Debits and credits by account of a range of positions, up to a day.
-- query: entry_total_sum
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT STRAIGHT_JOIN e.account_id, sum(CASE e.entry_type WHEN 'DEBIT' THEN e.amount ELSE 0 END),
    sum(CASE e.entry_type WHEN 'CREDIT' THEN e.amount ELSE 0 END), count(*)
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND t.transaction_day >= ?3 AND t.transaction_day <= ?4
    AND (?5 IS NULL OR e.account_id = ?5)
GROUP BY e.account_id;

-- The same by day as well, so that several spans of days take one reading.
-- query: entry_day_total_sum
-- in: from_log_index integer, before_log_index integer, to_day day
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer, transaction_day day
SELECT STRAIGHT_JOIN e.account_id, sum(CASE e.entry_type WHEN 'DEBIT' THEN e.amount ELSE 0 END),
    sum(CASE e.entry_type WHEN 'CREDIT' THEN e.amount ELSE 0 END), count(*), t.transaction_day
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND t.transaction_day <= ?3
GROUP BY t.transaction_day, e.account_id;

-- The same of one account, by day.
-- query: entry_total_list
-- in: from_log_index integer, before_log_index integer, from_day day, to_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT STRAIGHT_JOIN datediff(t.transaction_day, '1970-01-01'),
    sum(CASE e.entry_type WHEN 'DEBIT' THEN e.amount ELSE 0 END),
    sum(CASE e.entry_type WHEN 'CREDIT' THEN e.amount ELSE 0 END), count(*)
FROM transactions t FORCE INDEX (PRIMARY)
JOIN journal_entries e FORCE INDEX (PRIMARY) ON e.transaction_id = t.transaction_id
WHERE t.log_index >= ?1 AND t.log_index < ?2 AND t.transaction_day >= ?3 AND t.transaction_day <= ?4
    AND e.account_id = ?5
GROUP BY t.transaction_day;

-- Transactions of one event type: what an income statement leaves out.
-- query: transaction_scan_by_event_type
-- in: business_event_type text, before_log_index integer, from_day day, to_day day
-- out: log_index integer
SELECT log_index FROM transactions
WHERE business_event_type = ?1 AND log_index < ?2 AND transaction_day >= ?3 AND transaction_day <= ?4
ORDER BY log_index;
