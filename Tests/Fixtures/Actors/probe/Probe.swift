import ActorSDK

/// Makes one call of each kind; its operations are named after what they do. Results become the result.
@main
struct Probe: HTTPActor {
    static func handle(_ call: ActorCall) throws(CallError) -> Bytes? {
        let store = KeyValue(linkName: "link")
        var out = MessageWriter()
        switch call.operation {
        case "increment": out.write(Int64(try store.increment("k", by: -200)))
        case "contains": out.write(try store.contains("k"))
        case "delete": out.write(try store.delete("k"))
        case "get": if let value = try store.get("k") { out.write(value) } else { out.writeNil() }
        case "set": try store.set("k", to: "v", expires: 70_000)
        case "append": out.write(Int64(try store.append("v", toList: "l")))
        case "clearList": out.write(try store.clearList("l"))
        case "removeFromList": out.write(try store.remove("v", fromList: "l"))
        case "list": out.write(try store.list("l", from: 1, through: -2))
        case "insert": out.write(Int64(try store.insert("v", intoSet: "s")))
        case "removeFromSet": out.write(Int64(try store.remove("v", fromSet: "s")))
        case "intersection": out.write(try store.intersection(ofSets: ["a", "b"]))
        case "union": out.write(try store.union(ofSets: []))
        case "setQuery": out.write(try store.set("s"))
        case "clearSet": out.write(try store.clearSet("s"))
        case "log":
            try Logging.write(.warn, "text")
            Host.print("a line")
        case "guid": out.write(try NumberGen.guid())
        case "random": out.write(Int64(try NumberGen.random()))
        case "randomIn": out.write(Int64(try NumberGen.random(in: 5...300)))
        case "byKey": return try ActorAddress.key("MKEY").call("A.B", MessageWriter.message("x"))
        case "fail": throw .failed("I don't want to")
        case "rewrite": return try call.readArgument { (reader) throws(MessageError) in try rewrite(&reader) }
        case "standardLibrary": return MessageWriter.message(standardLibrary())
        default: return try handleHTTP(call)
        }
        return out.finish()
    }

    static func respond(to request: HTTPRequest) throws(CallError) -> HTTPResponse {
        if request.path == "/missing" { return HTTPResponse(status: 404, text: "not here") }
        var json = JSONObject()
        json.add("accept", request.header("Accept") ?? "none")
        json.add("all", request.headers.map { $0.name + "=" + $0.value })
        json.add("is", true)
        json.add("least", Int64.min)
        var response = HTTPResponse(status: 201, json: json)
        response.headers.append(HTTPHeader("Set-Cookie", "a=1"))
        response.headers.append(HTTPHeader("set-cookie", "b=2"))
        return response
    }

    /// Reads an array of values of any kind, and writes them again.
    private static func rewrite(_ reader: inout MessageReader) throws(MessageError) -> Bytes {
        var out = MessageWriter(capacity: 0)
        let count = try reader.readArrayCount()
        out.writeArrayCount(count)
        for _ in 0..<count {
            let start = reader
            if reader.readNil() {
                out.writeNil()
            } else if let number = try? reader.readInteger(Int64.self) {
                out.write(number)
            } else if let text = try? reader.readText() {
                out.write(text)
            } else if let bytes = try? reader.readBytes() {
                out.write(bytes)
            } else {
                reader = start
                out.write(try reader.readBool())
            }
        }
        return out.finish()
    }

    /// What is not bytes and plain structures: hashing, Unicode, floating point, conversion.
    private static func standardLibrary() -> Text {
        var counts: [String: Int] = [:]
        for word in ["e\u{301}", "é", "b"] { counts[word, default: 0] += 1 }
        let sorted = [3, 1, 2].sorted().reduce("") { $0 + "\($1)" }
        return Text("\(counts["é"] ?? 0) \(counts.count) \(sorted) \(0.1 + 0.2) \(String(Text("ß")).count)")
    }
}
