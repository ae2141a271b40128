#!/usr/bin/env bash
# seeds.sh FOLDER: collects the distinct modules of WebAssembly's test suite (up to 8 KiB each) as a seed corpus.
# The suite is found as the tests find it: $WASM_TESTSUITE, else ../shared/wasm-testsuite.
set -euo pipefail
target=$1
root="$(cd "$(dirname "$0")/.." && pwd)"
suite="${WASM_TESTSUITE:-$root/../shared/wasm-testsuite}"
[ -d "$suite/json" ] || { echo "no test suite at $suite: set WASM_TESTSUITE" >&2; exit 1; }
mkdir -p "$target"
find "$suite/json" "$suite/json-2.0" -name '*.wasm' -size -8k -print0 | xargs -0 sha1sum |
    while read -r hash path; do [ -e "$target/$hash" ] || cp "$path" "$target/$hash"; done
ls "$target" | wc -l
