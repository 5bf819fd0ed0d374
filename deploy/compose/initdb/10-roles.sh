#!/bin/bash
# The replication role, the role that Postern reads with, and a table to read.
set -euo pipefail
psql -v ON_ERROR_STOP=1 -v replication="$REPLICATION_PASSWORD" -v reader="$READER_PASSWORD" \
    -U "$POSTGRES_USER" -d "$POSTGRES_DB" <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'replication';
CREATE ROLE postern_reader LOGIN PASSWORD :'reader' CONNECTION LIMIT 60;
ALTER ROLE postern_reader SET default_transaction_read_only = on;
REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO postern_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO postern_reader;
CREATE TABLE orders (id integer PRIMARY KEY, customer text NOT NULL, total numeric(10, 2) NOT NULL);
INSERT INTO orders SELECT n, 'customer ' || n % 50, n * 1.5 FROM generate_series(1, 1000) AS n;
SQL
echo 'host replication replicator all scram-sha-256' >>"$PGDATA/pg_hba.conf"
