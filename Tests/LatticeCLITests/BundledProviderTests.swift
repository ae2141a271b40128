import Foundation
import LatticeConfig
@testable import LatticeCLI
import LatticeProviders
import Testing

@Suite("Bundled providers")
struct BundledProviderTests {
    @Test("their keys never change, and stand in docs/providers.md")
    func keys() throws {
        let page = try String(
            contentsOf: URL(filePath: #filePath).appending(path: "../../../docs/providers.md").standardized,
            encoding: .utf8)
        let providers = try BundledProviders.all(LatticeSettings(ConfigurationSources()).httpServer)
        #expect(Set(providers.map(\.name)) == Set(BundledNames.all.map(\.name)))
        for provider in providers {
            let row = try #require(page.split(separator: "\n").first { $0.hasPrefix("| [`\(provider.name)`]") })
            #expect(row.contains("`\(provider.key)`") && row.contains("`\(provider.contract)`"))
            #expect(BundledNames[provider.name]?.key == provider.key)
        }
    }
}
