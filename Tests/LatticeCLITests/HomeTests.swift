import Glibc
import LatticeIdentity
import Testing

@testable import LatticeCLI

@Suite("the folder of a person's keys")
struct HomeTests {
    @Test(
        "where it is",
        arguments: [
            (["LATTICE_HOME": "/a", "XDG_CONFIG_HOME": "/b", "HOME": "/c"], "/a"),
            (["XDG_CONFIG_HOME": "/b", "HOME": "/c"], "/b/lattice"), (["HOME": "/c"], "/c/.config/lattice"),
            (["LATTICE_HOME": "", "XDG_CONFIG_HOME": "", "HOME": "/c"], "/c/.config/lattice"),
            (["XDG_CONFIG_HOME": "relative", "HOME": "/c"], "/c/.config/lattice"),
        ])
    func place(variables: [String: String], path: String) throws {
        #expect(try LatticeHome { variables[$0] }.path == path)
    }

    @Test("without any place, keys have nowhere to go")
    func nowhere() {
        let error = #expect(throws: CLIError.self) { try LatticeHome { _ in nil } }
        #expect(error?.status == .wrongUsage)
    }

    @Test("keys are kept by name and kind in a folder of their owner's, and found again")
    func keeping() throws {
        try withStore { store in
            #expect(try store.entries().isEmpty)
            let account = AnyKeyPair.generate(.account)
            let module = AnyKeyPair.generate(.module)
            let name = try #require(KeyName("my/counter"))
            _ = try store.keep(account, as: name, fixIfTaken: "")
            _ = try store.keep(module, as: name, fixIfTaken: "")
            #expect(try store.entries().map(\.kind) == [.account, .module])
            #expect(try store.find("my/counter", .module).1.publicKey == module.publicKey)
            #expect(try store.find("\(account.publicKey)").1.publicKey == account.publicKey)
            #expect(try store.find(String("\(module.publicKey)".prefix(6)).lowercased()).0.kind == .module)
            #expect(try store.only(.account, option: "").publicKey == account.publicKey)
            var status = stat()
            #expect(stat(store.folder, &status) == 0 && status.st_mode & 0o777 == 0o700)
        }
    }

    @Test("what does not stand for exactly one key is refused with a way out")
    func refusals() throws {
        try withStore { store in
            let name = try #require(KeyName("x"))
            let other = try #require(KeyName("y"))
            let none = #expect(throws: CLIError.self) { try store.only(.account, option: "--issuer") }
            #expect(none?.fix == "lattice keys new account" && none?.status == .refused)
            let pair = AnyKeyPair.generate(.account)
            _ = try store.keep(pair, as: name, fixIfTaken: "")
            let taken = #expect(throws: CLIError.self) {
                try store.keep(.generate(.account), as: name, fixIfTaken: "lattice keys new account --name NAME")
            }
            #expect(taken?.fix == "lattice keys new account --name NAME")
            _ = try store.keep(.generate(.operator), as: name, fixIfTaken: "")
            #expect(throws: CLIError.self) { try store.find("x") }
            #expect(throws: CLIError.self) { try store.find("nobody") }
            // Three characters are too few.
            #expect(throws: CLIError.self) { try store.find(String("\(pair.publicKey)".prefix(3))) }
            _ = try store.keep(.generate(.account), as: other, fixIfTaken: "")
            let several = #expect(throws: CLIError.self) { try store.only(.account, option: "--issuer") }
            #expect(several?.message.contains("--issuer") == true && several?.status == .wrongUsage)
        }
    }

    @Test("a seed that others can read is refused with the command that mends it")
    func exposed() throws {
        try withStore { store in
            let name = try #require(KeyName("x"))
            let entry = try store.keep(.generate(.account), as: name, fixIfTaken: "")
            chmod(entry.path, 0o644)
            let error = #expect(throws: CLIError.self) { try store.load(entry) }
            #expect(error?.fix == "chmod 600 \(entry.path)")
        }
    }

    @Test("a name gives the same key again, and a new one the first time")
    func creating() throws {
        try withStore { store in
            let name = try #require(KeyName("counter"))
            let (first, isNew) = try store.pair(name, creating: .module)
            let (second, isNewAgain) = try store.pair(name, creating: .module)
            #expect(isNew && !isNewAgain && first.publicKey == second.publicKey)
        }
    }

    @Test("files that are none of ours, or hold another kind, are not taken for keys")
    func strangers() throws {
        try withStore { store in
            let module = AnyKeyPair.generate(.module)
            try PrivateFolder.create(store.folder)
            for file in ["readme", "a.nk", "a.b.c.nk", "a.badkind.nk", ".account.nk", "a.account.nk.1.tmp"] {
                try KeyFile.create("\(store.folder)/\(file)", module)
            }
            #expect(try store.entries().isEmpty)
            let path = "\(store.folder)/wrong.account.nk"
            try KeyFile.create(path, module)
            #expect(throws: CLIError.self) { try store.find("wrong") }
        }
    }

    private func withStore(_ body: (KeyStore) throws -> Void) throws {
        var template = Array("/tmp/lattice-home-XXXXXX".utf8CString)
        let folder = String(cString: try #require(mkdtemp(&template)))
        defer {
            for part in ["home/deep/keys", "home/deep", "home", ""] {
                for name in (try? PrivateFolder.names(in: "\(folder)/\(part)")) ?? [] {
                    unlink("\(folder)/\(part)/\(name)")
                }
                rmdir("\(folder)/\(part)")
            }
        }
        try body(KeyStore(folder: "\(folder)/home/deep/keys"))
    }
}
