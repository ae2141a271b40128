#!/usr/bin/env bash
# Machine instructions that the interpreter executes for each kernel, under valgrind: they don't depend on the machine's
# load. Compared with instructions.tsv beside this script: one that grew by more than 3 % fails; --update writes the table.
# Usage: Benchmarks/engine/instructions.sh [--update]       (about a minute)
# BINARY=path/to/engine-bench counts another build.
source "$(dirname "$0")/kernels.sh"

case "${1:-}" in
"" | --update) ;;
*) fail "unknown option '$1'" "$0 [--update]" ;;
esac
if [ "$(uname -m)" != x86_64 ]; then
    echo "The interpreter's instructions are counted on x86-64 only."
    exit 0
fi
need valgrind valgrind

[ -n "${BINARY:-}" ] || build_engine_bench
runner=${BINARY:-$bench}

# What the counts depend on besides our code: the compiler, and which memcpy the C library takes for this processor.
export SWIFT_DETERMINISTIC_HASHING=1 GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS,-FSRM
compiler=$("$tools/clang" --version | head -1)

# count KERNEL
count() {
    build_kernel "$1"
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$runner" run "$work/$1.wasm" "$(reduced_size "$1")" \
        >"$work/$1.out" 2>"$work/$1.log" || { tail -20 "$work/$1.log" >&2; fail "$1 can't be counted"; }
    awk '/Collected/ { print $NF }' "$work/$1.log"
}

table=$here/instructions.tsv
# Two at a time: a count is the same whatever else runs.
printf '%s\n' "${kernels[@]}" >"$work/names"
for ((index = 0; index < ${#kernels[@]}; index += 2)); do
    for kernel in "${kernels[@]:index:2}"; do count "$kernel" >"$work/$kernel.count" & done
    wait
done
for kernel in "${kernels[@]}"; do
    [ -s "$work/$kernel.count" ] || exit 1
    printf '%s\t%s\n' "$kernel" "$(cat "$work/$kernel.count")"
done >"$work/counts"

if [ "${1:-}" = --update ]; then
    { echo "# $compiler"; cat "$work/counts"; } >"$table"
    echo "written: $table"
    exit 0
fi
recorded=$(head -1 "$table")
awk -F '\t' '
    NR == FNR { if (!/^#/) before[$1] = $2; next }
    {
        change = before[$1] ? $2 / before[$1] - 1 : 1
        printf "%-12s %14d %+7.2f %%\n", $1, $2, 100 * change
        if (change > 0.03) grown = grown " " $1
        if (change < -0.03) shrunk = shrunk " " $1
    }
    END {
        if (shrunk) print "fewer instructions than the table says:" shrunk ". Keep that: Benchmarks/engine/instructions.sh --update"
        if (grown) {
            print "more instructions than the table says:" grown ". If it has to be: Benchmarks/engine/instructions.sh --update"
            exit 1
        }
    }' "$table" "$work/counts" && exit 0
[ "$recorded" = "# $compiler" ] && exit 1
echo "The table was made with another compiler (${recorded#\# }): not a failure."
