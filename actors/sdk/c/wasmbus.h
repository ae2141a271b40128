// What a host gives an actor and what it asks of it: the classic "wasmbus" interface.
// All values are i32; a pointer is an offset into the exported memory. Text is UTF-8 without an end mark.

#ifndef LATTICE_WASMBUS_H
#define LATTICE_WASMBUS_H

#include <stdint.h>

#define WASMBUS_IMPORT(name) __attribute__((import_module("wasmbus"), import_name(name)))
#define WASMBUS_EXPORT(name) __attribute__((export_name(name)))

// The call that is being answered. Its sizes are the arguments of `__guest_call`.

/// Copies operation and argument to where they are wanted. At most once per call: some hosts trap at the second time.
WASMBUS_IMPORT("__guest_request")
void wasmbus_guest_request(uint8_t *operation, uint8_t *argument);

/// The result; to be followed by returning 1.
WASMBUS_IMPORT("__guest_response")
void wasmbus_guest_response(const uint8_t *bytes, uint32_t count);

/// Why there is none; to be followed by returning 0.
WASMBUS_IMPORT("__guest_error")
void wasmbus_guest_error(const uint8_t *text, uint32_t count);

// Calls out.

/// \param binding the link name; empty for a call to an actor.
/// \param space the contract id, or the key or call alias of an actor.
/// \returns 1, and there is a response; anything else, and there is an error text.
WASMBUS_IMPORT("__host_call")
int32_t wasmbus_host_call(
    const uint8_t *binding, uint32_t binding_count, const uint8_t *space, uint32_t space_count,
    const uint8_t *operation, uint32_t operation_count, const uint8_t *argument, uint32_t argument_count);

WASMBUS_IMPORT("__host_response_len")
uint32_t wasmbus_host_response_count(void);

/// At most once per host call.
WASMBUS_IMPORT("__host_response")
void wasmbus_host_response(uint8_t *bytes);

WASMBUS_IMPORT("__host_error_len")
uint32_t wasmbus_host_error_count(void);

/// At most once per host call.
WASMBUS_IMPORT("__host_error")
void wasmbus_host_error(uint8_t *text);

/// A line for the host's log.
WASMBUS_IMPORT("__console_log")
void wasmbus_console_log(const uint8_t *text, uint32_t count);

/// The call that `__guest_call` of the Swift SDK was entered with (`swift/entry.c`).
struct actor_call {
    uint32_t operation_count;
    uint32_t argument_count;
    /// What `__guest_call` will return.
    int32_t result;
};
extern struct actor_call actor_current_call;

static inline uint32_t actor_operation_count(void) { return actor_current_call.operation_count; }
static inline uint32_t actor_argument_count(void) { return actor_current_call.argument_count; }
static inline void actor_set_result(int32_t result) { actor_current_call.result = result; }

#endif
