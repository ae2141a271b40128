import CWasmCore

/// Instances, memories, tables, globals.
extension SnapshotWriter {
    mutating func store(_ store: Store, _ objects: StoreObjects) throws(SnapshotError) {
        count(store.instances.count)
        for (instance, view) in zip(store.instances, objects.views) { self.instance(instance, view) }
        try exceptions(objects)
        count(objects.memories.count)
        for memory in objects.memories { self.memory(memory) }
        count(objects.tables.count)
        for table in objects.tables { try self.table(table) }
        count(objects.globals.count)
        for global in objects.globals {
            flag(global.type.isMutable)
            try value(Value(type: global.type.value, at: global.cell))
        }
    }

    private mutating func instance(_ instance: InstanceStorage, _ view: StoreObjects.View) {
        append(instance.code.digest.bytes)
        integer(UInt64(instance.code.bytes.count))
        for list in [view.memories, view.tables, view.globals, view.tags] {
            count(list.count)
            for index in list { count(index) }
        }
        for segments in [instance.data, instance.elements] {
            count(segments.count)
            for segment in segments { flag(segment.count == 0) }
        }
    }

    // MARK: Memories

    private mutating func memory(_ memory: Memory) {
        size(memory.type.size, memory.type.address)
        integer(memory.pages)
        let bytes = UnsafeRawBufferPointer(start: memory.raw.pointee.base, count: memory.bytesCount)
        let runs = Self.runs(of: bytes.count / SnapshotFormat.pageBytes) { page in
            let start = page * SnapshotFormat.pageBytes
            return bytes[start..<(start + SnapshotFormat.pageBytes)].contains { $0 != 0 }
        }
        count(runs.count)
        for run in runs {
            let start = run.lowerBound * SnapshotFormat.pageBytes
            let end = run.upperBound * SnapshotFormat.pageBytes
            integer(UInt64(start))
            integer(UInt64(end - start))
            append(bytes[start..<end])
        }
    }

    /// The ranges in which every item counts.
    private static func runs(of count: Int, where counts: (Int) -> Bool) -> [Range<Int>] {
        var runs: [Range<Int>] = []
        for index in 0..<count where counts(index) {
            if let last = runs.last, last.upperBound == index {
                runs[runs.count - 1] = last.lowerBound..<(index + 1)
            } else {
                runs.append(index..<(index + 1))
            }
        }
        return runs
    }

    // MARK: Tables

    private mutating func table(_ table: Table) throws(SnapshotError) {
        type(table.type.element)
        size(table.type.size, table.type.address)
        integer(table.count)
        let elements = UnsafeBufferPointer(start: table.raw.pointee.elements, count: Int(table.count))
        let runs = Self.runs(of: elements.count) { elements[$0] != 0 }
        count(runs.count)
        for run in runs {
            integer(UInt64(run.lowerBound))
            integer(UInt64(run.count))
            for index in run { try reference(elements[index], table.type.element) }
        }
    }
}
