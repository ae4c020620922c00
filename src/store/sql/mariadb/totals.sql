-- Totals by account, and the packed lists of an account's entries.
--
-- INSERT … ON DUPLICATE KEY UPDATE names no columns: where it does, MariaDB asks for the privilege to UPDATE all of them,
-- keys too, which the role of the application does not have.

-- query: open_total_add
-- in: transaction_day day, account_id integer, debit_total amount, credit_total amount, entry_count integer
-- in: last_log_index integer
INSERT INTO open_total_rows
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON DUPLICATE KEY UPDATE debit_total = debit_total + VALUES(debit_total),
    credit_total = credit_total + VALUES(credit_total), entry_count = entry_count + VALUES(entry_count),
    last_log_index = VALUES(last_log_index);

-- query: open_total_count
-- out: row_count integer
SELECT count(*) FROM open_total_rows;

-- The fold moves the open totals into the balances, days and months: these four, in this order, in one unit of work.
-- query: fold_balances
INSERT INTO balance_rows
SELECT account_id, sum(debit_total), sum(credit_total), sum(entry_count), max(last_log_index)
FROM open_total_rows
GROUP BY account_id
ON DUPLICATE KEY UPDATE debit_total = balance_rows.debit_total + VALUES(debit_total),
    credit_total = balance_rows.credit_total + VALUES(credit_total), entry_count = balance_rows.entry_count + VALUES(entry_count),
    last_log_index = VALUES(last_log_index);

-- query: fold_days
-- in: posting_day day
INSERT INTO daily_total_rows
SELECT transaction_day, account_id, CAST(?1 AS DATE), debit_total, credit_total, entry_count
FROM open_total_rows
ON DUPLICATE KEY UPDATE debit_total = daily_total_rows.debit_total + VALUES(debit_total),
    credit_total = daily_total_rows.credit_total + VALUES(credit_total), entry_count = daily_total_rows.entry_count + VALUES(entry_count);

-- query: fold_months
-- in: posting_month integer
INSERT INTO monthly_total_rows
SELECT (year(transaction_day) - 1970) * 12 + month(transaction_day) - 1 AS transaction_month,
    account_id, CAST(?1 AS SIGNED), sum(debit_total), sum(credit_total), sum(entry_count)
FROM open_total_rows
GROUP BY 1, 2
ON DUPLICATE KEY UPDATE
    debit_total = monthly_total_rows.debit_total + VALUES(debit_total), credit_total = monthly_total_rows.credit_total + VALUES(credit_total),
    entry_count = monthly_total_rows.entry_count + VALUES(entry_count);

-- query: fold_clear
DELETE FROM open_total_rows;

-- What no open total holds is added to days, months and balances at once.
-- query: daily_total_add
-- in: transaction_day day, account_id integer, posting_day day, debit_total amount, credit_total amount
-- in: entry_count integer
INSERT INTO daily_total_rows
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON DUPLICATE KEY UPDATE debit_total = debit_total + VALUES(debit_total),
    credit_total = credit_total + VALUES(credit_total), entry_count = entry_count + VALUES(entry_count);

-- query: monthly_total_add
-- in: transaction_month integer, account_id integer, posting_month integer, debit_total amount, credit_total amount
-- in: entry_count integer
INSERT INTO monthly_total_rows
VALUES (?1, ?2, ?3, ?4, ?5, ?6)
ON DUPLICATE KEY UPDATE debit_total = debit_total + VALUES(debit_total),
    credit_total = credit_total + VALUES(credit_total), entry_count = entry_count + VALUES(entry_count);

-- query: balance_add
-- in: account_id integer, debit_total amount, credit_total amount, entry_count integer, last_log_index integer
INSERT INTO balance_rows
VALUES (?1, ?2, ?3, ?4, ?5)
ON DUPLICATE KEY UPDATE debit_total = debit_total + VALUES(debit_total),
    credit_total = credit_total + VALUES(credit_total), entry_count = entry_count + VALUES(entry_count),
    last_log_index = VALUES(last_log_index);

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

-- One account's totals by day or month, for its history. The index of the account has the rest of the key behind it.
-- query: daily_total_list
-- in: from_day day, to_day day, from_posting_day day, before_posting_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT datediff(transaction_day, '1970-01-01'), sum(debit_total), sum(credit_total), sum(entry_count)
FROM daily_total_rows FORCE INDEX (account_id)
WHERE transaction_day >= ?1 AND transaction_day <= ?2 AND posting_day >= ?3 AND posting_day < ?4 AND account_id = ?5
GROUP BY transaction_day;

-- query: monthly_total_list
-- in: from_month integer, before_month integer, before_posting_month integer, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT transaction_month, sum(debit_total), sum(credit_total), sum(entry_count)
FROM monthly_total_rows FORCE INDEX (account_id)
WHERE transaction_month >= ?1 AND transaction_month < ?2 AND posting_month < ?3 AND account_id = ?4
GROUP BY transaction_month;

-- query: open_total_list
-- in: from_day day, to_day day, account_id integer
-- out: transaction_period integer, debit_total amount, credit_total amount, entry_count integer
SELECT datediff(transaction_day, '1970-01-01'), debit_total, credit_total, entry_count
FROM open_total_rows FORCE INDEX (account_id)
WHERE transaction_day >= ?1 AND transaction_day <= ?2 AND account_id = ?3
ORDER BY transaction_day;

-- The totals of the accounts whose id ends so under a mask (0 and 0: of all), for verify: each kind in the order of its key.
-- query: balance_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
-- rows: many
SELECT account_id, 0, 0, debit_total, credit_total, entry_count, last_log_index FROM balance_rows
WHERE (account_id & ?1) = ?2
ORDER BY account_id;

-- query: open_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
-- rows: many
SELECT account_id, datediff(transaction_day, '1970-01-01'), 0, debit_total, credit_total, entry_count, last_log_index FROM open_total_rows
WHERE (account_id & ?1) = ?2
ORDER BY transaction_day, account_id;

-- query: daily_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
-- rows: many
SELECT account_id, datediff(transaction_day, '1970-01-01'), datediff(posting_day, '1970-01-01'), debit_total,
    credit_total, entry_count, 0 FROM daily_total_rows
WHERE (account_id & ?1) = ?2
ORDER BY transaction_day, account_id, posting_day;

-- query: monthly_total_scan
-- in: account_mask integer, account_ending integer
-- out: account_id integer, transaction_period integer, posting_period integer, debit_total amount, credit_total amount
-- out: entry_count integer, last_log_index integer
-- rows: many
SELECT account_id, transaction_month, posting_month, debit_total, credit_total, entry_count, 0 FROM monthly_total_rows
WHERE (account_id & ?1) = ?2
ORDER BY transaction_month, account_id, posting_month;

-- How many days with totals there are at most.
-- query: total_count
-- out: row_count integer
SELECT (SELECT count(*) FROM daily_total_rows) + (SELECT count(*) FROM open_total_rows);

-- query: account_list_insert
-- in: segment integer, account_id integer, entry_count integer, entries blob
INSERT INTO account_list_rows (segment, account_id, entry_count, entries) VALUES (?1, ?2, ?3, ?4);

-- query: account_list_get
-- in: segment integer, account_id integer
-- out: entry_count integer, entries blob
SELECT entry_count, entries FROM account_list_rows WHERE segment = ?1 AND account_id = ?2;

-- query: account_list_scan
-- in: from_segment integer, before_segment integer
-- out: segment integer, account_id integer, entry_count integer, entries blob
-- rows: many
SELECT segment, account_id, entry_count, entries FROM account_list_rows
WHERE segment >= ?1 AND segment < ?2
ORDER BY segment, account_id;

-- Lists of segments that are not full or cannot be.
-- query: account_list_stray_scan
-- in: segments_count integer
-- out: segment integer, account_id integer, entry_count integer, entries blob
-- rows: many
SELECT segment, account_id, entry_count, entries FROM account_list_rows
WHERE segment < 0 OR segment >= ?1
ORDER BY segment, account_id;
