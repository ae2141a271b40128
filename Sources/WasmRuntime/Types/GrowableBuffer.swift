/// A stack of trivial values for hot paths: no reference counting, no copy on write, one owner.
struct GrowableBuffer<Element: BitwiseCopyable>: ~Copyable {
    private var storage: UnsafeMutablePointer<Element>
    private(set) var capacity: Int
    private(set) var count = 0

    init(capacity: Int = 64) {
        storage = .allocate(capacity: capacity)
        self.capacity = capacity
    }

    deinit { storage.deallocate() }

    @inline(__always)
    mutating func append(_ element: Element) {
        if count == capacity { grow(to: capacity * 2) }
        (storage + count).initialize(to: element)
        count += 1
    }

    @inline(never)
    private mutating func grow(to newCapacity: Int) {
        let larger = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
        larger.update(from: storage, count: count)
        storage.deallocate()
        storage = larger
        capacity = newCapacity
    }

    /// - Precondition: not empty.
    @inline(__always)
    mutating func removeLast() -> Element {
        assert(count > 0)
        count -= 1
        return storage[count]
    }

    mutating func removeAll() { count = 0 }

    /// - Precondition: `newCount <= count`.
    mutating func truncate(to newCount: Int) {
        assert(newCount <= count)
        count = newCount
    }

    /// - Precondition: not empty.
    var last: Element {
        @inline(__always) get {
            assert(count > 0)
            return storage[count - 1]
        }
    }

    mutating func mutateLast(_ change: (inout Element) -> Void) { change(&storage[count - 1]) }

    subscript(index: Int) -> Element {
        @inline(__always) get {
            assert(index >= 0 && index < count)
            return storage[index]
        }
        @inline(__always) set {
            assert(index >= 0 && index < count)
            storage[index] = newValue
        }
    }

    /// After elements were written, or given up, behind this buffer's back.
    /// - Precondition: `newCount <= capacity`, and all of them are initialised.
    mutating func setCount(_ newCount: Int) {
        assert(newCount >= 0 && newCount <= capacity)
        count = newCount
    }

    /// The elements' address, valid until the next `append`.
    var elements: UnsafeMutablePointer<Element> { storage }
}
