#!/bin/sh
# Run by the postgres image once, when it makes its data directory: the two logins, the
# application's group and the database, from the same file that embedded mode uses.
set -eu
psql --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname postgres \
    --set owner_password="$PURSER_OWNER_PASSWORD" --set app_password="$PURSER_APP_PASSWORD" \
    --file /purser/roles.sql
