// clock_res_get, clock_time_get, random_get, sched_yield
#include "probe.h"

static const __wasi_clockid_t clocks[] = {
    __WASI_CLOCKID_REALTIME, __WASI_CLOCKID_MONOTONIC, __WASI_CLOCKID_PROCESS_CPUTIME_ID,
    __WASI_CLOCKID_THREAD_CPUTIME_ID};

static void resolutions(void) {
    for (int i = 0; i < 4; i++) {
        __wasi_timestamp_t step = 0;
        OK(__wasi_clock_res_get(clocks[i], &step));
        HOLDS(step > 0 && step <= 1000000000);
    }
    __wasi_timestamp_t step;
    FAILS(INVAL, __wasi_clock_res_get(4, &step));
    FAILS(INVAL, __wasi_clock_res_get(-1, &step));
}

static volatile uint32_t sum;

static void work(void) {
    for (uint32_t i = 0; i < 300000; i++) sum += i * i;
}

static void times(void) {
    for (int i = 0; i < 4; i++) {
        __wasi_timestamp_t before = 0, after = 0;
        OK(__wasi_clock_time_get(clocks[i], 1, &before));
        work();
        OK(__wasi_clock_time_get(clocks[i], 0, &after));
        HOLDS(after > before);
    }
    __wasi_timestamp_t now;
    OK(__wasi_clock_time_get(__WASI_CLOCKID_REALTIME, 0, &now));
    // Between 2020 and 2200.
    HOLDS(now > 1577836800000000000ull && now < 7258118400000000000ull);
    FAILS(INVAL, __wasi_clock_time_get(4, 0, &now));
}

/// Waiting takes time on the wall, and none of the processor's.
static void processor_time(void) {
    __wasi_timestamp_t wall, wall_after, spent, spent_after;
    OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &wall));
    OK(__wasi_clock_time_get(__WASI_CLOCKID_THREAD_CPUTIME_ID, 0, &spent));
    __wasi_subscription_t subscription = {.userdata = 1, .u.tag = __WASI_EVENTTYPE_CLOCK};
    subscription.u.u.clock.id = __WASI_CLOCKID_MONOTONIC;
    subscription.u.u.clock.timeout = 50000000;
    __wasi_event_t event;
    __wasi_size_t count;
    OK(__wasi_poll_oneoff(&subscription, &event, 1, &count));
    OK(__wasi_clock_time_get(__WASI_CLOCKID_MONOTONIC, 0, &wall_after));
    OK(__wasi_clock_time_get(__WASI_CLOCKID_THREAD_CPUTIME_ID, 0, &spent_after));
    HOLDS(wall_after - wall >= 50000000);
    HOLDS(spent_after - spent < 50000000);
}

static void randomness(void) {
    static uint8_t bytes[200000];
    OK(__wasi_random_get(bytes, 0));
    IS(0, bytes[0]);
    OK(__wasi_random_get(bytes, sizeof bytes));
    int seen[256] = {0}, different = 0;
    for (size_t i = 0; i < sizeof bytes; i++) different += !seen[bytes[i]]++;
    IS(256, different);
    uint8_t other[32], same[32];
    OK(__wasi_random_get(other, 32));
    OK(__wasi_random_get(same, 32));
    HOLDS(memcmp(other, same, 32));
}

int main(void) {
    resolutions();
    times();
    processor_time();
    randomness();
    OK(__wasi_sched_yield());
    return 0;
}
