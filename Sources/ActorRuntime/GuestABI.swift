import WasmRuntime

/// The classic actor ABI: the functions that a guest imports from `wasmbus` (older ones from `wapc`), and what they
/// exchange during one call.
/// - Source: the classic guest ABI, protocol §3.1 and §3.2.
final class GuestABI {
    static let moduleNames = ["wasmbus", "wapc"]
    static let hostCallName = "__host_call"
    static let guestCallName = "__guest_call"
    /// What may have to run before the first call, in this order.
    static let initialisers = ["_initialize", "start", "wapc_init", "_start"]

    /// A guest's pointer or length that points outside its memory.
    struct Fault: Error, CustomStringConvertible {
        let function: String
        var description: String { "\(function): pointer outside of the actor's memory" }
    }

    private let limits: ActorLimits
    var operation: [UInt8] = []
    var payload: [UInt8] = []
    var guestResponse: [UInt8]?
    var guestError: String?
    var hostResponse: [UInt8] = []
    var hostError: [UInt8] = []
    /// Set for the time of a call.
    var host: (any GuestHost)?

    init(_ limits: ActorLimits) { self.limits = limits }

    /// Forgets the previous call and takes up the next.
    func begin(operation: [UInt8], payload: [UInt8], host: any GuestHost) {
        self.operation = operation
        self.payload = payload
        self.host = host
        guestResponse = nil
        guestError = nil
        hostResponse = []
        hostError = []
    }

    func end() {
        operation = []
        payload = []
        guestResponse = nil
        guestError = nil
        hostResponse = []
        hostError = []
        host = nil
    }

    // MARK: The imports

    /// Makes the functions importable. They keep no reference to the ABI's owner.
    func define(in imports: inout Imports, store: Store) {
        for (name, function) in functions() {
            let external = External.function(store.add(function, name: name))
            for module in Self.moduleNames { imports.define(module, name, external) }
        }
    }

    private func functions() -> [(String, HostFunction)] {
        let pair = FunctionType([.i32, .i32])
        let pointer = FunctionType([.i32])
        let length = FunctionType([], [.i32])
        let hostCall = FunctionType(Array(repeating: .i32, count: 8), [.i32])
        return [
            (
                "__guest_request",
                HostFunction(pair) { [unowned self] call in
                    try write(operation, to: call.u32(0), call, "__guest_request")
                    try write(payload, to: call.u32(1), call, "__guest_request")
                }
            ),
            (
                "__guest_response",
                HostFunction(pair) { [unowned self] call in
                    guestResponse = try read(call, "__guest_response", max: limits.payloadBytesMax)
                    guestError = nil
                }
            ),
            (
                "__guest_error",
                HostFunction(pair) { [unowned self] call in
                    let bytes = try read(call, "__guest_error", max: nil)
                    guestError = String(decoding: bytes.prefix(limits.errorBytesMax), as: UTF8.self)
                }
            ),
            ("__host_call", .suspending(hostCall)),
            (
                "__host_response_len",
                HostFunction(length) { [unowned self] in $0.setResult(u32: UInt32(hostResponse.count)) }
            ),
            (
                "__host_response",
                HostFunction(pointer) { [unowned self] call in
                    try write(hostResponse, to: call.u32(0), call, "__host_response")
                }
            ),
            ("__host_error_len", HostFunction(length) { [unowned self] in $0.setResult(u32: UInt32(hostError.count)) }),
            (
                "__host_error",
                HostFunction(pointer) { [unowned self] call in
                    try write(hostError, to: call.u32(0), call, "__host_error")
                }
            ),
            (
                "__console_log",
                HostFunction(pair) { [unowned self] call in
                    let bytes = try read(call, "__console_log", max: nil)
                    host?.log(String(decoding: bytes.prefix(limits.logBytesMax), as: UTF8.self))
                }
            ),
        ]
    }

    private func write(_ bytes: [UInt8], to address: UInt32, _ call: borrowing HostCall, _ name: String) throws {
        guard call.memory?.write(bytes, at: address) == true else { throw Fault(function: name) }
    }

    private func read(_ call: borrowing HostCall, _ name: String, max: Int?) throws -> [UInt8] {
        let count = Int(call.u32(1))
        if let max, count > max { throw GuestError.tooLarge(what: "\(name)'s argument", bytes: count, limit: max) }
        guard let bytes = call.memory?.read(call.u32(0), count) else { throw Fault(function: name) }
        return bytes
    }

    /// The arguments of a `__host_call` that the guest is suspended in.
    func outgoingCall(_ call: Execution.SuspendedCall) throws -> OutgoingCall {
        func bytes(_ index: Int, max: Int) throws -> [UInt8] {
            let address = UInt32(truncatingIfNeeded: call.arguments[index].bits)
            let count = Int(call.arguments[index + 1].bits)
            guard count <= max else {
                throw GuestError.tooLarge(what: "an argument of __host_call", bytes: count, limit: max)
            }
            guard let bytes = call.memory?.read(address, count) else { throw Fault(function: Self.hostCallName) }
            return bytes
        }
        func text(_ index: Int) throws -> String {
            String(decoding: try bytes(index, max: limits.operationBytesMax), as: UTF8.self)
        }
        return OutgoingCall(
            binding: try text(0), namespace: try text(2), operation: try text(4),
            payload: try bytes(6, max: limits.payloadBytesMax))
    }

    /// Takes the result of a `__host_call`: exactly one of response and error is set.
    /// - Returns: what the function returns to the guest.
    func take(_ result: OutgoingResult) -> Value {
        switch result {
        case .success(let bytes):
            hostResponse = bytes
            hostError = []
            return .i32(1)
        case .failure(let text):
            hostResponse = []
            hostError = Array(text.utf8)
            return .i32(0)
        }
    }

    /// The outcome of a call whose `__guest_call` returned `code`.
    /// A guest that reports an error has failed, whatever code it returns.
    func outcome(code: Int32) -> Result<[UInt8], GuestError> {
        if let guestError { return .failure(.refused(guestError)) }
        if code == 1 { return .success(guestResponse ?? []) }
        if !hostError.isEmpty { return .failure(.refused(String(decoding: hostError, as: UTF8.self))) }
        return .failure(.refused("the actor failed without saying why (code \(code))"))
    }
}
