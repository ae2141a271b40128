/// The constants of the format; docs/snapshots.md describes it byte for byte.
enum SnapshotFormat {
    static let magic: [UInt8] = [0x00, 0x6C, 0x61, 0x74, 0x73, 0x6E, 0x61, 0x70]
    static let version: UInt32 = 1
    /// Magic, version, and the count of all bytes.
    static let headerBytes = 20
    /// Memory is written in pieces of this size; those that are all zero are left out.
    static let pageBytes = 4096
    /// Each call gets a stack of its own when it is restored.
    static let callsMax = 1000

    /// Where a call stands still.
    enum Stop: UInt8 {
        /// At the stop point of its innermost frame.
        case inFrame = 0
        /// Right before a host function is entered, with its arguments.
        case beforeHostFunction = 1
        /// In a suspended host function, with its arguments.
        case inHostFunction = 2
        /// Right behind a host function, with its results.
        case afterHostFunction = 3
    }

    /// The bytes that a value takes behind its type; nil for a type that this version does not know.
    static func bytesCount(of type: ValueType) -> Int? {
        switch type {
        case .i32, .f32: 4
        case .i64, .f64, .funcRef, .externRef, .exnRef: 8
        case .v128: 16
        default: nil
        }
    }
}

/// One frame of a call, without anything that the translator decided.
struct StoredFrame {
    let instance: Int
    /// In the function index space; never an import.
    let function: Int
    /// Of the stop point, in bytes from the start of the module: the start of the function's body for its entry, else
    /// the `loop` or call instruction.
    let offset: Int
    let locals: [Value]
    /// From the bottom of the stack; without the arguments of a call.
    let operands: [Value]
}

/// A call that stands still.
struct StoredCall {
    /// The call of a host function that it stands at.
    struct HostFunctionCall {
        /// The instance that made it.
        let instance: Int
        let reference: UInt64
        let values: [Value]
    }

    /// A reference, as the two above.
    let function: UInt64
    let budget: UInt64?
    let fuelUsed: UInt64
    /// Outermost first; empty only where the outermost function has left its place to a host function.
    let frames: [StoredFrame]
    let stop: SnapshotFormat.Stop
    /// Unless it stopped in a frame.
    let host: HostFunctionCall?
}
