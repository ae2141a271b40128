import LatticeIdentity

/// Why a module or a token does not count, in the words of the trust rules.
struct ClaimsVerdict: Error, Equatable {
    let code: String
    let sentence: String

    init(_ refusal: ModuleRefusal) { (code, sentence) = (refusal.code, "\(refusal)") }

    init(_ error: TokenError) {
        switch error {
        case .expired: code = "expired"
        case .notYetValid: code = "not-yet-valid"
        default: code = "tampered"
        }
        sentence = "\(error)"
    }
}
