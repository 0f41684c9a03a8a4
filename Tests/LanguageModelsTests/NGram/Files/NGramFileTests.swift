import Compute
import Foundation
import LanguageModels
import TestSupport
import Testing
import Text

/// The binary form: of counts for a run's store, of everything for mapping.
@Suite struct NGramFileTests {
    private func model(
        _ configuration: NGramConfiguration, weights: Bool = false
    ) throws -> NGramModel {
        let dataset = randomDocuments(seed: 6, documents: 12)
        let isWhole = configuration.smoothing == .modifiedKneserNey
        return try NGramModel(
            training: dataset,
            weights: weights ? (0..<12).map { isWhole ? Double($0) : Double($0) / 7 } : nil,
            vocabularyCount: 21, boundary: 0, configuration: configuration)
    }

    /// The same model without its counts.
    private func bare(_ model: NGramModel) -> NGramModel {
        NGramModel(
            trie: model.trie, probabilities: model.probabilities, backOffs: model.backOffs)
    }

    private let vocabulary = Result {
        try NGramVocabulary(
            words: ["", "<unk>"].map { Array($0.utf8) } + (2..<21).map { Array("w\($0)".utf8) },
            boundary: 0, unknown: 1)
    }

    @Test(arguments: everyConfiguration, [false, true])
    func roundTripsExactly(configuration: NGramConfiguration, weights: Bool) throws {
        let model = try model(configuration, weights: weights)
        #expect(try NGramModel(decoding: model.encoded()) == model)
        let bare = bare(model)
        #expect(try NGramModel(decoding: bare.encoded()) == bare)
        let folder = try TemporaryFolder()
        for keepsCounts in [false, true] {
            let path = folder.path + "/model"
            try model.write(
                to: path, vocabulary: try vocabulary.get(), keepsCounts: keepsCounts)
            let file = try NGramFile(mapping: path)
            try file.check()
            #expect(try file.vocabulary() == vocabulary.get())
            #expect(file.model.trie == model.trie)
            #expect(file.model.probabilities == model.probabilities)
            #expect(file.model.backOffs == model.backOffs)
            #expect(file.model.isAdditive == model.isAdditive)
            #expect(file.model.evidence == (keepsCounts ? model.evidence : nil))
        }
    }

    @Test func roundTripsAnotherBoundaryAndLmplzStatistics() throws {
        let model = try NGramModel(
            training: TokenDataset(tokens: [0, 1, 0, 2, 1], offsets: [0, 2, 2, 5]),
            vocabularyCount: 4, boundary: 3,
            configuration: NGramConfiguration(
                order: 3, smoothing: .modifiedKneserNey, countsOfCounts: .lmplz))
        #expect(try NGramModel(decoding: model.encoded()) == model)
    }

    @Test(arguments: NGramSmoothing.allCases)
    func everyTruncationIsRefused(smoothing: NGramSmoothing) throws {
        let bytes = try model(NGramConfiguration(order: 3, smoothing: smoothing)).encoded()
        for count in [0, 1, 7, 8, 511, 512, 513] + stride(from: 514, to: bytes.count, by: 97) {
            #expect(throws: NGramError.self) {
                try NGramModel(decoding: Array(bytes[..<count]))
            }
        }
        #expect(throws: NGramError.self) { try NGramModel(decoding: bytes + [0]) }
    }

    @Test(arguments: NGramSmoothing.allCases)
    func everyChangedByteIsRefused(smoothing: NGramSmoothing) throws {
        let bytes = try model(NGramConfiguration(order: 3, smoothing: smoothing)).encoded()
        for position in stride(from: 0, to: bytes.count, by: 5) {
            var changed = bytes
            changed[position] ^= 1 << UInt8(position % 8)
            #expect(throws: NGramError.self) { try NGramModel(decoding: changed) }
        }
    }

    @Test func aDamagedHeaderIsRefusedOnMappingAndTheRestOnRequest() throws {
        let folder = try TemporaryFolder()
        let path = folder.path + "/model"
        let model = try model(NGramConfiguration(order: 3, smoothing: .modifiedKneserNey))
        try model.write(to: path, vocabulary: try vocabulary.get(), keepsCounts: true)
        let bytes = [UInt8](try Data(contentsOf: URL(filePath: path)))
        for position in stride(from: 3, to: bytes.count, by: 41) {
            var changed = bytes
            changed[position] ^= 0x10
            try Data(changed).write(to: URL(filePath: path))
            if position < 512 {
                #expect(throws: NGramError.self) { try NGramFile(mapping: path) }
            } else {
                let file = try NGramFile(mapping: path)
                #expect(throws: NGramError.self) { try file.check() }
            }
        }
    }

    /// With the checksums mended, what is accepted must still behave as a model.
    @Test(arguments: NGramSmoothing.allCases, [false, true])
    func forgedFilesNeverCrash(smoothing: NGramSmoothing, weights: Bool) throws {
        let configuration = NGramConfiguration(order: 3, smoothing: smoothing)
        let model = try model(configuration, weights: weights)
        let files = [model.encoded(), bare(model).encoded()]
        var random = RandomStream(RandomKey(seed: 8, purpose: .test))
        var accepted = 0
        for round in 0..<1500 {
            var forged = files[round % 2]
            for _ in 0...random.below(2) {
                // Some changes go to the header, where they do most.
                let position = 8 + random.below(round % 4 < 2 ? 480 : forged.count - 8)
                forged[position] = UInt8(random.below(round % 3 == 0 ? 256 : 4))
            }
            mend(&forged)
            guard let model = try? NGramModel(decoding: forged) else { continue }
            accepted += 1
            let context = (0..<4).map { _ in UInt32(random.below(model.vocabularyCount)) }
            if model.evidence != nil {
                #expect(abs(model.conditional(after: context).reduce(0, +) - 1) < 1e-9)
            }
            let sample = model.sample(
                documents: 3, options: .init(maximumDocumentLength: 20),
                key: RandomKey(seed: 1, purpose: .sample))
            // A document that was cut short need not have been able to end there.
            let score = model.score(sample.dataset)
            for document in 0..<score.documentCount {
                let drawn = score.nats[score.events(ofDocument: document).dropLast()]
                #expect(model.evidence == nil || drawn.allSatisfy { $0 < .infinity })
            }
            _ = model.encoded()
        }
        #expect(accepted < 1500)
    }

    /// Makes both checksums right again.
    private func mend(_ bytes: inout [UInt8]) {
        func checksum(_ range: Range<Int>) -> UInt64 {
            stride(from: range.lowerBound, to: range.upperBound, by: 8).reduce(
                0xCBF2_9CE4_8422_2325
            ) { hash, start in
                let word = (0..<8).reduce(UInt64(0)) {
                    $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1)
                }
                return (hash ^ word) &* 0x100_0000_01B3
            }
        }
        func put(_ value: UInt64, at position: Int) {
            for index in 0..<8 {
                bytes[position + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index))
            }
        }
        put(checksum(512..<bytes.count), at: 88)
        put(checksum(0..<504), at: 504)
    }
}
