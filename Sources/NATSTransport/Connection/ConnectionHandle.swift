import CNATS
import Glibc
import LatticeBus

/// The one owner of a `natsConnection *`. Destroys it when it goes away, which also closes it.
final class ConnectionHandle: @unchecked Sendable {
    // Safety: the C client locks a connection itself; the pointer is valid until deinit.
    let raw: OpaquePointer

    private init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { natsConnection_Destroy(raw) }

    /// Makes one attempt; when no server is there, goes on trying in the background. Blocks for the time of the
    /// attempt.
    /// - Throws: `refused` when a server is there and turns us away: asking again would not help. `disconnected` when one
    ///   takes connections and says nothing: the C client would give up for good in the background (its pool of servers
    ///   is empty after such a failure), so it is for the caller to ask again.
    static func connect(_ options: NATSOptions, events: ConnectionEvents) throws(BusError) -> ConnectionHandle {
        if let refusal = NATSLibrary.opened.refusal("the NATS client") { throw refusal }
        // The client tells why it failed only when it is not to try again, so it is asked twice where nobody is there.
        for persistence in [OptionsHandle.Persistence.once, .forEver] {
            let made = try OptionsHandle(options, persistence, events: events)
            var raw: OpaquePointer?
            let status = natsConnection_Connect(&raw, made.raw)
            if let raw, status == NATS_OK || status == NATS_NOT_YET_CONNECTED {
                made.keepForConnection()
                if status == NATS_OK { events.connected(raw) }
                return ConnectionHandle(owning: raw)
            }
            guard status == NATS_NO_SERVER else {
                let hasStalled = events.handshake.hasStalled
                let words = hasStalled ? "it stands still behind its first words" : lastErrorText(status)
                let reason = "cannot connect to \(options.urls.withoutCredentials): \(words)"
                if hasStalled || silences.contains(status) { throw .disconnected(since: .now(), reason: reason) }
                throw .refused(reason: reason)
            }
        }
        throw .refused(reason: "the NATS client gave up at once")
    }

    /// Who listens says nothing, or hangs up before a word: a server that is starting, frozen or behind a dead link.
    private static let silences = [NATS_TIMEOUT, NATS_CONNECTION_CLOSED, NATS_IO_ERROR]

    private static func lastErrorText(_ status: natsStatus) -> String {
        var last = NATS_OK
        let words = nats_GetLastError(&last).map { String(cString: $0) } ?? ""
        // The client puts its own file and line before the words: "(conn.c:12): ".
        guard words.hasPrefix("("), let end = words.firstRange(of: "): ") else {
            return words.isEmpty ? status.text : words
        }
        return String(words[end.upperBound...])
    }
}

/// The one owner of a `natsOptions *`, which a connection copies.
private final class OptionsHandle {
    enum Persistence {
        case once
        case forEver
    }

    let raw: OpaquePointer
    private let events: Unmanaged<ConnectionEvents>
    private let signer: Unmanaged<SeedSigner>?
    private var isKept = false

    init(_ options: NATSOptions, _ persistence: Persistence, events: ConnectionEvents) throws(BusError) {
        var raw: OpaquePointer?
        guard natsOptions_Create(&raw) == NATS_OK, let raw else { throw .refused(reason: "no memory for options") }
        self.raw = raw
        self.events = Unmanaged.passRetained(events)
        signer =
            switch options.credentials {
            case .none, .file: nil
            case .nkey(_, let seed): Unmanaged.passRetained(SeedSigner(seed: seed, token: nil))
            case .jwt(let token, let seed): Unmanaged.passRetained(SeedSigner(seed: seed, token: token))
            }
        try setServers(options)
        try setBehaviour(options)
        try setCallbacks(persistence)
        try setCredentials(options.credentials)
    }

    deinit {
        natsOptions_Destroy(raw)
        if !isKept {
            events.release()
            signer?.release()
        }
    }

    /// From here on the last callback of the connection releases what the callbacks need. A signer is asked with every
    /// attempt to connect and nothing tells of the last: it stays for the life of the process, a few bytes for each
    /// connection made with a seed.
    func keepForConnection() { isKept = true }

    private func set(_ what: String, _ status: natsStatus) throws(BusError) {
        if let refusal = status.refusal("option \(what)") { throw refusal }
    }

    private func setServers(_ options: NATSOptions) throws(BusError) {
        let urls = options.addresses
        guard !urls.isEmpty else { throw .refused(reason: "no server is named") }
        var pointers = urls.map { strdup($0).map { UnsafePointer($0) } }
        defer { for pointer in pointers { free(UnsafeMutablePointer(mutating: pointer)) } }
        try set("urls", natsOptions_SetServers(raw, &pointers, CInt(urls.count)))
        if urls.contains(where: { $0.hasPrefix("tls://") }) { try set("tls", natsOptions_SetSecure(raw, true)) }
        if let caFile = options.caFile {
            try set("CA file \(caFile)", natsOptions_LoadCATrustedCertificates(raw, caFile))
        }
    }

    private func setBehaviour(_ options: NATSOptions) throws(BusError) {
        try set("name", natsOptions_SetName(raw, options.name))
        try set("connect timeout", natsOptions_SetTimeout(raw, max(1, options.connectTimeout.milliseconds)))
        try set("ping interval", natsOptions_SetPingInterval(raw, max(1, options.pingInterval.milliseconds)))
        try set("pings", natsOptions_SetMaxPingsOut(raw, 2))
        try set("write deadline", natsOptions_SetWriteDeadline(raw, max(1, options.writeTimeout.milliseconds)))
        // By default a flusher sleeps a millisecond for each publish.
        try set("send at once", natsOptions_SetSendAsap(raw, true))
        try set("delivery pool", natsOptions_UseGlobalMessageDelivery(raw, true))
        try set("reconnect", natsOptions_SetMaxReconnect(raw, -1))
        // What is published while there is no connection is refused, not kept for later: keep as little as the client
        // lets.
        try set("reconnect buffer", natsOptions_SetReconnectBufSize(raw, 1))
        try set("inbox prefix", natsOptions_SetCustomInboxPrefix(raw, options.inboxPrefix))
    }

    private func setCallbacks(_ persistence: Persistence) throws(BusError) {
        let closure = events.toOpaque()
        if persistence == .forEver {
            try set("retry", natsOptions_SetRetryOnFailedConnect(raw, true, ConnectionEvents.onConnected, closure))
        }
        try set("reconnected", natsOptions_SetReconnectedCB(raw, ConnectionEvents.onConnected, closure))
        try set("disconnected", natsOptions_SetDisconnectedCB(raw, ConnectionEvents.onDisconnected, closure))
        try set("closed", natsOptions_SetClosedCB(raw, ConnectionEvents.onClosed, closure))
        try set("error", natsOptions_SetErrorHandler(raw, ConnectionEvents.onError, closure))
        try set("delay", natsOptions_SetCustomReconnectDelay(raw, ConnectionEvents.reconnectDelay, closure))
    }

    private func setCredentials(_ credentials: NATSCredentials) throws(BusError) {
        let closure = signer?.toOpaque()
        switch credentials {
        case .none: break
        case .file(let path):
            guard access(path, R_OK) == 0 else {
                throw .refused(reason: "cannot read \(path): \(String(cString: strerror(errno)))")
            }
            try set("credentials file \(path)", natsOptions_SetUserCredentialsFromFiles(raw, path, nil))
        case .nkey(let publicKey, _):
            try set("nkey", natsOptions_SetNKey(raw, publicKey, SeedSigner.onNonce, closure))
        case .jwt:
            try set(
                "token",
                natsOptions_SetUserCredentialsCallbacks(raw, SeedSigner.onToken, closure, SeedSigner.onNonce, closure))
        }
    }
}

/// Answers the server's challenge with a seed that is in memory.
private final class SeedSigner: Sendable {
    private let seed: NATSSeed
    private let token: String?

    init(seed: NATSSeed, token: String?) {
        self.seed = seed
        self.token = token
    }

    private static func from(_ closure: UnsafeMutableRawPointer?) -> SeedSigner? {
        closure.map { Unmanaged<SeedSigner>.fromOpaque($0).takeUnretainedValue() }
    }

    /// The client frees both texts.
    static let onToken: natsUserJWTHandler = { token, problem, closure in
        guard let text = from(closure)?.token else {
            problem?.pointee = strdup("no token")
            return NATS_ERR
        }
        token?.pointee = strdup(text)
        return NATS_OK
    }

    static let onNonce: natsSignatureHandler = { problem, signature, signatureLength, nonce, closure in
        guard let signer = from(closure), let nonce else { return NATS_ERR }
        let status = nats_Sign(signer.seed.text, nonce, signature, signatureLength)
        if status != NATS_OK { problem?.pointee = strdup("the seed cannot sign") }
        return status
    }
}
