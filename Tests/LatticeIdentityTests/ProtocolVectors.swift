import LatticeIdentity

/// The seed bytes 00, 01 … 1f in every kind: lattice protocol §1.
enum ProtocolVectors {
    struct Pair: Sendable {
        let kind: NKeyKind
        let seed: String
        let key: String
    }

    static let pairs: [Pair] = [
        Pair(
            kind: .operator, seed: "SOAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2AJA",
            key: "OAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QZVT"),
        Pair(
            kind: .account, seed: "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI",
            key: "AAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3QPZV"),
        Pair(
            kind: .cluster, seed: "SCAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYO7Q",
            key: "CAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3R53J"),
        Pair(
            kind: .host, seed: "SNAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2D5U",
            key: "NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB"),
        Pair(
            kind: .user, seed: "SUAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H776Y",
            key: "UAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLKK"),
        Pair(
            kind: .module, seed: "SMAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H2CRY",
            key: "MAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLXP"),
        Pair(
            kind: .provider, seed: "SVAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4H76SU",
            key: "VAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSLE"),
        // Two pairs from the wild.
        Pair(
            kind: .cluster, seed: "SCAIYCZTW775GJYX3MVWLURALVC3PULW43PTEKGH72JBMA3A7LOLGLQ2JA",
            key: "CAQQHYABXBPDBZIGDZIT7E73HW66RPCFC3GGLQKSDDTVWUVOYZBYHUND"),
        Pair(
            kind: .host, seed: "SNAAGG2LW2FP2JTXDTLQNB4EOHQDHQR2Y75PYAVOCYUPGHUK24WA3RSZYI",
            key: "NAGASFIHF5SBGTNTZUOVWT3O63SJUMIFUL7BH52T3UAFKQW7PPP46KFU"),
    ]

    static func pair(_ kind: NKeyKind) -> Pair { pairs.first { $0.kind == kind }! }

    static func account() throws -> AccountKeyPair { try AccountKeyPair(seedText: pair(.account).seed) }
    static func module() throws -> ModuleKey { try ModuleKey(pair(.module).key) }
}
