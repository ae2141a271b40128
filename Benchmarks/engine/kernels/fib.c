// Calls: the Fibonacci number `size`, by the definition.
#include "kernel.h"

static NOINLINE uint32_t fibonacci(uint32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }

static uint64_t kernel(uint32_t size) { return fibonacci(size); }
