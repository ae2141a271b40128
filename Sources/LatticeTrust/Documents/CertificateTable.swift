import LatticeIdentity
import LatticeProtocol

/// The certificates that a receiver has checked, so that each is checked once and not with every call.
public struct CertificateTable: Sendable {
    public static let countMaxDefault = 4_096

    private var certificates: [ClusterKey: Certificate] = [:]
    private let countMax: Int

    public init(countMax: Int = countMaxDefault) { self.countMax = countMax }

    /// What is known of a key. A newer certificate takes the place of an older one.
    public func certificate(of key: ClusterKey) -> Certificate? { certificates[key] }

    /// - Returns: false when the table is full of others that still count.
    @discardableResult
    public mutating func insert(_ certificate: Certificate, at now: TokenTime) -> Bool {
        if let known = certificates[certificate.key] {
            if known.expires < certificate.expires { certificates[certificate.key] = certificate }
            return true
        }
        if certificates.count >= countMax {
            certificates = certificates.filter { now <= $0.value.expires.advanced(by: ClockTolerance.duration) }
        }
        guard certificates.count < countMax else { return false }
        certificates[certificate.key] = certificate
        return true
    }

    public mutating func remove(_ key: ClusterKey) { certificates[key] = nil }
}
