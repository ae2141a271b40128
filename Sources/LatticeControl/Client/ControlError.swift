import LatticeBus
import LatticeIdentity
import LatticeProtocol

/// Why a question or command got no answer that can be used.
public enum ControlError: Error, Hashable, CustomStringConvertible {
    /// No host of this lattice listens.
    case nobody(LatticeName)
    /// No host with this key listens.
    case noHost(HostKey)
    case timedOut(Subject, after: Duration)
    case bus(BusError)
    case store(StoreError)
    case unreadable(Subject, MessageError)
    /// A host's own words.
    case refused(String)

    public var description: String {
        switch self {
        case .nobody(let lattice): "no host answers in the lattice '\(lattice)'"
        case .noHost(let host): "the host \(host) does not answer"
        case .timedOut(let subject, let limit): "no answer on \(subject) within \(limit)"
        case .bus(let error): "\(error)"
        case .store(let error): "\(error)"
        case .unreadable(let subject, let error): "the answer on \(subject) can't be read: \(error)"
        case .refused(let words): words
        }
    }
}
