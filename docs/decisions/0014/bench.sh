#!/bin/bash
# bench.sh <rounds>: builds, starts servers, runs both sides in turns, then the faults. Three minutes a round and fifteen for the faults on busy cores.
set -eu
cd "$(dirname "$0")"
dotnet build -c Release --nologo -v q -clp:ErrorsOnly
b=../../../artifacts/bin/WolverineBench/release/BillionHearts.Tests d=$(mktemp -d)
setsid ./servers.sh start "$d"
trap './servers.sh stop "$d"; rm -rf "$d"' EXIT
sides="ours wolverine"

for _ in $(seq "$1"); do for s in $sides wolverine-default; do $b reset $s; $b start $s; $b bench $s; done; done
for s in $sides; do
    echo "== killed after the commit and before the publish"
    $b reset $s; $b killed $s 50 "$(cat "$d/broker.pid")" || true
    kill -CONT "$(cat "$d/broker.pid")"; $b recover $s; $b count $s
done
for s in $sides wolverine-default; do
    echo "== broker killed while 100 messages/s are published"
    $b reset $s; $b steady $s 100 25 & run=$!
    sleep 8; kill -KILL "$(cat "$d/broker.pid")"; sleep 1; setsid ./servers.sh broker "$d"; wait $run; $b count $s
done
for s in $sides wolverine-default; do
    echo "== broker killed while 8 callers commit"
    $b reset $s; $b storm $s 25 & run=$!
    sleep 8; kill -KILL "$(cat "$d/broker.pid")"; sleep 1; setsid ./servers.sh broker "$d"; wait $run; $b count $s
done
for s in $sides; do echo "== no binding"; $b reset $s; $b unroutable $s 10; $b count $s; done
for s in $sides; do echo "== backlog"; $b reset $s; $b backlog $s 1000; done
echo "== start without a broker"
kill -KILL "$(cat "$d/broker.pid")"
for s in $sides; do timeout 60 $b start $s && echo "$s: started" || echo "$s: no, exit code $?"; done
setsid ./servers.sh broker "$d"
