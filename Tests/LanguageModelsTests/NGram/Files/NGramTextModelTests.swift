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
        #expect(throws: NGramError(.noSpellings)) {
            try NGramTextModel(contentsOf: folder / "bare", pool: pool)
        }
        let vocabulary = try NGramVocabulary(
            words: (0..<20).map { Array("w\($0)".utf8) }, boundary: 0, unknown: nil)
        try model.write(to: folder / "known", vocabulary: vocabulary, keepsCounts: false)
        // Without an unknown word it scores the text of known ones, and no other.
        let known = try NGramTextModel(contentsOf: folder / "known", pool: pool)
        for (text, isKnown) in [("w1 w2\nw3\n", true), ("w1 w2\nx w3\n", false)] {
            try Data(text.utf8).write(to: URL(filePath: folder / "text"))
            func score() throws -> NGramTextScore {
                try known.score(BlockReader(folder / "text"), pool: pool)
            }
            if isKnown {
                let expected = model.score(
                    TokenDataset(tokens: [1, 2, 3], offsets: [0, 2, 3])
                ).nats.reduce(0, +)
                #expect(abs(try score().natsPerToken - expected / 5) < 1e-12)
            } else {
                #expect(throws: NGramError(.noUnknownWord), performing: score)
            }
        }
    }

    @Test("What a run stored is a model of its tokenizer's words, by its folder or its file")
    func storedModels() throws {
        let folder = try TemporaryFolder()
        let texts = ["to be or not to be", "be not", "or to be"].map { Array($0.utf8) }
        let other = ByteTokenizer()
        for tokenizer: any Tokenizer in [
            other, TokenizerTrainer(kind: .word, minimumCount: 2).train(on: texts),
        ] {
            let data = tokenizer.encode(documents: texts)
            let model = try NGramModel(
                training: data, vocabularyCount: tokenizer.vocabularyCount,
                boundary: tokenizer.documentBoundary,
                configuration: NGramConfiguration(order: 2, smoothing: .wittenBell))
            try Data(model.encoded()).write(to: URL(filePath: folder / NGramFolder.modelFile))
            try Data(tokenizer.serialized()).write(to: URL(filePath: folder / "tokenizer.json"))
            for path in [folder.path, folder / NGramFolder.modelFile] {
                let (read, own) = try NGramTextModel.open(path, pool: pool)
                #expect(own?.serialized() == tokenizer.serialized())
                let vocabulary = try NGramVocabulary(of: tokenizer)
                let score = try read.score(data, spelledBy: vocabulary)
                let nats = model.score(data).nats
                #expect(
                    abs(score.natsPerToken - nats.reduce(0, +) / Double(nats.count)) < 1e-12)
            }
            guard tokenizer.vocabularyCount != other.vocabularyCount else { continue }
            // The tokenizer of another model.
            try Data(other.serialized()).write(to: URL(filePath: folder / "tokenizer.json"))
            #expect(
                throws: NGramError(
                    .otherTokenizer(
                        tokens: other.vocabularyCount, known: tokenizer.vocabularyCount))
            ) { try NGramFolder(folder.path) }
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
