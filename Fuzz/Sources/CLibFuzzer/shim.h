// The entry of libFuzzer, which comes with the toolchain's clang and has no header for it.
#ifndef LIB_FUZZER_SHIM_H
#define LIB_FUZZER_SHIM_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerRunDriver(
    int *_Nonnull argc, char *_Nullable *_Nonnull *_Nonnull argv,
    int (*_Nonnull callback)(const uint8_t *_Nullable data, size_t size));

#endif
