import KeyValueOperations
import LatticeContracts
import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

extension LinkDefinition {
    /// From an actor that nobody else has.
    static func fresh(
        to bundled: BundledProvider, _ values: [String: String] = [:],
        actor: ModuleKey = ModuleKeyPair.generate().publicKey
    ) -> LinkDefinition {
        LinkDefinition(actor: actor, provider: bundled.key, contract: bundled.contract, values: values)
    }
}

extension CapabilityProvider {
    /// What the provider answers to a call, within two seconds unless said otherwise.
    func call(
        _ link: LinkDefinition, _ operation: String, _ argument: [UInt8] = [], timeout: Duration = .seconds(2)
    ) async -> Result<[UInt8], Refusal> {
        let call = ProviderCall(
            id: InvocationID(from: NUIDGenerator()), link: link, operation: operation, argument: argument,
            deadline: .now + timeout)
        return await withCheckedContinuation { continuation in
            perform(call) { continuation.resume(returning: $0) }
        }
    }

    /// Why a link is not taken; nil when it is.
    func problem(_ link: LinkDefinition) async -> String? {
        do throws(LinkProblem) {
            try await put(link)
            return nil
        } catch { return error.description }
    }
}

/// A provider, seen through the contract's bytes as an actor sees it.
struct ContractStore: KeyValueStore {
    let provider: any CapabilityProvider
    let link: LinkDefinition

    func perform(
        _ operation: KeyValueOperation, timeout: Duration?,
        _ completion: @escaping @Sendable (Result<KeyValueResult, KeyValueError>) -> Void
    ) {
        let (name, argument) = operation.written
        let call = ProviderCall(
            id: InvocationID(from: NUIDGenerator()), link: link, operation: name.rawValue, argument: argument,
            deadline: .now + (timeout ?? .seconds(2)))
        provider.perform(call) { result in
            switch result {
            case .success(let bytes):
                do { completion(.success(try operation.read(bytes))) } catch {
                    completion(.failure(.refused("an answer that is none: \(error)")))
                }
            case .failure(let refusal): completion(.failure(.refused("\(refusal.code): \(refusal.sentence)")))
            }
        }
    }

    /// As it comes back.
    @Sendable static func told(_ operation: KeyValueOperation, _ error: KeyValueError) -> KeyValueError {
        .refused("\(error.code): \(operation.written.name.rawValue): \(error)")
    }
}

extension KeyValueOperation {
    /// As an actor writes it.
    var written: (name: KeyValue.Operation, argument: [UInt8]) {
        func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }
        return switch self {
        case .increment(let key, let value):
            (.increment, KeyValue.IncrementRequest(key: text(key), value: value).messagePack)
        case .contains(let key): (.contains, text(key).messagePack)
        case .del(let key): (.delete, text(key).messagePack)
        case .get(let key): (.get, text(key).messagePack)
        case .set(let key, let value, let expires):
            (.set, KeyValue.SetRequest(key: text(key), value: text(value), expires: expires).messagePack)
        case .listAdd(let list, let value):
            (.listAdd, KeyValue.ListItem(listName: text(list), value: text(value)).messagePack)
        case .listClear(let list): (.listClear, text(list).messagePack)
        case .listDel(let list, let value):
            (.listDelete, KeyValue.ListItem(listName: text(list), value: text(value)).messagePack)
        case .listRange(let list, let start, let stop):
            (.listRange, KeyValue.ListRangeRequest(listName: text(list), start: start, stop: stop).messagePack)
        case .setAdd(let set, let value):
            (.setAdd, KeyValue.SetItem(setName: text(set), value: text(value)).messagePack)
        case .setDel(let set, let value):
            (.setDelete, KeyValue.SetItem(setName: text(set), value: text(value)).messagePack)
        case .setIntersection(let sets): (.setIntersection, sets.map(text).messagePack)
        case .setUnion(let sets): (.setUnion, sets.map(text).messagePack)
        case .setQuery(let set): (.setQuery, text(set).messagePack)
        case .setClear(let set): (.setClear, text(set).messagePack)
        }
    }

    /// The answer, as an actor reads it: by the type that the contract gives for this operation.
    func read(_ bytes: [UInt8]) throws(MessagePackError) -> KeyValueResult {
        switch self {
        case .set:
            guard bytes.isEmpty else { throw MessagePackError(.trailingBytes, at: 0) }
            return .done
        case .increment: return .number(Int(try Int32(messagePack: bytes)))
        case .listAdd, .setAdd, .setDel: return .number(Int(try UInt32(messagePack: bytes)))
        case .contains, .del, .listClear, .listDel, .setClear: return .flag(try Bool(messagePack: bytes))
        case .get:
            let response = try KeyValue.GetResponse(messagePack: bytes)
            return .value(response.exists ? Array(response.value.utf8) : nil)
        case .listRange, .setIntersection, .setUnion, .setQuery:
            return .values(try [String](messagePack: bytes).map { Array($0.utf8) })
        }
    }
}
