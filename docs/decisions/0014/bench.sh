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
for m in "storm 25" "steady 100 25"; do
    for s in $sides wolverine-default; do
        echo "== broker killed: $m"
        rm -f "$d/out"; $b reset $s; $b ${m%% *} $s ${m#* } > "$d/out" & run=$!
        until grep -q ready "$d/out" 2> /dev/null; do sleep 0.2; done; sleep 5
        kill -KILL "$(cat "$d/broker.pid")"; sleep 1; setsid ./servers.sh broker "$d"; wait $run; cat "$d/out"; $b count $s
    done
done
for s in $sides; do echo "== no binding"; $b reset $s; $b unroutable $s 10; $b count $s; done
for s in $sides; do echo "== backlog"; $b reset $s; $b backlog $s 1000; done
echo "== start without a broker"
kill -KILL "$(cat "$d/broker.pid")"
for s in $sides; do timeout 60 $b start $s && echo "$s: started" || echo "$s: no, exit code $?"; done
setsid ./servers.sh broker "$d"
