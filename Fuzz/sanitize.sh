#!/usr/bin/env bash
# sanitize.sh: runs recordings on the core under AddressSanitizer and UndefinedBehaviorSanitizer: the modules of
# WebAssembly's test suite, generated modules, and the kernels of Benchmarks/engine on their reduced sizes.
# Usage: sanitize.sh [SEED [COUNT]]      generated modules from SEED on, 1 and 1,000 by default
source "$(dirname "$0")/recordings.sh"

"$tools/clang" -fuse-ld=lld -std=gnu17 -O1 -g -Wall -Wextra -Werror -I"$core/include" \
    -fsanitize=address,undefined -fno-sanitize-recover=all "$here"/replay/*.c "$core"/*.c -o "$work/replay-sanitized"
replay_all "$work/replay-sanitized"
