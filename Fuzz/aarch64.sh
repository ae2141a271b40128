#!/usr/bin/env bash
# aarch64.sh: runs the same recordings as sanitize.sh on the core built for aarch64, under qemu.
# Needs gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user (apt). Usage: aarch64.sh [SEED [COUNT]]
source "$(dirname "$0")/recordings.sh"

need qemu-aarch64 qemu-user
[ -d /usr/aarch64-linux-gnu/include ] || fail "no C library for aarch64: apt install libc6-dev-arm64-cross gcc-aarch64-linux-gnu"
"$tools/clang" --target=aarch64-linux-gnu --gcc-toolchain=/usr --sysroot=/ -isystem /usr/aarch64-linux-gnu/include \
    -L/usr/aarch64-linux-gnu/lib -fuse-ld=lld -static -std=gnu17 -O2 -Wall -Wextra -Werror -I"$core/include" \
    "$here"/replay/*.c "$core"/*.c -o "$work/replay-aarch64"
replay_all qemu-aarch64 "$work/replay-aarch64"
