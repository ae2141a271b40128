// The functions of libnats that we use, looked up when they are first called. The library and the ones behind it, TLS
// above all, take 1.7 ms and 2 MB to load: whoever never connects, as `lattice run`, does without them.
//
// What is used and not in this list does not link.
#include <dlfcn.h>
#include <inttypes.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

// Nobody outside of this program is to find ours instead of the library's. What the header includes is included above.
#pragma GCC visibility push(hidden)
#include "include/shim.h"
#pragma GCC visibility pop

#define TEXT_OF(number) #number
#define TEXT(number) TEXT_OF(number)
// The version whose header this was compiled with: another one may have other types.
#define LIBRARY "libnats.so." TEXT(NATS_VERSION_MAJOR) "." TEXT(NATS_VERSION_MINOR)

// As the system's loader ends a program that lacks a library.
static _Noreturn void end(void) {
    fprintf(stderr,
        "the NATS client library, of the version that this program was built with (" LIBRARY "), can't be used: %s\n"
        "fix: install that version (Debian, Ubuntu: apt-get install libnats-dev), or build this program again\n", dlerror());
    exit(127);
}

// Several threads may look up the same thing at once, and find the same.
static void *find(const char *name, _Atomic(void *) *place) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    void *function = library ? dlsym(library, name) : NULL;
    if (!function) end();
    atomic_store_explicit(place, function, memory_order_release);
    return function;
}

#define LOOK_UP(name) \
    static _Atomic(void *) place; \
    void *found = atomic_load_explicit(&place, memory_order_acquire); \
    __typeof__(&name) function = (__typeof__(&name))(found ? found : find(#name, &place))

#define FORWARD(result, name, parameters, arguments) \
    result name parameters { \
        LOOK_UP(name); \
        return function arguments; \
    }
#define FORWARD_NOTHING(name, parameters, arguments) \
    void name parameters { \
        LOOK_UP(name); \
        function arguments; \
    }

FORWARD_NOTHING(natsConnection_Close, (natsConnection *nc), (nc))
FORWARD(natsStatus, natsConnection_Connect, (natsConnection **nc, natsOptions *options), (nc, options))
FORWARD_NOTHING(natsConnection_Destroy, (natsConnection *nc), (nc))
FORWARD(natsStatus, natsConnection_FlushTimeout, (natsConnection *nc, int64_t timeout), (nc, timeout))
FORWARD(natsStatus, natsConnection_GetConnectedUrl,
    (natsConnection *nc, char *buffer, size_t bufferSize), (nc, buffer, bufferSize))
FORWARD(natsStatus, natsConnection_GetLastError, (natsConnection *nc, const char **lastError), (nc, lastError))
FORWARD(natsStatus, natsConnection_GetLocalIPAndPort, (natsConnection *nc, char **ip, int *port), (nc, ip, port))
FORWARD(int64_t, natsConnection_GetMaxPayload, (natsConnection *nc), (nc))
FORWARD(natsStatus, natsConnection_GetServers,
    (natsConnection *nc, char * **servers, int *count), (nc, servers, count))
FORWARD(natsStatus, natsConnection_Publish,
    (natsConnection *nc, const char *subj, const void *data, int dataLen), (nc, subj, data, dataLen))
FORWARD(natsStatus, natsConnection_PublishMsg, (natsConnection *nc, natsMsg *msg), (nc, msg))
FORWARD(natsStatus, natsConnection_PublishRequest,
    (natsConnection *nc, const char *subj, const char *reply, const void *data, int dataLen),
    (nc, subj, reply, data, dataLen))
FORWARD(natsStatus, natsConnection_QueueSubscribe,
    (natsSubscription **sub, natsConnection *nc, const char *subject, const char *queueGroup, natsMsgHandler cb,
     void *cbClosure),
    (sub, nc, subject, queueGroup, cb, cbClosure))
FORWARD(natsConnStatus, natsConnection_Status, (natsConnection *nc), (nc))
FORWARD(natsStatus, natsConnection_Subscribe,
    (natsSubscription **sub, natsConnection *nc, const char *subject, natsMsgHandler cb, void *cbClosure),
    (sub, nc, subject, cb, cbClosure))
FORWARD(natsStatus, natsMsgHeader_Add, (natsMsg *msg, const char *key, const char *value), (msg, key, value))
FORWARD(natsStatus, natsMsgHeader_Keys, (natsMsg *msg, const char * **keys, int *count), (msg, keys, count))
FORWARD(natsStatus, natsMsgHeader_Values,
    (natsMsg *msg, const char *key, const char * **values, int *count), (msg, key, values, count))
FORWARD(natsStatus, natsMsg_Create,
    (natsMsg **newMsg, const char *subj, const char *reply, const char *data, int dataLen),
    (newMsg, subj, reply, data, dataLen))
FORWARD_NOTHING(natsMsg_Destroy, (natsMsg *msg), (msg))
FORWARD(const char *, natsMsg_GetData, (const natsMsg *msg), (msg))
FORWARD(int, natsMsg_GetDataLength, (const natsMsg *msg), (msg))
FORWARD(const char *, natsMsg_GetReply, (const natsMsg *msg), (msg))
FORWARD(const char *, natsMsg_GetSubject, (const natsMsg *msg), (msg))
FORWARD(bool, natsMsg_IsNoResponders, (natsMsg *msg), (msg))
FORWARD(natsStatus, natsOptions_Create, (natsOptions **newOpts), (newOpts))
FORWARD_NOTHING(natsOptions_Destroy, (natsOptions *opts), (opts))
FORWARD(natsStatus, natsOptions_LoadCATrustedCertificates, (natsOptions *opts, const char *fileName), (opts, fileName))
FORWARD(natsStatus, natsOptions_SetClosedCB,
    (natsOptions *opts, natsConnectionHandler closedCb, void *closure), (opts, closedCb, closure))
FORWARD(natsStatus, natsOptions_SetCustomInboxPrefix, (natsOptions *opts, const char *inboxPrefix), (opts, inboxPrefix))
FORWARD(natsStatus, natsOptions_SetCustomReconnectDelay,
    (natsOptions *opts, natsCustomReconnectDelayHandler cb, void *closure), (opts, cb, closure))
FORWARD(natsStatus, natsOptions_SetDisconnectedCB,
    (natsOptions *opts, natsConnectionHandler disconnectedCb, void *closure), (opts, disconnectedCb, closure))
FORWARD(natsStatus, natsOptions_SetErrorHandler,
    (natsOptions *opts, natsErrHandler errHandler, void *closure), (opts, errHandler, closure))
FORWARD(natsStatus, natsOptions_SetMaxPingsOut, (natsOptions *opts, int maxPingsOut), (opts, maxPingsOut))
FORWARD(natsStatus, natsOptions_SetMaxReconnect, (natsOptions *opts, int maxReconnect), (opts, maxReconnect))
FORWARD(natsStatus, natsOptions_SetNKey,
    (natsOptions *opts, const char *pubKey, natsSignatureHandler sigCB, void *sigClosure),
    (opts, pubKey, sigCB, sigClosure))
FORWARD(natsStatus, natsOptions_SetName, (natsOptions *opts, const char *name), (opts, name))
FORWARD(natsStatus, natsOptions_SetPingInterval, (natsOptions *opts, int64_t interval), (opts, interval))
FORWARD(natsStatus, natsOptions_SetReconnectBufSize,
    (natsOptions *opts, int reconnectBufSize), (opts, reconnectBufSize))
FORWARD(natsStatus, natsOptions_SetReconnectedCB,
    (natsOptions *opts, natsConnectionHandler reconnectedCb, void *closure), (opts, reconnectedCb, closure))
FORWARD(natsStatus, natsOptions_SetRetryOnFailedConnect,
    (natsOptions *opts, bool retry, natsConnectionHandler connectedCb, void *closure),
    (opts, retry, connectedCb, closure))
FORWARD(natsStatus, natsOptions_SetSecure, (natsOptions *opts, bool secure), (opts, secure))
FORWARD(natsStatus, natsOptions_SetSendAsap, (natsOptions *opts, bool sendAsap), (opts, sendAsap))
FORWARD(natsStatus, natsOptions_SetServers,
    (natsOptions *opts, const char **servers, int serversCount), (opts, servers, serversCount))
FORWARD(natsStatus, natsOptions_SetTimeout, (natsOptions *opts, int64_t timeout), (opts, timeout))
FORWARD(natsStatus, natsOptions_SetUserCredentialsCallbacks,
    (natsOptions *opts, natsUserJWTHandler ujwtCB, void *ujwtClosure, natsSignatureHandler sigCB, void *sigClosure),
    (opts, ujwtCB, ujwtClosure, sigCB, sigClosure))
FORWARD(natsStatus, natsOptions_SetUserCredentialsFromFiles,
    (natsOptions *opts, const char *userOrChainedFile, const char *seedFile), (opts, userOrChainedFile, seedFile))
FORWARD(natsStatus, natsOptions_SetWriteDeadline, (natsOptions *opts, int64_t deadline), (opts, deadline))
FORWARD(natsStatus, natsOptions_UseGlobalMessageDelivery, (natsOptions *opts, bool global), (opts, global))
FORWARD(const char *, natsStatus_GetText, (natsStatus s), (s))
FORWARD_NOTHING(natsSubscription_Destroy, (natsSubscription *sub), (sub))
FORWARD(natsStatus, natsSubscription_DrainTimeout, (natsSubscription *sub, int64_t timeout), (sub, timeout))
FORWARD(natsStatus, natsSubscription_GetDropped, (natsSubscription *sub, int64_t *msgs), (sub, msgs))
FORWARD(const char *, natsSubscription_GetSubject, (natsSubscription *sub), (sub))
FORWARD(natsStatus, natsSubscription_SetOnCompleteCB,
    (natsSubscription *sub, natsOnCompleteCB cb, void *closure), (sub, cb, closure))
FORWARD(natsStatus, natsSubscription_SetPendingLimits,
    (natsSubscription *sub, int msgLimit, int bytesLimit), (sub, msgLimit, bytesLimit))
FORWARD(natsStatus, natsSubscription_Unsubscribe, (natsSubscription *sub), (sub))
FORWARD(const char *, nats_GetLastError, (natsStatus *status), (status))
FORWARD(natsStatus, nats_Open, (int64_t lockSpinCount), (lockSpinCount))
FORWARD(natsStatus, nats_SetMessageDeliveryPoolSize, (int max), (max))
FORWARD(natsStatus, nats_Sign,
    (const char *encodedSeed, const char *input, unsigned char **signature, int *signatureLength),
    (encodedSeed, input, signature, signatureLength))
