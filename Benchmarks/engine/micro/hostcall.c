// Calls of a host function: two integers in, one out.
__attribute__((import_module("host"), import_name("add"))) int host_add(int first, int second);

__attribute__((export_name("calls"))) int calls(int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum = host_add(sum, i);
    return sum;
}

/// The same loop without the host.
static __attribute__((noinline)) int add(int first, int second) {
    __asm__ volatile("");
    return first + second;
}

__attribute__((export_name("loops"))) int loops(int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) sum = add(sum, i);
    return sum;
}
