import LatticeIdentity
import LatticeProtocol
import LatticeTrust

/// A host that answers and can be enrolled: its key has signed its cluster key, and no other reply claims any of both.
public struct EnrolmentCandidate: Hashable, Sendable {
    public let enrolment: Enrolment
    /// As the host calls itself.
    public let name: String

    public enum Problem: Error, Hashable, CustomStringConvertible {
        /// Nobody of this key or name answers.
        case absent(String)
        /// Two replies claim the same.
        case claimedTwice(String)
        /// It is no host of ours, or an old one.
        case withoutEnrolment(HostKey)
        case refused(HostKey, ProofError)
        /// The reply names another cluster key than the host's key has signed.
        case otherCluster(HostKey, signed: ClusterKey)

        public var description: String {
            switch self {
            case .absent(let text): "no host that answers is called '\(text.prefix(256))'"
            case .claimedTwice(let what):
                "two hosts answer and claim \(what): nobody can say which is meant, so none is trusted"
            case .withoutEnrolment(let host): "the host \(host) does not say which cluster key is its own"
            case .refused(let host, let error): "the enrolment of host \(host) does not count: \(error)"
            case .otherCluster(let host, let signed):
                "the host \(host) answers with another cluster key than \(signed), which its own key has signed"
            }
        }
    }

    /// - Parameters:
    ///   - replies: all that came to one ping.
    ///   - host: meant by its key.
    public init(_ host: HostKey, among replies: [HostReply], lattice: LatticeName) throws(Problem) {
        try self.init(replies.filter { $0.host == host }, "\(host)", among: replies, lattice)
    }

    /// - Parameter name: as hosts call themselves; anybody can.
    public init(named name: String, among replies: [HostReply], lattice: LatticeName) throws(Problem) {
        try self.init(replies.filter { $0.name == name }, name, among: replies, lattice)
    }

    private init(
        _ matches: [HostReply], _ text: String, among replies: [HostReply], _ lattice: LatticeName
    ) throws(Problem) {
        guard let reply = matches.first else { throw .absent(text) }
        guard matches.count == 1, replies.count(where: { $0.host == reply.host }) == 1 else {
            throw .claimedTwice(matches.count == 1 ? "the key \(reply.host)" : "'\(text.prefix(256))'")
        }
        guard let token = reply.enrolment else { throw .withoutEnrolment(reply.host) }
        do throws(ProofError) {
            enrolment = try Enrolment(verifying: token, of: reply.host, lattice: lattice)
        } catch { throw .refused(reply.host, error) }
        guard reply.cluster == enrolment.cluster else { throw .otherCluster(reply.host, signed: enrolment.cluster) }
        guard replies.count(where: { $0.cluster == reply.cluster }) == 1 else {
            throw .claimedTwice("the cluster key \(enrolment.cluster)")
        }
        if !reply.name.isEmpty, replies.count(where: { $0.name == reply.name }) > 1 {
            throw .claimedTwice("the name '\(reply.name.prefix(256))'")
        }
        name = reply.name
    }
}
