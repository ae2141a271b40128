import Glibc

/// Why a listener does not listen.
public enum HTTPListenerError: Error, Hashable, CustomStringConvertible {
    /// - Parameter holder: nil when the system does not tell (another user's process).
    case portTaken(ListenAddress, holder: PortHolder?)
    /// No interface of this machine has it.
    case addressUnavailable(ListenAddress)
    /// Ports below 1024 are kept from ordinary users.
    case notPermitted(ListenAddress)
    case failed(ListenAddress, reason: String)
    /// A listener starts once.
    case alreadyStarted

    public var description: String {
        switch self {
        case .portTaken(let address, let holder?): "\(address) is taken by \(holder)"
        case .portTaken(let address, nil): "\(address) is taken by a process that this user can't see"
        case .addressUnavailable(let address): "no interface of this machine has the address of \(address)"
        case .notPermitted(let address): "this user may not listen on \(address)"
        case .failed(let address, let reason): "can't listen on \(address): \(reason)"
        case .alreadyStarted: "this listener was started before"
        }
    }

    init(_ address: ListenAddress, errorNumber: CInt) {
        switch errorNumber {
        case EADDRINUSE: self = .portTaken(address, holder: PortHolder.find(port: address.port))
        case EADDRNOTAVAIL: self = .addressUnavailable(address)
        case EACCES, EPERM: self = .notPermitted(address)
        default: self = .failed(address, reason: String(cString: strerror(errorNumber)))
        }
    }
}
