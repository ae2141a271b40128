# The twelve kernels: their names and sizes, and how they are built. To be sourced.
source "$(dirname "${BASH_SOURCE[0]}")/../basics.sh"

here=$top/Benchmarks/engine
mapfile -t kernels < <(awk '!/^#/ { print $1 }' "$here/kernels.tsv")

full_size() { awk -v name="$1" '$1 == name { print $2 }' "$here/kernels.tsv"; }
reduced_size() { awk -v name="$1" '$1 == name { print $3 }' "$here/kernels.tsv"; }

# The toolchain's own clang, whatever else is called so.
found=$(command -v swiftc) || fail "there is no swiftc in PATH" "https://www.swift.org/install"
tools=$(dirname "$(readlink -f "$found")")
[ -x "$tools/clang" ] || fail "the Swift toolchain in $tools has no clang"

# Numbers must not depend on who computes them: no fused multiplication and addition.
kernel_flags=(-O2 -Wall -Wextra -Werror -fno-math-errno -ffp-contract=off)

# build_kernel NAME: as $work/NAME.wasm
build_kernel() {
    "$tools/clang" --target=wasm32-wasi -mbulk-memory -nostdlib -Wl,--strip-all,-z,stack-size=65536 \
        "${kernel_flags[@]}" -o "$work/$1.wasm" "$here/kernels/$1.c"
}

bench=$top/.build-bench/engine/release/engine-bench

# The engine and WASI without the rest: a tenth of the time that the whole binary takes.
build_engine_bench() { build_part engine-bench "$top/.build-bench/engine"; }
