import Collapse
import Compute
import Settings
import Testing
import Text

@Suite struct HeldOutScoreTests {
    private let key = RandomKey(seed: 1, purpose: .bootstrap)

    private func text(_ documents: [[UInt32]], lossless: Bool = true) -> HeldOutText {
        HeldOutText(
            dataset: dataset(documents), byteCounts: documents.map { 3 * $0.count },
            wordCounts: documents.map(\.count), decileOfToken: Array(repeating: 0, count: 10),
            isLossless: lossless, unknownRate: nil)
    }

    private func metrics(
        _ nats: [Double], _ text: HeldOutText, bootstrap: Int = 100
    ) -> [String: Double] {
        Dictionary(
            HeldOutScore(nats: nats, text: text).metrics(bootstrap: bootstrap, key: key)
                .map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    @Test("Cross-entropy counts tokens and document ends, words and bytes divide the same sum")
    func definition() {
        let values = metrics([1, 2, 3, 2, 4], text([[1, 2], [3]]))
        #expect(values["heldout.nats_per_token"] == 12.0 / 5)
        #expect(abs((values["heldout.perplexity"] ?? 0) - 11.023_176_380_641_601) < 1e-12)
        #expect(abs((values["heldout.word_perplexity"] ?? 0) - 54.598_150_033_144_236) < 1e-11)
        #expect(
            abs((values["heldout.bits_per_byte"] ?? 0) - 12 / 0.693_147_180_559_945_3 / 9) < 1e-14)
    }

    @Test("A tokenizer that loses text has no bits per byte")
    func lossy() {
        #expect(metrics([1, 1], text([[1]], lossless: false))["heldout.bits_per_byte"] == nil)
    }

    @Test("Impossible tokens make the cross-entropy infinite and are counted")
    func impossible() {
        let values = metrics([1, .infinity, 1, .infinity], text([[1, 2, 3]]))
        #expect(values["heldout.nats_per_token"] == .infinity)
        #expect(values["heldout.zero_probability_tokens"] == 2)
        #expect(values["heldout.zero_probability_share"] == 0.5)
    }

    @Test("The interval covers the mean and is a point when all documents agree")
    func interval() {
        let same = metrics([2, 2, 2, 2], text([[1], [2]]))
        #expect(same["heldout.nats_per_token.low"] == 2)
        #expect(same["heldout.nats_per_token.high"] == 2)
        #expect(same["heldout.bits_per_byte.low"] == same["heldout.bits_per_byte"])
        var random = RandomStream(RandomKey(seed: 9, purpose: .test))
        let documents = (0..<200).map { _ in [UInt32(1), 2] }
        let values = metrics(
            (0..<600).map { _ in 3 + random.normal() }, text(documents), bootstrap: 1_000)
        let low = values["heldout.nats_per_token.low"] ?? .nan
        let high = values["heldout.nats_per_token.high"] ?? .nan
        let mean = values["heldout.nats_per_token"] ?? .nan
        #expect(low < mean && mean < high)
        // Half the width of the normal interval is 1.96 / sqrt 600 = 0.080.
        #expect(abs((high - low) / 2 - 0.08) < 0.015)
    }

    @Test("Tenths rank tokens by frequency, rarest first, and hold about as many occurrences each")
    func deciles() {
        // Token i occurs i + 1 times in training and equally often in held-out text.
        let frequencies = Array(1...40)
        let heldOut = dataset([
            (0..<40).flatMap { id in Array(repeating: UInt32(id), count: id + 1) }
        ])
        let deciles = HeldOutText.deciles(frequencies: frequencies, heldOut: heldOut)
        #expect(deciles.first == 0 && deciles.last == 9)
        #expect(zip(deciles, deciles.dropFirst()).allSatisfy { $0 <= $1 })
        for tenth in UInt8(0)..<10 {
            let count = heldOut.tokens.count { deciles[Int($0)] == tenth }
            #expect(abs(count - 82) <= 40, "tenth \(tenth) has \(count)")
        }
    }
}
