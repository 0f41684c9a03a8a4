import Foundation
import Lab
import TestSupport
import Testing

@Suite struct EventLogTests {
    private let events = [
        Event(
            "run-started", time: "2025-01-01T00:00:00Z",
            [.init("name", .string("a \"b\"\n\u{7} é"))]),
        Event(
            "generation-recorded", time: nil,
            [
                .init("arm", .string("replace")), .init("seed", .integer(3)),
                .init("generation", .integer(-1)), .init("loss", .double(1.5)),
                .init("whole", .double(2)), .init("tiny", .double(.leastNonzeroMagnitude)),
                .init("done", .boolean(true)),
            ]),
        Event("run-ended", time: "t", [.init("ok", .boolean(false))]),
    ]

    private let lines = [
        #"{"v":1,"event":"run-started","time":"2025-01-01T00:00:00Z","name":"a \"b\"\n\u0007 é"}"#,
        #"{"v":1,"event":"generation-recorded","arm":"replace","seed":3,"generation":-1,"loss":1.5,"#
            + #""whole":2.0,"tiny":5e-324,"done":true}"#,
        #"{"v":1,"event":"run-ended","time":"t","ok":false}"#,
    ]

    private func lines(of path: String) throws -> [String] {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try #require(text.isEmpty || text.hasSuffix("\n"))
        return text.split(separator: "\n").map(String.init)
    }

    @Test func writesALinePerEventInOrder() throws {
        let folder = try TemporaryFolder()
        let log = try EventLog(at: folder / "events.jsonl")
        for event in events { try log.append(event, isDurable: event == events[1]) }
        #expect(try lines(of: log.path) == lines)
    }

    @Test func aTornLastLineIsDroppedWhereverItIsTorn() throws {
        let folder = try TemporaryFolder()
        let path = folder / "events.jsonl"
        let log = try EventLog(at: path)
        for event in events { try log.append(event) }
        let whole = try folder.bytes("events.jsonl")
        for length in 0...whole.count {
            let kept = whole[..<length].count { $0 == 10 }
            try folder.write(Array(whole[..<length]), "events.jsonl")
            try EventLog(at: path).append(events[2])
            #expect(
                try lines(of: path) == Array(lines.prefix(kept)) + [lines[2]], "cut at \(length)")
        }
    }

    @Test(arguments: ["\0\0\0\0", "\0\0\n", "{\"v\":1}\n", "{\"v\":1,\"event\":\"x\"} \n{\n", "\n"])
    func aLastLineThatMakesNoSenseIsDropped(_ tail: String) throws {
        let folder = try TemporaryFolder()
        let path = folder / "events.jsonl"
        try EventLog(at: path).append(events[0])
        let whole = try folder.bytes("events.jsonl")
        try folder.write(whole + Array(tail.utf8), "events.jsonl")
        _ = try EventLog(at: path)
        let kept = tail.hasPrefix("{\"v\":1,") ? 2 : 1
        #expect(try lines(of: path).count == kept)
        if kept == 1 { #expect(try folder.bytes("events.jsonl") == whole) }
    }

    @Test func threadsDoNotMixLines() throws {
        let folder = try TemporaryFolder()
        let log = try EventLog(at: folder / "events.jsonl")
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            try? log.append(Event("e", time: nil, [.init("index", .integer(index))]))
        }
        let written = Set(try lines(of: log.path))
        #expect(written == Set((0..<400).map { #"{"v":1,"event":"e","index":\#($0)}"# }))
    }
}
