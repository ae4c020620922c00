-- Redactions: texts that were erased, and the hash that they had. The guards let each of these changes pass only where the
-- row of the redaction and its event stand there already.

-- query: redaction_insert
-- in: log_index integer, transaction_log_index integer, texts_hash blob, transaction_id blob
INSERT INTO redactions (log_index, texts_hash_bytes, transaction_id) VALUES (?1, ?3, ?4);

-- Every redaction in the order of the log, with the instant of the event that stands at its position.
-- query: redaction_list
-- out: log_index integer, transaction_log_index integer?, transaction_id blob?, texts_hash blob, event_timestamp time?
-- rows: many
SELECT r.log_index, t.log_index, CAST(r.transaction_id AS BINARY(16)), r.texts_hash_bytes, a.event_timestamp
FROM redactions r FORCE INDEX (PRIMARY)
LEFT JOIN transactions t FORCE INDEX (transaction_id) ON t.transaction_id = r.transaction_id
LEFT JOIN event_positions p FORCE INDEX (PRIMARY) ON p.log_index = r.log_index
LEFT JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
ORDER BY r.log_index;

-- That of one transaction.
-- query: redaction_find
-- in: transaction_log_index integer
-- out: log_index integer, transaction_log_index integer?, transaction_id blob?, texts_hash blob, event_timestamp time?
SELECT r.log_index, t.log_index, CAST(r.transaction_id AS BINARY(16)), r.texts_hash_bytes, a.event_timestamp
FROM transactions t FORCE INDEX (PRIMARY)
JOIN redactions r FORCE INDEX (transaction_id) ON r.transaction_id = t.transaction_id
LEFT JOIN event_positions p FORCE INDEX (PRIMARY) ON p.log_index = r.log_index
LEFT JOIN audit_log a FORCE INDEX (PRIMARY) ON a.audit_id = p.audit_id
WHERE t.log_index = ?1;

-- The texts of a transaction give way to a mark, where there are any, and the salt goes.
-- query: transaction_redact
-- in: log_index integer, mark text
UPDATE transactions SET description = ?2, texts_salt_bytes = '',
    reversal_reason = CASE WHEN reversal_reason IS NULL THEN NULL ELSE ?2 END
WHERE log_index = ?1;

-- query: entries_redact
-- in: log_index integer, mark text, transaction_id blob
UPDATE journal_entries SET memo = ?2 WHERE transaction_id = ?3 AND memo IS NOT NULL AND memo <> ?2;

-- So do the reasons of requests for a reversal of a transaction.
-- query: approvals_redact
-- in: transaction_id blob, mark text
UPDATE approval_rows SET reason = ?2, reason_salt_bytes = ''
WHERE transaction_id = ?1 AND kind = 'REVERSAL' AND reason IS NOT NULL AND length(reason_salt_bytes) > 0;
