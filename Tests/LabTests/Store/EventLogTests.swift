import Foundation
import Lab
import TestSupport
import Testing

@Suite struct EventLogTests {
    private let events = [
        Event("run-started", time: "2025-01-01T00:00:00Z", [.init("name", "a \"b\"\n\u{7} é")]),
        Event(
            "generation-recorded", time: nil,
            [
                .init("arm", "replace"), .init("seed", 3), .init("generation", -1),
                .init("loss", 1.5), .init("whole", .double(2)),
                .init("tiny", .double(.leastNonzeroMagnitude)),
                .init("done", true),
            ]),
        Event("run-ended", time: "t", [.init("ok", false)]),
    ]

    @Test func writesALinePerEventInOrder() throws {
        let folder = try TemporaryFolder()
        let log = try EventLog(at: folder / "events.jsonl")
        for event in events { try log.append(event, isDurable: event == events[1]) }
        #expect(
            String(decoding: try folder.bytes("events.jsonl"), as: UTF8.self) == """
                {"v":1,"event":"run-started","time":"2025-01-01T00:00:00Z","name":"a \\"b\\"\\n\\u0007 é"}
                {"v":1,"event":"generation-recorded","arm":"replace","seed":3,"generation":-1,"loss":1.5,\
                "whole":2.0,"tiny":5e-324,"done":true}
                {"v":1,"event":"run-ended","time":"t","ok":false}

                """)
        #expect(try EventLog.read(folder / "events.jsonl") == events)
        #expect(try EventLog.read(folder / "missing.jsonl") == [])
        #expect(events[1]["seed"] == 3)
        #expect(events[1]["none"] == nil)
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
            #expect(try EventLog.read(path) == Array(events.prefix(kept)), "cut at \(length)")
            let reopened = try EventLog(at: path)
            try reopened.append(events[2])
            #expect(
                try EventLog.read(path) == Array(events.prefix(kept)) + [events[2]],
                "cut at \(length)")
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
        #expect(try EventLog.read(path).count == kept)
        if kept == 1 { #expect(try folder.bytes("events.jsonl") == whole) }
    }

    @Test func damageInTheMiddleIsAnErrorWithTheLine() throws {
        let folder = try TemporaryFolder()
        let path = folder / "events.jsonl"
        let log = try EventLog(at: path)
        for event in events { try log.append(event) }
        var bytes = try folder.bytes("events.jsonl")
        let second = try #require(bytes.firstIndex(of: 10)) + 1
        bytes[second] = UInt8(ascii: "[")
        try folder.write(bytes, "events.jsonl")
        let error = try #require(throws: StoreError.self) { try EventLog.read(path) }
        #expect(error.description.hasPrefix("\(path):2: expected '{' at byte 0"))
    }

    @Test func threadsDoNotMixLines() throws {
        let folder = try TemporaryFolder()
        let log = try EventLog(at: folder / "events.jsonl")
        DispatchQueue.concurrentPerform(iterations: 400) { index in
            try? log.append(Event("e", time: nil, [.init("index", .integer(index))]))
        }
        let read = try EventLog.read(log.path)
        let indices = read.compactMap { event -> Int? in
            guard case .integer(let index)? = event["index"] else { return nil }
            return index
        }
        #expect(indices.sorted() == Array(0..<400))
    }
}
