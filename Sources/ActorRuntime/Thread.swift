import OwnThreads

/// Starts a thread of our own that nobody waits for.
func startThread(_ body: @escaping @Sendable () -> Void) {
    let isStarted = OwnThread.start(body)
    precondition(isStarted, "the system has no room for a worker thread")
}
