-- Who makes the ledger (init) and brings it to a later version; nobody works with it from day to day.
CREATE USER {account} IDENTIFIED BY '<password>';

-- The guards, and the view that shows them, run with the privileges of the account that made them: never drop it, or
-- postings fail. After init it can be locked: ALTER USER {account} ACCOUNT LOCK;
--
-- Where the server keeps a binary log (as for replicas), it lets only SUPER make triggers, unless an administrator says
-- before init: SET GLOBAL log_bin_trust_function_creators = 1; and may say 0 again after it.
GRANT SELECT, INSERT, UPDATE, CREATE, ALTER, DROP, INDEX, REFERENCES, TRIGGER, CREATE VIEW, SHOW VIEW
    ON {pattern}.* TO {account};

-- Totals of a running day are folded when it is over, which an import --verbatim does too. (A table that is not there yet
-- takes a privilege together with CREATE.)
GRANT CREATE, DELETE ON {database}.open_total_rows TO {account};
