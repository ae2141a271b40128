// An interpreter in the interpreter: a small machine with eight registers runs `size` rounds of a program.
#include "kernel.h"

enum Code { LOAD, ADD, SUBTRACT, MULTIPLY, XOR, SHIFT, AND, FETCH, STORE, JUMP_IF, JUMP, STOP };
struct Instruction { uint8_t code, target, first, second; int32_t value; };

/// Collatz lengths of the numbers from 1, summed, with a small table beside.
static const struct Instruction program[] = {
    {LOAD, 1, 0, 0, 1},      // 0: n = 1
    {LOAD, 2, 0, 0, 0},      // 1: sum = 0
    {XOR, 3, 1, 7, 0},       // 2: x = n
    {ADD, 2, 2, 0, 1},       // 3: sum += 1
    {AND, 4, 3, 0, 1},       // 4: odd = x & 1
    {JUMP_IF, 0, 4, 0, 8},   // 5: if odd goto 8
    {SHIFT, 3, 3, 0, 1},     // 6: x >>= 1
    {JUMP, 0, 0, 0, 10},     // 7: goto 10
    {MULTIPLY, 3, 3, 0, 3},  // 8: x *= 3
    {ADD, 3, 3, 0, 1},       // 9: x += 1
    {SUBTRACT, 5, 3, 0, 1},  // 10: more = x - 1
    {JUMP_IF, 0, 5, 0, 3},   // 11: if more goto 3
    {AND, 6, 1, 0, 63},      // 12: index = n & 63
    {FETCH, 4, 6, 0, 0},     // 13: y = memory[index]
    {XOR, 4, 4, 2, 0},       // 14: y ^= sum
    {STORE, 4, 6, 0, 0},     // 15: memory[index] = y
    {ADD, 1, 1, 0, 1},       // 16: n += 1
    {SUBTRACT, 0, 0, 0, 1},  // 17: left -= 1
    {JUMP_IF, 0, 0, 0, 2},   // 18: if left goto 2
    {STOP, 0, 0, 0, 0},
};

static uint32_t registers[8], memory[64];

static NOINLINE void run(const struct Instruction *code) {
    const struct Instruction *at = code;
    for (;;) {
        uint32_t first = registers[at->first], second = registers[at->second] + (uint32_t)at->value;
        switch ((enum Code)at->code) {
        case LOAD: registers[at->target] = (uint32_t)at->value; break;
        case ADD: registers[at->target] = first + (uint32_t)at->value; break;
        case SUBTRACT: registers[at->target] = first - (uint32_t)at->value; break;
        case MULTIPLY: registers[at->target] = first * (uint32_t)at->value; break;
        case XOR: registers[at->target] = first ^ second; break;
        case SHIFT: registers[at->target] = first >> at->value; break;
        case AND: registers[at->target] = first & (uint32_t)at->value; break;
        case FETCH: registers[at->target] = memory[first & 63]; break;
        case STORE: memory[first & 63] = registers[at->target]; break;
        case JUMP_IF: if (first) { at = code + at->value; continue; } break;
        case JUMP: at = code + at->value; continue;
        case STOP: return;
        }
        at++;
    }
}

static uint64_t kernel(uint32_t size) {
    if (!size) return 0;
    registers[0] = size;
    run(program);
    uint64_t checksum = registers[2];
    for (int i = 0; i < 64; i++) checksum = checksum * 31 + memory[i];
    return checksum;
}
