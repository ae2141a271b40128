#!/bin/sh
# Builds actors with the Swift toolchain alone: Embedded Swift and C, for bare WebAssembly.
#
#   actors/build.sh [--output DIR] [FOLDER...]
#
# A FOLDER holds one actor: actor.conf, and its .swift or .c files; without any, all that lie beside this script are
# built. DIR (default: .build-actors at the top of the repository) gets one unsigned module per actor, named after its
# folder. What has not changed is not built again. One line per actor goes to standard output: its name, its size, and
# `built` or `unchanged`.
set -eu

actors=$(cd "$(dirname "$0")" && pwd -P)
output=$actors/../.build-actors

fail() {
    echo "error: $1" >&2
    if [ $# -gt 1 ]; then echo "fix: $2" >&2; fi
    exit "${status:-1}"
}

while [ $# -gt 0 ]; do
    case $1 in
    --output)
        [ $# -gt 1 ] || status=2 fail "--output needs a folder"
        output=$2
        shift 2
        ;;
    --help | -h)
        sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p;}' "$0"
        exit 0
        ;;
    -*) status=2 fail "unknown option '$1'" "actors/build.sh [--output DIR] [FOLDER...]" ;;
    *) break ;;
    esac
done
if [ $# -eq 0 ]; then
    for conf in "$actors"/*/actor.conf; do set -- "$@" "$(dirname "$conf")"; done
fi

# The toolchain: what lies beside the real swiftc.

target=wasm32-unknown-none-wasm
install="install the Swift toolchain of swift.org, 6.2 or newer: https://www.swift.org/install/"
found=$(command -v swiftc) || fail "there is no swiftc in PATH" "$install"
tools=$(dirname "$(readlink -f "$found")")
if [ ! -x "$tools/clang" ]; then
    # A version manager's stand-in: the compiler itself knows where it is.
    resources=$("$found" -print-target-info | sed -n 's/.*"runtimeResourcePath" *: *"\(.*\)".*/\1/p')
    [ -z "$resources" ] || tools=$(readlink -f "$resources/../..")/bin
fi
for tool in swiftc clang wasm-ld; do
    [ -x "$tools/$tool" ] || fail "the Swift toolchain in $tools has no $tool" "$install"
done
embedded=$(readlink -f "$tools/../lib")/swift/embedded
[ -e "$embedded/Swift.swiftmodule/$target.swiftmodule" ] ||
    fail "the Swift toolchain in $tools has no Embedded Swift for $target (looked in $embedded)" "$install"
unicode=$embedded/$target/libswiftUnicodeDataTables.a
[ -e "$unicode" ] || fail "the Swift toolchain in $tools has no Unicode tables for $target (no $unicode)" "$install"

mkdir -p "$output/parts"
# One build at a time in one folder; the lock goes with this process.
if command -v flock >/dev/null; then
    exec 9>"$output/parts/lock"
    flock 9
fi
output=$(cd "$output" && pwd -P)
parts=$output/parts

# Changes when another toolchain is used; then everything is built again.
toolchain=$parts/toolchain
ls -ldL "$tools/swiftc" >"$toolchain.$$"
if cmp -s "$toolchain.$$" "$toolchain"; then rm "$toolchain.$$"; else mv "$toolchain.$$" "$toolchain"; fi

# is_current FILE INPUT...: whether FILE is there and nothing it is made of is newer.
is_current() {
    file=$1
    shift
    [ -e "$file" ] && [ -z "$(find "$@" "$actors/build.sh" "$toolchain" -newer "$file" -print | head -n 1)" ]
}

# Results appear under their name when they are complete, so builds may run side by side.
trap 'rm -rf "$parts/new.$$"' EXIT
trap 'exit 130' INT TERM
mkdir -p "$parts/new.$$"

swift() {
    "$tools/swiftc" -target $target -swift-version 6 -enable-experimental-feature Embedded -warnings-as-errors \
        -wmo -Osize -enforce-exclusivity=unchecked -parse-as-library -Xfrontend -disable-stack-protector \
        -I "$actors/sdk/c" "$@"
}

c() {
    "$tools/clang" --target=$target -std=c17 -O2 -Wall -Wextra -Werror -ffreestanding -fno-builtin -mbulk-memory \
        -I "$actors/sdk/c" "$@"
}

link() {
    # The names of functions stay in: a trap tells them.
    "$tools/wasm-ld" --no-entry --gc-sections --strip-debug --stack-first -z stack-size=65536 "$@"
}

# The SDK: its C part as objects, its Swift part as a module that each actor takes its share of.

for source in "$actors"/sdk/c/*.c "$actors"/sdk/swift/*.c; do
    object=$(basename "$source" .c).o
    is_current "$parts/$object" "$actors/sdk" && continue
    c -c "$source" -o "$parts/new.$$/$object" || fail "the SDK's $(basename "$source") did not compile"
    mv "$parts/new.$$/$object" "$parts/$object"
done
if ! is_current "$parts/ActorSDK.swiftmodule" "$actors/sdk"; then
    swift -module-name ActorSDK -emit-module -emit-module-path "$parts/new.$$/ActorSDK.swiftmodule" \
        "$actors"/sdk/swift/*.swift || fail "the Swift SDK did not compile"
    mv "$parts/new.$$/ActorSDK.swiftmodule" "$parts/ActorSDK.swiftmodule"
fi

# The actors.

for folder in "$@"; do
    [ -e "$folder/actor.conf" ] || status=2 fail "'$folder' is not the folder of an actor: it has no actor.conf"
    name=$(basename "$(cd "$folder" && pwd)")
    module=$output/$name.wasm
    new=$parts/new.$$/$name
    outcome=unchanged
    if ! is_current "$module" "$folder" "$actors/sdk" "$parts/ActorSDK.swiftmodule"; then
        outcome=built
        case $(ls "$folder") in
        *.swift*)
            swift -I "$parts" -module-name ActorMain -c "$folder"/*.swift -o "$new.o" || fail "actor $name did not compile"
            link "$new.o" "$parts/entry.o" "$parts/memory.o" "$parts/runtime.o" "$unicode" -o "$new.wasm" ||
                fail "actor $name did not link"
            ;;
        *.c*)
            for source in "$folder"/*.c; do
                c -c "$source" -o "$new.$(basename "$source" .c).o" || fail "actor $name did not compile"
            done
            link "$new".*.o "$parts/memory.o" "$parts/runtime.o" -o "$new.wasm" || fail "actor $name did not link"
            ;;
        *) fail "actor $name has neither a .swift nor a .c file in $folder" ;;
        esac
        chmod 644 "$new.wasm"
        mv "$new.wasm" "$module"
    fi
    wc -c <"$module" | awk -v name="$name" -v outcome=$outcome '{printf "%-12s %7.1f kB  %s\n", name, $1 / 1000, outcome}'
done
