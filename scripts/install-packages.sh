#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that building and testing need; does nothing when all are there.
# Usage: scripts/install-packages.sh build|test
set -euo pipefail

# Each line: alternatives, first one known to this system's apt wins. (Names differ between releases.)
build_packages=(
    "libsodium-dev"
    "libnats-dev"
    "libhiredis-dev"
    "libyaml-dev"
    "pkg-config pkgconf"
    "nats-server"
)
test_packages=(
    "redis-server"
    "wabt"
    "wasi-libc"
    "libclang-rt-14-dev-wasm32 libclang-rt-18-dev-wasm32 libclang-rt-19-dev-wasm32"
)

fail() { printf '%s\n' "$@" >&2; exit 1; }

command -v dpkg-query >/dev/null && command -v apt-get >/dev/null || fail \
    "This is neither Debian nor Ubuntu: install these by your system's means, then run the command again with" \
    "LATTICE_SKIP_PACKAGES=1:" "  ${build_packages[*]} ${test_packages[*]}"

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]; }

wanted=("${build_packages[@]}")
[ "${1:-build}" = test ] && wanted+=("${test_packages[@]}")

missing=()
for alternatives in "${wanted[@]}"; do
    found=
    for package in $alternatives; do is_installed "$package" && found=yes && break; done
    [ -n "$found" ] || missing+=("$alternatives")
done
[ "${#missing[@]}" -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail \
        "These packages are missing, and without root or sudo they cannot be installed:" "  ${missing[*]}" \
        "Ask an administrator for: apt-get install --no-install-recommends ${missing[*]%% *}"
    as_root=(sudo)
fi

echo "installing packages: ${missing[*]}"
"${as_root[@]}" apt-get update -qq
chosen=()
for alternatives in "${missing[@]}"; do
    found=
    for package in $alternatives; do
        if apt-cache show "$package" >/dev/null 2>&1; then chosen+=("$package"); found=yes; break; fi
    done
    [ -n "$found" ] || fail "apt knows none of: $alternatives"
done
DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${chosen[@]}" >/dev/null
