import Synchronization

/// Something that is there a little later than those who need it.
package final class Late<Value: AnyObject & Sendable>: Sendable {
    private let state = Mutex<Value?>(nil)

    package init() {}

    package var value: Value? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }
}
