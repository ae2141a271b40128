#!/usr/bin/env bash
# Fails when a Swift file is not formatted as .swift-format says; `make format` mends it.
set -euo pipefail
cd "$(dirname "$0")/.."
folders=()
for folder in Sources Tests providers Benchmarks Fuzz/Sources; do [ -d "$folder" ] && folders+=("$folder"); done
swift format lint --strict --recursive "${folders[@]}" Package.swift Fuzz/Package.swift || { echo "run 'make format'" >&2; exit 1; }
