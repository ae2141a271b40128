/// The exceptions that references in a snapshot mean, each once. A reference is the exception's place in this list plus
/// one; 0 is null. Exceptions can refer to others, earlier or later ones.
struct StoredExceptions {
    private(set) var list: [ThrownException] = []
    private var numbers: [UInt64: UInt64] = [:]

    /// What the guests of a store, and calls, can reach.
    init(_ store: Store, _ objects: StoreObjects, _ calls: [StoredCall]) throws(SnapshotError) {
        for global in objects.globals where global.type.value == .exnRef { try add(global.cell.pointee, store) }
        for table in objects.tables where table.type.element == .exnRef {
            for reference in table.elements { try add(reference, store) }
        }
        for call in calls {
            for frame in call.frames {
                for value in frame.locals where value.type == .exnRef { try add(value.bits, store) }
                for value in frame.operands where value.type == .exnRef { try add(value.bits, store) }
            }
            for value in call.host?.values ?? [] where value.type == .exnRef { try add(value.bits, store) }
        }
        var next = 0
        while next < list.count {
            for value in Self.values(list[next]) where value.type == .exnRef { try add(value.bits, store) }
            next += 1
        }
    }

    private mutating func add(_ reference: UInt64, _ store: Store) throws(SnapshotError) {
        guard reference != 0, numbers[reference] == nil else { return }
        guard let exception = store.exceptions[reference] else {
            throw .notPortable("a reference to an exception that is not kept any more")
        }
        list.append(exception)
        numbers[reference] = UInt64(list.count)
    }

    /// - Precondition: it is null or was reached.
    func portable(_ reference: UInt64) -> UInt64 { reference == 0 ? 0 : numbers[reference] ?? 0 }

    static func values(_ exception: ThrownException) -> [Value] {
        exception.values.withUnsafeBufferPointer { buffer in
            buffer.baseAddress.map { Value.list(exception.tag.type.parameters, at: $0) } ?? []
        }
    }
}

extension SnapshotWriter {
    mutating func exceptions(_ objects: StoreObjects) throws(SnapshotError) {
        count(exceptions.list.count)
        for exception in exceptions.list {
            guard let tag = objects.tags.firstIndex(where: { $0 === exception.tag }) else {
                throw .notPortable("an exception of a tag that no instance has")
            }
            count(tag)
            try values(StoredExceptions.values(exception))
        }
    }
}

extension SnapshotReader {
    /// Keeps the exceptions of a snapshot in the store, so that references to them can be read.
    mutating func exceptions(_ objects: StoreObjects, _ store: Store) throws(SnapshotError) {
        let exceptionCount = try count("exceptions", bytes: 8)
        guard exceptionCount <= store.limits.exceptionsMax else {
            throw .tooLarge("\(exceptionCount) exceptions, at most \(store.limits.exceptionsMax) allowed")
        }
        // Until all are known, a reference is the exception's number.
        exceptionReferences = (0..<exceptionCount).map { UInt64($0 + 1) }
        var found: [ThrownException] = []
        for _ in 0..<exceptionCount {
            let tag = try u32()
            guard tag < objects.tags.count else { throw malformed("an exception of no tag") }
            let values = try values("values of an exception")
            guard values.map(\.type) == objects.tags[tag].type.parameters else {
                throw malformed("an exception whose values are not of its tag's types")
            }
            found.append(ThrownException(tag: objects.tags[tag], values: Self.slots(values)))
        }
        var references: [UInt64] = []
        for exception in found {
            guard let reference = store.exceptions.add(exception) else {
                throw .tooLarge("\(exceptionCount) exceptions, and there is no room left for them")
            }
            references.append(reference)
        }
        exceptionReferences = references
        for (exception, reference) in zip(found, references) {
            let values = StoredExceptions.values(exception).map { value in
                value.type == .exnRef && value.bits != 0
                    ? Value(type: .exnRef, bits: references[Int(value.bits) - 1]) : value
            }
            store.exceptions.setValues(of: reference, Self.slots(values))
        }
    }

    private static func slots(_ values: [Value]) -> [UInt64] {
        var slots = [UInt64](repeating: 0, count: values.reduce(0) { $0 + $1.type.slots })
        slots.withUnsafeMutableBufferPointer { if let base = $0.baseAddress { values.write(to: base) } }
        return slots
    }
}
