-- The two logins of an installation, the group that carries the application's rights, and
-- the database that the owner owns. Run with psql by a superuser; running it again changes
-- nothing but the passwords. psql variables: owner_password, app_password.
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY['purser_app', 'purser_owner', 'purser']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec

ALTER ROLE purser_owner LOGIN CREATEDB PASSWORD :'owner_password';
ALTER ROLE purser LOGIN PASSWORD :'app_password';
GRANT purser_app TO purser_owner, purser;

-- Nobody waits for a lock longer than a client waits for an answer, or forgets a transaction.
ALTER ROLE purser SET lock_timeout = '2s';
ALTER ROLE purser SET idle_in_transaction_session_timeout = '60s';

SELECT 'CREATE DATABASE purser OWNER purser_owner'
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = 'purser') \gexec

REVOKE ALL ON DATABASE purser FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE purser TO purser_app;
