import Glibc

struct MissingExport: Error { let name: String }

enum Stopwatch {
    /// Processor time of this thread for one run of `body`: the median of several.
    /// - Returns: in nanoseconds.
    static func median(of rounds: Int, _ body: () throws -> Void) rethrows -> Double {
        try body()
        var times: [Double] = []
        for _ in 0..<rounds {
            let start = now
            try body()
            times.append(now - start)
        }
        times.sort()
        return times[times.count / 2]
    }

    private static var now: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }
}

enum OwnProcess {
    /// Memory that this process has, in bytes.
    static var residentBytes: Int {
        let fields = (try? FileHandle.contents(of: "/proc/self/statm")) ?? []
        let text = String(decoding: fields, as: UTF8.self).split(separator: " ")
        return text.count > 1 ? (Int(text[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
