#!/usr/bin/env bash
# How long a host takes from its start to its first reply, what memory it has idle and after load, how large the binary is.
# Usage: Benchmarks/host/run.sh [ROUNDS]       (default: 5 starts)
# Needs `make build`, wrk and nats-server. Nothing here fails by its time. See Benchmarks/README.md.
source "$(dirname "$0")/../common.sh"

rounds=${1:-5}

# Waits for the actor's reply on a port; prints the time of day at which it was there.
first_reply() {
    python3 - "$1" <<'P'
import socket, sys, time
until = time.time() + 20
while time.time() < until:
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=5) as client:
            client.sendall(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")
            reply = b""
            while part := client.recv(4096):
                reply += part
        if b"hello there" in reply:
            print("%.6f" % time.time())
            sys.exit()
    except OSError:
        pass
    time.sleep(0.001)
sys.exit("error: no reply within 20 s")
P
}

# resident PID: all memory in MB, and what of it is the process's own and not parts of files.
resident() {
    awk '/^VmRSS/ { all = $2 } /^RssAnon/ { own = $2 } END { printf "%.1f (%.1f)", all / 1000, own / 1000 }' \
        "/proc/$1/status"
}

start_nats
start_host bench
export LATTICE_STATE=$work/state-bench
sleep 1
empty=$(resident "$host")
make_hello
port=$(free_port)
"$lattice" start provider httpserver >&2
"$lattice" start actor "$work/hello.wasm" >&2
link_hello "$port"
sleep 1
idle=$(resident "$host")
measure load "$host" "$port" 64 5
loaded=$(resident "$host")

# A host that starts again runs what it ran before.
for round in $(seq "$rounds"); do
    end "$host"
    begin=$EPOCHREALTIME
    "$lattice" up >"$work/again.log" 2>&1 &
    host=$!
    started+=("$host")
    reply=$(first_reply "$port")
    awk -v begin="$begin" -v reply="$reply" 'BEGIN { print (reply - begin) * 1000 }' >>"$work/start.ms"
    echo "round $round of $rounds done" >&2
done

cp -L "$lattice" "$work/stripped"
strip "$work/stripped"
row() { printf '%-52s %s\n' "$1" "$2"; }
row "start to first reply, ms (median of $rounds)" "$(median "$work/start.ms" | awk '{ printf "%.0f", $1 }')"
row "resident, MB (of it anonymous): nothing runs" "$empty"
row "  a provider and an actor, idle" "$idle"
row "  directly after 5 s with 64 connections" "$loaded"
row "threads" "$(ls "/proc/$host/task" | wc -l)"
row "binary stripped, MB" "$(stat -c %s "$work/stripped" | awk '{ printf "%.1f", $1 / 1000000 }')"
