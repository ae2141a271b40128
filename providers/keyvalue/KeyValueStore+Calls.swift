import LatticeContracts
import LatticeProtocol
import LatticeProviders
import LatticeTrust

extension KeyValueStore {
    /// Performs what a linked actor asks for, as the contract writes it, within the call's time.
    public func perform(
        _ call: ProviderCall, completion: @escaping @Sendable (Result<[UInt8], Refusal>) -> Void
    ) {
        guard let name = KeyValue.Operation(rawValue: call.operation) else {
            let sentence = "'\(call.operation.prefix(80))' is no operation of \(call.link.contract)"
            return completion(.failure(call.refusal(.providerError, sentence)))
        }
        let operation: KeyValueOperation
        do throws(MessagePackError) {
            operation = try KeyValueOperation(name, argument: call.argument)
        } catch {
            let sentence = "the argument of \(name.rawValue) can't be read: \(error)"
            return completion(.failure(call.refusal(.providerError, sentence)))
        }
        let timeout = ContinuousClock.now.duration(to: call.deadline)
        guard timeout > .zero else {
            let sentence = "no time was left for \(name.rawValue) when it reached the provider"
            return completion(.failure(call.refusal(.deadline, sentence)))
        }
        perform(operation, timeout: timeout) { result in
            do throws(KeyValueError) {
                completion(.success(try operation.payload(of: result.get())))
            } catch {
                completion(.failure(call.refusal(error.code, "\(name.rawValue): \(error)")))
            }
        }
    }
}
