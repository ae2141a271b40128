import Glibc
import Testing
import WASITestSupport

@testable import WASI

@Suite("Files, rights and directories")
struct FileTests {
    typealias Method = DirectoryResolver.Method

    // MARK: Rights

    @Test("rights are given up for good, and what is opened below has no more of them")
    func rights() throws {
        let probe = try Sandbox().probe(.kernel)
        let (_, file) = try probe.open("file", rights: [.fdRead, .fdWrite, .fdSeek, .fdTell])
        #expect(try probe.read(file) == (.success, "inside"))
        #expect(try probe.call("fd_fdstat_set_rights", file, Rights.fdSeek.rawValue, 0) == .success)
        #expect(try probe.read(file).0 == .notcapable)
        #expect(try probe.write("x", to: file).0 == .notcapable)
        #expect(try probe.call("fd_fdstat_set_rights", file, Rights([.fdSeek, .fdRead]).rawValue, 0) == .notcapable)
        #expect(try probe.call("fd_fdstat_set_rights", file, Rights.fdSeek.rawValue, 1) == .notcapable)
        #expect(try probe.call("fd_filestat_get", file, 0) == .notcapable)
        #expect(try probe.call("fd_seek", file, 1, 0, 0) == .success)
        #expect(try probe.call("fd_tell", file, 0) == .success, "seeking implies telling")

        let (_, below) = try probe.open(".", .directory, rights: .directory, inheriting: [.fdRead])
        let (errno, readable) = try probe.open("file", in: below, rights: .all)
        #expect(errno == .success)
        #expect(try probe.call("fd_fdstat_get", readable, 256) == .success)
        #expect(probe.u64(264) == Rights.fdRead.rawValue)
        #expect(try probe.write("x", to: readable).0 == .notcapable)
        let (_, blind) = try probe.open(".", .directory, rights: [.fdReadDirectory])
        #expect(try probe.open("file", in: blind).0 == .notcapable)
        #expect(try probe.path("path_create_directory", "new", in: blind) == .notcapable)
        #expect(try probe.open("file", in: file).0 == .notdir)
    }

    @Test("a directory granted for reading only", arguments: Method.allCases)
    func readOnly(method: Method) throws {
        let sandbox = Sandbox()
        let probe = try sandbox.probe(method, access: .readOnly)
        let (_, file) = try probe.open("file", rights: .all)
        #expect(try probe.read(file) == (.success, "inside"))
        #expect(try probe.write("x", to: file).0 == .notcapable)
        #expect(try probe.open("new", .create, rights: .all).0 == .notcapable)
        #expect(try probe.open("file", .truncate, rights: .all).0 == .notcapable)
        for name in ["path_create_directory", "path_remove_directory", "path_unlink_file"] {
            #expect(try probe.path(name, "file") == .notcapable)
        }
        #expect(try probe.call("fd_filestat_set_times", file, 0, 0, 5) == .notcapable)
        let (_, below) = try probe.open("dir", .directory, rights: .all)
        #expect(try probe.path("path_create_directory", "new", in: below) == .notcapable)
        #expect(sandbox.folder.text("inside/file") == "inside")
    }

    // MARK: Opening

    @Test(
        "opening: flags, types and what stands in the way",
        arguments: [
            ("missing", OpenFlags([]), WASIErrno.noent), ("file", [.create, .exclusive], .exist),
            ("file", .directory, .notdir), ("file/", [], .notdir), ("file/x", [], .notdir), ("dir", [], .success),
            ("new", .create, .success), ("new/", .create, .isdir), ("dir", [.create, .directory], .inval),
            ("dir\0", [], .inval), ("", [], .noent), ("dir", .truncate, .isdir),
        ] as [(String, OpenFlags, WASIErrno)])
    func opening(path: String, flags: OpenFlags, expected: WASIErrno) throws {
        #expect(try Sandbox().probe(.kernel).open(path, flags).0 == expected)
    }

    @Test("opening a directory to write; names that are too long or no UTF-8")
    func openingOddities() throws {
        let probe = try Sandbox().probe(.kernel)
        #expect(try probe.open("dir", .directory, rights: [.fdRead, .fdWrite]).0 == .isdir)
        #expect(try probe.open(String(repeating: "a", count: 256)).0 == .nametoolong)
        #expect(try probe.open(String(repeating: "a/", count: 2_048)).0 == .nametoolong)
        probe.memory.write([0xFF, 0xFE], at: 8_192)
        #expect(try probe.call("path_create_directory", 3, 8_192, 2) == .ilseq)
        #expect(try probe.call("path_open", 3, 2, 8_192, 1, 0, 0, 0, 0, 64) == .inval)
        #expect(try probe.call("path_open", 3, 0, 8_192, 1, 16, 0, 0, 0, 64) == .inval)
        #expect(try probe.call("path_open", 3, 0, 8_192, 1, 0, 0, 0, 32, 64) == .inval)
        #expect(try probe.call("path_open", 3, 0, 8_192, 4, 0, 0, 0, 0, 65_533) == .fault)
        #expect(try probe.call("path_open", 3, 0, 65_530, 7, 0, 0, 0, 0, 64) == .fault)
    }

    @Test("descriptors are numbered from the lowest on, moved, and bounded")
    func numbering() throws {
        let sandbox = Sandbox()
        var grants = WASIGrants()
        grants.directories = [try PreopenedDirectory("\(sandbox.folder.path)/inside", as: "/")]
        grants.descriptorsMax = 7
        let probe = try GuestProbe(grants)
        // 0, 1 and 2 were not granted, and stay so.
        #expect(try probe.open("file") == (.success, 4))
        #expect(try probe.open("dir") == (.success, 5))
        #expect(try probe.open("file") == (.success, 6))
        #expect(try probe.open("file").0 == .mfile)
        #expect(try probe.call("fd_renumber", 5, 4) == .success)
        #expect(try probe.call("fd_fdstat_get", 5, 256) == .badf)
        #expect(try probe.call("fd_fdstat_get", 4, 256) == .success)
        #expect(probe.memory.read(256, 1) == [FileType.directory.rawValue])
        #expect(try probe.call("fd_renumber", 4, 5) == .badf)
        #expect(try probe.call("fd_renumber", 4, 4) == .success)
        #expect(try probe.open("file") == (.success, 5))
        #expect(try probe.call("fd_close", 3) == .success)
        #expect(try probe.open("file").0 == .badf)
    }

    @Test("what is open from the beginning tells its name")
    func preopens() throws {
        let sandbox = Sandbox()
        var grants = WASIGrants()
        grants.standardInput = .bytes([])
        grants.directories = [
            try PreopenedDirectory("\(sandbox.folder.path)/inside", as: "/"),
            try PreopenedDirectory("\(sandbox.folder.path)/outside", as: "näme/x"),
        ]
        let probe = try GuestProbe(grants)
        #expect(try probe.call("fd_prestat_get", 4, 0) == .success)
        #expect(probe.u32(0) == 0 && probe.u32(4) == 7)
        #expect(try probe.call("fd_prestat_dir_name", 4, 100, 7) == .success)
        #expect(probe.text(100, 7) == "näme/x")
        #expect(try probe.call("fd_prestat_dir_name", 4, 100, 6) == .nametoolong)
        #expect(try probe.call("fd_prestat_dir_name", 4, 65_530, 7) == .fault)
        #expect(try probe.call("fd_prestat_get", 5, 0) == .badf)
        #expect(try probe.call("fd_prestat_get", 0, 0) == .badf)
        #expect(throws: PreopenError.self) { try PreopenedDirectory("\(sandbox.folder.path)/missing", as: "/") }
        #expect(throws: PreopenError.self) { try PreopenedDirectory("\(sandbox.folder.path)/inside/file", as: "/") }
        #expect(throws: PreopenError.self) { try PreopenedDirectory("/tmp", as: "") }
    }

    // MARK: Names with a slash behind them

    @Test("trailing slashes mean a directory", arguments: Method.allCases)
    func trailingSlashes(method: Method) throws {
        let probe = try Sandbox().probe(method)
        func two(_ name: String, _ from: String, _ to: String) throws -> WASIErrno {
            let (first, firstCount) = probe.put(from, at: 4_096)
            let (second, secondCount) = probe.put(to, at: 8_192)
            return switch name {
            case "path_symlink": try probe.call(name, first, firstCount, 3, second, secondCount)
            case "path_link": try probe.call(name, 3, 0, first, firstCount, 3, second, secondCount)
            default: try probe.call(name, 3, first, firstCount, 3, second, secondCount)
            }
        }
        #expect(try probe.path("path_create_directory", "made/") == .success)
        #expect(try two("path_rename", "made/", "other") == .success)
        #expect(try two("path_rename", "other", "made/") == .success)
        #expect(try two("path_rename", "made/", "other/") == .success)
        #expect(try two("path_rename", "file/", "x") == .notdir)
        #expect(try two("path_rename", "file", "x/") == .notdir)
        #expect(try two("path_rename", "file", "other") == .isdir)
        #expect(try two("path_rename", "other", "file") == .notdir)
        #expect(try two("path_rename", "other", "dir") == .notempty)
        #expect(try probe.path("path_unlink_file", "other") == .isdir)
        #expect(try probe.path("path_unlink_file", "other/") == .isdir)
        #expect(try probe.path("path_unlink_file", "file/") == .notdir)
        #expect(try probe.path("path_unlink_file", "missing/") == .noent)
        #expect(try probe.path("path_remove_directory", "file") == .notdir)
        #expect(try probe.path("path_remove_directory", "file/") == .notdir)
        #expect(try probe.path("path_remove_directory", "dir") == .notempty)
        #expect(try probe.path("path_remove_directory", "other/") == .success)
        #expect(try probe.path("path_remove_directory", ".") == .inval)
        #expect(try two("path_link", "file", "link/") == .noent)
        #expect(try two("path_link", "file", "dir/") == .exist)
        #expect(try two("path_link", "dir", "link") == .perm)
        #expect(try two("path_link", "file", "file") == .exist)
        #expect(try two("path_symlink", "x", "link/") == .noent)
        #expect(try two("path_symlink", "x", "dir/") == .exist)
        #expect(try two("path_symlink", "x", "file/") == .notdir)
        #expect(try two("path_symlink", "/x", "link") == .perm)
        #expect(try two("path_symlink", "file", "link") == .success)
        #expect(try two("path_link", "link", "hard") == .success)
        let (name, count) = probe.put("hard", at: 8_192)
        #expect(try probe.call("path_readlink", 3, name, count, 256, 3, 64) == .success)
        #expect(probe.u32(64) == 3 && probe.text(256, 3) == "fil")
        #expect(try probe.call("path_readlink", 3, name, count, 256, 100, 64) == .success)
        #expect(probe.u32(64) == 4 && probe.text(256, 4) == "file")
        let (source, sourceCount) = probe.put("link", at: 4_096)
        #expect(try probe.call("path_link", 3, 1, source, sourceCount, 3, name, count) == .inval)
    }

    // MARK: Listing

    @Test("a directory in pieces, from any cookie on", arguments: [24 + 1, 64, 300, 40_000] as [UInt64])
    func listing(bufferBytes: UInt64) throws {
        let sandbox = Sandbox()
        let names = Set((0..<300).map { "entry-\($0)" } + [".", "..", "file", "dir"])
        for index in 0..<300 { sandbox.folder.write("", to: "inside/entry-\(index)") }
        let probe = try sandbox.probe(.kernel)
        var seen: [String] = []
        var cookie: UInt64 = 0
        reading: while true {
            #expect(try probe.call("fd_readdir", 3, 20_000, bufferBytes, cookie, 64) == .success)
            let used = probe.u32(64)
            var position: UInt32 = 0
            var isComplete = false
            while position + 24 <= used {
                let count = probe.u32(20_000 + position + 16)
                guard position + 24 + count <= used else { break }
                cookie = probe.u64(20_000 + position)
                seen.append(probe.text(20_000 + position + 24, Int(count)))
                position += 24 + count
                isComplete = true
            }
            if used < bufferBytes { break }
            // A name longer than the whole buffer would never be seen.
            if !isComplete { break reading }
        }
        #expect(Set(seen).count == seen.count)
        if bufferBytes > 40 { #expect(Set(seen) == names) }
    }

    @Test("listing what is none, or with a cookie out of thin air")
    func wrongListing() throws {
        let probe = try Sandbox().probe(.kernel)
        let (_, file) = try probe.open("file", rights: .all)
        #expect(try probe.call("fd_readdir", file, 20_000, 100, 0, 64) == .notdir)
        #expect(try probe.call("fd_readdir", 3, 65_500, 100, 0, 64) == .fault)
        #expect(try probe.call("fd_readdir", 3, 20_000, 100, 0, 65_533) == .fault)
        #expect(try probe.call("fd_readdir", 3, 20_000, 100, 1 << 63, 64) == .inval)
        _ = try probe.call("fd_readdir", 3, 20_000, 100, 0x1234_5678, 64)
        #expect(try probe.call("fd_readdir", 3, 20_000, 0, 0, 64) == .success)
        #expect(probe.u32(64) == 0)
    }

    // MARK: What files can do

    @Test("position, size, times, synchronisation; and none of it on a directory")
    func fileFunctions() throws {
        let sandbox = Sandbox()
        let probe = try sandbox.probe(.kernel)
        let (_, file) = try probe.open("file", rights: .all)
        let minusOne = UInt64(bitPattern: -1)
        #expect(try probe.call("fd_seek", file, 4, 0, 0) == .success)
        #expect(try probe.call("fd_seek", file, minusOne, 1, 0) == .success)
        #expect(probe.u64(0) == 3)
        #expect(try probe.call("fd_seek", file, 10, 2, 0) == .success)
        #expect(try probe.call("fd_tell", file, 0) == .success)
        #expect(probe.u64(0) == 16)
        #expect(try probe.call("fd_seek", file, UInt64(bitPattern: -100), 1, 0) == .inval)
        #expect(try probe.call("fd_seek", file, 0, 3, 0) == .inval)
        #expect(try probe.call("fd_seek", file, 0, 0, 65_529) == .fault)
        probe.putBuffers([(400, 2), (404, 2)], at: 128)
        #expect(try probe.call("fd_pread", file, 128, 2, 1, 64) == .success)
        #expect(probe.u32(64) == 4 && probe.text(400, 2) == "ns" && probe.text(404, 2) == "id")
        #expect(try probe.call("fd_pread", file, 128, 2, 1 << 63, 64) == .inval)
        #expect(try probe.call("fd_pwrite", file, 128, 2, 4, 64) == .success)
        #expect(sandbox.folder.text("inside/file") == "insinsid")
        #expect(try probe.call("fd_filestat_set_size", file, 3) == .success)
        #expect(try probe.call("fd_filestat_set_size", file, 1 << 63) == .inval)
        #expect(try probe.call("fd_allocate", file, 2, 5) == .success)
        #expect(try probe.call("fd_allocate", file, 0, 0) == .inval)
        #expect(sandbox.folder.text("inside/file") == "ins\0\0\0\0")
        #expect(try probe.call("fd_advise", file, 0, 5, 5) == .success)
        #expect(try probe.call("fd_advise", file, 0, 5, 6) == .inval)
        #expect(try probe.call("fd_sync", file) == .success)
        #expect(try probe.call("fd_datasync", file) == .success)
        #expect(try probe.call("fd_filestat_set_times", file, 5_000_000_007, 9, 1) == .success)
        #expect(try probe.call("fd_filestat_get", file, 256) == .success)
        #expect(probe.u64(256 + 32) == 7 && probe.u64(256 + 40) == 5_000_000_007 && probe.u64(256 + 48) > 9)
        for flags in [3, 12, 15, 16] as [UInt64] {
            #expect(try probe.call("fd_filestat_set_times", file, 0, 0, flags) == .inval)
        }
        #expect(try probe.call("fd_filestat_get", file, 65_536 - 63) == .fault)

        #expect(try probe.read(3).0 == .badf)
        #expect(try probe.write("x", to: 3).0 == .badf)
        for call in [
            ("fd_seek", [3, 0, 0, 0]), ("fd_tell", [3, 0]), ("fd_pread", [3, 0, 0, 0, 64]),
            ("fd_advise", [3, 0, 0, 0]), ("fd_allocate", [3, 0, 1]),
            ("fd_filestat_set_size", [3, 0]), ("fd_pwrite", [3, 0, 0, 0, 64]),
        ] as [(String, [UInt64])] {
            #expect(try probe.call(call.0, call.1) == .badf, "\(call.0)")
        }
    }

    @Test("appending can be switched, synchronous writing only chosen at the start")
    func descriptorFlags() throws {
        let sandbox = Sandbox()
        let probe = try sandbox.probe(.kernel)
        let (_, file) = try probe.open("file", rights: .all, descriptorFlags: [.append, .sync])
        #expect(try probe.call("fd_fdstat_get", file, 256) == .success)
        #expect(probe.u16(258) == UInt16(DescriptorFlags([.append, .sync]).rawValue))
        #expect(try probe.write("+", to: file) == (.success, 1))
        #expect(try probe.call("fd_fdstat_set_flags", file, 0) == .inval)
        #expect(try probe.call("fd_fdstat_set_flags", file, UInt64(DescriptorFlags.sync.rawValue)) == .success)
        #expect(try probe.call("fd_seek", file, 0, 0, 0) == .success)
        #expect(try probe.write("-", to: file) == (.success, 1))
        #expect(sandbox.folder.text("inside/file") == "-nside+")
    }

    @Test("times and status of links, followed or not", arguments: Method.allCases)
    func linkStatus(method: Method) throws {
        let sandbox = Sandbox()
        sandbox.folder.link("inside/link", to: "dir/../file")
        let probe = try sandbox.probe(method)
        let (name, count) = probe.put("link", at: 8_192)
        #expect(try probe.call("path_filestat_set_times", 3, 0, name, count, 1_000, 2_000, 5) == .success)
        #expect(try probe.call("path_filestat_set_times", 3, 1, name, count, 3_000, 4_000, 5) == .success)
        #expect(try probe.call("path_filestat_get", 3, 0, name, count, 256) == .success)
        #expect(probe.memory.read(272, 1) == [FileType.symbolicLink.rawValue] && probe.u64(256 + 48) == 2_000)
        #expect(try probe.call("path_filestat_get", 3, 1, name, count, 256) == .success)
        #expect(probe.memory.read(272, 1) == [FileType.regularFile.rawValue] && probe.u64(256 + 48) == 4_000)
        #expect(try probe.call("path_filestat_set_times", 3, 1, name, count, 0, 0, 12) == .inval)
        #expect(try probe.call("path_filestat_get", 3, 2, name, count, 256) == .inval)
    }
}
