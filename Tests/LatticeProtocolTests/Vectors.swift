import LatticeIdentity

@testable import LatticeProtocol

/// The keys of lattice protocol §1, made of the seed bytes 00, 01 … 1f, and what it says of the message in §4.4.
enum Vectors {
    static func module() throws -> ModuleKey {
        try ModuleKey("MAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RLXP")
    }
    static func provider() throws -> ProviderKey {
        try ProviderKey("VAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSLE")
    }
    static func host() throws -> HostKey { try HostKey("NAB2CB576PHBBPQ5ODORRZ2LYCMWPZGWGCN2KDK7DXOIMZASKUY3RSWB") }
    static func account() throws -> AccountKeyPair {
        try AccountKeyPair(seedText: "SAAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYMHI")
    }
    static func cluster() throws -> ClusterKeyPair {
        try ClusterKeyPair(seedText: "SCAAAAICAMCAKBQHBAEQUCYMBUHA6EARCIJRIFIWC4MBSGQ3DQOR4HYO7Q")
    }

    static let keyvalue = try? ContractID("wasmcloud:keyvalue")

    /// `{"key":"counter:a","value":1}`
    static let argument = hex("82a36b6579a9636f756e7465723a61a576616c756501")

    static func draft() throws -> InvocationSigner.Draft {
        InvocationSigner.Draft(
            from: .actor(try module()),
            to: .provider(try provider(), try ContractID("wasmcloud:keyvalue"), .default),
            operation: "KeyValue.Increment", argument: argument,
            id: try InvocationID("0a1b2c3d4e5f60718293a4b5c6d7e8f9"))
    }

    static func signer() throws -> InvocationSigner {
        InvocationSigner(key: try cluster(), host: try host(), lattice: .default)
    }

    static func invocation() throws -> Invocation {
        try signer().sign(
            draft(), .classic, at: TokenTime(seconds: 1_700_000_000), tokenID: String(repeating: "A", count: 22))
    }

    /// With `encoded_claims` = `J`.
    static let shortInvocation = hex(
        """
        88a66f726967696e83aa7075626c69635f6b6579d9384d4142324342353736504842425051354f444f52525a324c59434d57505a475747434e324b
        444b3744584f494d5a41534b555933524c5850a96c696e6b5f6e616d65a0ab636f6e74726163745f6964a0a674617267657483aa7075626c69635f
        6b6579d938564142324342353736504842425051354f444f52525a324c59434d57505a475747434e324b444b3744584f494d5a41534b5559335253
        4c45a96c696e6b5f6e616d65a764656661756c74ab636f6e74726163745f6964b27761736d636c6f75643a6b657976616c7565a96f706572617469
        6f6eb24b657956616c75652e496e6372656d656e74a36d7367c41682a36b6579a9636f756e7465723a61a576616c756501a26964d9203061316232
        633364346535663630373138323933613462356336643765386639ae656e636f6465645f636c61696d73a14aa7686f73745f6964d9384e41423243
        42353736504842425051354f444f52525a324c59434d57505a475747434e324b444b3744584f494d5a41534b55593352535742ae636f6e74656e74
        5f6c656e67746816
        """)
}

/// White space between the digits is passed over.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}
