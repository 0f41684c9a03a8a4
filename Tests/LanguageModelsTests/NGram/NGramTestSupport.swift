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
