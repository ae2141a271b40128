#!/usr/bin/env bash
# Twelve kernels on our interpreter and on its peers, which must all print the same checksums: user time, as ratios.
# Usage: Benchmarks/engine/run.sh [ROUNDS [KERNEL...]]       (default: 5 rounds of all kernels, about 5 minutes)
# Needs `make build`; BINARY=… measures another build of `lattice`. Peers that can't be had are left out. See README.md.
source "$(dirname "$0")/kernels.sh"

rounds=${1:-5}
[ $# -lt 2 ] || kernels=("${@:2}")
[ -x "$lattice" ] || fail "there is no release binary at $lattice" "make build"
source "$here/peers/peers.sh"
engines=(ours native "${engines[@]}")
command_of[ours]="$lattice run"

echo "building ${#kernels[@]} kernels" >&2
for kernel in "${kernels[@]}"; do
    [ -n "$(full_size "$kernel")" ] || fail "there is no kernel '$kernel'; there are: $(awk '!/^#/ { print $1 }' "$here/kernels.tsv" | xargs)"
    build_kernel "$kernel"
    "$tools/clang" "${kernel_flags[@]}" -o "$work/$kernel" "$here/kernels/$kernel.c"
done

# run_once ENGINE KERNEL SIZE: the checksum to standard output; the user time is added to $work/KERNEL.ENGINE.
run_once() {
    local command="${command_of[$1]:-} $work/$2.wasm"
    [ "$1" != native ] || command=$work/$2
    [ "$1" != ours ] || command+=" --"
    TIMEFORMAT=%U
    { time $command "$3" 2>"$work/errors"; } 2>>"$work/$2.$1" ||
        fail "$1 can't run $2: $(head -c 500 "$work/errors")"
}

for round in $(seq "$rounds"); do
    for kernel in "${kernels[@]}"; do
        size=$(full_size "$kernel")
        expected=$(run_once native "$kernel" "$size")
        for engine in "${engines[@]}"; do
            [ "$engine" != native ] || continue
            printed=$(run_once "$engine" "$kernel" "$size")
            [ "$printed" = "$expected" ] || fail "$kernel: $engine prints '$printed', native code '$expected'"
        done
    done
    echo "round $round of $rounds done" >&2
done

for kernel in "${kernels[@]}"; do
    for engine in "${engines[@]}"; do echo "$kernel $engine $(median "$work/$kernel.$engine")"; done
done | awk -v engines="${engines[*]}" -v rounds="$rounds" -f "$here/table.awk"
