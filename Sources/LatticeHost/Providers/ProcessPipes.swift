import CLinuxCalls
import Glibc

/// The three pipes between us and a child. No other child inherits an end of them.
struct ProcessPipes {
    struct Pipe {
        let ours: CInt
        let childs: CInt
    }

    let input: Pipe
    let output: Pipe
    let errors: Pipe

    init(_ path: String) throws(ProcessFailure) {
        var ends: [CInt] = []
        for _ in 0..<3 {
            var pair: [CInt] = [-1, -1]
            guard lattice_pipe(&pair) == 0 else {
                let code = errno
                for end in ends { close(end) }
                throw ProcessFailure(path, "pipe", code: code)
            }
            ends += pair
        }
        input = Pipe(ours: ends[1], childs: ends[0])
        output = Pipe(ours: ends[2], childs: ends[3])
        errors = Pipe(ours: ends[4], childs: ends[5])
        // The thread that watches waits in one place only.
        for end in [input.ours, output.ours, errors.ours] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    func closeChildEnds() { for pipe in [input, output, errors] { close(pipe.childs) } }
    func closeOurEnds() { for pipe in [input, output, errors] { close(pipe.ours) } }

    func closeAll() {
        closeChildEnds()
        closeOurEnds()
    }
}
