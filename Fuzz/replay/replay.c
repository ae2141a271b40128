// replay [--slice FUEL] FILE...: makes the calls of recordings on the core alone, and compares what comes of them.
// Built with sanitizers by sanitize.sh, for aarch64 by aarch64.sh.
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "recording.h"

static const char *current_file = "";
static uint64_t current_call;

void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s, call %" PRIu64 ": ", current_file, current_call);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

/// A call as it is replayed.
typedef struct Call {
    Instance *instance;
    WasmExecution execution;
    /// Fuel of one stretch; what is left of the call's.
    int64_t slice, left;
    int64_t used;
} Call;

// MARK: The host

/// - Returns: 0 if the host ends the call.
static int answer(Call *call, Words *words) {
    if (word(words)) return 0;
    WasmMemory *memory = call->instance->context->memory;
    uint64_t count, result_count;
    const uint64_t *results = list(words, &result_count);
    for (uint64_t i = 0; i < result_count; i++) call->execution.frame[i] = results[i];
    uint64_t changes = word(words);
    for (uint64_t i = 0; i < changes; i++) {
        uint64_t address = word(words);
        const uint8_t *changed = bytes(words, &count);
        if (address + count > memory->size) fail("the host wrote beyond the memory");
        memcpy(memory->base + address, changed, count);
        wasm_core_memory_mark(memory, address, count);
    }
    return 1;
}

static void translate(Call *call) {
    Instance *instance = call->instance;
    uint64_t index = call->execution.operand;
    const WasmWord *code = instance->codes[index].entry;
    wasm_core_publish(&instance->entries[index], code);
    if (!wasm_core_enter_translated(&call->execution, code)) {
        call->execution.status = WASM_STATUS_TRAPPED;
        call->execution.trap = WASM_TRAP_STACK_EXHAUSTED;
    }
}

static void grow_a_table(Call *call) {
    WasmExecution *execution = &call->execution;
    uint64_t *frame = execution->frame, slots = execution->operand2;
    uint64_t index = execution->trap;
    execution->trap = 0;
    frame[slots & 0xFFFF] = grow_table(call->instance, index, execution->operand, frame[slots >> 16]);
}

// MARK: One call

/// Runs to the call's end.
/// - Parameter answers: what the host said, as far as `answer_count` goes.
static enum End run(Call *call, Words *answers, uint64_t answer_count) {
    WasmExecution *execution = &call->execution;
    int64_t given = execution->fuel = call->slice < call->left ? call->slice : call->left;
    for (;;) {
        enum WasmStatus status = wasm_core_run(execution);
        if (status == WASM_STATUS_TRANSLATE) {
            translate(call);
            status = execution->status;
        }
        switch (status) {
        case WASM_STATUS_TRANSLATE: continue;
        case WASM_STATUS_MEMORY_GROW:
            execution->frame[execution->operand2 & 0xFFFF] =
                grow_memory(call->instance, execution->operand2 >> 16, execution->operand);
            continue;
        case WASM_STATUS_TABLE_GROW: grow_a_table(call); continue;
        case WASM_STATUS_HOST_CALL:
            if (!answer_count--) fail("a host call that was not recorded");
            if (answer(call, answers)) continue;
            break;
        default: break;
        }
        call->used += given - execution->fuel;
        call->left -= given - execution->fuel;
        if (status == WASM_STATUS_OUT_OF_FUEL && call->left >= 0) {
            given = execution->fuel = call->slice < call->left ? call->slice : call->left;
            continue;
        }
        if (answer_count) fail("%" PRIu64 " host calls too few: status %u, trap %u", answer_count, status, execution->trap);
        return status == WASM_STATUS_FINISHED      ? END_FINISHED
               : status == WASM_STATUS_TRAPPED     ? END_TRAPPED
               : status == WASM_STATUS_OUT_OF_FUEL ? END_OUT_OF_FUEL
                                                   : END_BY_HOST;
    }
}

static void compare(const Call *call, enum End end, const uint64_t *expected, uint64_t count) {
    const WasmExecution *execution = &call->execution;
    const uint64_t trap[3] = {execution->trap, execution->operand, execution->operand2};
    const uint64_t *actual = end == END_FINISHED ? execution->stack_base : trap;
    if (end == END_TRAPPED && count > 3) fail("a trap of %" PRIu64 " words", count);
    if (end != END_FINISHED && end != END_TRAPPED) return;
    for (uint64_t i = 0; i < count; i++) {
        // The upper half of a slot with 32 bits means nothing; a recording has it zero.
        int is_half = expected[i] <= UINT32_MAX && (uint32_t)actual[i] == expected[i];
        if (actual[i] != expected[i] && !is_half) {
            fail("word %" PRIu64 " of the outcome is %" PRIx64 ", not %" PRIx64, i, actual[i], expected[i]);
        }
    }
}

static void replay_call(Instance *instance, Words *words, int64_t slice) {
    Call call = {.instance = instance, .slice = slice};
    uint64_t reference = word(words), argument_count, expected_count;
    call.left = (int64_t)word(words);
    const uint64_t *arguments = list(words, &argument_count);
    enum End expected_end = (enum End)word(words);
    const uint64_t *expected = list(words, &expected_count);
    uint64_t fuel = word(words), answer_count = word(words);

    memcpy(instance->stack, arguments, argument_count * 8);
    call.execution.stack_base = instance->stack;
    call.execution.stack_limit = instance->stack + instance->stack_bytes / 8;
    enum End end = END_TRAPPED;
    if (wasm_core_enter(&call.execution, reference, &instance->store)) {
        // What the host says is read as far as the call gets.
        end = run(&call, words, answer_count);
    } else {
        call.execution.trap = WASM_TRAP_STACK_EXHAUSTED;
    }
    if (end != expected_end) fail("ended as %d (trap %u), not as %d", end, call.execution.trap, expected_end);
    compare(&call, end, expected, expected_count);
    uint64_t used = call.used < 0 ? 0 : (uint64_t)call.used;
    if (used != fuel) fail("used %" PRIu64 " fuel, not %" PRIu64, used, fuel);
}

// MARK: A file

static uint64_t checksum(const uint8_t *start, uint64_t count) {
    uint64_t sum = 0;
    for (uint64_t i = 0; i < count; i += 8) {
        uint64_t next;
        memcpy(&next, start + i, 8);
        sum = (sum << 5 | sum >> 59) ^ next * 0x9E3779B97F4A7C15ull;
    }
    return sum;
}

static uint64_t replay(Words words, int64_t slice) {
    Instance instance;
    load_instance(&words, &instance);
    uint64_t calls = word(&words), count;
    for (current_call = 0; current_call < calls; current_call++) replay_call(&instance, &words, slice);
    const uint64_t *globals = list(&words, &count);
    if (count != instance.own_global_slots) fail("%" PRIu64 " slots of globals", count);
    for (uint64_t i = 0; i < count; i++) {
        uint64_t actual = own_globals(&instance)[i];
        int is_half = globals[i] <= UINT32_MAX && (uint32_t)actual == globals[i];
        if (actual != globals[i] && !is_half) fail("global slot %" PRIu64 " is %" PRIx64, i, actual);
    }
    for (uint64_t i = 0; i < instance.memory_count; i++) {
        const WasmMemory *memory = &instance.memories[i];
        if (word(&words) != memory->size) fail("memory %" PRIu64 " has %" PRIu64 " bytes", i, memory->size);
        if (word(&words) != checksum(memory->base, memory->size)) fail("memory %" PRIu64 " differs", i);
    }
    if (words.next != words.end) fail("words are left over");
    free_instance(&instance);
    return calls;
}

static uint64_t replay_file(const char *path, int64_t slice) {
    FILE *file = fopen(path, "rb");
    if (!file || fseek(file, 0, SEEK_END)) fail("cannot be read");
    long size = ftell(file);
    rewind(file);
    uint64_t *content = malloc((size_t)size + 8);
    if (!content || fread(content, 1, (size_t)size, file) != (size_t)size) fail("cannot be read");
    fclose(file);
    uint64_t calls = replay((Words){content, content + size / 8}, slice);
    free(content);
    return calls;
}

int main(int count, char **arguments) {
    int64_t slice = INT64_C(1) << 62;
    int first = 1;
    if (count > 2 && !strcmp(arguments[1], "--slice")) {
        slice = atoll(arguments[2]);
        first = 3;
    }
    if (first >= count) {
        fprintf(stderr, "replay [--slice FUEL] FILE...\n");
        return 2;
    }
    uint64_t calls = 0;
    for (int i = first; i < count; i++) {
        current_file = arguments[i];
        calls += replay_file(arguments[i], slice);
    }
    printf("%d recordings with %" PRIu64 " calls replayed\n", count - first, calls);
    return 0;
}
