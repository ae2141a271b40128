import CLibFuzzer
import FuzzSupport
import Glibc

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
let status = withUnsafeMutablePointer(to: &arguments) { pointer in
    pointer.withMemoryRebound(to: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.self, capacity: 1) { argv in
        LLVMFuzzerRunDriver(&argumentCount, argv) { data, count in
            let difference = ExecuteTarget.run(UnsafeRawBufferPointer(start: data, count: count))
            if let difference { fatalError(difference) }
            return 0
        }
    }
}
exit(status)
