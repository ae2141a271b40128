import LatticeBus

/// A name that no other test uses, so that tests can share a server and run side by side.
public func uniqueName(_ prefix: String = "t") -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz0123456789")
    return prefix + "-" + String((0..<12).map { _ in letters[Int.random(in: 0..<letters.count)] })
}

extension Subject {
    public static func unique(_ suffix: String = "s") throws -> Subject { try Subject("\(uniqueName()).\(suffix)") }
}

extension BucketName {
    public static func unique() throws -> BucketName { try BucketName(uniqueName("bucket")) }
}
