import Foundation
import GRDB
import Lab
import TestSupport
import Testing

@Suite struct RunIndexTests {
    private func summary(_ name: String, final: Double? = 1.25) -> RunSummary {
        RunSummary(
            name: name, setting: "gaussian", specificationHash: "abc",
            arms: [
                .init(name: "replace", finalMean: final), .init(name: "accumulate", finalMean: nil),
                .init(name: "worse", finalMean: .infinity),
            ],
            seeds: 5, generations: 10, headlineMetric: "heldout.nats_per_token", isFinished: true)
    }

    private func make(_ name: String, in folder: TemporaryFolder) throws {
        try RunDirectory(opening: folder / name).write(
            summary((name as NSString).lastPathComponent))
    }

    @Test func isRebuiltFromTheRuns() throws {
        let folder = try TemporaryFolder()
        for name in ["runs/b", "runs/a", "runs/deep/c"] { try make(name, in: folder) }
        try folder.write(Array("{".utf8), "runs/broken/run.json")
        let index = try RunIndex(databaseAt: folder / "cache/index.sqlite")
        #expect(try index.runs().isEmpty)
        let failures = try index.rebuild(root: folder / "runs")
        #expect(failures.map { ($0 as? StoreError)?.path } == [folder / "runs/broken/run.json"])
        #expect(try index.runs().map(\.summary) == ["a", "b", "c"].map { summary($0) })
        #expect(
            try index.runs().map(\.path)
                == ["runs/a", "runs/b", "runs/deep/c"].map { folder / $0 })

        try FileManager.default.removeItem(atPath: folder / "runs/a")
        try index.rebuild(root: folder / "runs")
        #expect(try index.runs().map(\.summary.name) == ["b", "c"])
        // Another value reads what the first one wrote.
        #expect(try RunIndex(databaseAt: folder / "cache/index.sqlite").runs().count == 2)
    }

    @Test func anIndexOfAnotherVersionIsReplaced() throws {
        let folder = try TemporaryFolder()
        let path = folder / "index.sqlite"
        try make("runs/a", in: folder)
        try RunIndex(databaseAt: path).rebuild(root: folder / "runs")
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        let index = try RunIndex(databaseAt: path)
        #expect(try index.runs().isEmpty)
        try index.rebuild(root: folder / "runs")
        #expect(try index.runs().count == 1)
    }

    @Test func aFileThatIsNoDatabaseIsReplaced() throws {
        let folder = try TemporaryFolder()
        try folder.write(Array(repeating: 65, count: 5000), "index.sqlite")
        let index = try RunIndex(databaseAt: folder / "index.sqlite")
        #expect(try index.runs().isEmpty)
    }

    @Test func aSummaryComesBackAndSaysWhenItIsBroken() throws {
        let folder = try TemporaryFolder()
        let run = try RunDirectory(opening: folder.path)
        try run.write(summary("x", final: 0.1))
        #expect(try run.summary() == summary("x", final: 0.1))
        try folder.write(Array("{\"name\":1}".utf8), "run.json")
        let error = try #require(throws: StoreError.self) { try run.summary() }
        #expect(
            error.description
                == "\(folder.path)/run.json is damaged: it is not the summary of a run; delete the file "
                + "and run the same command again, which computes what it held anew")
    }
}
