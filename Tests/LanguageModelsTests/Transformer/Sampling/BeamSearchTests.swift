import Compute
import LanguageModels
import Testing
import Text

@Suite struct BeamSearchTests {
    @Test(arguments: SamplingFixture.beams)
    func continuationsAreThoseOfTransformers(_ test: SamplingFixture.Beams) throws {
        let model = try TransformerFixture.model(test.family)
        let search = try BeamSearch(
            model, boundary: test.boundary,
            configuration: BeamConfiguration(
                beams: test.settings.beams, lengthPenalty: test.settings.lengthPenalty,
                earlyStopping: try #require(
                    BeamConfiguration.EarlyStopping(rawValue: test.settings.earlyStopping))),
            rule: SamplingRule.with(repetitionPenalty: test.settings.repetitionPenalty))
        let samples = try search.search(
            SamplingRequest(
                .documents(1), minimumDocumentLength: test.settings.minimum,
                maximumDocumentLength: 8, prompts: [test.prompt]), pool: WorkerPool(count: 1))
        #expect(samples.documents.tokens == test.tokens)
    }

    @Test func allCasesAreThere() {
        #expect(SamplingFixture.beams.count == 60 && SamplingFixture.rules.count == 30)
    }

    private static let prompts: [[UInt32]] = (0..<9).map { index -> [UInt32] in
        (0..<index % 4).map { position -> UInt32 in
            let spread = 7 * index + 3 * position
            return UInt32(1 + spread % 22)
        }
    }

    private func search(
        workers: Int, width: Int = 40, groups: Int = 2, amount: SamplingRequest.Amount
    ) throws -> TransformerSamples {
        try BeamSearch(
            Toy.trained(), boundary: Toy.boundary,
            decoding: TransformerSamplingConfiguration(batchWidth: width, groups: groups)
        ).search(
            SamplingRequest(
                amount, maximumDocumentLength: 30, prompts: Self.prompts,
                recordsLogProbabilities: true), pool: WorkerPool(count: workers))
    }

    @Test func documentsDependOnTheirPromptsAlone() throws {
        let one = try search(workers: 1, amount: .documents(9))
        #expect(one.documents.documentCount == 9)
        #expect(try search(workers: 3, amount: .documents(9)) == one)
        #expect(try search(workers: 2, width: 10, amount: .documents(9)).documents == one.documents)
        #expect(
            try search(workers: 2, groups: 1, amount: .tokens(50)).documents
                == one.documents.prefix(tokens: 50))
    }

    /// What is returned for the tokens sums to the score of a scorer that knows nothing of beams.
    @Test func logProbabilitiesAreTheModels() throws {
        let model = try Toy.trained()
        let samples = try BeamSearch(model, boundary: Toy.boundary).search(
            SamplingRequest(
                .documents(1), maximumDocumentLength: 14, recordsLogProbabilities: true),
            pool: WorkerPool(count: 1))
        let scores = try TransformerScorer(model).score(
            samples.documents, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        for (own, score) in zip(samples.logProbabilities, scores) {
            #expect(abs(own.model + score) < 1e-5)
        }
        #expect(samples.logProbabilities.count == samples.documents.tokens.count)
    }
}
