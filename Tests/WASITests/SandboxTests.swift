import Glibc
import Synchronization
import Testing
import WASITestSupport

@testable import WASI

/// A granted directory `inside`, and beside it what no guest may see.
struct Sandbox {
    let folder = TemporaryFolder()

    init() {
        folder.makeDirectory("inside")
        folder.makeDirectory("inside/dir")
        folder.makeDirectory("inside/dir/nested")
        folder.makeDirectory("outside")
        folder.write("inside", to: "inside/file")
        folder.write("nested", to: "inside/dir/nested/file")
        folder.write("SECRET", to: "outside/secret")
    }

    func probe(
        _ method: DirectoryResolver.Method, access: PreopenedDirectory.Access = .readWrite, in name: String = "inside"
    ) throws -> GuestProbe {
        var grants = WASIGrants()
        grants.directories = [try PreopenedDirectory("\(folder.path)/\(name)", as: "/", access: access)]
        let probe = try GuestProbe(grants, resolving: method)
        probe.keeps = folder
        return probe
    }
}

@Suite("No path leads out of a granted directory", .serialized)
struct SandboxTests {
    typealias Method = DirectoryResolver.Method

    @Test("the kernel resolves here, so that both ways are tested")
    func kernelResolves() { #expect(DirectoryResolver.available == .kernel) }

    @Test("paths that stay inside", arguments: Method.allCases)
    func insidePaths(method: Method) throws {
        let sandbox = Sandbox()
        sandbox.folder.link("inside/relative", to: "dir/../dir/nested")
        sandbox.folder.link("inside/dir/up", to: "../file")
        let probe = try sandbox.probe(method)
        for (path, expected) in [
            ("file", "inside"), ("./file", "inside"), ("dir/../file", "inside"), ("dir//nested/.//file", "nested"),
            ("relative/file", "nested"), ("dir/up", "inside"), ("dir/nested/../../dir/nested/file", "nested"),
        ] {
            let (errno, file) = try probe.open(path)
            #expect(errno == .success, "\(path)")
            #expect(try probe.read(file) == (.success, expected), "\(path)")
            try probe.call("fd_close", file)
        }
        for path in [".", "dir/", "dir/nested///", "dir/..", "relative", "relative/"] {
            let (errno, file) = try probe.open(path)
            #expect(errno == .success, "\(path)")
            #expect(try probe.call("fd_filestat_get", file, 256) == .success)
            #expect(probe.memory.read(272, 1) == [FileType.directory.rawValue], "\(path)")
            try probe.call("fd_close", file)
        }
    }

    @Test("paths that would lead out", arguments: Method.allCases)
    func outsidePaths(method: Method) throws {
        let sandbox = Sandbox()
        let outside = "\(sandbox.folder.path)/outside"
        for (name, target) in [
            ("absolute", outside), ("relative", "../outside"), ("secret", "../outside/secret"), ("root", "/"),
            ("chain1", "chain2"), ("chain2", "dir/chain3"), ("dir/chain3", "../../outside"), ("parent", ".."),
            ("dir/deep", "nested/../../.."), ("dotted", "./../inside/../outside"), ("absfile", "\(outside)/secret"),
        ] { sandbox.folder.link("inside/\(name)", to: target) }
        let probe = try sandbox.probe(method)
        for path in [
            "..", "../", "../outside/secret", "/", outside, "/etc/passwd", "dir/../../outside/secret",
            "absolute/secret", "relative/secret", "secret", "root/etc/passwd", "chain1/secret", "parent/outside/secret",
            "dir/deep/secret",
            "dotted/secret", "absfile", "absolute/", "root/", "parent/", "../inside/file", "dir/./../../inside",
        ] {
            #expect(try probe.open(path).0 == .perm, "\(path)")
            let (address, count) = probe.put(path, at: 8_192)
            #expect(try probe.call("path_filestat_get", 3, 1, address, count, 256) == .perm, "stat \(path)")
            #expect(try probe.call("path_filestat_set_times", 3, 1, address, count, 0, 0, 5) == .perm, "times \(path)")
        }
    }

    @Test("no change reaches outside, whatever slashes the path ends with", arguments: Method.allCases)
    func outsideChanges(method: Method) throws {
        let sandbox = Sandbox()
        sandbox.folder.makeDirectory("outside/empty")
        sandbox.folder.link("inside/out", to: "../outside")
        sandbox.folder.link("inside/empty", to: "\(sandbox.folder.path)/outside/empty")
        sandbox.folder.link("inside/secret", to: "../outside/secret")
        sandbox.folder.link("inside/missing", to: "../outside/missing")
        let probe = try sandbox.probe(method)
        let into = ["../new", "out/new", "out/new/", "dir/../../outside/new"]
        for path in into {
            #expect(try probe.path("path_create_directory", path) == .perm, "\(path)")
            #expect(try probe.open(path, .create, rights: [.fdWrite]).0 == .perm, "\(path)")
            let (name, nameCount) = probe.put("file", at: 4_096)
            let (address, count) = probe.put(path, at: 8_192)
            #expect(try probe.call("path_symlink", name, nameCount, 3, address, count) == .perm, "\(path)")
            #expect(try probe.call("path_link", 3, 0, name, nameCount, 3, address, count) == .perm, "\(path)")
            #expect(try probe.call("path_rename", 3, name, nameCount, 3, address, count) == .perm, "\(path)")
        }
        for path in ["out/secret", "../outside/secret", "out/secret/"] {
            #expect(try probe.path("path_unlink_file", path) == .perm, "\(path)")
            let (address, count) = probe.put(path, at: 8_192)
            let (name, nameCount) = probe.put("stolen", at: 4_096)
            #expect(try probe.call("path_link", 3, 0, address, count, 3, name, nameCount) == .perm, "\(path)")
            #expect(try probe.call("path_rename", 3, address, count, 3, name, nameCount) == .perm, "\(path)")
        }
        // Through links that a slash would follow.
        #expect(try probe.path("path_remove_directory", "empty/") == .notdir)
        #expect(try probe.path("path_remove_directory", "out/empty/") == .perm)
        #expect(try probe.path("path_unlink_file", "secret/") == .notdir)
        let (address, count) = probe.put("out/", at: 8_192)
        let (name, nameCount) = probe.put("moved", at: 4_096)
        #expect(try probe.call("path_rename", 3, address, count, 3, name, nameCount) == .notdir)
        #expect(try probe.call("path_filestat_get", 3, 0, address, count, 256) == .perm)
        #expect(try probe.call("path_filestat_set_times", 3, 0, address, count, 0, 0, 5) == .perm)
        #expect(try probe.call("path_readlink", 3, address, count, 256, 99, 64) == .inval)
        // Creating through a link that dangles outside.
        #expect(try probe.open("missing", .create, rights: [.fdWrite]).0 == .perm)
        #expect(try probe.open("secret", .truncate, rights: [.fdWrite]).0 == .perm)
        // The last name itself, `..`, is never handed on.
        for name in ["..", "../", "dir/../.."] {
            #expect(try probe.path("path_remove_directory", name) == .perm, "\(name)")
            #expect(try probe.path("path_unlink_file", name) == .perm, "\(name)")
        }
        #expect(sandbox.folder.text("outside/secret") == "SECRET")
        #expect(access("\(sandbox.folder.path)/outside/new", F_OK) != 0)
        #expect(access("\(sandbox.folder.path)/outside/missing", F_OK) != 0)
        #expect(access("\(sandbox.folder.path)/outside/empty", F_OK) == 0)
        #expect(access("\(sandbox.folder.path)/new", F_OK) != 0)
    }

    @Test("links of /proc that are no paths", arguments: Method.allCases)
    func magicLinks(method: Method) throws {
        var grants = WASIGrants()
        grants.directories = [try PreopenedDirectory("/proc", as: "/")]
        let probe = try GuestProbe(grants, resolving: method)
        for path in ["self/root/etc/passwd", "self/cwd/.", "self/root", "self/exe", "self/fd/0"] {
            let errno = try probe.open(path).0
            #expect([.perm, .loop, .noent].contains(errno), "\(path) gave \(errno)")
        }
        #expect(try probe.open("self/status").0 == .success)
    }

    @Test("loops and endless chains", arguments: Method.allCases)
    func loops(method: Method) throws {
        let sandbox = Sandbox()
        sandbox.folder.link("inside/loop", to: "loop")
        sandbox.folder.link("inside/a", to: "b")
        sandbox.folder.link("inside/b", to: "a")
        sandbox.folder.link("inside/grow", to: "grow/grow/grow")
        let probe = try sandbox.probe(method)
        for path in ["loop", "a", "b/x", "grow", "loop/"] { #expect(try probe.open(path).0 == .loop, "\(path)") }
        #expect(try probe.open("loop", follows: false).0 == .loop)
        #expect(try probe.open("a", .directory, follows: false).0 == .notdir)
    }

    @Test("an opened directory is a wall of its own, also after it was moved", arguments: Method.allCases)
    func movedDirectory(method: Method) throws {
        let sandbox = Sandbox()
        let probe = try sandbox.probe(method)
        let (_, nested) = try probe.open("dir/nested", .directory, rights: .directory)
        #expect(try probe.open("..", in: nested).0 == .perm)
        #expect(try probe.open("../nested/file", in: nested).0 == .perm)
        #expect(rename("\(sandbox.folder.path)/inside/dir/nested", "\(sandbox.folder.path)/outside/nested") == 0)
        #expect(try probe.open("file", in: nested).0 == .success)
        #expect(try probe.open("../secret", in: nested).0 == .perm)
        #expect(try probe.open("dir/nested/file").0 == .noent)
    }

    /// What another process does to the directory while the guest opens paths in it.
    enum Trick: CaseIterable {
        case directoryBecomesLink
        case fileBecomesLink
        case parentMovesAway
    }

    @Test("what changes while a path is looked up", arguments: Method.allCases, Trick.allCases)
    func races(method: Method, trick: Trick) throws {
        let sandbox = Sandbox()
        let base = sandbox.folder.path
        sandbox.folder.makeDirectory("inside/swap")
        sandbox.folder.write("harmless", to: "inside/swap/secret")
        sandbox.folder.link("inside/evil", to: "../outside")
        sandbox.folder.write("harmless", to: "inside/target")
        sandbox.folder.link("inside/eviltarget", to: "../outside/secret")
        let isDone = Atomic(false)
        let attacker = Attacker { while !isDone.load(ordering: .relaxed) { Self.play(trick, in: base) } }
        defer {
            isDone.store(true, ordering: .relaxed)
            attacker.join()
        }
        let probe = try sandbox.probe(method)
        let path =
            switch trick {
            case .directoryBecomesLink: "swap/secret"
            case .fileBecomesLink: "target"
            case .parentMovesAway: "dir/nested/../../../outside/secret"
            }
        var seen: Set<String> = []
        for _ in 0..<4_000 {
            let (errno, file) = try probe.open(path)
            guard errno == .success else {
                seen.insert("\(errno)")
                continue
            }
            seen.insert(try probe.read(file).1)
            try probe.call("fd_close", file)
        }
        #expect(!seen.contains("SECRET"))
        #expect(seen.contains("perm"), "the attack was never seen: \(seen)")
        if trick != .parentMovesAway { #expect(seen.contains("harmless")) }
    }

    private static func play(_ trick: Trick, in base: String) {
        switch trick {
        case .directoryBecomesLink: exchange("\(base)/inside/swap", "\(base)/inside/evil")
        case .fileBecomesLink: exchange("\(base)/inside/target", "\(base)/inside/eviltarget")
        case .parentMovesAway:
            rename("\(base)/inside/dir/nested", "\(base)/outside/nested")
            rename("\(base)/outside/nested", "\(base)/inside/dir/nested")
        }
    }

    /// Swaps two names; between the steps one of them is missing.
    private static func exchange(_ first: String, _ second: String) {
        rename(first, first + ".tmp")
        rename(second, first)
        rename(first + ".tmp", second)
    }
}

/// A thread of its own.
final class Attacker {
    private var thread = pthread_t()

    init(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Box(body: body))
        pthread_create(
            &thread, nil,
            { argument in
                Unmanaged<Box>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
    }

    func join() { pthread_join(thread, nil) }

    private final class Box {
        let body: @Sendable () -> Void
        init(body: @escaping @Sendable () -> Void) { self.body = body }
    }
}
