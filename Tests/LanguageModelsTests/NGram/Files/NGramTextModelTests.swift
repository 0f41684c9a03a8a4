import Compute
import Foundation
import LanguageModels
import Support
import TestSupport
import Testing
import Text

/// Opening a model whichever form its file has.
@Suite struct NGramTextModelTests {
    private let pool = WorkerPool(count: 2)

    @Test func bothFormsOfAFileGiveTheSameModel() throws {
        let folder = try TemporaryFolder()
        try ngramFixture("plain-4.arpa").write(to: URL(filePath: folder / "model.arpa"))
        let read = try NGramTextModel(contentsOf: folder / "model.arpa", pool: pool)
        try read.model.write(
            to: folder / "model.bin", vocabulary: read.vocabulary, keepsCounts: true)
        let mapped = try NGramTextModel(contentsOf: folder / "model.bin", pool: pool)
        #expect(mapped == read)
        // A mapped model outlives its name, and does everything that one in memory does.
        try FileManager.default.removeItem(atPath: folder / "model.bin")
        let options = NGramSamplingOptions(maximumDocumentLength: 30, temperature: 0.7, topK: 20)
        let key = RandomKey(seed: 3, purpose: .sample)
        let sample = try mapped.model.sample(until: 500, options: options, key: key)
        #expect(try sample == read.model.sample(until: 500, options: options, key: key))
        #expect(mapped.model.score(sample.dataset) == read.model.score(sample.dataset))
        #expect(
            try mapped.model.pruned(threshold: 1e-4) == read.model.pruned(threshold: 1e-4))
    }

    @Test func whatIsNoModelOfWordsIsRefused() throws {
        let folder = try TemporaryFolder()
        #expect(throws: FileError.self) {
            try NGramTextModel(contentsOf: folder / "missing", pool: pool)
        }
        try Data("CLNGRAMS and more".utf8).write(to: URL(filePath: folder / "short"))
        #expect(throws: NGramError.self) {
            try NGramTextModel(contentsOf: folder / "short", pool: pool)
        }
        try Data().write(to: URL(filePath: folder / "empty"))
        #expect(throws: NGramError(.arpa(line: 1, problem: #"is the end, but no line was \data\"#)))
        {
            try NGramTextModel(contentsOf: folder / "empty", pool: pool)
        }
        let model = try NGramModel(
            training: randomDocuments(seed: 1), vocabularyCount: 20, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .wittenBell))
        try model.write(to: folder / "bare", vocabulary: nil, keepsCounts: false)
        #expect(throws: NGramError(.damaged("has no spellings"))) {
            try NGramTextModel(contentsOf: folder / "bare", pool: pool)
        }
        let vocabulary = try NGramVocabulary(
            words: (0..<20).map { Array("w\($0)".utf8) }, boundary: 0, unknown: nil)
        try model.write(to: folder / "known", vocabulary: vocabulary, keepsCounts: false)
        #expect(throws: NGramError(.noUnknownWord)) {
            try NGramTextModel(contentsOf: folder / "known", pool: pool)
        }
    }

    /// Whatever bit of a mapped file turns over after it was written.
    @Test func damageAnywhereInAMappedFileIsRefused() throws {
        let folder = try TemporaryFolder()
        try ngramFixture("plain-4.arpa").write(to: URL(filePath: folder / "model.arpa"))
        let read = try NGramTextModel(contentsOf: folder / "model.arpa", pool: pool)
        try read.model.write(
            to: folder / "model.bin", vocabulary: read.vocabulary, keepsCounts: true)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: folder / "model.bin")))
        var random = TestGenerator(5)
        for _ in 0..<60 {
            var damaged = bytes
            damaged[Int.random(in: 8..<bytes.count, using: &random)] ^=
                1 << UInt8.random(in: 0..<8, using: &random)
            try Data(damaged).write(to: URL(filePath: folder / "damaged.bin"))
            #expect(throws: NGramError.self) {
                try NGramTextModel(contentsOf: folder / "damaged.bin", pool: pool)
            }
        }
    }
}
