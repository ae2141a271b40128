#!/usr/bin/env bash
# A hello over HTTP, actor and provider in one host, against a bare NIO handler on the same machine in the same run.
# Usage: Benchmarks/http/run.sh [ROUNDS [SECONDS]]       (default: 5 rounds of 4 seconds for each measurement)
# Needs `make build`, wrk and nats-server. Nothing here fails by its time. See Benchmarks/README.md.
source "$(dirname "$0")/../common.sh"

rounds=${1:-5}
seconds=${2:-4}

echo "building the bare server and the actor" >&2
swift build -c release --package-path "$top/Benchmarks/http/bare-nio" --scratch-path "$top/.build-bench" >&2

bare_port=$(free_port)
"$top/.build-bench/release/BareNIO" "$bare_port" >"$work/bare.log" &
bare=$!
started+=("$bare")

start_nats
start_host bench
export LATTICE_STATE=$work/state-bench
make_hello
port=$(free_port)
"$lattice" start provider httpserver >&2
"$lattice" start actor "$work/hello.wasm" >&2
link_hello "$port"
wait_for "bare server" answers "$bare_port"

for round in $(seq "$rounds"); do
    for connections in 64 1; do
        measure bare "$bare" "$bare_port" "$connections" "$seconds"
        measure ours "$host" "$port" "$connections" "$seconds"
    done
    echo "round $round of $rounds done" >&2
done

# row TITLE CONNECTIONS QUANTITY DECIMALS
row() {
    awk -v name="$1" -v a="$(median "$work/bare.$2.$3")" -v b="$(median "$work/ours.$2.$3")" -v decimals="$4" \
        'BEGIN { printf "%-36s %12.*f %12.*f %8.2f\n", name, decimals, a, decimals, b, b / a }'
}
printf '%-36s %12s %12s %8s\n' "" "bare NIO" "actor" "ratio"
for connections in 64 1; do
    s=$([ "$connections" = 1 ] || echo s)
    row "requests/s, $connections connection$s" "$connections" rate 0
    row "p50 in us, $connections connection$s" "$connections" p50 0
    row "server CPU us/request, $connections connection$s" "$connections" cpu 1
done
