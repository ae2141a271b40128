#!/usr/bin/env bash
# A hello over HTTP, actor and provider in one host, against a bare NIO handler on the same machine in the same run.
# Usage: Benchmarks/http/run.sh [ROUNDS [SECONDS]]       (default: 5 rounds of 4 seconds for each measurement)
# Needs `make build` and wrk. Prints medians of interleaved runs and their ratio; nothing here fails by its time.
set -euo pipefail

rounds=${1:-5}
seconds=${2:-4}
top=$(cd "$(dirname "$0")/../.." && pwd -P)
lattice=$top/.build-release/release/lattice
[ -x "$lattice" ] || { echo "error: there is no release binary" >&2; echo "fix: make build" >&2; exit 1; }
command -v wrk >/dev/null || { echo "error: wrk is missing" >&2; echo "fix: apt-get install wrk" >&2; exit 1; }

work=$(mktemp -d)
export LATTICE_HOME=$work/home LATTICE_STATE=$work/state
bare=
finish() {
    [ -z "$bare" ] || kill "$bare" 2>/dev/null || true
    "$lattice" down >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT TERM

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

echo "building the bare server and the actor" >&2
swift build -c release --package-path "$top/Benchmarks/http/bare-nio" --scratch-path "$top/.build-bench" >&2
"$top/actors/build.sh" --output "$work/actors" "$top/Benchmarks/http/hello" >&2

bare_port=$(free_port)
"$top/.build-bench/release/BareNIO" "$bare_port" >"$work/bare.log" &
bare=$!

http_port=$(free_port)
"$lattice" up --detached >&2
"$lattice" sign "$work/actors/hello.wasm" --name hello --cap http-server --output "$work/hello.wasm" >&2
"$lattice" start provider httpserver >&2
"$lattice" start actor "$work/hello.wasm" >&2
"$lattice" link put hello httpserver http-server "address=127.0.0.1:$http_port" >&2
[ "$(curl -sf "127.0.0.1:$http_port")" = "hello there" ] || { echo "error: the actor does not answer" >&2; exit 1; }
[ "$(curl -sf "127.0.0.1:$bare_port")" = "hello there" ] || { echo "error: the bare server does not answer" >&2; exit 1; }

# measure PORT CONNECTIONS: requests per second and the median latency in microseconds.
measure() {
    wrk -t "$(($2 < 2 ? 1 : 2))" -c "$2" -d "${seconds}s" --latency "http://127.0.0.1:$1/" | awk '
        function micro(text) {
            if (text ~ /us$/) return text + 0
            if (text ~ /ms$/) return text * 1000
            return text * 1000000
        }
        /Requests\/sec/ { rate = $2 } $1 == "50%" { p50 = micro($2) } /Non-2xx/ { bad = $NF }
        END { print rate, p50, bad + 0 }'
}
median() { sort -g | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

for round in $(seq "$rounds"); do
    for server in bare ours; do
        port=$bare_port
        [ "$server" = bare ] || port=$http_port
        for connections in 64 1; do
            read -r rate p50 bad < <(measure "$port" "$connections")
            [ "$bad" = 0 ] || { echo "error: $server gave $bad answers that were not 200" >&2; exit 1; }
            echo "$rate" >>"$work/$server.$connections.rate"
            echo "$p50" >>"$work/$server.$connections.p50"
        done
    done
    echo "round $round of $rounds done" >&2
done

value() { median <"$work/$1"; }
printf '%-28s %14s %14s %8s\n' "" "bare NIO" "actor" "ratio"
row() { awk -v name="$1" -v a="$2" -v b="$3" 'BEGIN { printf "%-28s %14.0f %14.0f %8.2f\n", name, a, b, b / a }'; }
row "requests/s, 64 connections" "$(value bare.64.rate)" "$(value ours.64.rate)"
row "p50 in us, 64 connections" "$(value bare.64.p50)" "$(value ours.64.p50)"
row "requests/s, 1 connection" "$(value bare.1.rate)" "$(value ours.1.rate)"
row "p50 in us, 1 connection" "$(value bare.1.p50)" "$(value ours.1.p50)"
