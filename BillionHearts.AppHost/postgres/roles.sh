#!/bin/sh
# A role and a database of its own for each service: no superuser, and nobody else may connect to it.
# Run once, by the image's entry point, as the superuser of a server that is not yet reachable.
set -eu

own_database() { # role password
    psql --no-psqlrc --set ON_ERROR_STOP=1 --set role="$1" --set database="$1db" --set password="$2" \
        --username "$POSTGRES_USER" --dbname postgres <<'SQL'
CREATE ROLE :"role" LOGIN PASSWORD :'password';
CREATE DATABASE :"database" OWNER :"role";
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
SQL
}

own_database images "$IMAGESDB_PASSWORD"
own_database notifications "$NOTIFICATIONSDB_PASSWORD"
