import LatticeIdentity
import Synchronization

/// What this host was told to run, on disk before anybody is told that it runs.
final class RestoreBook: Sendable {
    private let folder: StateFolder
    private let list: Mutex<RestoreList>

    /// - Throws: when the list is there and can't be read: going on would lose it.
    init(in folder: StateFolder) throws {
        self.folder = folder
        list = Mutex(try folder.restoreList())
    }

    var contents: RestoreList { list.withLock { $0 } }

    /// Changes the list and writes it, if that changed something.
    /// - Throws: when it can't be written; the list in memory is changed all the same.
    func update(_ body: (inout RestoreList) -> Void) throws(FileError) {
        let outcome: Result<Void, FileError> = list.withLock { list in
            let before = list
            body(&list)
            guard list != before else { return .success(()) }
            do throws(FileError) { return .success(try folder.save(list)) } catch { return .failure(error) }
        }
        try outcome.get()
    }
}
