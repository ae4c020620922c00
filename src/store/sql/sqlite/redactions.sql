-- Redactions: texts that were erased, and the hash that they had.

-- query: redaction_insert
-- in: log_index integer, transaction_log_index integer, texts_hash blob, transaction_id blob
INSERT INTO redaction_rows (log_index, transaction_log_index, texts_hash) VALUES (?1, ?2, ?3);

-- Every redaction in the order of the log, with the instant of the event that stands at its position.
-- query: redaction_list
-- out: log_index integer, transaction_log_index integer?, transaction_id blob?, texts_hash blob, event_timestamp time?
SELECT r.log_index, t.log_index, t.transaction_id, r.texts_hash, e.event_timestamp
FROM redaction_rows r
LEFT JOIN transaction_rows t ON t.log_index = r.transaction_log_index
LEFT JOIN event_rows e ON e.log_index = r.log_index
ORDER BY r.log_index;

-- That of one transaction.
-- query: redaction_find
-- in: transaction_log_index integer
-- out: log_index integer, transaction_log_index integer?, transaction_id blob?, texts_hash blob, event_timestamp time?
SELECT r.log_index, t.log_index, t.transaction_id, r.texts_hash, e.event_timestamp
FROM redaction_rows r
LEFT JOIN transaction_rows t ON t.log_index = r.transaction_log_index
LEFT JOIN event_rows e ON e.log_index = r.log_index
WHERE r.transaction_log_index = ?1;

-- The texts of a transaction give way to a mark, where there are any, and the salt goes.
-- query: transaction_redact
-- in: log_index integer, mark text
UPDATE transaction_rows SET description = ?2, texts_salt = x'',
    reversal_reason = CASE WHEN reversal_reason IS NULL THEN NULL ELSE ?2 END
WHERE log_index = ?1;

-- query: entries_redact
-- in: log_index integer, mark text, transaction_id blob
UPDATE entry_rows SET memo = ?2
WHERE entry_key >= (?1 << 16) AND entry_key < ((?1 + 1) << 16) AND memo IS NOT NULL AND memo <> ?2;

-- So do the reasons of requests for a reversal of a transaction.
-- query: approvals_redact
-- in: transaction_id blob, mark text
UPDATE approval_rows SET reason = ?2, reason_salt = x''
WHERE transaction_id = ?1 AND kind = 0 AND reason IS NOT NULL AND length(reason_salt) > 0;
