import Testing
import WasmRuntime

@testable import WASI

/// A guest that is the test: it calls the functions of WASI one by one, with arguments and memory as the test wants.
final class GuestProbe {
    let system: WASISystem
    let instance: Instance
    let memory: Memory
    private let store = Store()
    /// What must live as long.
    var keeps: AnyObject?

    init(_ grants: WASIGrants, resolving method: DirectoryResolver.Method = DirectoryResolver.available) throws {
        system = WASISystem(grants, resolver: DirectoryResolver(method))
        let module = try Module(Self.module)
        var imports = Imports()
        system.define(in: &imports, for: module, store: store)
        instance = try Instance(module, imports: imports, store: store)
        memory = try #require(instance.memory)
    }

    /// - Returns: the errno.
    /// - Throws: a `WASIEnd`.
    @discardableResult
    func call(_ name: String, _ arguments: UInt64...) throws -> WASIErrno { try call(name, arguments) }

    func call(_ name: String, _ arguments: [UInt64]) throws -> WASIErrno {
        let function = try #require(instance.function(name), "no function '\(name)'")
        let values = zip(function.type.parameters, arguments).map { type, bits in
            type == .i64 ? Value.i64(bits: bits) : .i32(bits: UInt32(truncatingIfNeeded: bits))
        }
        try #require(values.count == function.type.parameters.count && values.count == arguments.count)
        switch try Execution(calling: function, values).run() {
        case .finished(let results):
            guard let result = results.first else { return .success }
            return try #require(WASIErrno(rawValue: UInt16(result.bits)))
        case .failed(let error): throw error
        case .trapped(let trap): throw trap
        default: throw ProbeError.unexpected
        }
    }

    enum ProbeError: Error { case unexpected }

    // MARK: Memory

    /// Writes a text and gives its address and size.
    func put(_ text: String, at address: UInt32) -> (UInt64, UInt64) {
        memory.write(Array(text.utf8), at: address)
        return (UInt64(address), UInt64(text.utf8.count))
    }

    func u16(_ address: UInt32) -> UInt16 { memory.load(address, as: UInt16.self) ?? 0 }
    func u32(_ address: UInt32) -> UInt32 { memory.load(address, as: UInt32.self) ?? 0 }
    func u64(_ address: UInt32) -> UInt64 { memory.load(address, as: UInt64.self) ?? 0 }

    func text(_ address: UInt32, _ count: Int) -> String {
        String(decoding: memory.read(address, count) ?? [], as: UTF8.self)
    }

    /// Writes a list of buffers at `list`.
    func putBuffers(_ buffers: [(address: UInt32, count: UInt32)], at list: UInt32) {
        for (index, buffer) in buffers.enumerated() {
            memory.store(buffer.address, at: list + UInt32(index) * 8)
            memory.store(buffer.count, at: list + UInt32(index) * 8 + 4)
        }
    }

    // MARK: Calls that many tests need

    /// - Returns: the errno, and the new descriptor if there is one.
    func open(
        _ path: String, in directory: UInt64 = 3, _ flags: OpenFlags = [], rights: Rights = [.fdRead, .fdFilestatGet],
        inheriting: Rights = .all, follows: Bool = true, descriptorFlags: DescriptorFlags = []
    ) throws -> (WASIErrno, UInt64) {
        let (address, count) = put(path, at: 8_192)
        let errno = try call(
            "path_open", directory, follows ? 1 : 0, address, count, UInt64(flags.rawValue), rights.rawValue,
            inheriting.rawValue, UInt64(descriptorFlags.rawValue), 64)
        return (errno, UInt64(u32(64)))
    }

    /// At most 4 KiB.
    func read(_ descriptor: UInt64) throws -> (WASIErrno, String) {
        putBuffers([(16_384, 4_096)], at: 128)
        let errno = try call("fd_read", descriptor, 128, 1, 64)
        return (errno, errno == .success ? text(16_384, Int(u32(64))) : "")
    }

    func write(_ text: String, to descriptor: UInt64) throws -> (WASIErrno, Int) {
        let (address, count) = put(text, at: 16_384)
        putBuffers([(UInt32(address), UInt32(count))], at: 128)
        let errno = try call("fd_write", descriptor, 128, 1, 64)
        return (errno, Int(u32(64)))
    }

    /// A function of one path.
    func path(_ name: String, _ path: String, in directory: UInt64 = 3) throws -> WASIErrno {
        let (address, count) = put(path, at: 8_192)
        return try call(name, directory, address, count)
    }

    // MARK: The module

    /// Imports every function and exports one that passes its arguments on, over a memory of one page.
    private static let module: [UInt8] = {
        let functions = FunctionTable.functions.sorted { $0.key < $1.key }
        var types: [[UInt8]] = []
        var imports: [[UInt8]] = []
        var exports: [[UInt8]] = [text("memory") + [2, 0]]
        var bodies: [[UInt8]] = []
        for (index, (name, function)) in functions.enumerated() {
            func list(_ types: [ValueType]) -> [UInt8] { [UInt8(types.count)] + types.map { UInt8($0.rawValue) } }
            types.append([0x60] + list(function.type.parameters) + list(function.type.results))
            imports.append(text(WASISystem.moduleName) + text(name) + [0, UInt8(index)])
            exports.append(text(name) + [0, UInt8(functions.count + index)])
            let pushes: [UInt8] = function.type.parameters.indices.flatMap { [0x20, UInt8($0)] }
            let body: [UInt8] = [0] + pushes + [0x10, UInt8(index), 0x0B]
            bodies.append([UInt8(body.count)] + body)
        }
        return [0, 0x61, 0x73, 0x6D, 1, 0, 0, 0] + section(1, types) + section(2, imports)
            + section(3, functions.indices.map { [UInt8($0)] }) + section(5, [[0, 1]]) + section(7, exports)
            + section(10, bodies)
    }()

    private static func text(_ text: String) -> [UInt8] { [UInt8(text.utf8.count)] + Array(text.utf8) }

    private static func section(_ id: UInt8, _ items: [[UInt8]]) -> [UInt8] {
        let contents = [UInt8(items.count)] + items.flatMap { $0 }
        return [id, UInt8(contents.count & 0x7F | 0x80), UInt8(contents.count >> 7)] + contents
    }
}
