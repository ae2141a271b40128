// The exports of an actor in Swift. Its `@main` type answers one call at a time: entering the module is calling `main`.

#include "wasmbus.h"

struct actor_call actor_current_call;

/// What the compiler makes of `@main`.
int actor_main(int argumentCount, char **arguments) __asm__("__main_argc_argv");

WASMBUS_EXPORT("__guest_call")
int32_t actor_guest_call(uint32_t operation_count, uint32_t argument_count) {
    actor_current_call = (struct actor_call){operation_count, argument_count, 0};
    actor_main(0, 0);
    return actor_current_call.result;
}

/// The version of the calling convention that newer hosts ask for.
WASMBUS_EXPORT("__wasmbus_rpc_version")
uint32_t actor_rpc_version(void) { return 1; }
