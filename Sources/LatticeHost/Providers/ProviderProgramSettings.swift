import LatticeIdentity
import LatticeProtocol
import LatticeProviders
import LatticeTrust

/// How a bundled provider is started as a process of its own, and how that process reaches the bus.
public struct ProviderProgramSettings: Sendable {
    /// Of the program; the provider's name follows the arguments.
    public var path: String
    public var arguments: [String]
    public var busURL: String
    public var busLogin: HostData.BusLogin?
    /// Of the environment, besides what every child gets.
    public var environment: [String: String]
    public var jetStreamDomain: String?
    public var logLevel: String?

    public init(
        path: String, arguments: [String], busURL: String, busLogin: HostData.BusLogin? = nil,
        environment: [String: String] = [:], jetStreamDomain: String? = nil, logLevel: String? = nil
    ) {
        self.path = path
        self.arguments = arguments
        self.busURL = busURL
        self.busLogin = busLogin
        self.environment = environment
        self.jetStreamDomain = jetStreamDomain
        self.logLevel = logLevel
    }

    func command(_ name: String) -> ProcessCommand {
        ProcessCommand(path, arguments + [name], environment: environment)
    }

    /// What the process is told about itself and its lattice.
    func hostData(
        _ bundled: BundledProvider, _ link: LinkName, _ configuration: String?, instance: String, key: ClusterKeyPair,
        certificate: String?, settings: ProviderLauncher.Settings, stateFolder: String, parts: ProviderLauncher.Parts
    ) -> HostData {
        let basis = parts.gatekeeper.basis
        let links = parts.gatekeeper.records.allLinks.map(\.definition)
            .filter { $0.provider == bundled.key && $0.link == link }
        let signsAsHost = settings.signsWithHostKey
        return HostData(
            host: parts.identity.host.publicKey, lattice: basis.lattice, link: link, provider: bundled.key,
            busURL: busURL, busLogin: busLogin, key: signsAsHost ? parts.identity.cluster : key,
            instanceID: instance, links: links, clusterIssuers: basis.clusters, configuration: configuration,
            callTimeoutMilliseconds: settings.callTimeout.wholeMilliseconds, logLevel: logLevel,
            jetStreamDomain: jetStreamDomain,
            trust: HostData.Trust(
                operatorKey: basis.operatorKey, document: parts.trust.document?.text, settings: basis.settings.object,
                certificate: signsAsHost ? nil : certificate, stateFolder: stateFolder,
                secretsFolder: "\(parts.folder.path)/secrets"))
    }
}

extension TrustSettings {
    /// As it travels in host data.
    fileprivate var object: JSONObject {
        guard case .object(let object)? = try? JSONValue(parsing: json) else { return JSONObject() }
        return object
    }
}
