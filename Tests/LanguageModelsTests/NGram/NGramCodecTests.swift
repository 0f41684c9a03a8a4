import Compute
import LanguageModels
import Testing
import Text

@Suite struct NGramCodecTests {
    private func model(
        _ configuration: NGramConfiguration, weights: Bool = false
    ) throws
        -> NGramModel
    {
        let dataset = randomDocuments(seed: 6, documents: 12)
        let isWhole = configuration.smoothing == .modifiedKneserNey
        return try NGramModel(
            training: dataset,
            weights: weights ? (0..<12).map { isWhole ? Double($0) : Double($0) / 7 } : nil,
            vocabularyCount: 21, boundary: 0, configuration: configuration)
    }

    @Test(arguments: everyConfiguration, [false, true])
    func roundTripsExactly(configuration: NGramConfiguration, weights: Bool) throws {
        let model = try model(configuration, weights: weights)
        let bytes = model.encoded()
        #expect(bytes.count % 8 == 0)
        #expect(try NGramModel(decoding: bytes) == model)
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
        for count in [0, 1, 7, 8, 63, 64, 65] + stride(from: 66, to: bytes.count, by: 97) {
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

    /// With the checksum mended, what is accepted must still behave as a model.
    @Test(arguments: NGramSmoothing.allCases, [false, true])
    func forgedFilesNeverCrash(smoothing: NGramSmoothing, weights: Bool) throws {
        let configuration = NGramConfiguration(order: 3, smoothing: smoothing)
        let bytes = try model(configuration, weights: weights).encoded()
        var random = RandomStream(RandomKey(seed: 8, purpose: .test))
        var accepted = 0
        for round in 0..<1500 {
            var forged = bytes
            for _ in 0...random.below(2) {
                // Half of the changes go to the header, where they do most.
                let position = 8 + random.below(round % 2 == 0 ? 250 : forged.count - 8)
                forged[position] = UInt8(random.below(round % 3 == 0 ? 256 : 4))
            }
            mend(&forged)
            guard let model = try? NGramModel(decoding: forged) else { continue }
            accepted += 1
            let context = (0..<4).map { _ in UInt32(random.below(model.vocabularyCount)) }
            #expect(abs(model.conditional(after: context).reduce(0, +) - 1) < 1e-9)
            let sample = model.sample(
                documents: 3, options: .init(maximumDocumentLength: 20),
                key: RandomKey(seed: 1, purpose: .sample))
            // A document that was cut short need not have been able to end there.
            let score = model.score(sample.dataset)
            for document in 0..<score.documentCount {
                let drawn = score.nats[score.events(ofDocument: document).dropLast()]
                #expect(drawn.allSatisfy { $0 < .infinity })
            }
            _ = model.encoded()
        }
        #expect(accepted < 1500)
    }

    private func mend(_ bytes: inout [UInt8]) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for start in stride(from: 0, to: bytes.count, by: 8) where start != 56 {
            let word = (0..<8).reduce(UInt64(0)) {
                $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1)
            }
            hash = (hash ^ word) &* 0x100_0000_01B3
        }
        for index in 0..<8 {
            bytes[56 + index] = UInt8(truncatingIfNeeded: hash >> UInt64(8 * index))
        }
    }
}
