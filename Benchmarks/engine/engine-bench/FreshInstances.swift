import Glibc
import WasmRuntime

/// What it costs to put an instance back after a call that wrote eight pages, and what an instance that waits for one
/// takes.
enum FreshInstances {
    /// - Parameter file: `micro/pages.c`.
    static func report(_ file: String) throws {
        let module = try Module(FileHandle.contents(of: file))
        let (instance, template) = try make(module)
        guard let write = instance.function("write") else { throw MissingExport(name: "write") }
        let rounds = 20_000
        var pages = 0
        func nanoseconds(resets: Bool) throws -> Double {
            try Stopwatch.median(of: 9) {
                for round in 0..<rounds {
                    _ = try Execution(calling: write, [.i32(Int32(round))]).run()
                    if resets { pages = template.reset(instance) }
                }
            } / Double(rounds)
        }
        let call = try nanoseconds(resets: false)
        let both = try nanoseconds(resets: true)
        Report.line("fresh instance after \(pages) pages", (both - call) / 1_000, "us", bound: 4, aim: 1)
        Report.line("the call itself", call / 1_000, "us")
        try reportIdle(module)
    }

    private static func make(_ module: Module) throws -> (Instance, InstanceTemplate) {
        let instance = try Instance(module)
        guard let template = InstanceTemplate(of: instance) else { throw NoTemplate() }
        return (instance, template)
    }

    /// Instances as a pool keeps them: each in a store of its own, called once, reset.
    private static func reportIdle(_ module: Module) throws {
        let (_, template) = try make(module)
        var idle: [Instance] = []
        func add(_ count: Int) throws {
            for _ in 0..<count {
                let instance = try Instance(module, imports: Imports(), store: Store(), template: template)
                guard let write = instance.function("write") else { throw MissingExport(name: "write") }
                _ = try Execution(calling: write, [.i32(1)]).run()
                template.reset(instance)
                idle.append(instance)
            }
        }
        try add(20)
        let before = OwnProcess.residentBytes
        let count = 400
        try add(count)
        let all = Double(OwnProcess.residentBytes - before) / Double(count) / 1_024
        // What the guest itself has touched: its data, and the pages that the call wrote.
        let touched = Double(idle[0].memory.map(residentBytes) ?? 0) / 1_024
        Report.line("idle instance beyond its memory", all - touched, "KiB", bound: 64, aim: 16)
        Report.line("pages of its memory", touched, "KiB")
    }

    private static func residentBytes(_ memory: Memory) -> Int {
        let page = sysconf(Int32(_SC_PAGESIZE))
        var isResident = [UInt8](repeating: 0, count: memory.bytesCount / page)
        memory.withBytes(0, memory.bytesCount) { bytes in
            _ = mincore(UnsafeMutableRawPointer(mutating: bytes.baseAddress!), bytes.count, &isResident)
        }
        return isResident.filter { $0 & 1 != 0 }.count * page
    }

    struct NoTemplate: Error {}
}
