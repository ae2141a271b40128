#!/usr/bin/env bash
# A signed actor of 1.8 MB, from its bytes to its first reply in a host that has not seen it before: wall time, medians.
# Usage: Benchmarks/actors/run.sh
# Needs the Swift toolchain only; builds the benchmark (2 minutes the first time). Nothing here fails by its time.
source "$(dirname "$0")/../basics.sh"

# Code that no two functions share, as in programs of that size; one of them runs in each call.
mkdir "$work/large"
cp "$top/Benchmarks/http/hello/actor.conf" "$work/large/"
awk -v functions=1210 'BEGIN {
    srand(1)
    print "#include \"memory.h\"\n#include \"wasmbus.h\"\nstatic uint32_t state[256];"
    for (f = 0; f < functions; f++) {
        printf "static uint32_t f%d(uint32_t x, uint32_t y) {\n", f
        for (line = 0; line < 9; line++) {
            k = int(rand() * 1000000007); i = int(rand() * 256); s = 1 + int(rand() * 31)
            if (line % 3 == 0) printf "  for (uint32_t n = x & 7; n; n--) { y += state[(x + %d) & 255] ^ %du; x = x << %d | x >> %d; }\n", i, k, s, 32 - s
            else if (line % 3 == 1) printf "  if (x > y) { state[%d] += x * %du; y ^= x; } else x -= y / %du;\n", i, k, 1 + k % 99991
            else printf "  switch (y & 3) { case 0: x += %d; break; case 1: x ^= state[%d]; break; case 2: y *= %du; }\n", k, i, k
        }
        print "  return x ^ y;\n}"
    }
    printf "static uint32_t (*const all[])(uint32_t, uint32_t) = {"
    for (f = 0; f < functions; f++) printf "f%d,", f
    print "};"
    print "WASMBUS_EXPORT(\"__guest_call\") int32_t guest_call(uint32_t operation, uint32_t argument) {"
    print "  state[0] = all[(operation + argument) % (sizeof all / sizeof *all)](operation, argument);"
    print "  wasmbus_guest_response((const uint8_t *)state, 4);\n  return 1;\n}"
}' >"$work/large/large.c"
"$top/actors/build.sh" --output "$work/actors" "$work/large" >&2
build_part actor-bench "$top/.build-bench/actors"

echo "an actor of $(($(wc -c <"$work/actors/large.wasm") / 1000)) kB, milliseconds (bound 15, aim 5):"
"$top/.build-bench/actors/release/actor-bench" "$work/actors/large.wasm" | awk -F '\t' '{ printf "%-20s %8.2f\n", $1, $2 }'
