import WasmRuntime

/// The functions of preview 1, each with its parameters and where it is answered.
/// - Source: wasi_snapshot_preview1.witx.
enum FunctionTable {
    struct Function: Sendable {
        let type: FunctionType
        /// Throws a `WASIErrno` to answer it, a `WASIEnd` to end the guest.
        let body: @Sendable (WASISystem) -> (borrowing HostCall, GuestMemory) throws -> Void

        /// - Parameter parameters: a letter for each; `i` is an i32 (a number, a descriptor, an address, a size), `I` an
        ///   i64. The result is an errno, unless the function never returns.
        init(
            _ parameters: String, returns: Bool = true,
            _ body: @escaping @Sendable (WASISystem) -> (borrowing HostCall, GuestMemory) throws -> Void
        ) {
            type = FunctionType(parameters.map { $0 == "i" ? .i32 : .i64 }, returns ? [.i32] : [])
            self.body = body
        }
    }

    static let functions: [String: Function] = [
        "args_get": Function("ii", WASISystem.argsGet),
        "args_sizes_get": Function("ii", WASISystem.argsSizesGet),
        "environ_get": Function("ii", WASISystem.environGet),
        "environ_sizes_get": Function("ii", WASISystem.environSizesGet),
        "clock_res_get": Function("ii", WASISystem.clockResGet),
        "clock_time_get": Function("iIi", WASISystem.clockTimeGet),
        "fd_advise": Function("iIIi", WASISystem.fdAdvise),
        "fd_allocate": Function("iII", WASISystem.fdAllocate),
        "fd_close": Function("i", WASISystem.fdClose),
        "fd_datasync": Function("i", WASISystem.fdDatasync),
        "fd_fdstat_get": Function("ii", WASISystem.fdFdstatGet),
        "fd_fdstat_set_flags": Function("ii", WASISystem.fdFdstatSetFlags),
        "fd_fdstat_set_rights": Function("iII", WASISystem.fdFdstatSetRights),
        "fd_filestat_get": Function("ii", WASISystem.fdFilestatGet),
        "fd_filestat_set_size": Function("iI", WASISystem.fdFilestatSetSize),
        "fd_filestat_set_times": Function("iIIi", WASISystem.fdFilestatSetTimes),
        "fd_pread": Function("iiiIi", WASISystem.fdPread),
        "fd_prestat_dir_name": Function("iii", WASISystem.fdPrestatDirName),
        "fd_prestat_get": Function("ii", WASISystem.fdPrestatGet),
        "fd_pwrite": Function("iiiIi", WASISystem.fdPwrite),
        "fd_read": Function("iiii", WASISystem.fdRead),
        "fd_readdir": Function("iiiIi", WASISystem.fdReaddir),
        "fd_renumber": Function("ii", WASISystem.fdRenumber),
        "fd_seek": Function("iIii", WASISystem.fdSeek),
        "fd_sync": Function("i", WASISystem.fdSync),
        "fd_tell": Function("ii", WASISystem.fdTell),
        "fd_write": Function("iiii", WASISystem.fdWrite),
        "path_create_directory": Function("iii", WASISystem.pathCreateDirectory),
        "path_filestat_get": Function("iiiii", WASISystem.pathFilestatGet),
        "path_filestat_set_times": Function("iiiiIIi", WASISystem.pathFilestatSetTimes),
        "path_link": Function("iiiiiii", WASISystem.pathLink),
        "path_open": Function("iiiiiIIii", WASISystem.pathOpen),
        "path_readlink": Function("iiiiii", WASISystem.pathReadlink),
        "path_remove_directory": Function("iii", WASISystem.pathRemoveDirectory),
        "path_rename": Function("iiiiii", WASISystem.pathRename),
        "path_symlink": Function("iiiii", WASISystem.pathSymlink),
        "path_unlink_file": Function("iii", WASISystem.pathUnlinkFile),
        "poll_oneoff": Function("iiii", WASISystem.pollOneoff),
        "proc_exit": Function("i", returns: false, WASISystem.procExit),
        "proc_raise": Function("i", WASISystem.procRaise),
        "random_get": Function("ii", WASISystem.randomGet),
        "sched_yield": Function("", WASISystem.schedYield),
        "sock_accept": Function("iii", WASISystem.sockAccept),
        "sock_recv": Function("iiiiii", WASISystem.sockRecv),
        "sock_send": Function("iiiii", WASISystem.sockSend),
        "sock_shutdown": Function("ii", WASISystem.sockShutdown),
    ]
}
