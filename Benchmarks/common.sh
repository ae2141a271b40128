# What the benchmarks of hosts share. To be sourced; not a program.
#
# A benchmark has everything to itself: keys and state of its own, and a NATS server of its own on a free port. A lattice
# that runs on this machine is neither found nor touched.
source "$(dirname "${BASH_SOURCE[0]}")/basics.sh"

PATH=$PATH:/usr/sbin
[ -x "$lattice" ] || fail "there is no release binary at $lattice" "make build"
need wrk wrk
need curl curl
need python3 python3
need nats-server nats-server
# Whatever this shell is set to use is another lattice's.
for name in $(compgen -e | grep '^LATTICE_' || true); do unset "$name"; done

free_port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }

# wait_for WHAT COMMAND...: until the command succeeds, 10 s at most.
wait_for() {
    local what=$1 tries
    shift
    for tries in $(seq 500); do
        if "$@" >/dev/null 2>&1; then return; fi
        sleep 0.02
    done
    fail "no $what after 10 s"
}

# Starts the NATS server that everything here uses.
start_nats() {
    mkdir "$work/ports"
    nats-server -a 127.0.0.1 -p -1 --ports_file_dir "$work/ports" -js -sd "$work/jetstream" >"$work/nats.log" 2>&1 &
    started+=($!)
    wait_for "NATS server" compgen -G "$work/ports/*.ports"
    LATTICE_NATS=$(python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))["nats"][0])' "$work"/ports/*.ports)
    export LATTICE_NATS LATTICE_HOME=$work/home
}

# start_host NAME: a host with a state folder of its own, which serves when this returns. Sets `host` to its process.
start_host() {
    LATTICE_STATE=$work/state-$1 LATTICE_HOST_NAME=$1 "$lattice" up >"$work/$1.log" 2>&1 &
    host=$!
    started+=("$host")
    wait_for "host $1 (see its log: $(cat "$work/$1.log" 2>/dev/null))" test -s "$work/state-$1/up.json"
}

# Signs the hello actor as $work/hello.wasm, with the keys that the first host has made.
make_hello() {
    "$top/actors/build.sh" --output "$work/actors" "$top/Benchmarks/http/hello" >&2
    "$lattice" sign "$work/actors/hello.wasm" --name hello --cap http-server --output "$work/hello.wasm" >"$work/sign.log"
}

# link_hello PORT: the actor and the provider run already.
link_hello() {
    "$lattice" link put hello httpserver http-server "address=127.0.0.1:$1" >&2
    answers "$1" || fail "the actor does not answer"
}

answers() { [ "$(curl -sf "127.0.0.1:$1")" = "hello there" ]; }

# processor_time PID: microseconds that all its threads have used.
processor_time() { cat /proc/"$1"/task/*/schedstat | awk '{ sum += $1 } END { printf "%.0f\n", sum / 1000 }'; }

# measure NAME PID PORT CONNECTIONS SECONDS: adds one value each to $work/NAME.CONNECTIONS.{rate,p50,cpu}: requests per
# second, the median latency in us, and the server's processor time for one request in us.
measure() {
    local before after
    before=$(processor_time "$2")
    wrk -t "$(($4 < 2 ? 1 : 2))" -c "$4" -d "$5s" --latency "http://127.0.0.1:$3/" >"$work/wrk.out"
    after=$(processor_time "$2")
    if grep -q 'Non-2xx' "$work/wrk.out"; then fail "$1: $(grep 'Non-2xx' "$work/wrk.out")"; fi
    awk -v used=$((after - before)) -v name="$work/$1.$4" '
        function micro(text) {
            if (text ~ /us$/) return text + 0
            if (text ~ /ms$/) return text * 1000
            return text * 1000000
        }
        / requests in / { print used / $1 >>(name ".cpu") }
        /Requests\/sec/ { print $2 >>(name ".rate") }
        $1 == "50%" { print micro($2) >>(name ".p50") }' "$work/wrk.out"
}
