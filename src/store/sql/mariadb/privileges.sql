-- What lets somebody reach this database, as the server's own tables say it to whoever may read them: who may do what on
-- the whole server, on the databases whose pattern matches, on tables, columns and routines of this one; who may change
-- the tables of the server that say so (in the database mysql; to read those gives nobody more); the roles that have any
-- of it, through other roles as well, and who has those; and who may act as one of all these. Accounts that may do
-- nothing here have no row, and passwords, hosts' certificates and limits are not looked at.
--
-- The letters are the columns *_priv of mysql.user and of mysql.db in the order below, SELECT first. The server matches a
-- pattern byte by byte.
-- query: privilege_scan
-- out: type text, name text, definition text
-- derived: none, MySQL keeps roles and many privileges in other tables
WITH RECURSIVE server_rows AS (
    SELECT User, Host, concat(Select_priv, Insert_priv, Update_priv, Delete_priv, Create_priv, Drop_priv, Reload_priv,
        Shutdown_priv, Process_priv, File_priv, Grant_priv, References_priv, Index_priv, Alter_priv, Show_db_priv,
        Super_priv, Create_tmp_table_priv, Lock_tables_priv, Execute_priv, Repl_slave_priv, Repl_client_priv,
        Create_view_priv, Show_view_priv, Create_routine_priv, Alter_routine_priv, Create_user_priv, Event_priv,
        Trigger_priv, Create_tablespace_priv, Delete_history_priv) AS letters
    FROM mysql.user
), database_rows AS (
    SELECT User, Host, Db, concat(Select_priv, Insert_priv, Update_priv, Delete_priv, Create_priv, Drop_priv, Grant_priv,
        References_priv, Index_priv, Alter_priv, Create_tmp_table_priv, Lock_tables_priv, Create_view_priv,
        Show_view_priv, Create_routine_priv, Alter_routine_priv, Execute_priv, Event_priv, Trigger_priv,
        Delete_history_priv) AS letters
    FROM mysql.db
), granted AS (
    SELECT 'global' AS type, User, Host, letters AS definition
    FROM server_rows
    WHERE letters LIKE '%Y%'
    UNION ALL
    SELECT 'database', User, Host, concat(letters, ' ON ', quote(Db))
    FROM database_rows
    WHERE (letters LIKE '%Y%' AND BINARY database() LIKE BINARY Db)
        OR (substr(letters, 2) LIKE '%Y%' AND BINARY 'mysql' LIKE BINARY Db)
    UNION ALL
    SELECT 'table', User, Host, concat(Table_priv, ' ON ', quote(Db), '.', quote(Table_name))
    FROM mysql.tables_priv
    WHERE (Table_priv <> '' AND BINARY Db = BINARY database())
        OR (Table_priv NOT IN ('', 'Select') AND Db = 'mysql')
    UNION ALL
    SELECT 'column', User, Host, concat(Column_priv, ' ON ', quote(Db), '.', quote(Table_name), '.', quote(Column_name))
    FROM mysql.columns_priv
    WHERE (Column_priv <> '' AND BINARY Db = BINARY database())
        OR (Column_priv NOT IN ('', 'Select') AND Db = 'mysql')
    UNION ALL
    SELECT 'routine', User, Host, concat(Proc_priv, ' ON ', Routine_type, ' ', quote(Db), '.', quote(Routine_name))
    FROM mysql.procs_priv
    WHERE BINARY Db = BINARY database()
), reaching AS (
    SELECT User AS Role FROM granted WHERE Host = ''
    UNION
    SELECT m.User FROM mysql.roles_mapping AS m JOIN reaching AS r ON r.Role = m.Role WHERE m.Host = ''
), privileged AS (
    SELECT type, User, Host, definition FROM granted
    UNION ALL
    SELECT 'role', User, Host, concat(quote(Role), if(Admin_option = 'Y', ' WITH ADMIN OPTION', ''))
    FROM mysql.roles_mapping
    WHERE Role IN (SELECT Role FROM reaching)
), acting AS (
    SELECT type, User, Host, definition FROM privileged
    UNION ALL
    SELECT 'proxy', User, Host,
        concat(quote(Proxied_user), '@', quote(Proxied_host), if(With_grant, ' WITH GRANT OPTION', ''))
    FROM mysql.proxies_priv
    WHERE Proxied_user = '' OR (Proxied_user, Proxied_host) IN (SELECT User, Host FROM privileged)
)
SELECT type, concat(quote(User), '@', quote(Host)) AS name, definition
FROM acting
ORDER BY BINARY type, BINARY name, BINARY definition;
