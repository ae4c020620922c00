-- An auditor: verify, reports and every query; nothing can be written.
CREATE USER {account} IDENTIFIED BY '<password>';

-- SHOW VIEW is for verify, which reads how each view is defined.
GRANT SELECT, SHOW VIEW ON {pattern}.* TO {account};
