import LatticeContracts
import LatticeProtocol
import LatticeTrust

extension HTTPServer.Request {
    /// As the actor gets it.
    init(_ request: HTTPRequestValue) {
        var header: HTTPServer.Header = [:]
        header.reserveCapacity(request.headers.fields.count)
        for field in request.headers.fields { header[field.name, default: []].append(field.value) }
        self.init(
            method: request.method, path: request.path, queryString: request.queryString, header: header,
            body: request.body)
    }
}

extension HTTPResponseValue {
    /// What an actor answered. Its form is checked here, the rest when it is written.
    init(answer bytes: [UInt8]) {
        do throws(MessagePackError) {
            let response = try HTTPServer.Response(messagePack: bytes)
            self.init(
                statusCode: Int(response.statusCode), headers: HTTPFields(response.header), body: response.body)
        } catch {
            self.init(Refusal(.guestError, "the actor's answer is no HTTP response: \(error)"))
        }
    }

    /// What became of a request instead of an answer.
    /// - Source: trust rules §5.
    init(_ refusal: Refusal) {
        self.init(
            failure: refusal.code.httpStatus, code: refusal.code.rawValue, "\(refusal)", call: refusal.call?.text,
            retryAfterSeconds: refusal.code.passesSoon ? 1 : nil)
    }
}
