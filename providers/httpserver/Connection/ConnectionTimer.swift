import NIOCore

/// One deadline at a time, moved with every request. Moving it to later costs nothing: the armed task looks again.
/// Belongs to one event loop. Holds on to `action` only while armed.
final class ConnectionTimer {
    private var deadline = NIODeadline.distantFuture
    private var armed: (at: NIODeadline, task: Scheduled<Void>)?

    func set(_ deadline: NIODeadline, on eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        self.deadline = deadline
        if let armed {
            if armed.at <= deadline { return }
            armed.task.cancel()
        }
        arm(eventLoop, action)
    }

    func cancel() {
        armed?.task.cancel()
        armed = nil
    }

    private func arm(_ eventLoop: any EventLoop, _ action: @escaping () -> Void) {
        let task = eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.armed = nil
            if self.deadline <= .now() { action() } else { self.arm(eventLoop, action) }
        }
        armed = (deadline, task)
    }
}
