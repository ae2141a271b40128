import LatticeBus
import LatticeControl
import LatticeIdentity
import LatticeProtocol

extension CLIError {
    /// What became of a question to the lattice; its exit status says whether nobody was there.
    init(_ error: ControlError) {
        switch error {
        case .nobody: self.init(.nobodyReachable, "\(error)", fix: "lattice up")
        case .noHost: self.init(.nobodyReachable, "\(error)", fix: "lattice get hosts")
        case .timedOut: self.init(.timedOut, "\(error)")
        case .bus(let error): self.init(error)
        case .store(let error): self.init(error)
        case .unreadable, .refused: self.init(.refused, "\(error)")
        }
    }

    init(_ error: BusError) {
        let status: ExitStatus =
            switch error {
            case .noResponders, .disconnected, .closed: .nobodyReachable
            case .timedOut: .timedOut
            default: .refused
            }
        self.init(status, "\(error)")
    }

    init(_ error: StoreError) {
        switch error {
        case .bus(let error): self.init(error)
        case .storageOff: self.init(.nobodyReachable, "\(error)")
        default: self.init(.refused, "\(error)")
        }
    }

    init(_ problem: NameProblem) {
        let list =
            switch problem {
            case .unknown(_, let kind), .wrongKind(_, let kind): kind
            case .ambiguous(_, let candidates): candidates.first?.key.kind
            }
        self.init(.refused, "\(problem)", fix: list.flatMap(Self.listCommand))
    }

    private static func listCommand(_ kind: NKeyKind) -> String? {
        switch kind {
        case .module: "lattice get actors"
        case .provider: "lattice get providers"
        case .host: "lattice get hosts"
        default: nil
        }
    }

    /// Nil for errors that do not come from the lattice.
    init?(lattice error: any Error) {
        switch error {
        case let error as ControlError: self.init(error)
        case let error as NameProblem: self.init(error)
        case let error as BusError: self.init(error)
        case let error as StoreError: self.init(error)
        default: return nil
        }
    }
}
