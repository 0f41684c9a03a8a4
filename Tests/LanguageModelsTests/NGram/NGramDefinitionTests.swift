import Foundation
import LanguageModels
import Testing
import Text

/// A fixture written by scripts/fixtures/ngram-definitions.py, which says what its lines are.
struct NGramDefinitionFixture {
    struct Query {
        var smoothing: NGramSmoothing
        var token: UInt32
        /// log10 of the expected probability.
        var log10: Double
        var context: [UInt32]
    }

    var vocabularyCount = 0
    var order = 0
    var dataset = TokenDataset()
    var weights: [Double] = []
    /// D1, D2, D3+ and, where the reference tells, whether they are the fallback.
    var discounts: [[Double]] = []
    var queries: [Query] = []

    init(_ name: String) throws {
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/NGram/\(name)", withExtension: "txt"))
        for line in try String(contentsOf: url, encoding: .utf8).split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            switch fields[0] {
            case "corpus":
                vocabularyCount = try #require(Int(fields[1]))
                order = try #require(Int(fields[2]))
            case "document":
                weights.append(try #require(Double(fields[1])))
                dataset.append(document: fields[2...].compactMap(UInt32.init))
            case "discounts":
                discounts.append(fields[2...].compactMap(Double.init))
            default:
                queries.append(
                    Query(
                        smoothing: try #require(NGramSmoothing(rawValue: fields[1])),
                        token: try #require(UInt32(fields[2])),
                        log10: try #require(Double(fields[3])),
                        context: fields[4...].compactMap(UInt32.init)))
            }
        }
    }

    func model(
        _ smoothing: NGramSmoothing, countsOfCounts: NGramCountsOfCounts = .exact
    ) throws -> NGramModel {
        try NGramModel(
            training: dataset, weights: weights, vocabularyCount: vocabularyCount, boundary: 0,
            configuration: NGramConfiguration(
                order: order, smoothing: smoothing, k: 0.25, countsOfCounts: countsOfCounts))
    }
}

@Suite struct NGramDefinitionTests {
    static let names = [
        "tiny-1", "tiny-2", "tiny-3", "repeats-2", "repeats-4", "weighted-1", "weighted-2",
        "weighted-3", "mixed-2", "mixed-3", "mixed-5", "mixed-8",
    ]

    @Test(arguments: names, NGramSmoothing.allCases)
    func `probabilities and discounts follow the definitions`(
        name: String, smoothing: NGramSmoothing
    ) throws {
        let reference = try NGramDefinitionFixture("definitions-\(name)")
        let model = try reference.model(smoothing)
        for query in reference.queries where query.smoothing == smoothing {
            let found = model.logProbability(of: query.token, after: query.context) / log(10)
            #expect(
                found == query.log10 || abs(found - query.log10) < 1e-8,
                "\(query) gives \(found)")
        }
        guard smoothing == .modifiedKneserNey else { return }
        #expect(model.discounts.count == reference.discounts.count)
        for (found, expected) in zip(model.discounts, reference.discounts) {
            #expect(abs(found.one - expected[0]) < 1e-8)
            #expect(abs(found.two - expected[1]) < 1e-8)
            #expect(abs(found.threeOrMore - expected[2]) < 1e-8)
            #expect(found.isFallback == (expected[3] == 1))
        }
    }

    @Test(arguments: names)
    func `Kneser-Ney agrees with lmplz`(name: String) throws {
        let reference = try NGramDefinitionFixture("lmplz-\(name)")
        let model = try reference.model(.modifiedKneserNey, countsOfCounts: .lmplz)
        for query in reference.queries {
            let found = model.logProbability(of: query.token, after: query.context) / log(10)
            #expect(abs(found - query.log10) < 1e-5, "\(query) gives \(found)")
        }
        #expect(model.discounts.count == reference.discounts.count)
        for (found, expected) in zip(model.discounts, reference.discounts) {
            // lmplz prints six digits.
            #expect(abs(found.one - expected[0]) < 1e-5)
            #expect(abs(found.two - expected[1]) < 1e-5)
            #expect(abs(found.threeOrMore - expected[2]) < 1e-5)
        }
    }
}
