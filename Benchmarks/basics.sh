# What every benchmark starts with: where things are, a folder that goes away with it, and its processes too.
# To be sourced; not a program.
set -euo pipefail

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
# Another build can be measured the same way: BINARY=path/to/lattice Benchmarks/http/run.sh
lattice=${BINARY:-$top/.build-release/release/lattice}

fail() {
    echo "error: $1" >&2
    [ $# -lt 2 ] || echo "fix: $2" >&2
    exit 1
}

# need PROGRAM PACKAGE
need() { command -v "$1" >/dev/null || fail "$1 is missing" "sudo apt-get install --no-install-recommends $2"; }

# build_part PRODUCT FOLDER: one program of the package as it is released, FOLDER/release/PRODUCT. Without debug information,
# which valgrind would read, and may not know the form of.
build_part() {
    swift build -c release --omit-frame-pointers --static-swift-stdlib -Xlinker -S --package-path "$top" \
        --scratch-path "$2" --product "$1" >"$work/build.log" 2>&1 ||
        { cat "$work/build.log" >&2; fail "$1 can't be built"; }
}

work=$(mktemp -d)
# Processes of ours, in the order in which they were started.
started=()

# Ends one process of ours and waits for it.
end() {
    kill "$1" 2>/dev/null || true
    wait "$1" 2>/dev/null || true
}

finish() {
    trap '' INT TERM
    local index
    for ((index = ${#started[@]} - 1; index >= 0; index--)); do end "${started[$index]}"; done
    rm -rf "$work"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# median FILE
median() { sort -g "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }
