# Makes recordings of internal code and replays them. To be sourced.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
core=$here/../Sources/CWasmCore
work=$here/work/recordings
seed=${1:-1} count=${2:-1000}

fail() { echo "$0: $1" >&2; exit 1; }
need() { command -v "$1" >/dev/null || fail "$1 is missing: apt install $2"; }

suite=${WASM_TESTSUITE:-$here/../../shared/wasm-testsuite}
[ -d "$suite/sets" ] || fail "no test suite at $suite: set WASM_TESTSUITE"
# The toolchain's own clang, whatever else is called so.
tools=$(dirname "$(readlink -f "$(command -v swiftc)")")

rm -rf "$work"
mkdir -p "$work"/{spec,modules,generated,kernels}
swift build -c release --package-path "$here" >"$work/build.log" 2>&1 || { cat "$work/build.log" >&2; exit 1; }
programs=$here/.build/release

# What the engine has: 2.0 whole, and features of 3.0.
sets=(wasm-2.0 feature-tail-call feature-multi-memory feature-memory64 feature-relaxed-simd feature-extended-const)
# Run in slices, too: a call that stops and goes on must end in the same.
slice=100
# Kernels, in the sizes that they are counted with: argument lists in kernels.tsv.
kernels=$here/../Benchmarks/engine

record_all() {
    for set in "${sets[@]}"; do "$programs/Recorder" spec "$suite" "$set" "$work/spec"; done
    "$programs/FuzzTool" generate "$work/modules" "$seed" "$count"
    "$programs/Recorder" generated "$work/generated" "$work"/modules/*.wasm
    awk '!/^#/ { print $1, $3 }' "$kernels/kernels.tsv" | while read -r name size; do
        "$tools/clang" --target=wasm32-wasi -mbulk-memory -nostdlib -O2 -fno-math-errno -ffp-contract=off \
            -Wl,--strip-all,-z,stack-size=65536 -o "$work/modules/$name.wasm" "$kernels/kernels/$name.c"
        "$programs/Recorder" program "$work/kernels/$name.recording" "$work/modules/$name.wasm" "$size"
    done
}

# replay_all COMMAND...: every recording, whole and in slices.
replay_all() {
    record_all
    for kind in spec generated kernels; do
        echo "$kind:"
        printf '%s\0' "$work/$kind"/*.recording | xargs -0 "$@"
        printf '%s\0' "$work/$kind"/*.recording | xargs -0 "$@" --slice $slice
    done
}
