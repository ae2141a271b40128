import LatticeContracts
import LatticeProtocol

extension KeyValueOperation {
    /// - Parameter argument: MessagePack, as the contract says.
    public init(_ name: KeyValue.Operation, argument: [UInt8]) throws(MessagePackError) {
        func key() throws(MessagePackError) -> Bytes { Bytes(try String(messagePack: argument).utf8) }
        func keys() throws(MessagePackError) -> [Bytes] { try [String](messagePack: argument).map { Bytes($0.utf8) } }
        switch name {
        case .increment:
            let request = try KeyValue.IncrementRequest(messagePack: argument)
            self = .increment(key: Bytes(request.key.utf8), by: request.value)
        case .contains: self = .contains(key: try key())
        case .delete: self = .del(key: try key())
        case .get: self = .get(key: try key())
        case .set:
            let request = try KeyValue.SetRequest(messagePack: argument)
            self = .set(key: Bytes(request.key.utf8), value: Bytes(request.value.utf8), expires: request.expires)
        case .listAdd:
            let item = try KeyValue.ListItem(messagePack: argument)
            self = .listAdd(list: Bytes(item.listName.utf8), value: Bytes(item.value.utf8))
        case .listClear: self = .listClear(list: try key())
        case .listDelete:
            let item = try KeyValue.ListItem(messagePack: argument)
            self = .listDel(list: Bytes(item.listName.utf8), value: Bytes(item.value.utf8))
        case .listRange:
            let request = try KeyValue.ListRangeRequest(messagePack: argument)
            self = .listRange(list: Bytes(request.listName.utf8), start: request.start, stop: request.stop)
        case .setAdd:
            let item = try KeyValue.SetItem(messagePack: argument)
            self = .setAdd(set: Bytes(item.setName.utf8), value: Bytes(item.value.utf8))
        case .setDelete:
            let item = try KeyValue.SetItem(messagePack: argument)
            self = .setDel(set: Bytes(item.setName.utf8), value: Bytes(item.value.utf8))
        case .setIntersection: self = .setIntersection(sets: try keys())
        case .setUnion: self = .setUnion(sets: try keys())
        case .setQuery: self = .setQuery(set: try key())
        case .setClear: self = .setClear(set: try key())
        }
    }

    /// MessagePack of what this operation gave, as the contract says; zero bytes for nothing.
    /// - Throws: `.notText` for values that the contract can't carry.
    public func payload(of result: KeyValueResult) throws(KeyValueError) -> [UInt8] {
        switch result {
        case .done: return []
        case .flag(let flag): return flag.messagePack
        case .number(let number):
            var writer = MessagePackWriter()
            writer.write(number)
            return writer.bytes
        case .value(nil): return KeyValue.GetResponse(nil).messagePack
        case .value(let value?): return KeyValue.GetResponse(try text(value)).messagePack
        case .values(let values):
            var texts: [String] = []
            texts.reserveCapacity(values.count)
            for value in values { texts.append(try text(value)) }
            return texts.messagePack
        }
    }

    private func text(_ bytes: Bytes) throws(KeyValueError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notText(keys: keys) }
        return text
    }
}
