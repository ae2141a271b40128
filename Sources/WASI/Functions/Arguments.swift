import WasmRuntime

extension WASISystem {
    func argsGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try store(grants.arguments, pointers: call.u32(0), text: call.u32(1), in: memory)
    }

    func argsSizesGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try storeSizes(grants.arguments, count: call.u32(0), bytes: call.u32(1), in: memory)
    }

    func environGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try store(grants.environment, pointers: call.u32(0), text: call.u32(1), in: memory)
    }

    func environSizesGet(_ call: borrowing HostCall, _ memory: GuestMemory) throws {
        try storeSizes(grants.environment, count: call.u32(0), bytes: call.u32(1), in: memory)
    }

    /// Writes the strings one behind the other, each with a zero byte, and the address of each.
    private func store(
        _ strings: [String], pointers: UInt32, text: UInt32, in memory: GuestMemory
    ) throws(WASIErrno) {
        var offset = 0
        for (index, string) in strings.enumerated() {
            let address = try GuestMemory.element(text, offset, stride: 1)
            try memory.write(Array(string.utf8) + [0], at: address)
            try memory.store(address, at: GuestMemory.element(pointers, index, stride: 4))
            offset += string.utf8.count + 1
        }
    }

    private func storeSizes(
        _ strings: [String], count: UInt32, bytes: UInt32, in memory: GuestMemory
    ) throws(WASIErrno) {
        let total = strings.reduce(0) { $0 + $1.utf8.count + 1 }
        guard let total = UInt32(exactly: total) else { throw .overflow }
        try memory.store(UInt32(strings.count), at: count)
        try memory.store(total, at: bytes)
    }
}
