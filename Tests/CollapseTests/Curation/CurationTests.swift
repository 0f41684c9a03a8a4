import Collapse
import Testing

@Suite struct CurationTests {
    /// Real 5, 5, 12 and synthetic 5, 31, 44, 44, 20.
    private var pool: Pool<ToyExamples> {
        var pool = Pool(ToyExamples([5, 5, 12]), provenance: 0)
        pool.append(Pool(ToyExamples([5, 31, 44, 44, 20]), provenance: 2))
        return pool
    }

    private func curated(
        _ stages: [CurationStage]
    ) throws -> (values: [Int], metrics: [String: Double], weights: [Double]?) {
        let outcome = try CurationStage.apply(stages, to: pool) { examples, _ in
            examples.values.map { -Double($0) }
        }
        return (
            outcome.data.examples.values,
            Dictionary(
                outcome.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }
            ),
            outcome.data.weights
        )
    }

    @Test func duplicates() throws {
        let result = try curated([.exactDuplicates])
        #expect(result.values == [5, 12, 31, 44, 20])
        #expect(result.metrics["curate.1.exact-duplicates.examples_in"] == 8)
        #expect(result.metrics["curate.1.exact-duplicates.examples_out"] == 5)
    }

    @Test("Scores judge synthetic examples only")
    func threshold() throws {
        let result = try curated([
            .scoreThreshold(under: .generation0, minimum: -40, maximum: -10)
        ])
        #expect(result.values == [5, 5, 12, 31, 20])
    }

    @Test("The best share is kept in its order, ties to the earlier")
    func top() throws {
        #expect(
            try curated([.topFraction(under: .previous, fraction: 0.8)]).values
                == [5, 5, 12, 5, 31, 44, 20])
        #expect(try curated([.topFraction(under: .previous, fraction: 0)]).values == [5, 5, 12])
    }

    @Test("Stages follow each other and weights follow their examples")
    func order() throws {
        let result = try curated([
            .weight(real: 1, synthetic: 0.5), .exactDuplicates,
            .topFraction(under: .generation0, fraction: 0.34),
        ])
        #expect(result.values == [5, 12, 20])
        #expect(result.weights == [1, 1, 0.5])
        #expect(result.metrics["curate.3.top-fraction.examples_out"] == 3)
    }
}
