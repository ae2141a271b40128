import CWasmCore

/// Which operations form pairs, for a quick look-up.
enum PairTable {
    /// Rows for first operations, columns for second ones; 0 for those that are in no pair.
    private struct Table {
        let rows: UnsafePointer<UInt16>
        let columns: UnsafePointer<UInt16>
        let columnCount: Int
        let pairs: UnsafePointer<UInt16>
    }

    // Safety: written once, here; never freed. Row 0 and column 0 hold zeros only.
    nonisolated(unsafe) private static let table: Table = {
        var count: UInt32 = 0
        let list = UnsafeBufferPointer(start: wasm_core_pairs(&count), count: Int(count))
        let rows = zeros(OperationTable.count)
        let columns = zeros(OperationTable.count)
        var (rowCount, columnCount) = (1, 1)
        func number(_ operation: UInt16, in numbers: UnsafeMutablePointer<UInt16>, _ count: inout Int) {
            guard numbers[Int(operation)] == 0 else { return }
            numbers[Int(operation)] = UInt16(count)
            count += 1
        }
        for row in list {
            number(row.first, in: rows, &rowCount)
            number(row.second, in: columns, &columnCount)
        }
        let pairs = zeros(rowCount * columnCount)
        for row in list {
            pairs[Int(rows[Int(row.first)]) * columnCount + Int(columns[Int(row.second)])] = row.pair
        }
        return Table(rows: rows, columns: columns, columnCount: columnCount, pairs: pairs)
    }()

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt16> {
        let zeros = UnsafeMutablePointer<UInt16>.allocate(capacity: count)
        zeros.initialize(repeating: 0, count: count)
        return zeros
    }

    /// - Returns: the operation that does both, or 0.
    @inline(__always)
    static func pair(_ first: UInt16, _ second: UInt16) -> UInt16 {
        let table = table
        let row = Int(table.rows[Int(first)])
        guard row != 0 else { return 0 }
        return table.pairs[row * table.columnCount + Int(table.columns[Int(second)])]
    }
}
