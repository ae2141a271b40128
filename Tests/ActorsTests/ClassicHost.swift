import WasmRuntime

/// A minimal host of the classic actor interface: one instance, the imports of "wasmbus" (also offered as "wapc"), and
/// whatever answers the test gives to outgoing calls. As strict as the strictest host: nothing may be fetched twice.
final class ClassicHost {
    /// A call that the actor made.
    struct OutgoingCall: Equatable, CustomStringConvertible {
        let linkName: String
        let namespace: String
        let operation: String
        let argument: [UInt8]

        var description: String { "\(linkName) \(namespace) \(operation) \(hex(argument))" }
    }

    enum Answer {
        case response([UInt8])
        case error(String)
    }

    enum Outcome: Equatable, CustomStringConvertible {
        case result([UInt8])
        case guestError(String)
        /// Anything that is against the interface, in words.
        case broken(String)

        var description: String {
            switch self {
            case .result(let bytes): "result \(hex(bytes))"
            case .guestError(let text): "guest error '\(text)'"
            case .broken(let what): "broken: \(what)"
            }
        }
    }

    struct ProtocolError: Error, CustomStringConvertible {
        let description: String
    }

    /// What belongs to the call that is running.
    private final class Call {
        var request: (operation: [UInt8], argument: [UInt8])?
        var response: [UInt8]?
        var error: [UInt8]?
        var hostResponse: [UInt8]?
        var hostError: [UInt8]?
    }

    private let instance: Instance
    private let desk: Desk
    /// Fuel of the last call, in source instructions.
    private(set) var fuelUsed: UInt64 = 0

    /// The state that the imports share with the host.
    private final class Desk {
        var call = Call()
        var outgoing: [OutgoingCall] = []
        var log: [String] = []
        let answer: (OutgoingCall) -> Answer

        init(_ answer: @escaping (OutgoingCall) -> Answer) { self.answer = answer }
    }

    init(
        _ module: Module, limits: InstanceLimits = InstanceLimits(),
        answer: @escaping (OutgoingCall) -> Answer = { .error("no answer for \($0)") }
    ) throws {
        let store = Store(limits: limits)
        let desk = Desk(answer)
        var imports = Imports()
        for (name, function) in Self.functions(desk) {
            for space in ["wasmbus", "wapc"] {
                imports.define(space, name, .function(store.add(function, name: "\(space).\(name)")))
            }
        }
        self.desk = desk
        instance = try Instance(module, imports: imports, store: store)
        for name in ["start", "wapc_init", "_start"] {
            guard let initializer = instance.function(name) else { continue }
            guard case .finished = try Execution(calling: initializer, []).run() else {
                throw ProtocolError(description: "\(name) failed")
            }
        }
    }

    var memoryBytes: Int { instance.memory?.bytesCount ?? 0 }
    var log: [String] { desk.log }

    /// The calls that the actor made since this was asked last.
    func takeOutgoing() -> [OutgoingCall] {
        defer { desk.outgoing = [] }
        return desk.outgoing
    }

    /// Calls the actor once.
    func call(_ operation: String, _ argument: [UInt8] = []) -> Outcome {
        call(Array(operation.utf8), argument)
    }

    /// - Parameter fuel: what the call may spend, in source instructions.
    func call(_ operation: [UInt8], _ argument: [UInt8], fuel: UInt64 = 1_000_000_000) -> Outcome {
        let call = Call()
        call.request = (operation, argument)
        desk.call = call
        guard let guestCall = instance.function("__guest_call") else { return .broken("no __guest_call") }
        let execution: Execution
        do {
            execution = try Execution(
                calling: guestCall, [.i32(Int32(operation.count)), .i32(Int32(argument.count))], fuel: fuel)
        } catch { return .broken("\(error)") }
        let outcome = execution.run()
        fuelUsed = execution.fuelUsed
        guard case .finished(let results) = outcome else { return .broken("\(outcome)") }
        switch (results[0].i32, call.response, call.error) {
        case (1, let response?, nil): return .result(response)
        case (0, nil, let error?): return .guestError(String(decoding: error, as: UTF8.self))
        default: return .broken("returned \(results), response \(call.response as Any), error \(call.error as Any)")
        }
    }

    /// The result of calling an exported function without arguments.
    func value(of export: String) throws -> Int32? {
        guard let function = instance.function(export) else { return nil }
        guard case .finished(let results) = try Execution(calling: function, []).run() else { return nil }
        return results.first?.i32
    }

    // MARK: The imports

    private static func functions(_ desk: Desk) -> [(String, HostFunction)] {
        let pair = FunctionType([.i32, .i32])
        return [
            ("__guest_request", HostFunction(pair) { try request(desk.call, &$0) }),
            ("__guest_response", HostFunction(pair) { desk.call.response = try bytes(&$0, 0) }),
            ("__guest_error", HostFunction(pair) { desk.call.error = try bytes(&$0, 0) }),
            (
                "__console_log",
                HostFunction(pair) { desk.log.append(String(decoding: try bytes(&$0, 0), as: UTF8.self)) }
            ),
            (
                "__host_call",
                HostFunction(FunctionType(Array(repeating: .i32, count: 8), [.i32])) { try send(desk, &$0) }
            ),
            ("__host_response_len", length { desk.call.hostResponse }),
            ("__host_error_len", length { desk.call.hostError }),
            ("__host_response", HostFunction(FunctionType([.i32])) { try give(&desk.call.hostResponse, to: &$0) }),
            ("__host_error", HostFunction(FunctionType([.i32])) { try give(&desk.call.hostError, to: &$0) }),
        ]
    }

    private static func length(_ bytes: @escaping () -> [UInt8]?) -> HostFunction {
        HostFunction(FunctionType([], [.i32])) { $0.setResult(u32: UInt32(bytes()?.count ?? 0)) }
    }

    private static func bytes(_ host: inout HostCall, _ index: Int) throws -> [UInt8] {
        guard let bytes = host.memory?.read(host.u32(index), Int(host.u32(index + 1))) else {
            throw ProtocolError(description: "\(host.u32(index + 1)) bytes at \(host.u32(index)) are not in memory")
        }
        return bytes
    }

    private static func write(_ bytes: [UInt8], _ host: inout HostCall, _ index: Int) throws {
        guard host.memory?.write(bytes, at: host.u32(index)) == true else {
            throw ProtocolError(description: "no room for \(bytes.count) bytes at \(host.u32(index))")
        }
    }

    private static func request(_ call: Call, _ host: inout HostCall) throws {
        guard let request = call.request else { throw ProtocolError(description: "request fetched twice") }
        call.request = nil
        try write(request.operation, &host, 0)
        try write(request.argument, &host, 1)
    }

    private static func give(_ bytes: inout [UInt8]?, to host: inout HostCall) throws {
        guard let given = bytes else { throw ProtocolError(description: "nothing to fetch, or fetched twice") }
        bytes = nil
        try write(given, &host, 0)
    }

    private static func send(_ desk: Desk, _ host: inout HostCall) throws {
        let parts = try [0, 2, 4].map { String(decoding: try bytes(&host, $0), as: UTF8.self) }
        let call = OutgoingCall(
            linkName: parts[0], namespace: parts[1], operation: parts[2], argument: try bytes(&host, 6))
        desk.outgoing.append(call)
        desk.call.hostResponse = nil
        desk.call.hostError = nil
        switch desk.answer(call) {
        case .response(let bytes):
            desk.call.hostResponse = bytes
            host.setResult(u32: 1)
        case .error(let text):
            desk.call.hostError = Array(text.utf8)
            host.setResult(u32: 0)
        }
    }
}

/// Bytes as the protocol notes write them.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}
