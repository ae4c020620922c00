-- Backups: mysqldump --single-transaction --routines --triggers --events --flush-logs --master-data=2.
CREATE USER {account} IDENTIFIED BY '<password>';

-- Without TRIGGER a dump has no guards in it, and says nothing. Who may see triggers may also drop them: keep this
-- account to the machine that makes the backups. verify finds a guard that is gone.
GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON {pattern}.* TO {account};

-- MySQL's mysqldump wants PROCESS too, or to be run with --no-tablespaces.
--
-- RELOAD begins a new binary log at the moment of the dump; REPLICATION CLIENT is for clients that ask the server for
-- the position in it.
GRANT RELOAD, REPLICATION CLIENT ON *.* TO {account};
