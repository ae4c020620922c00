-- An auditor: verify, reports and every query; nothing can be written.
CREATE USER {account} IDENTIFIED BY '<password>';

-- SHOW VIEW is for verify, which reads how each view is defined. MySQL (not MariaDB) shows guards only to who may also drop
-- them: there add TRIGGER, or verify finds every guard missing.
GRANT SELECT, SHOW VIEW ON {pattern}.* TO {account};

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
