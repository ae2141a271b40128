// Exceptions leave the core: who catches them is found outside of it, in tables that cost nothing until then.
#include "Handlers.h"

// Word 1: first value, fuel; word 2: the tag.
OPERATION(throw) {
    fuel -= IMMEDIATE;
    context->execution->operand = (uint32_t)pc[2].immediate;
    context->execution->operand2 = A;
    STOP(THROW);
}

OPERATION(throw_ref) {
    fuel -= IMMEDIATE;
    uint64_t reference = SLOT(B);
    if (!reference) TRAP(NULL_REFERENCE);
    context->execution->operand = reference;
    STOP(THROW_REF);
}
