#!/usr/bin/env bash
# What surrounds running code: calls of the host, fresh and idle instances, a process from start to end.
# Usage: Benchmarks/engine/micro.sh
# Needs `make build`; BINARY=… measures another build of `lattice`. Processor time, medians.
source "$(dirname "$0")/kernels.sh"

[ -x "$lattice" ] || fail "there is no release binary at $lattice" "make build"
build_engine_bench
for source in "$here"/micro/*.c; do
    name=$(basename "$source" .c)
    entry=$([ "$name" = empty ] || echo -Wl,--no-entry)
    "$tools/clang" --target=wasm32-wasi -mbulk-memory -nostdlib -Wl,--strip-all,-z,stack-size=65536 $entry \
        "${kernel_flags[@]}" -o "$work/$name.wasm" "$source"
done

"$bench" head
"$bench" hostcall "$work/hostcall.wasm"
"$bench" instances "$work/pages.wasm"
"$bench" process "empty program" "$lattice" run "$work/empty.wasm"
