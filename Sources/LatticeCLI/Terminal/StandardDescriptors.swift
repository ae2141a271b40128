import Glibc

/// The descriptors 0, 1 and 2.
enum StandardDescriptors {
    /// Occupies those that the process was started without: the next file or socket would get such a number, and what is
    /// meant for the stream would go there. Reading and writing them still fails, as it does where nothing is open.
    static func occupyClosed() {
        for (number, otherWay) in [(STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY), (STDERR_FILENO, O_RDONLY)]
        where fcntl(number, F_GETFD) < 0 {
            // The lowest free number is the one.
            guard open("/dev/null", otherWay) == number else { return }
        }
    }
}
