// 64-bit floats with square roots and divisions: five bodies attract each other for `size` steps.
#include "kernel.h"

enum { BODIES = 5 };
static struct Body { double x, y, z, vx, vy, vz, mass; } bodies[BODIES] = {
    {0, 0, 0, 0, 0, 0, 40},
    {4.8, -1.2, -0.1, 0.6, 2.8, -0.02, 0.04},
    {8.3, 4.1, -0.4, -1.0, 1.8, 0.008, 0.01},
    {12.9, -15.1, -0.2, 1.1, 0.9, -0.01, 0.002},
    {15.4, -25.9, 0.2, 1.0, 0.6, -0.03, 0.002},
};

static NOINLINE void advance(double step) {
    for (int i = 0; i < BODIES; i++) {
        struct Body *one = &bodies[i];
        for (int j = i + 1; j < BODIES; j++) {
            struct Body *other = &bodies[j];
            double dx = one->x - other->x, dy = one->y - other->y, dz = one->z - other->z;
            double square = dx * dx + dy * dy + dz * dz;
            double pull = step / (square * __builtin_sqrt(square));
            one->vx -= dx * other->mass * pull;
            one->vy -= dy * other->mass * pull;
            one->vz -= dz * other->mass * pull;
            other->vx += dx * one->mass * pull;
            other->vy += dy * one->mass * pull;
            other->vz += dz * one->mass * pull;
        }
    }
    for (int i = 0; i < BODIES; i++) {
        bodies[i].x += step * bodies[i].vx;
        bodies[i].y += step * bodies[i].vy;
        bodies[i].z += step * bodies[i].vz;
    }
}

static uint64_t kernel(uint32_t size) {
    for (uint32_t step = 0; step < size; step++) advance(0.001);
    double sum = 0;
    for (int i = 0; i < BODIES; i++) sum += bodies[i].x * bodies[i].x + bodies[i].y * bodies[i].y + bodies[i].mass;
    union { double value; uint64_t bits; } end = {sum};
    return end.bits;
}
