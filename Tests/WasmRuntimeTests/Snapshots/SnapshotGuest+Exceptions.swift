import WasmTestSupport

extension SnapshotGuest {
    private typealias Bytes = BinaryModule

    /// `thrower` runs a loop and throws tag 0 for even numbers. `run` catches that with its reference, keeps the reference
    /// in a local while it calls `thrower` again, then in a global, and inside of another exception in a table.
    static let exceptions = SnapshotGuest(
        name: "exceptions on their way and kept", argument: 5,
        bytes: Bytes.module(
            Bytes.section(
                1, Bytes.type([Bytes.i32], [Bytes.i64]), Bytes.type([Bytes.i32, Bytes.i64], []),
                Bytes.type([], [Bytes.i32, Bytes.i64, Bytes.exnRef]), Bytes.type([Bytes.exnRef], []),
                Bytes.type([], [Bytes.exnRef, Bytes.exnRef])),
            Bytes.section(3, [0], [0]),
            Bytes.section(4, [Bytes.exnRef, 0, 2]),
            Bytes.section(13, [0, 1], [0, 3]),
            Bytes.section(6, [Bytes.exnRef, 1, 0xD0, Bytes.exnRef, 0x0B]),
            Bytes.section(7, Bytes.export("run", 0, 1)),
            Bytes.section(10, thrower, catcher)))

    private static let thrower = Bytes.body(
        locals: [Bytes.i32],
        [
            // Up to the parameter, then throw or return 5.
            0x03, 0x40, 0x20, 1, 0x41, 1, 0x6A, 0x22, 1, 0x20, 0, 0x49, 0x0D, 0, 0x0B,
            0x20, 0, 0x41, 1, 0x71, 0x45, 0x04, 0x40, 0x20, 0, 0x42, 7, 0x08, 0, 0x0B,
            0x42, 5,
        ])

    /// Locals: 1 the sum, 2 and 3 references.
    private static let catcher = Bytes.body(
        locals: [Bytes.i64, Bytes.exnRef, Bytes.exnRef],
        [0x03, 0x40] + attempt
            + [0x20, 0, 0x41, 1, 0x6B, 0x22, 0, 0x0D, 0, 0x0B] + last)

    /// sum += thrower(n), or what it throws; the exception is then kept.
    private static let attempt: [UInt8] =
        [
            0x02, 0x40, 0x02, 2, 0x1F, 0x40, 1, 1, 0, 0,
            0x20, 0, 0x10, 0, 0x20, 1, 0x7C, 0x21, 1, 0x0B, 0x0C, 1, 0x0B,
            0x21, 2, 0x20, 1, 0x7C, 0x21, 1, 0xAD, 0x20, 1, 0x7C, 0x21, 1,
            0x41, 3, 0x10, 0, 0x1A,
        ] + rethrow + wrap + [0x0B]

    /// Throws it again; what is caught goes to the global.
    private static let rethrow: [UInt8] = [
        0x02, Bytes.exnRef, 0x1F, 0x40, 1, 3, 0, 0x20, 2, 0x0A, 0x0B, 0x00, 0x0B, 0x24, 0,
    ]

    /// Throws another one with it inside; that goes to the table.
    private static let wrap: [UInt8] = [
        0x02, 4, 0x1F, 0x40, 1, 1, 1, 0, 0x20, 2, 0x08, 1, 0x0B, 0x00, 0x0B,
        0x21, 3, 0x1A, 0x41, 1, 0x20, 3, 0x26, 0,
    ]

    /// The sum, and the values of the exception inside of the one in the table.
    private static let last: [UInt8] = [
        0x02, 2, 0x1F, 0x40, 1, 1, 0, 0,
        0x02, Bytes.exnRef, 0x1F, 0x40, 1, 0, 1, 0, 0x41, 1, 0x25, 0, 0x0A, 0x0B, 0x00, 0x0B, 0x0A,
        0x0B, 0x00, 0x0B,
        0x1A, 0x20, 1, 0x7C, 0x21, 1, 0xAD, 0x20, 1, 0x7C,
    ]
}
