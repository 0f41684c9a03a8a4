package import Compute
import Support
import Synchronization
package import Text

/// The real text of a seed that samples are held against, with what is costly to derive from it.
package final class RealText: Sendable {
    /// How many tokens of a sample its statistics are taken on.
    package let sampleSize: Int
    package let vocabularyCount: Int
    /// The held-out documents in a random order.
    private let heldOut: TokenDataset
    /// Generation 0's real sample.
    let initial: TokenDataset
    /// The whole train split; nil of real text without end.
    private let train: TokenDataset?
    /// The token ids of generation 0's real sample in ten parts of equal number, the rarest first;
    /// ids of equal frequency are taken in order.
    package let typesByFrequency: [[UInt32]]
    private let decode: @Sendable (ArraySlice<UInt32>) -> [UInt8]
    private let heldOutGrams = Mutex<[Int: NGramSet]>([:])
    private let trainGrams = Mutex<[Int: NGramSet]>([:])
    private let initialGrams = Mutex<[Int: NGramSet]>([:])
    private let references = Mutex<[String: Double]>([:])
    /// Statistics of real text are means over at most so many samples of it.
    private static let mostChunks = 4

    /// Of a sample, so many tokens are looked at unless the experiment says otherwise.
    package static let standardSampleSize = 20_000

    /// - Parameters:
    ///   - sampleSize: The tokens that statistics are taken on; nil for 20,000, or what generation
    ///     0's sample and held-out text have.
    ///   - heldOut: The held-out documents.
    ///   - initial: Generation 0's real sample.
    ///   - train: The documents of the train split in the seed's order; nil of real text without end.
    ///   - vocabularyCount: The tokenizer's number of ids.
    ///   - key: Determines the order of the held-out documents.
    ///   - decode: The bytes of tokens.
    package init(
        sampleSize: Int?, heldOut: TokenDataset, initial: TokenDataset, train: TokenDataset?,
        vocabularyCount: Int, key: RandomKey,
        decode: @escaping @Sendable (ArraySlice<UInt32>) -> [UInt8]
    ) {
        self.sampleSize =
            sampleSize ?? min(Self.standardSampleSize, initial.tokens.count, heldOut.tokens.count)
        self.vocabularyCount = vocabularyCount
        // Neighbours are alike, and a part of them would be less varied than samples are.
        var random = RandomStream(key)
        self.heldOut = heldOut.selecting(random.permutation(of: heldOut.documentCount))
        self.train = train
        self.initial = initial
        self.decode = decode
        typesByFrequency = Self.typesByFrequency(
            TextSample(initial, vocabularyCount: vocabularyCount, decode: decode).counts)
    }

    /// A sample's first tokens, as many as statistics are taken on; nil where it has fewer.
    package func sample(_ samples: TokenDataset) -> TextSample? {
        guard sampleSize > 0, samples.tokens.count >= sampleSize else { return nil }
        return TextSample(
            samples.prefix(tokens: sampleSize), vocabularyCount: vocabularyCount, decode: decode)
    }

    /// The n-grams of all held-out text.
    package func heldOutGrams(_ length: Int) -> NGramSet {
        grams(length, of: heldOut, heldOutGrams)
    }

    /// The n-grams of the whole train split; nil of real text without end.
    package func trainGrams(_ length: Int) -> NGramSet? {
        train.map { grams(length, of: $0, trainGrams) }
    }

    /// The n-grams of generation 0's real sample.
    package func initialGrams(_ length: Int) -> NGramSet {
        grams(length, of: initial, initialGrams)
    }

    private func grams(
        _ length: Int, of dataset: TokenDataset, _ known: borrowing Mutex<[Int: NGramSet]>
    ) -> NGramSet {
        known.withLock { known in
            if let grams = known[length] { return grams }
            let grams = NGramSet(of: dataset, length: length, vocabularyCount: vocabularyCount)
            known[length] = grams
            return grams
        }
    }

    private static func typesByFrequency(_ counts: [Int]) -> [[UInt32]] {
        let types = counts.indices.filter { counts[$0] > 0 }.sorted {
            (counts[$0], $0) < (counts[$1], $1)
        }
        return (0..<10).map { part in
            types[part * types.count / 10..<(part + 1) * types.count / 10].map(UInt32.init)
        }
    }

    /// A statistic of real text of the same size: the mean over disjoint samples of it, at most
    /// four; nil where there is less than one.
    func reference(_ statistic: TextStatistic) -> Double? {
        if let known = references.withLock({ $0[statistic.name] }) { return known }
        let values = chunks(of: statistic.realText == .heldOut ? heldOut : initial).compactMap {
            statistic.measure($0, self)
        }
        guard !values.isEmpty else { return nil }
        let mean = values.reduce(0, +) / Double(values.count)
        references.withLock { $0[statistic.name] = mean }
        return mean
    }

    private func chunks(of text: TokenDataset) -> [TextSample] {
        guard sampleSize > 0 else { return [] }
        var chunks: [TextSample] = []
        var first = 0
        while chunks.count < Self.mostChunks, first < text.documentCount {
            var end = first
            var size = 0
            while end < text.documentCount, size < sampleSize {
                size += text.range(ofDocument: end).count
                end += 1
            }
            guard size >= sampleSize else { break }
            let part = text.selecting(Array(first..<end)).prefix(tokens: sampleSize)
            chunks.append(TextSample(part, vocabularyCount: vocabularyCount, decode: decode))
            first = end
        }
        return chunks
    }
}
