// poll_oneoff, and the functions of sockets on what is none. Standard input has nothing in it, or is at its end.
#include "probe.h"

enum { MILLISECOND = 1000000 };

static __wasi_timestamp_t now(__wasi_clockid_t clock) {
    __wasi_timestamp_t time;
    OK(__wasi_clock_time_get(clock, 0, &time));
    return time;
}

static __wasi_subscription_t timer(
    uint64_t id, __wasi_clockid_t clock, __wasi_timestamp_t timeout, __wasi_subclockflags_t flags) {
    __wasi_subscription_t subscription = {.userdata = id, .u.tag = __WASI_EVENTTYPE_CLOCK};
    subscription.u.u.clock.id = clock;
    subscription.u.u.clock.timeout = timeout;
    subscription.u.u.clock.flags = flags;
    return subscription;
}

static __wasi_subscription_t ready(uint64_t id, __wasi_eventtype_t type, __wasi_fd_t file) {
    __wasi_subscription_t subscription = {.userdata = id, .u.tag = type};
    subscription.u.u.fd_read.file_descriptor = file;
    return subscription;
}

static void timers(void) {
    __wasi_subscription_t subscriptions[3];
    __wasi_event_t events[3];
    __wasi_size_t count = 0;
    static const __wasi_clockid_t clocks[] = {__WASI_CLOCKID_MONOTONIC, __WASI_CLOCKID_REALTIME};
    for (int i = 0; i < 2; i++) {
        __wasi_timestamp_t start = now(__WASI_CLOCKID_MONOTONIC);
        subscriptions[0] = timer(1, clocks[i], 20 * MILLISECOND, 0);
        OK(__wasi_poll_oneoff(subscriptions, events, 1, &count));
        IS(1, count);
        HOLDS(now(__WASI_CLOCKID_MONOTONIC) - start >= 20 * MILLISECOND);
        IS(1, events[0].userdata);
        IS(__WASI_EVENTTYPE_CLOCK, events[0].type);
        IS(0, events[0].error);

        start = now(clocks[i]);
        subscriptions[0] =
            timer(2, clocks[i], start + 20 * MILLISECOND, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
        OK(__wasi_poll_oneoff(subscriptions, events, 1, &count));
        HOLDS(now(clocks[i]) >= start + 20 * MILLISECOND);
        IS(2, events[0].userdata);
        // Long ago.
        subscriptions[0] = timer(3, clocks[i], 1, __WASI_SUBCLOCKFLAGS_SUBSCRIPTION_CLOCK_ABSTIME);
        OK(__wasi_poll_oneoff(subscriptions, events, 1, &count));
        IS(3, events[0].userdata);
    }
    // The first of several; those behind it are not told.
    __wasi_timestamp_t start = now(__WASI_CLOCKID_MONOTONIC);
    subscriptions[0] = timer(10, __WASI_CLOCKID_MONOTONIC, 10000ull * MILLISECOND, 0);
    subscriptions[1] = timer(11, __WASI_CLOCKID_MONOTONIC, 20 * MILLISECOND, 0);
    subscriptions[2] = timer(12, __WASI_CLOCKID_REALTIME, 9000ull * MILLISECOND, 0);
    OK(__wasi_poll_oneoff(subscriptions, events, 3, &count));
    IS(1, count);
    IS(11, events[0].userdata);
    HOLDS(now(__WASI_CLOCKID_MONOTONIC) - start < 5000ull * MILLISECOND);
    // All at once.
    subscriptions[0] = timer(10, __WASI_CLOCKID_MONOTONIC, 0, 0);
    subscriptions[1] = timer(11, __WASI_CLOCKID_MONOTONIC, 0, 0);
    OK(__wasi_poll_oneoff(subscriptions, events, 2, &count));
    HOLDS(count >= 1 && events[0].type == __WASI_EVENTTYPE_CLOCK);
}

static void files(void) {
    __wasi_subscription_t subscriptions[3];
    __wasi_event_t events[3];
    __wasi_size_t count = 0;
    __wasi_fd_t file;
    make_file("polled", "12345");
    OK(open_file("polled", 0, &file));
    subscriptions[0] = ready(1, __WASI_EVENTTYPE_FD_READ, file);
    subscriptions[1] = ready(2, __WASI_EVENTTYPE_FD_WRITE, file);
    subscriptions[2] = timer(3, __WASI_CLOCKID_MONOTONIC, 10000ull * MILLISECOND, 0);
    OK(__wasi_poll_oneoff(subscriptions, events, 3, &count));
    IS(2, count);
    for (int i = 0; i < 2; i++) {
        IS(0, events[i].error);
        HOLDS(events[i].userdata == (events[i].type == __WASI_EVENTTYPE_FD_READ ? 1 : 2));
    }
    OK(__wasi_fd_close(file));
    for (__wasi_fd_t stream = 1; stream < 3; stream++) {
        subscriptions[0] = ready(stream, __WASI_EVENTTYPE_FD_WRITE, stream);
        OK(__wasi_poll_oneoff(subscriptions, events, 1, &count));
        IS(1, count);
        IS(stream, events[0].userdata);
        IS(0, events[0].error);
    }
    // Input, or else the time is over.
    subscriptions[0] = ready(1, __WASI_EVENTTYPE_FD_READ, 0);
    subscriptions[1] = timer(2, __WASI_CLOCKID_MONOTONIC, 30 * MILLISECOND, 0);
    OK(__wasi_poll_oneoff(subscriptions, events, 2, &count));
    HOLDS(count >= 1 && events[0].error == 0);
}

static void nonsense(void) {
    __wasi_subscription_t subscriptions[2];
    __wasi_event_t events[2];
    __wasi_size_t count = 0;
    FAILS(INVAL, __wasi_poll_oneoff(subscriptions, events, 0, &count));
    subscriptions[0] = ready(1, __WASI_EVENTTYPE_FD_READ, NONE);
    __wasi_errno_t result = __wasi_poll_oneoff(subscriptions, events, 1, &count);
    // The call fails, or the event says so.
    HOLDS(result == __WASI_ERRNO_BADF || (result == 0 && count == 1 && events[0].error == __WASI_ERRNO_BADF));
    subscriptions[0] = ready(1, 3, 0);
    FAILS(INVAL, __wasi_poll_oneoff(subscriptions, events, 1, &count));
    FAILS(FAULT, __wasi_poll_oneoff((__wasi_subscription_t *)0xFFFFFFF0, events, 1, &count));
}

static void no_sockets(void) {
    uint8_t bytes[8];
    __wasi_iovec_t in = {bytes, 8};
    __wasi_ciovec_t out = {bytes, 8};
    __wasi_size_t count;
    uint16_t flags;
    __wasi_fd_t file, other;
    OK(open_file("none", CREATE, &file));
    FAILS(NOTSOCK, __wasi_sock_recv(file, &in, 1, 0, &count, &flags));
    FAILS(NOTSOCK, __wasi_sock_send(file, &out, 1, 0, &count));
    FAILS(NOTSOCK, __wasi_sock_shutdown(file, __WASI_SDFLAGS_RD));
    FAILS(NOTSOCK, __wasi_sock_accept(file, 0, &other));
    OK(__wasi_fd_close(file));
    FAILS(BADF, __wasi_sock_accept(NONE, 0, &other));
}

int main(void) {
    timers();
    files();
    nonsense();
    no_sockets();
    return 0;
}
