import Testing

@testable import HTTPServerProvider

@Suite("settings of a link")
struct SettingsTests {
    private func settings(_ change: (inout HTTPServerSettings) -> Void) -> HTTPServerSettings {
        var settings = HTTPServerSettings()
        change(&settings)
        return settings
    }

    @Test("what each key means, in whatever case it is written")
    func accepted() throws {
        let rows: [([String: String], HTTPServerSettings)] = [
            ([:], settings { _ in }),
            (["address": "0.0.0.0:80"], settings { $0.address = ListenAddress(host: "0.0.0.0", port: 80) }),
            (["Address": "[::1]:8080"], settings { $0.address = ListenAddress(host: "::1", port: 8080) }),
            (["PORT": "0"], settings { $0.address = ListenAddress(host: "127.0.0.1", port: 0) }),
            (["port": "65535"], settings { $0.address = ListenAddress(host: "127.0.0.1", port: 65_535) }),
            (
                ["address": "0.0.0.0:81", "port": "81"],
                settings { $0.address = ListenAddress(host: "0.0.0.0", port: 81) }
            ),
            (["timeout_ms": "1500"], settings { $0.timeout = .milliseconds(1500) }),
            (["max_content_len": "100M"], settings { $0.bodyBytesMax = 100_000_000 }),
            (["max_content_len": "64 KiB"], settings { $0.bodyBytesMax = 65_536 }),
            (["max_content_len": "12"], settings { $0.bodyBytesMax = 12 }),
            (["readonly_mode": "True"], settings { $0.access = .readOnly }),
            (["cache_control": "no-store"], settings { $0.cacheControl = "no-store" }),
            (["cors": #"{"allowed_origins":["https://a.b"]}"#], settings { $0.cors.origins = .only(["https://a.b"]) }),
            (["colour": "red"], settings { $0.ignoredKeys = ["colour"] }),
            (
                ["config_json": #"{"address":"10.0.0.1:1","timeout_ms":7,"readonly_mode":true,"log":{},"x":1}"#],
                settings {
                    $0.address = ListenAddress(host: "10.0.0.1", port: 1)
                    $0.timeout = .milliseconds(7)
                    $0.access = .readOnly
                    $0.ignoredKeys = ["config_json.x"]
                }
            ),
            (["config_b64": "eyJ0aW1lb3V0X21zIjo5fQ"], settings { $0.timeout = .milliseconds(9) }),
            (["config_b64": "eyJ0aW1lb3V0X21zIjo5fQ=="], settings { $0.timeout = .milliseconds(9) }),
            // A key of its own wins over the document.
            (
                ["config_json": #"{"port":1,"timeout_ms":1}"#, "port": "2"],
                settings {
                    $0.address = ListenAddress(host: "127.0.0.1", port: 2)
                    $0.timeout = .milliseconds(1)
                }
            ),
            (["config_json": #"{"address":null,"timeout_ms":null}"#], settings { _ in }),
        ]
        for (values, expected) in rows { #expect(try HTTPServerSettings(values: values) == expected, "\(values)") }
    }

    @Test(
        "what can't be understood is refused under its key",
        arguments: [
            (["address": "localhost:80"], "address: 'localhost:80' is not an address ip:port"),
            (["Address": "1.2.3.4"], "Address: '1.2.3.4' is not an address ip:port"),
            (["address": "1.2.3.4:"], "address: '1.2.3.4:' is not an address ip:port"),
            (["address": "1.2.3.4:65536"], "address: '1.2.3.4:65536' is not an address ip:port"),
            (["address": "::1:80"], "address: '::1:80' is not an address ip:port"),
            (["address": "[::1:80"], "address: '[::1:80' is not an address ip:port"),
            (["port": "65536"], "port: '65536' is not a whole number from 0 to 65535"),
            (["port": "-1"], "port: '-1' is not a whole number from 0 to 65535"),
            (["port": ""], "port: '' is not a whole number from 0 to 65535"),
            (["port": "1", "PORT": "1"], "PORT and port contradict each other: give one of them"),
            (["port": "1", "address": "0.0.0.0:2"], "address and port contradict each other: give one of them"),
            (["timeout_ms": "0"], "timeout_ms: '0' is not a whole number from 1 to 3600000"),
            (["timeout_ms": "1.5"], "timeout_ms: '1.5' is not a whole number from 1 to 3600000"),
            (["max_content_len": "5G"], "max_content_len: '5G' is not a size up to 4G, such as 100M"),
            (["max_content_len": "M"], "max_content_len: 'M' is not a size up to 4G, such as 100M"),
            (["max_content_len": "1X"], "max_content_len: '1X' is not a size up to 4G, such as 100M"),
            (
                ["max_content_len": "9999999999999999999G"],
                "max_content_len: '9999999999999999999G' is not a size up to 4G, such as 100M"
            ),
            (["readonly_mode": "yes"], "readonly_mode: 'yes' is not true or false"),
            (["cache_control": "a\r\nb: c"], "cache_control: 'a\r\nb: c' is not the value of a header field"),
            (["config_b64": "%"], "config_b64: '%' is not base 64"),
            (["config_json": "[]"], "config_json: '[]' is not a JSON object"),
            (
                ["config_json": #"{"timeout_ms":-1}"#],
                "config_json.timeout_ms: '-1' is not a whole number from 1 to 3600000"
            ),
            (
                ["config_json": "{}", "config_b64": "e30"],
                "config_b64 and config_json contradict each other: give one of them"
            ),
            (
                ["config_json": #"{"tls":{"cert_file":"a"}}"#],
                "config_json.tls is not supported: put a proxy that ends TLS before this listener"
            ),
            (["config_file": "/etc/x.json"], "config_file is not supported: give its contents as config_json"),
            (["cors": #"{"max_age_secs":-1}"#], "cors.max_age_secs: '-1' is not a whole number from 0 to 31536000"),
            (["cors": #"{"allowed_origins":"*"}"#], "cors.allowed_origins: '*' is not a list of strings"),
        ] as [([String: String], String)])
    func refused(values: [String: String], expected: String) {
        #expect { try HTTPServerSettings(values: values) } throws: { "\($0)" == expected }
    }

    @Test("truncated and hostile documents are refused, never more")
    func hostileDocuments() {
        let document = #"{"cors":{"allowed_origins":["https://a.b"],"max_age_secs":3},"timeout_ms":5}"#
        for count in 0..<document.utf8.count {
            let text = String(decoding: document.utf8.prefix(count), as: UTF8.self)
            #expect(throws: HTTPSettingsError.self) { try HTTPServerSettings(values: ["config_json": text]) }
        }
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: HTTPSettingsError.self) { try HTTPServerSettings(values: ["config_json": deep]) }
    }

    @Test("the link's time and size win over the listener's, up to the longest call")
    func limits() throws {
        let settings = try HTTPServerSettings(values: ["timeout_ms": "60000", "max_content_len": "1G"])
        let limits = HTTPLimits().adjusted(by: settings)
        #expect(limits.requestTimeout == .seconds(55))
        #expect(limits.bodyBytesMax == 1_000_000_000 && limits.bodyBytesTotalMax == 1_000_000_000)
    }
}
