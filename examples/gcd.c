// Any language that compiles to WebAssembly will do. This needs nothing but the toolchain's clang:
// clang --target=wasm32-unknown-unknown -O2 -nostdlib -Wl,--no-entry examples/gcd.c -o gcd.wasm
__attribute__((export_name("gcd"))) long long gcd(long long a, long long b) {
    while (b) {
        long long rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}
