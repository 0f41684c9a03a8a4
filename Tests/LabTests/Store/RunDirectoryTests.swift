import Collapse
import Foundation
import Glibc
import Lab
import Support
import TestSupport
import Testing

@Suite struct RunDirectoryTests {
    @Test func isLaidOutAsDocumented() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder / "runs/a")
        try run.write(specification: "name: a\n")
        try run.write(MetricTable(), workers: 1)
        _ = try run.openEventLog()
        #expect(
            folder.files(below: "runs/a") == [
                ".lock", "events.jsonl", "experiment.yaml", "metrics.csv",
                "records/.experiment.yaml",
            ])
        #expect(try run.specification() == "name: a\n")
        #expect(try run.summary() == nil)
    }

    @Test func refusesASecondWriterAndNamesTheFirst() throws {
        let folder = try TemporaryFolder()
        var run: RunDirectory? = try RunDirectory(opening: folder.path)
        let error = try #require(throws: StoreError.self) {
            try RunDirectory(opening: folder.path)
        }
        #expect(
            error.description
                == "\(folder.path) is in use by process \(getpid()); wait until it has ended, or choose "
                + "another --output")
        try run?.write(specification: "name: a\n")
        #expect(try RunDirectory(reading: folder.path).specification() == "name: a\n")
        run = nil
        #expect(try RunDirectory(opening: folder.path).specification() == "name: a\n")
    }

    @Test(
        "A link in the place of a file of ours is not followed",
        arguments: [".lock", "events.jsonl"])
    func plantedLinks(name: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("precious", "target")
        try FileManager.default.createDirectory(
            atPath: folder / "run", withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: folder / "run/\(name)", withDestinationPath: folder / "target")
        let error = try #require(throws: FileError.self) {
            try RunDirectory(opening: folder / "run").openEventLog()
        }
        #expect(error.description.contains("run/\(name)"))
        #expect(error.description.contains("remove the link"))
        #expect(try folder.text("target") == "precious")
    }

    @Test("What was moved away is not made again, and what took its place is not written to")
    func movedAway() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder / "run")
        let block = RecordBlock(arm: "a", seeds: [0], generations: 0...0)
        let record = GenerationRecord(
            seed: 0, generation: 0, key: ContentKey(digits: "k"), metrics: [])
        try FileManager.default.moveItem(atPath: folder / "run", toPath: folder / "elsewhere")
        for isReplaced in [false, true] {
            if isReplaced { _ = try RunDirectory(opening: folder / "run") }
            let before = folder.files(below: "run")
            let error = try #require(throws: StoreError.self) {
                try run.write([record], of: block)
            }
            #expect(error.kind == .movedAway)
            #expect(throws: StoreError.self) { try run.write(specification: "name: a\n") }
            #expect(folder.files(below: "run") == before)
            #expect(folder.exists("run") == isReplaced)
        }
    }

    @Test func aRunThatIsNotThereIsAnError() throws {
        let folder = try TemporaryFolder()
        let error = try #require(throws: FileError.self) {
            try RunDirectory(reading: folder / "missing")
        }
        #expect(
            error.description
                == "cannot open the run directory \(folder.path)/missing: No such file or directory; "
                + "check the path")
    }

    /// A table of more rows than one piece of it that is written at once has, its fields quoted as
    /// RFC 4180 says.
    @Test func metricsAreWrittenInOrder() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        var table = MetricTable()
        let arms = ["replace", "a,b", "say \"hi\"", "two\nlines", "é", "", "\""]
        let quoted = [
            "replace", "\"a,b\"", "\"say \"\"hi\"\"\"", "\"two\nlines\"", "é", "", "\"\"\"\"",
        ]
        var expected = MetricTable.header + "\n"
        for seed in [0, 7, UInt64.max] {
            for (arm, quoted) in zip(arms, quoted) {
                for generation in 0..<6_000 {
                    table.append(
                        .init(arm: arm, seed: seed, generation: generation, metric: "m", value: 0.1)
                    )
                    expected += "\(quoted),\(seed),\(generation),m,0.1\n"
                }
            }
        }
        try run.write(table, workers: 2)
        #expect(try folder.bytes("metrics.csv") == Array(expected.utf8))
    }
}
