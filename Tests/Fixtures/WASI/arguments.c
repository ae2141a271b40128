// args_get, args_sizes_get, environ_get, environ_sizes_get.
// Started as: probe "" "two words" é, with A=b and EMPTY= set.
#include "probe.h"

static void is_text(const char *wanted, const char *is) {
    if (strcmp(wanted, is)) {
        fprintf(stderr, "'%s', not '%s'\n", is, wanted);
        exit(1);
    }
}

int main(void) {
    __wasi_size_t count, bytes;
    OK(__wasi_args_sizes_get(&count, &bytes));
    IS(4, count);
    char *values[5] = {0}, text[200];
    memset(text, '#', sizeof text);
    OK(__wasi_args_get((uint8_t **)values, (uint8_t *)text));
    IS('#', text[bytes]);
    is_text("", values[1]);
    is_text("two words", values[2]);
    is_text("\xc3\xa9", values[3]);
    IS((long)strlen(values[0]) + 1 + 1 + 10 + 3, bytes);
    HOLDS(values[4] == NULL);

    OK(__wasi_environ_sizes_get(&count, &bytes));
    IS(2, count);
    IS(4 + 7, bytes);
    memset(text, '#', sizeof text);
    OK(__wasi_environ_get((uint8_t **)values, (uint8_t *)text));
    IS('#', text[bytes]);
    is_text("A=b", values[0]);
    is_text("EMPTY=", values[1]);

    // Addresses that are not in the memory.
    FAILS(FAULT, __wasi_args_sizes_get((__wasi_size_t *)0xFFFFFFFC, &bytes));
    FAILS(FAULT, __wasi_environ_get((uint8_t **)0xFFFFFFF0, (uint8_t *)text));
    return 0;
}
