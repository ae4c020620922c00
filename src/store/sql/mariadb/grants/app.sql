-- The application: the service, and the command line of every day. It reads everything, adds rows, and changes only what
-- the engine changes; it can define, drop and empty nothing. Run this after init: a table has to be there for its grants.
CREATE USER {account} IDENTIFIED BY '<password>';

-- SHOW VIEW is for verify, which reads how each view is defined. MySQL (not MariaDB) shows guards only to who may also drop
-- them: there add TRIGGER, or nothing can be written.
GRANT SELECT, SHOW VIEW ON {pattern}.* TO {account};

-- Rows are added, but not those that init writes once: schema_migrations, ledger_settings, integrity_head, writer_lease.
GRANT INSERT ON {database}.chart_of_accounts TO {account};
GRANT INSERT ON {database}.account_versions TO {account};
GRANT INSERT ON {database}.transactions TO {account};
GRANT INSERT ON {database}.journal_entries TO {account};
GRANT INSERT ON {database}.posting_day_rows TO {account};
GRANT INSERT ON {database}.audit_log TO {account};
GRANT INSERT ON {database}.event_positions TO {account};
GRANT INSERT ON {database}.account_list_rows TO {account};
GRANT INSERT ON {database}.closing_periods TO {account};
GRANT INSERT ON {database}.approval_rows TO {account};
GRANT INSERT ON {database}.redactions TO {account};
GRANT INSERT ON {database}.integrity_tiles TO {account};
GRANT INSERT ON {database}.checkpoints TO {account};

-- A transaction takes the mark of its reversal, an account what its newest version says.
GRANT UPDATE (status, reversed_by_transaction_id) ON {database}.transactions TO {account};
GRANT UPDATE (account_name, account_role, description, is_active, version) ON {database}.chart_of_accounts TO {account};

-- Texts give way to the mark of a redaction: the guards let nothing else pass.
GRANT UPDATE (description, reversal_reason, texts_salt_bytes) ON {database}.transactions TO {account};
GRANT UPDATE (memo) ON {database}.journal_entries TO {account};
GRANT UPDATE (reason, reason_salt_bytes) ON {database}.approval_rows TO {account};

-- The head moves with every unit of work.
GRANT UPDATE (log_size, frontier_bytes, epoch, posting_day, last_number, last_posting_date, amount_bound, rules_version,
    frozen) ON {database}.integrity_head TO {account};
GRANT UPDATE (leaves) ON {database}.open_leaf_rows TO {account};

-- Totals grow; those of the running day are folded into the others when it is over.
GRANT INSERT, UPDATE (debit_total, credit_total, entry_count, last_log_index), DELETE
    ON {database}.open_total_rows TO {account};
GRANT INSERT, UPDATE (debit_total, credit_total, entry_count, last_log_index) ON {database}.balance_rows TO {account};
GRANT INSERT, UPDATE (debit_total, credit_total, entry_count) ON {database}.daily_total_rows TO {account};
GRANT INSERT, UPDATE (debit_total, credit_total, entry_count) ON {database}.monthly_total_rows TO {account};

-- In a cluster, the writers agree on the node that takes the postings.
GRANT UPDATE (node_name, term, taken_at) ON {database}.writer_lease TO {account};

-- What accounts may do, for the digest of it that checkpoints carry and verify compares: everything but passwords. These
-- may be left out: checkpoints then say nothing of grants, and verify says so. MySQL has other tables: leave them out there.
GRANT SELECT (Host, User, Select_priv, Insert_priv, Update_priv, Delete_priv, Create_priv, Drop_priv, Reload_priv,
    Shutdown_priv, Process_priv, File_priv, Grant_priv, References_priv, Index_priv, Alter_priv, Show_db_priv, Super_priv,
    Create_tmp_table_priv, Lock_tables_priv, Execute_priv, Repl_slave_priv, Repl_client_priv, Create_view_priv,
    Show_view_priv, Create_routine_priv, Alter_routine_priv, Create_user_priv, Event_priv, Trigger_priv,
    Create_tablespace_priv, Delete_history_priv) ON mysql.user TO {account};
GRANT SELECT ON mysql.db TO {account};
GRANT SELECT ON mysql.tables_priv TO {account};
GRANT SELECT ON mysql.columns_priv TO {account};
GRANT SELECT ON mysql.procs_priv TO {account};
GRANT SELECT ON mysql.roles_mapping TO {account};
GRANT SELECT ON mysql.proxies_priv TO {account};
