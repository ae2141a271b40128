// A driver for wasm3's sources as PyPI's `pywasm3` carries them, which are without its WASI: runs one of the kernels.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "m3_env.h"
#include "wasm3.h"

static int arguments_count;
static char **arguments;

static m3ApiRawFunction(args_sizes_get) {
    m3ApiReturnType(uint32_t)
    m3ApiGetArgMem(uint32_t *, count)
    m3ApiGetArgMem(uint32_t *, bytes)
    *count = (uint32_t)arguments_count;
    *bytes = 0;
    for (int i = 0; i < arguments_count; i++) *bytes += (uint32_t)strlen(arguments[i]) + 1;
    m3ApiReturn(0)
}

static m3ApiRawFunction(args_get) {
    m3ApiReturnType(uint32_t)
    m3ApiGetArgMem(uint32_t *, starts)
    m3ApiGetArgMem(char *, bytes)
    for (int i = 0; i < arguments_count; i++) {
        starts[i] = m3ApiPtrToOffset(bytes);
        bytes = stpcpy(bytes, arguments[i]) + 1;
    }
    m3ApiReturn(0)
}

static m3ApiRawFunction(fd_write) {
    m3ApiReturnType(uint32_t)
    m3ApiGetArg(uint32_t, descriptor)
    m3ApiGetArgMem(uint32_t *, parts)
    m3ApiGetArg(uint32_t, count)
    m3ApiGetArgMem(uint32_t *, written)
    *written = 0;
    for (uint32_t i = 0; i < count; i++) {
        ssize_t done = write((int)descriptor, m3ApiOffsetToPtr(parts[2 * i]), parts[2 * i + 1]);
        if (done < 0) m3ApiReturn(29)
        *written += (uint32_t)done;
    }
    m3ApiReturn(0)
}

static void check(M3Result result, const char *step) {
    if (!result || result == m3Err_functionLookupFailed) return;
    fprintf(stderr, "%s: %s\n", step, result);
    exit(1);
}

int main(int count, char **values) {
    if (count < 2) return 2;
    arguments_count = count - 1;
    arguments = values + 1;
    FILE *file = fopen(values[1], "rb");
    static uint8_t bytes[1 << 24];
    size_t size = file ? fread(bytes, 1, sizeof bytes, file) : 0;
    IM3Environment environment = m3_NewEnvironment();
    IM3Runtime runtime = m3_NewRuntime(environment, 1 << 20, NULL);
    IM3Module module;
    IM3Function start;
    check(m3_ParseModule(environment, &module, bytes, (uint32_t)size), "parse");
    check(m3_LoadModule(runtime, module), "load");
    const char *wasi = "wasi_snapshot_preview1";
    check(m3_LinkRawFunction(module, wasi, "args_sizes_get", "i(**)", args_sizes_get), "link");
    check(m3_LinkRawFunction(module, wasi, "args_get", "i(**)", args_get), "link");
    check(m3_LinkRawFunction(module, wasi, "fd_write", "i(i*i*)", fd_write), "link");
    check(m3_FindFunction(&start, runtime, "_start"), "find");
    check(m3_CallV(start), "run");
    return 0;
}
