#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that building and testing need; does nothing when all are there.
# Usage: scripts/install-packages.sh build|test
# With LATTICE_SKIP_PACKAGES=1 it only looks for Swift: you have installed the rest by other means.
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
    "curl"
    "valgrind"
    "wabt"
    "wasi-libc"
    "libclang-rt-14-dev-wasm32 libclang-rt-18-dev-wasm32 libclang-rt-19-dev-wasm32"
)

fail() { printf '%s\n' "$@" >&2; exit 1; }

command -v swift >/dev/null || fail "Swift 6.3 is missing." "fix: install it as https://www.swift.org/install says"
[ -z "${LATTICE_SKIP_PACKAGES:-}" ] || exit 0

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

# One name each: the first that this system's apt knows, else the first.
names=()
for alternatives in "${missing[@]}"; do
    chosen=
    for package in $alternatives; do
        if apt-cache show "$package" >/dev/null 2>&1; then chosen=$package && break; fi
    done
    names+=("${chosen:-${alternatives%% *}}")
done

as_root=()
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail \
        "These packages are missing, and you are neither root nor is there sudo to install them: ${names[*]}" \
        "fix: ask an administrator for: apt-get install --no-install-recommends ${names[*]}"
    as_root=(sudo)
fi

echo "installing packages: ${names[*]}"
"${as_root[@]}" apt-get update -qq || fail "apt-get update failed: packages can't be fetched."
names=()
for alternatives in "${missing[@]}"; do
    chosen=
    for package in $alternatives; do
        if apt-cache show "$package" >/dev/null 2>&1; then chosen=$package && break; fi
    done
    [ -n "$chosen" ] || fail "apt knows none of: $alternatives" \
        "fix: on Ubuntu, add-apt-repository universe; elsewhere see which release has it"
    names+=("$chosen")
done
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${names[@]}" >/dev/null
