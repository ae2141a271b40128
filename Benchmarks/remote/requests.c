// Requests and replies over NATS and nothing else: what a call over the bus is measured against.
// Usage: requests URL SECONDS        Prints the median round trip in us.
// Two connections of the client library that the host uses, set up as the host does; one request at a time.

#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { samples_max = 4000000 };

static void check(natsStatus status, const char *what) {
    if (status == NATS_OK) return;
    fprintf(stderr, "error: %s: %s\n", what, natsStatus_GetText(status));
    exit(1);
}

static natsConnection *connect_to(const char *url) {
    natsOptions *options = NULL;
    natsConnection *connection = NULL;
    check(natsOptions_Create(&options), "options");
    check(natsOptions_SetURL(options, url), "URL");
    check(natsOptions_SetSendAsap(options, true), "options");
    check(natsConnection_Connect(&connection, options), "connect");
    natsOptions_Destroy(options);
    return connection;
}

static void answer(natsConnection *connection, natsSubscription *subscription, natsMsg *message, void *unused) {
    (void)subscription, (void)unused;
    natsConnection_Publish(connection, natsMsg_GetReply(message), natsMsg_GetData(message), natsMsg_GetDataLength(message));
    natsMsg_Destroy(message);
}

static int by_size(const void *one, const void *other) {
    int64_t a = *(const int64_t *)one, b = *(const int64_t *)other;
    return (a > b) - (a < b);
}

int main(int count, char **arguments) {
    if (count != 3) {
        fprintf(stderr, "usage: requests URL SECONDS\n");
        return 2;
    }
    natsConnection *server = connect_to(arguments[1]), *client = connect_to(arguments[1]);
    natsSubscription *subscription = NULL;
    check(natsConnection_Subscribe(&subscription, server, "benchmark.requests", answer, NULL), "subscribe");
    check(natsConnection_Flush(server), "flush");

    // About as large as a signed invocation.
    char payload[1500];
    memset(payload, 'x', sizeof payload);
    int64_t *taken = malloc(samples_max * sizeof *taken);
    if (taken == NULL) return 1;
    int64_t end = nats_NowInNanoSeconds() + atoll(arguments[2]) * 1000000000;
    size_t taken_count = 0;
    while (taken_count < samples_max) {
        natsMsg *reply = NULL;
        int64_t begin = nats_NowInNanoSeconds();
        if (begin >= end) break;
        check(natsConnection_Request(&reply, client, "benchmark.requests", payload, sizeof payload, 2000), "request");
        taken[taken_count++] = nats_NowInNanoSeconds() - begin;
        natsMsg_Destroy(reply);
    }
    if (taken_count == 0) return 1;
    qsort(taken, taken_count, sizeof *taken, by_size);
    printf("%.1f\n", (double)taken[taken_count / 2] / 1000);
    return 0;
}
