#!/usr/bin/env bash
# Stops every kernel of the benchmarks at so many random points, each in a run of its own, writes a snapshot there, lets a
# new process go on from it, and compares checksum and fuel with those of a run that was not stopped.
# Usage: scripts/snapshot-points.sh [COUNT [SEED]]       (1,000 and 1: some ten minutes)
# PROGRAM=path/to/SnapshotProgram uses another build.
source "$(dirname "$0")/../Benchmarks/engine/kernels.sh"

count=${1:-1000}
seed=${2:-1}
program=${PROGRAM:-$top/.build-release/release/SnapshotProgram}
[ -n "${PROGRAM:-}" ] || swift build -c release --omit-frame-pointers --static-swift-stdlib --package-path "$top" \
    --scratch-path "$top/.build-release" --product SnapshotProgram >&2

for kernel in "${kernels[@]}"; do
    build_kernel "$kernel"
    printf '%-12s ' "$kernel"
    "$program" points "$count" "$seed" "$work/$kernel.wasm" "$(reduced_size "$kernel")" ||
        fail "$kernel does not survive being stopped"
done
