-- The role as which web, worker, beat and manage.py work. It owns nothing; bin/entry migrate gives it its rights on the tables.
-- Run by psql as a superuser, with the password in POSTGRES_APP_PASSWORD: by the database container when it makes its data folder,
-- by hand on a database from before (docs/operations.md). Safe to run again, which is also how the password is changed.
\set ON_ERROR_STOP on
\getenv password POSTGRES_APP_PASSWORD
SELECT 'CREATE ROLE cpms_app' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cpms_app') \gexec
ALTER ROLE cpms_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
