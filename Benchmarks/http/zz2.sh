source "$(dirname "$0")/../common.sh"
bare_port=$(free_port)
"$top/.build-bench/release/BareNIO" "$bare_port" >"$work/bare.log" &
bare=$!
started+=("$bare")
start_nats
export LD_PRELOAD=/tmp/hp.so; start_host bench; unset LD_PRELOAD
export LATTICE_STATE=$work/state-bench
make_hello
port=$(free_port)
"$lattice" start provider httpserver >&2
"$lattice" start actor "$work/hello.wasm" >&2
link_hello "$port"
wait_for "bare server" answers "$bare_port"
source "$ZZ"
