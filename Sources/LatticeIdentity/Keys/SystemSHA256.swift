import Glibc

/// SHA-256 as the system's libcrypto computes it: with the processor's own instructions for it where there are some, which
/// is four times as fast as libsodium's. Loaded when it is first asked for; libnats needs it anyway for TLS.
final class SystemSHA256 {
    private typealias Make = @convention(c) () -> OpaquePointer?
    private typealias Free = @convention(c) (OpaquePointer) -> Void
    private typealias Begin = @convention(c) (OpaquePointer, OpaquePointer, OpaquePointer?) -> CInt
    private typealias Update = @convention(c) (OpaquePointer, UnsafeRawPointer?, Int) -> CInt
    private typealias Finish =
        @convention(c) (OpaquePointer, UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<CUnsignedInt>?)
        -> CInt

    /// The functions of OpenSSL 3 that are needed, under its names for them.
    private struct Library: Sendable {
        let make: Make
        let free: Free
        let algorithm: Make
        let begin: Begin
        let update: Update
        let finish: Finish

        /// Nil where it is not installed.
        init?() {
            guard let handle = dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL) else { return nil }
            // Safety: each type is that of the function's documented declaration.
            func find<Function>(_ name: String, as type: Function.Type) -> Function? {
                dlsym(handle, name).map { unsafeBitCast($0, to: type) }
            }
            guard let make = find("EVP_MD_CTX_new", as: Make.self), let free = find("EVP_MD_CTX_free", as: Free.self),
                let algorithm = find("EVP_sha256", as: Make.self),
                let begin = find("EVP_DigestInit_ex", as: Begin.self),
                let update = find("EVP_DigestUpdate", as: Update.self),
                let finish = find("EVP_DigestFinal_ex", as: Finish.self)
            else { return nil }
            (self.make, self.free, self.algorithm) = (make, free, algorithm)
            (self.begin, self.update, self.finish) = (begin, update, finish)
        }
    }

    private static let library = Library()

    private let library: Library
    private let context: OpaquePointer

    /// Nil where the library can't be had.
    init?() {
        guard let library = Self.library, let algorithm = library.algorithm(), let context = library.make() else {
            return nil
        }
        guard library.begin(context, algorithm, nil) == 1 else {
            library.free(context)
            return nil
        }
        self.library = library
        self.context = context
    }

    deinit { library.free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        let status = library.update(context, bytes.baseAddress, bytes.count)
        precondition(status == 1, "a hash in memory can't fail")
    }

    /// Once.
    /// - Parameter digest: 32 bytes.
    func finish(into digest: UnsafeMutablePointer<UInt8>) {
        let status = library.finish(context, digest, nil)
        precondition(status == 1, "a hash in memory can't fail")
    }
}
