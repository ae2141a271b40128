import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// A link whose references to secrets (`@secret:NAME`) were replaced by the secrets.
struct ResolvedLink: Sendable {
    /// For the provider only. Never shown.
    let link: LinkDefinition
    private let secrets: [(name: String, value: String)]

    /// - Parameter secret: by its name; nil where there is none.
    init(_ link: LinkDefinition, secret: (String) -> String?) throws(LinkProblem) {
        var resolved = link
        var secrets: [(String, String)] = []
        for (key, value) in link.values {
            let reference: SecretReference?
            do throws(SecretReference.Failure) { reference = try SecretReference(value) } catch {
                throw LinkProblem("\(key): \(error)")
            }
            guard let reference else { continue }
            guard let found = secret(reference.name) else {
                throw LinkProblem(
                    "\(key): the provider's host has no secret '\(reference.name)': 'lattice secret put' makes it")
            }
            resolved.values[key] = found
            secrets.append((reference.name, found))
        }
        self.link = resolved
        self.secrets = secrets
    }

    /// What the provider says about it, unless that would show a secret, or the beginning of one.
    func shown(_ problem: LinkProblem) -> String {
        for (name, value) in secrets where !value.isEmpty && problem.description.contains(value.prefix(8)) {
            return "the provider does not take its values; its words would show the secret '\(name)'"
        }
        return problem.description
    }
}
