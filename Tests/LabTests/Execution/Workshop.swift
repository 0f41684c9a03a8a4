import Collapse
import Compute
import Foundation
import Lab
import Settings
import Text

/// A folder of its own with an imported corpus of made-up sentences.
final class Workshop: Sendable {
    let root: String

    /// A corpus of the documents, of made-up sentences unless given.
    init(documents: [String]? = nil) throws {
        let url = FileManager.default.temporaryDirectory
            .appendingPathComponent("collapselab-\(UUID().uuidString)")
        root = url.path
        try FileManager.default.createDirectory(
            at: url.appendingPathComponent("corpora"), withIntermediateDirectories: true)
        let text = url.appendingPathComponent("made-up.txt")
        try (documents?.joined(separator: "\n\n") ?? Workshop.text).write(
            to: text, atomically: true, encoding: .utf8)
        try importMadeUp(as: "made-up")
    }

    /// The same text as a corpus of another name.
    func importMadeUp(as name: String) throws {
        try CorpusLibrary(root: root).importText(
            from: root + "/made-up.txt", options: ImportOptions(name: name, documents: .blocks))
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// 400 paragraphs over forty words with the frequencies of Zipf's law.
    private static var text: String {
        var random = RandomStream(RandomKey(seed: 11, purpose: .test))
        return (0..<400).map { paragraph in
            (0..<30 + random.below(20)).map { _ in
                let rank = Int(Elementary.exp(random.uniform() * Elementary.log(40)))
                return "word\(rank)"
            }.joined(separator: " ") + " \(paragraph)."
        }.joined(separator: "\n\n")
    }
}

extension Workshop {
    func execution(
        workers: Int = 2, observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) -> Execution {
        Execution(
            workers: workers, root: root, fingerprint: "test", version: "test", clock: { "then" },
            stopwatch: { 0 }, observer: observer)
    }

    /// Runs an experiment of the setting `language` and returns what is measured, by metric, arm and
    /// generation, a value for each seed.
    func measured(
        _ text: String, _ name: String = "run", file: String = "test.yaml", workers: Int = 2,
        sharing store: String? = nil, observer: @escaping @Sendable (RunEvent) -> Void = { _ in }
    ) throws -> (values: [String: [String: [Int: [Double]]]], specification: String) {
        let settings = [LanguageSetting.declaration]
        let resolved = try ExperimentFile.load(
            text: text, path: file, overrides: [], settings: settings)
        let path = root + "/" + name
        let (results, failures) = try ExperimentSession<LanguageSetting>(
            resolved, existing: try ExperimentFile.recorded(in: path, settings: settings), at: path,
            sharing: store, mayExtend: true,
            execution: execution(workers: workers, observer: observer)
        ).run()
        if let failure = failures.first { throw failure }
        var values: [String: [String: [Int: [Double]]]] = [:]
        for row in results.metrics.rows {
            values[row.metric, default: [:]][row.arm, default: [:]][row.generation, default: []]
                .append(row.value)
        }
        return (
            values, try String(contentsOfFile: path + "/experiment.yaml", encoding: .utf8)
        )
    }
}
