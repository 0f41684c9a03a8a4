import Collapse
import Compute
import Support
import Testing

@Suite struct CurationTests {
    /// Real 5, 5, 12 and synthetic 5, 31, 44, 44, 20.
    private var pool: Pool<ToyExamples> {
        var pool = Pool(ToyExamples([5, 5, 12]), provenance: 0)
        pool.append(Pool(ToyExamples([5, 31, 44, 44, 20]), provenance: 2))
        return pool
    }

    private func curated(
        _ stages: [any CurationStage], generation: Int = 2
    ) throws -> (values: [Int], metrics: [String: Double], weights: [Double]?) {
        let setting = ToySetting()
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 8)
        let model = ToySetting.Model(values: [1], weights: [1])
        let outcome = try Curation.apply(
            stages, to: pool,
            in: CurationContext(
                setting: setting, seedData: seedData, generation: generation, initialSize: 1,
                key: RandomKey(seed: 1, generation: generation, purpose: .curate),
                work: Workload(workers: 1), model: { _ in generation == 0 ? nil : model }))
        return (
            outcome.data.examples.values,
            Dictionary(
                outcome.metrics.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first }
            ),
            outcome.data.weights
        )
    }

    @Test func duplicates() throws {
        let result = try curated([ExactDuplicates()])
        #expect(result.values == [5, 12, 31, 44, 20])
        #expect(result.metrics["curate.1.exact-duplicates.examples_in"] == 8)
        #expect(result.metrics["curate.1.exact-duplicates.examples_out"] == 5)
    }

    @Test("Scores judge synthetic examples only")
    func threshold() throws {
        let result = try curated([
            ScoreThreshold(under: .generation0, minimum: -40, maximum: -10)
        ])
        #expect(result.values == [5, 5, 12, 31, 20])
    }

    @Test("The best share is kept in its order, ties to the earlier")
    func top() throws {
        #expect(
            try curated([TopFraction(under: .previous, fraction: 0.8)]).values
                == [5, 5, 12, 5, 31, 44, 20])
        #expect(try curated([TopFraction(under: .previous, fraction: 0)]).values == [5, 5, 12])
    }

    @Test(
        "A band of quantiles keeps the lowest, the highest or the middle scores",
        arguments: [
            (0, 0.4, [44, 44]), (0.4, 1, [5, 31, 20]), (0.2, 0.8, [31, 44, 20]),
            (0, 1, [5, 31, 44, 44, 20]),
        ])
    func band(from: Double, to: Double, keeps: [Int]) throws {
        let values = try curated([ScoreBand(under: .previous, band: from...to)]).values
        #expect(values == [5, 5, 12] + keeps)
    }

    @Test("A random control keeps as many of real data and of samples as its stage, and others")
    func random() throws {
        let stage = TopFraction(under: .previous, fraction: 0.4)
        let result = try curated([RandomLike(like: stage)])
        #expect(result.values.count == 5 && Array(result.values.prefix(3)) == [5, 5, 12])
        #expect(result.metrics["curate.1.random.examples_out"] == 5)
        // Of duplicates one real and one synthetic example go, whichever they are.
        let duplicates = try curated([RandomLike(like: ExactDuplicates())])
        #expect(duplicates.values.count == 5)
        let again = try curated([RandomLike(like: ExactDuplicates())])
        #expect(again.values == duplicates.values)
    }

    @Test("Stages follow each other and weights follow their examples")
    func order() throws {
        let result = try curated([
            Weight(real: 1, synthetic: 0.5), ExactDuplicates(),
            TopFraction(under: .generation0, fraction: 0.34),
        ])
        #expect(result.values == [5, 12, 20])
        #expect(result.weights == [1, 1, 0.5])
        #expect(result.metrics["curate.3.top-fraction.examples_out"] == 3)
    }

    @Test("Generation 0 is left alone by stages that judge synthetic examples")
    func generationZero() throws {
        let result = try curated(
            [
                ScoreThreshold(under: .previous, minimum: -1, maximum: nil),
                Verifier(keepCorrect: 0, keepWrong: 0),
            ], generation: 0)
        #expect(result.values.count == 8)
    }
}
