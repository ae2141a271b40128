import NIOHTTP1

/// What a request's fields say about its body and its connection.
struct RequestFraming {
    private(set) var contentLength: Int?
    private(set) var expectsContinue = false
    private(set) var isUpgrade = false
    private var hostsCount = 0
    private var unknownExpectation: String?

    init(_ headers: HTTPFields) {
        for field in headers.fields {
            switch field.name {
            // The parser has refused what is no number, and two that differ.
            case "content-length": contentLength = Int(field.value) ?? .max
            case "host": hostsCount += 1
            case "upgrade": isUpgrade = true
            case "expect":
                if HTTPFields.lowercase(field.value) == "100-continue" {
                    expectsContinue = true
                } else {
                    unknownExpectation = field.value
                }
            default: break
            }
        }
    }

    func problem(version: HTTPVersion) -> HTTPResponseValue? {
        if hostsCount > 1 || (hostsCount == 0 && version.minor > 0) {
            return HTTPResponseValue(
                failure: 400, code: "bad-request", "a request has exactly one Host field, this one has \(hostsCount)")
        }
        if let unknownExpectation {
            return HTTPResponseValue(
                failure: 417, code: "bad-request", "unknown expectation '\(unknownExpectation.prefix(100))'")
        }
        return nil
    }
}
