#!/usr/bin/env bash
# The last words of `make test`: whether WebAssembly's own test suite was there to be run.
set -euo pipefail
cd "$(dirname "$0")/.."
suite="${WASM_TESTSUITE:-../shared/wasm-testsuite}"
if [ -d "$suite/sets" ]; then
    echo "The WebAssembly test suite ran ($suite)."
    exit 0
fi
echo "The WebAssembly test suite did NOT run: there is none at $suite."
echo "Get it from https://github.com/WebAssembly/testsuite, convert it with 'wasm-tools json-from-wast', and name its"
echo "folder in WASM_TESTSUITE; docs/testing.md says how."
[ "${CI:-}" != true ]
