import Testing

@testable import LocalKeyValueProvider

@Suite("frames of the log")
struct LogFrameTests {
    static let changes: [StoredChange] = [
        .put(key: [1], value: [2, 3], expiry: nil), .put(key: [], value: [], expiry: .max),
        .replace(key: [1], value: [4]), .remove(key: [1]), .append(list: [5], value: []),
        .removeElement(list: [5], index: 7), .insert(set: [6], member: [8]), .removeMember(set: [6], member: [8]),
    ]

    @Test("what was written is read")
    func roundTrip() throws {
        let frame = LogFrame.encode(Self.changes)
        let header = try #require(LogFrame.Header(frame))
        let payload = Array(frame.dropFirst(LogFrame.headerBytesCount))
        #expect(header.payloadBytesCount == payload.count && header.sum == CRC32.of(payload))
        #expect(LogFrame.decode(payload: payload) == Self.changes)
    }

    @Test("every truncation within a change is refused")
    func truncations() {
        for change in Self.changes {
            let payload = Array(LogFrame.encode([change]).dropFirst(LogFrame.headerBytesCount))
            for count in 1..<payload.count { #expect(LogFrame.decode(payload: Array(payload.prefix(count))) == nil) }
        }
    }

    @Test(
        "unknown kinds and lengths beyond the end are refused", arguments: [[0], [99], [1, 255, 255, 255, 255], [4]])
    func hostile(payload: [UInt8]) { #expect(LogFrame.decode(payload: payload) == nil) }

    @Test("the sum is the customary one; zeros are no frame")
    func sums() {
        #expect(CRC32.of(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(LogFrame.Header([UInt8](repeating: 0, count: 100)) == nil)
        #expect(LogFrame.Header([1, 0, 0, 0, 0, 0, 0]) == nil)
    }
}
