// Settings of the server that decide how far a query can reach
// Returns name and value of each.
// mode: read
SHOW SETTINGS 'db.transaction.timeout', 'dbms.security.allow_csv_import_from_file_urls', 'dbms.security.auth_enabled', 'dbms.security.procedures.allowlist', 'dbms.security.procedures.unrestricted'
YIELD name, value
RETURN name, value
ORDER BY name;
