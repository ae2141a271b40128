/// What `HttpServer.HandleRequest` answers.
public struct HTTPResponse {
    public var status: UInt16
    /// One that comes several times is sent with several values.
    public var headers: [HTTPHeader]
    public var body: Bytes

    public init(status: UInt16 = 200, headers: [HTTPHeader] = [], body: Bytes = Bytes()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public init(status: UInt16 = 200, json: consuming JSONObject) {
        self.init(status: status, headers: [HTTPHeader("content-type", "application/json")], body: json.finish())
    }

    public init(status: UInt16 = 200, text: Text) {
        self.init(status: status, headers: [HTTPHeader("content-type", "text/plain; charset=utf-8")], body: text.utf8)
    }

    /// What a caller sees of an error: `{"error": …}` and, where the host gave them, `"code"` and `"call"`.
    public init(_ error: CallError) {
        var json = JSONObject()
        json.add("error", error.text)
        var isBusy = false
        if case .host(let error) = error, let code = error.code, let call = error.call {
            json.add("code", code)
            json.add("call", call)
            isBusy = code == "busy"
        }
        self.init(status: error.httpStatus, json: json)
        if isBusy { headers.append(HTTPHeader("retry-after", "1")) }
    }

    /// `{statusCode, header, body}`
    var message: Bytes {
        var writer = MessageWriter(capacity: body.count + 64 + headers.count * 64)
        writer.writeMapCount(3)
        writer.write("statusCode" as Text)
        writer.write(Int64(status))
        writer.write("header" as Text)
        writeHeaders(to: &writer)
        writer.write("body" as Text)
        writer.write(body)
        return writer.finish()
    }

    private func writeHeaders(to writer: inout MessageWriter) {
        var namesCount = 0
        for index in headers.indices where isFirstOfItsName(index) { namesCount += 1 }
        writer.writeMapCount(namesCount)
        for index in headers.indices where isFirstOfItsName(index) {
            let name = headers[index].name
            var valuesCount = 0
            for header in headers where header.name.equalsIgnoringCase(name) { valuesCount += 1 }
            writer.write(name)
            writer.writeArrayCount(valuesCount)
            for header in headers where header.name.equalsIgnoringCase(name) { writer.write(header.value) }
        }
    }

    private func isFirstOfItsName(_ index: Int) -> Bool {
        for earlier in 0..<index where headers[earlier].name.equalsIgnoringCase(headers[index].name) { return false }
        return true
    }
}
