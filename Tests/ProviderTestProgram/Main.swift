import Glibc
import HTTPServerProvider
import LatticeProtocol
import LatticeProviders
import LocalKeyValueProvider
import ProviderSDK

/// A provider process for tests: its argument names the provider.
@main
struct ProviderTestProgram {
    static func main() async {
        let arguments = CommandLine.arguments
        switch arguments.count > 1 ? arguments[1] : "" {
        case "keyvalue-local": exit(await ProviderProgram.run(.keyValueLocal))
        case "httpserver": exit(await ProviderProgram.run(.httpServer()))
        case "broken":
            exit(
                await ProviderProgram.run(
                    BundledProvider("broken", contract: .keyValue, state: .shared) { _ in
                        throw LinkProblem("its disk is upside down")
                    }))
        case let other:
            print("no provider '\(other)'")
            exit(2)
        }
    }
}
