-- Totals by account, and the packed lists of an account's entries.

-- query: open_total_add
-- in: transaction_day day, account_id integer, debit_total amount, credit_total amount, entry_count integer
-- in: last_log_index integer
INSERT INTO open_total_rows (transaction_day, account_id, debit_total, credit_total, entry_count, last_log_index)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (transaction_day, account_id) DO UPDATE SET debit_total = debit_total + excluded.debit_total,
    credit_total = credit_total + excluded.credit_total, entry_count = entry_count + excluded.entry_count,
    last_log_index = excluded.last_log_index;

-- query: open_total_count
-- out: row_count integer
SELECT count(*) FROM open_total_rows;

-- The fold moves the open totals into the balances, days and months: these four, in this order, in one unit of work.
-- query: fold_balances
INSERT INTO balance_rows (account_id, debit_total, credit_total, entry_count, last_log_index)
SELECT account_id, debit_total, credit_total, entry_count, last_log_index
FROM open_total_rows
WHERE true
ON CONFLICT (account_id) DO UPDATE SET debit_total = debit_total + excluded.debit_total,
    credit_total = credit_total + excluded.credit_total, entry_count = entry_count + excluded.entry_count,
    last_log_index = max(last_log_index, excluded.last_log_index);

-- query: fold_days
-- in: posting_day day
INSERT INTO daily_total_rows (transaction_day, account_id, posting_day, debit_total, credit_total, entry_count)
SELECT transaction_day, account_id, ?1, debit_total, credit_total, entry_count
FROM open_total_rows
WHERE true
ON CONFLICT (transaction_day, account_id, posting_day) DO UPDATE SET debit_total = debit_total + excluded.debit_total,
    credit_total = credit_total + excluded.credit_total, entry_count = entry_count + excluded.entry_count;

-- The month is worked out once a day, not once a row.
-- query: fold_months
-- in: posting_month integer
WITH days AS MATERIALIZED (
    SELECT transaction_day, (strftime('%Y', transaction_day * 86400, 'unixepoch') - 1970) * 12
            + strftime('%m', transaction_day * 86400, 'unixepoch') - 1 AS transaction_month
    FROM (SELECT DISTINCT transaction_day FROM open_total_rows)
)
INSERT INTO monthly_total_rows (transaction_month, account_id, posting_month, debit_total, credit_total, entry_count)
SELECT transaction_month, account_id, ?1, sum(debit_total), sum(credit_total), sum(entry_count)
FROM days CROSS JOIN open_total_rows ON open_total_rows.transaction_day = days.transaction_day
WHERE true
GROUP BY 1, 2
ON CONFLICT (transaction_month, account_id, posting_month) DO UPDATE SET
    debit_total = debit_total + excluded.debit_total, credit_total = credit_total + excluded.credit_total,
    entry_count = entry_count + excluded.entry_count;

-- query: fold_clear
DELETE FROM open_total_rows;

-- What no open total holds is added to days, months and balances at once.
-- query: daily_total_add
-- in: transaction_day day, account_id integer, posting_day day, debit_total amount, credit_total amount
-- in: entry_count integer
INSERT INTO daily_total_rows (transaction_day, account_id, posting_day, debit_total, credit_total, entry_count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (transaction_day, account_id, posting_day) DO UPDATE SET debit_total = debit_total + excluded.debit_total,
    credit_total = credit_total + excluded.credit_total, entry_count = entry_count + excluded.entry_count;

-- query: monthly_total_add
-- in: transaction_month integer, account_id integer, posting_month integer, debit_total amount, credit_total amount
-- in: entry_count integer
INSERT INTO monthly_total_rows (transaction_month, account_id, posting_month, debit_total, credit_total, entry_count)
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON CONFLICT (transaction_month, account_id, posting_month) DO UPDATE SET
    debit_total = debit_total + excluded.debit_total, credit_total = credit_total + excluded.credit_total,
    entry_count = entry_count + excluded.entry_count;

-- query: balance_add
-- in: account_id integer, debit_total amount, credit_total amount, entry_count integer, last_log_index integer
INSERT INTO balance_rows (account_id, debit_total, credit_total, entry_count, last_log_index)
VALUES (?1, ?2, ?3, ?4, ?5)
ON CONFLICT (account_id) DO UPDATE SET debit_total = debit_total + excluded.debit_total,
    credit_total = credit_total + excluded.credit_total, entry_count = entry_count + excluded.entry_count,
    last_log_index = excluded.last_log_index;

-- query: balance_list
-- in: account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT account_id, debit_total, credit_total, entry_count FROM balance_rows
WHERE ?1 IS NULL OR account_id = ?1
ORDER BY account_id;

-- query: open_total_sum
-- in: from_day day, to_day day, account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT account_id, sum(debit_total), sum(credit_total), sum(entry_count) FROM open_total_rows
WHERE transaction_day >= ?1 AND transaction_day <= ?2 AND (?3 IS NULL OR account_id = ?3)
GROUP BY account_id;

-- Whole months, of transaction and of posting: [from, before) each.
-- query: monthly_total_sum
-- in: from_month integer, before_month integer, before_posting_month integer, account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT account_id, sum(debit_total), sum(credit_total), sum(entry_count) FROM monthly_total_rows
WHERE transaction_month >= ?1 AND transaction_month < ?2 AND posting_month < ?3 AND (?4 IS NULL OR account_id = ?4)
GROUP BY account_id;

-- Days of transaction, both ends included, posted on the days [from, before).
-- query: daily_total_sum
-- in: from_day day, to_day day, from_posting_day day, before_posting_day day, account_id integer?
-- out: account_id integer, debit_total amount, credit_total amount, entry_count integer
SELECT account_id, sum(debit_total), sum(credit_total), sum(entry_count) FROM daily_total_rows
WHERE transaction_day >= ?1 AND transaction_day <= ?2 AND posting_day >= ?3 AND posting_day < ?4
    AND (?5 IS NULL OR account_id = ?5)
GROUP BY account_id;

-- One account's totals by day or month, for its history. The key begins with the day, so the days (months) that have
-- totals of any account are stepped through, one look-up of the key each: an index by account would have to be kept for it.
-- query: daily_total_list
-- in: from_day day, to_day day, from_posting_day day, before_posting_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
WITH RECURSIVE days (day) AS (
    SELECT min(transaction_day) FROM daily_total_rows WHERE transaction_day >= ?1
    UNION ALL
    SELECT (SELECT min(transaction_day) FROM daily_total_rows WHERE transaction_day > days.day) FROM days
        WHERE days.day < ?2
)
SELECT t.transaction_day, sum(t.debit_total), sum(t.credit_total), sum(t.entry_count)
FROM days CROSS JOIN daily_total_rows t ON t.transaction_day = days.day AND t.account_id = ?5
WHERE days.day <= ?2 AND t.posting_day >= ?3 AND t.posting_day < ?4
GROUP BY days.day;

-- query: monthly_total_list
-- in: from_month integer, before_month integer, before_posting_month integer, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
WITH RECURSIVE months (month) AS (
    SELECT min(transaction_month) FROM monthly_total_rows WHERE transaction_month >= ?1
    UNION ALL
    SELECT (SELECT min(transaction_month) FROM monthly_total_rows WHERE transaction_month > months.month) FROM months
        WHERE months.month < ?2
)
SELECT t.transaction_month, sum(t.debit_total), sum(t.credit_total), sum(t.entry_count)
FROM months CROSS JOIN monthly_total_rows t ON t.transaction_month = months.month AND t.account_id = ?4
WHERE months.month < ?2 AND t.posting_month < ?3
GROUP BY months.month;

-- query: open_total_list
-- in: from_day day, to_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT transaction_day, debit_total, credit_total, entry_count FROM open_total_rows
WHERE transaction_day >= ?1 AND transaction_day <= ?2 AND account_id = ?3
ORDER BY transaction_day;

-- The totals of the accounts whose id ends so under a mask (0 and 0: of all), for verify: each kind in the order of its key.
-- query: balance_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
SELECT account_id, 0, 0, debit_total, credit_total, entry_count, last_log_index FROM balance_rows
WHERE (coalesce(account_id, 0) & ?1) = ?2
ORDER BY account_id;

-- query: open_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
SELECT account_id, transaction_day, 0, debit_total, credit_total, entry_count, last_log_index FROM open_total_rows
WHERE (coalesce(account_id, 0) & ?1) = ?2
ORDER BY transaction_day, account_id;

-- query: daily_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
SELECT account_id, transaction_day, posting_day, debit_total, credit_total, entry_count, 0 FROM daily_total_rows
WHERE (coalesce(account_id, 0) & ?1) = ?2
ORDER BY transaction_day, account_id, posting_day;

-- query: monthly_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
SELECT account_id, transaction_month, posting_month, debit_total, credit_total, entry_count, 0 FROM monthly_total_rows
WHERE (coalesce(account_id, 0) & ?1) = ?2
ORDER BY transaction_month, account_id, posting_month;

-- How many days with totals there are at most.
-- query: total_count
-- out: row_count integer
SELECT (SELECT count(*) FROM daily_total_rows) + (SELECT count(*) FROM open_total_rows);

-- query: account_list_insert
-- in: segment integer, account_id integer, entry_count integer, entries blob
INSERT INTO account_list_rows (list_key, entry_count, entries) VALUES ((?1 << 32) | ?2, ?3, ?4);

-- query: account_list_get
-- in: segment integer, account_id integer
-- out: entry_count integer, entries blob
SELECT entry_count, entries FROM account_list_rows WHERE list_key = (?1 << 32) | ?2;

-- query: account_list_scan
-- in: from_segment integer, before_segment integer
-- out: segment integer, account_id integer, entry_count integer, entries blob
SELECT list_key >> 32, list_key & 4294967295, entry_count, entries FROM account_list_rows
WHERE list_key >= (?1 << 32) AND list_key < (?2 << 32)
ORDER BY list_key;

-- Lists of segments that are not full or cannot be.
-- query: account_list_stray_scan
-- in: segments_count integer
-- out: segment integer, account_id integer, entry_count integer, entries blob
SELECT list_key >> 32, list_key & 4294967295, entry_count, entries FROM account_list_rows
WHERE list_key < 0 OR list_key >= (?1 << 32)
ORDER BY list_key;
