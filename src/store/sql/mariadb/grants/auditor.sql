-- An auditor: verify, reports and every query; nothing can be written.
CREATE USER {account} IDENTIFIED BY '<password>';

-- SHOW VIEW is for verify, which reads how each view is defined. MySQL (not MariaDB) shows guards only to who may also drop
-- them: there add TRIGGER, or verify finds every guard missing.
GRANT SELECT, SHOW VIEW ON {pattern}.* TO {account};
