#!/usr/bin/env bash
# A hello over HTTP whose provider and actor run on two hosts, against the same on one host, and against a bare request and
# reply of the same NATS client. All on this machine, one connection, in the same run.
# Usage: Benchmarks/remote/run.sh [ROUNDS [SECONDS]]       (default: 5 rounds of 3 seconds for each measurement)
# Needs `make build`, wrk, nats-server, libnats-dev and cc or clang. See Benchmarks/README.md.
source "$(dirname "$0")/../common.sh"

rounds=${1:-5}
seconds=${2:-3}
compiler=$(command -v cc || command -v clang) || fail "there is no C compiler" "sudo apt-get install gcc"
"$compiler" -O2 -Wall -Wextra -o "$work/requests" "$top/Benchmarks/remote/requests.c" -lnats ||
    fail "the bare client can't be built" "sudo apt-get install --no-install-recommends libnats-dev"

start_nats
start_host near
near=$host
start_host far
make_hello
"$lattice" start provider httpserver --host near >&2
"$lattice" start actor "$work/hello.wasm" --host near >&2
port=$(free_port)
link_hello "$port"

for round in $(seq "$rounds"); do
    "$work/requests" "$LATTICE_NATS" "$seconds" >>"$work/bare.1.p50"
    measure local "$near" "$port" 1 "$seconds"
    # The actor moves; the link knows nothing of places.
    "$lattice" start actor "$work/hello.wasm" --host far >/dev/null
    "$lattice" stop actor hello --host near >/dev/null
    measure remote "$near" "$port" 1 "$seconds"
    measure remote "$near" "$port" 64 "$seconds"
    "$lattice" start actor "$work/hello.wasm" --host near >/dev/null
    "$lattice" stop actor hello --host far >/dev/null
    echo "round $round of $rounds done" >&2
done

row() { printf '%-62s %8.0f\n' "$1" "$2"; }
bare=$(median "$work/bare.1.p50")
local=$(median "$work/local.1.p50")
remote=$(median "$work/remote.1.p50")
row "bare request and reply over NATS, p50 in us" "$bare"
row "HTTP request, actor on the same host, p50 in us" "$local"
row "HTTP request, actor on another host, p50 in us" "$remote"
row "the call between the hosts, us (the difference)" "$(awk -v a="$local" -v b="$remote" 'BEGIN { print b - a }')"
awk -v a="$local" -v b="$remote" -v bare="$bare" 'BEGIN { printf "%-62s %8.2f\n", "  its ratio to the bare one", (b - a) / bare }'
row "HTTP requests/s, actor on another host, 64 connections" "$(median "$work/remote.64.rate")"
