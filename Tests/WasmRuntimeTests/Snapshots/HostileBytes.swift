import WasmTestSupport

@testable import WasmRuntime

/// Ways to make a snapshot what nobody has written.
enum HostileBytes {
    /// Makes length and digest right again, so that the checks behind them are reached.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        bytes.replaceSubrange(12..<20, with: withUnsafeBytes(of: UInt64(bytes.count).littleEndian, Array.init))
        let end = bytes.count - SHA256.digestBytes
        bytes.replaceSubrange(end..., with: bytes.withUnsafeBytes { SHA256.digest(.init(rebasing: $0[..<end])) })
        return bytes
    }

    /// Changes, removes or inserts a few bytes.
    static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        let body = 20..<(bytes.count - SHA256.digestBytes)
        guard body.count > 16 else { return }
        // Most of the bytes are memory: look at both ends more often.
        let near = Bool.random(using: &random) ? 0..<min(400, body.count - 8) : 0..<(body.count - 8)
        let offset = Int.random(in: near, using: &random)
        let at = Bool.random(using: &random) ? body.lowerBound + offset : body.upperBound - 8 - offset
        switch Int.random(in: 0..<6, using: &random) {
        case 0: bytes[at] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes[at] = bytes[at] &+ (Bool.random(using: &random) ? 1 : 255)
        case 2:
            let values: [UInt32] = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, .max, 4096, 65536]
            let value = values.randomElement(using: &random)!.littleEndian
            bytes.replaceSubrange(at..<(at + 4), with: withUnsafeBytes(of: value, Array.init))
        case 3:
            let value = (UInt64.max << UInt64.random(in: 0...63, using: &random)).littleEndian
            bytes.replaceSubrange(at..<(at + 8), with: withUnsafeBytes(of: value, Array.init))
        case 4: bytes.removeSubrange(at..<(at + Int.random(in: 1...8, using: &random)))
        default:
            let from = body.lowerBound + Int.random(in: 0..<(body.count - 8), using: &random)
            bytes.insert(contentsOf: bytes[from..<(from + Int.random(in: 1...8, using: &random))], at: at)
        }
    }
}
