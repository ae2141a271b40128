import CLibFuzzer
import FuzzSupport
import Glibc

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
let status = withUnsafeMutablePointer(to: &arguments) { pointer in
    pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.self, capacity: 1) { argv in
        LLVMFuzzerRunDriver(&argumentCount, argv) { data, count in
            RestoreTarget.run(Array(UnsafeBufferPointer(start: data, count: count)))
            return 0
        }
    }
}
exit(status)
