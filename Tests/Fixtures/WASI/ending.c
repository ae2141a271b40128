// proc_exit and proc_raise: what the first argument says.
#include "probe.h"

__attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise"))) extern int raise_signal(int signal);

int main(int argc, char **argv) {
    const char *what = argc > 1 ? argv[1] : "";
    if (!strcmp(what, "return")) return 7;
    if (!strncmp(what, "exit", 4)) __wasi_proc_exit(atoi(what + 4));
    if (!strcmp(what, "trap")) __builtin_trap();
    if (!strncmp(what, "raise", 5)) {
        // Signals that a process ignores unless told otherwise.
        OK(raise_signal(atoi(what + 5)));
        return 5;
    }
    FAILS(INVAL, raise_signal(31));
    return 0;
}
