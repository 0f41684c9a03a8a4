import Compute
import Foundation
import LanguageModels
import Testing
import Text

/// A file of Fixtures/NGram.
func ngramFixture(_ name: String) throws -> Data {
    let folder = try #require(Bundle.module.resourceURL)
    return try Data(contentsOf: folder.appending(path: "Fixtures/NGram/\(name)"))
}

/// What an ARPA file lists: log10 of the probability and of the back-off weight of each n-gram.
/// Bytes, because strings that look alike are equal.
func arpaTable(_ bytes: [UInt8]) -> [[UInt8]: [Double]] {
    var table: [[UInt8]: [Double]] = [:]
    for line in bytes.split(separator: 0x0A) {
        let fields = line.split(separator: 0x09)
        guard fields.count > 1 else { continue }
        func number(_ index: Int) -> Double {
            fields.count > index
                ? Double(String(decoding: fields[index], as: UTF8.self)) ?? .nan : 0
        }
        table[Array(fields[1])] = [number(0), number(2)]
    }
    return table
}

/// Trains from text that arrives in portions of at most `portion` bytes.
func writtenARPA(
    _ text: [UInt8], options: NGramTrainingOptions, workers: Int = 2, portion: Int = .max
) throws -> (bytes: [UInt8], summary: NGramTrainingSummary) {
    var written: [UInt8] = []
    var position = 0
    let summary = try NGramTrainer.writeARPA(
        from: { count in
            let end = min(text.count, position + min(count, portion))
            defer { position = end }
            return Array(text[position..<end])
        }, options: options, pool: WorkerPool(count: workers)
    ) { written.append(contentsOf: $0) }
    return (written, summary)
}

/// Every smoothing and order.
let everyConfiguration: [NGramConfiguration] = NGramSmoothing.allCases.flatMap { smoothing in
    NGramConfiguration.orders.map { NGramConfiguration(order: $0, smoothing: smoothing, k: 0.3) }
}

extension NGramConfiguration: CustomTestStringConvertible {
    package var testDescription: String { "\(smoothing.rawValue) \(order)" }
}

/// Random documents over ids 1 ..< vocabularyCount in which n-grams recur; 0 is the boundary.
func randomDocuments(
    seed: UInt64, documents: Int = 40, vocabularyCount: Int = 20, longest: Int = 30
) -> TokenDataset {
    var random = RandomStream(RandomKey(seed: seed, purpose: .test))
    var dataset = TokenDataset()
    for _ in 0..<documents {
        var document: [UInt32] = []
        var previous = 0
        for _ in 0..<random.below(longest) {
            previous =
                random.below(10) < 6
                ? (previous * 3 + random.below(2)) % (vocabularyCount - 1)
                : random.below(1 + random.below(vocabularyCount - 1))
            document.append(UInt32(previous + 1))
        }
        dataset.append(document: document)
    }
    return dataset
}

/// Contexts of all lengths up to 9, seen and unseen, with and without the document's start.
func randomContexts(
    seed: UInt64, count: Int, dataset: TokenDataset, vocabularyCount: Int
) -> [[UInt32]] {
    var random = RandomStream(RandomKey(seed: seed, purpose: .test, index: 1))
    return (0..<count).map { index in
        if index % 3 == 0 {
            return (0..<random.below(10)).map { _ in UInt32(random.below(vocabularyCount)) }
        }
        let document = dataset.document(random.below(dataset.documentCount))
        let end = document.startIndex + random.below(document.count + 1)
        let start = max(document.startIndex, end - random.below(10))
        let opening: [UInt32] = start == document.startIndex ? [0] : []
        return opening + document[start..<end]
    }
}

/// Corpora that differ by seed, some with empty documents and weights.
struct NGramCase: CustomTestStringConvertible, Sendable {
    var order: Int
    var smoothing: NGramSmoothing
    var isWeighted: Bool
    var seed: UInt64

    var testDescription: String {
        "\(smoothing.rawValue), order \(order), seed \(seed)\(isWeighted ? ", weighted" : "")"
    }

    static let all: [NGramCase] = (1...8).flatMap { order in
        NGramSmoothing.allCases.flatMap { smoothing in
            [false, true].map {
                NGramCase(
                    order: order, smoothing: smoothing, isWeighted: $0,
                    seed: UInt64(order * 2 + ($0 ? 1 : 0)))
            }
        }
    }

    /// One of the all and half the orders, for costly properties.
    static let few = all.filter { [1, 2, 3, 5].contains($0.order) }

    let vocabularyCount = 17
    let boundary: UInt32 = 3
    var random: RandomStream { RandomStream(RandomKey(seed: seed, purpose: .test, index: 1)) }
    var configuration: NGramConfiguration {
        NGramConfiguration(order: order, smoothing: smoothing, k: 0.3)
    }

    func token(_ random: inout RandomStream) -> UInt32 {
        // Small ids often, the last two never: they are the unseen part of the vocabulary.
        let id = min(random.below(vocabularyCount - 2), random.below(vocabularyCount - 2))
        return UInt32(id) == boundary ? 4 : UInt32(id)
    }

    var dataset: TokenDataset {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        var dataset = TokenDataset()
        for _ in 0..<60 {
            var document: [UInt32] = []
            for _ in 0..<random.below(14) {
                let repeats = random.below(2) == 0
                document.append(repeats ? document.last ?? 0 : token(&random))
            }
            dataset.append(document: document)
        }
        return dataset
    }

    var weights: [Double]? {
        guard isWeighted else { return nil }
        var random = RandomStream(RandomKey(seed: seed, purpose: .test, index: 2))
        return (0..<60).map { _ in
            smoothing == .modifiedKneserNey ? Double(random.below(4)) : 3 * random.uniform()
        }
    }

    func model() throws -> NGramModel {
        try NGramModel(
            training: dataset, weights: weights, vocabularyCount: vocabularyCount,
            boundary: boundary, configuration: configuration)
    }

    /// Contexts of all lengths up to two more than count, with and without a boundary inside.
    func contexts(_ count: Int) -> [[UInt32]] {
        var random = random
        let dataset = dataset
        return (0..<count).map { index in
            if index % 3 == 0 {
                return (0..<random.below(order + 2)).map { _ in
                    UInt32(random.below(vocabularyCount))
                }
            }
            let document = dataset.document(random.below(60))
            let prefix = Array(document.prefix(random.below(document.count + 1)))
            return index % 3 == 1 ? [boundary] + prefix : prefix
        }
    }
}

/// The probability that a chi-squared variable exceeds `statistic` (Wilson and Hilferty 1931).
func chiSquaredTail(_ statistic: Double, degrees: Int) -> Double {
    let k = Double(degrees)
    let z = (pow(statistic / k, 1.0 / 3) - (1 - 2 / (9 * k))) / (2 / (9 * k)).squareRoot()
    return 0.5 * erfc(z / 2.0.squareRoot())
}

/// The p-value of observed counts under a distribution; rare outcomes are pooled.
func goodnessOfFit(_ counts: [Int], _ distribution: [Double]) -> Double {
    let total = Double(counts.reduce(0, +))
    var statistic = 0.0
    var bins = 0
    var pooled = (observed: 0.0, expected: 0.0)
    for (count, probability) in zip(counts, distribution) {
        if probability == 0 {
            if count > 0 { return 0 }
        } else if probability * total < 5 {
            pooled.observed += Double(count)
            pooled.expected += probability * total
        } else {
            let difference = Double(count) - probability * total
            statistic += difference * difference / (probability * total)
            bins += 1
        }
    }
    if pooled.expected > 0 {
        let difference = pooled.observed - pooled.expected
        statistic += difference * difference / max(pooled.expected, 1)
        bins += 1
    }
    return bins > 1 ? chiSquaredTail(statistic, degrees: bins - 1) : 1
}
