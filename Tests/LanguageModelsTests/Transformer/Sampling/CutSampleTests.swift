import Compute
import LanguageModels
import Testing
import Text

/// Samples say which of their documents did not come to their end.
@Suite struct CutSampleTests {
    private static let key = RandomKey(seed: 31, purpose: .sample)
    private let model: TransformerModel

    init() throws {
        model = try Toy.trained()
    }

    private func sample(
        _ amount: SamplingRequest.Amount, length: Int = 20, minimum: Int = 1, recording: Bool = true
    ) throws -> TransformerSamples {
        try TransformerSampler(
            model, boundary: Toy.boundary,
            configuration: TransformerSamplingConfiguration(batchWidth: 16, groups: 2)
        ).sample(
            SamplingRequest(
                amount, minimumDocumentLength: minimum, maximumDocumentLength: length,
                recordsLogProbabilities: recording), key: Self.key, pool: WorkerPool(count: 2))
    }

    private func full(_ dataset: TokenDataset, _ length: Int) -> [Int] {
        (0..<dataset.documentCount).filter { dataset.document($0).count == length }
    }

    @Test(arguments: [false, true])
    func documentsAreCutAtTheGreatestLength(recording: Bool) throws {
        let samples = try sample(.documents(80), recording: recording)
        let full = full(samples.documents, 20)
        #expect(samples.documents.cutDocuments == full)
        #expect(!full.isEmpty && full.count < 80)
        let fixed = try sample(.documents(9), length: 5, minimum: 5, recording: recording)
        #expect(fixed.documents.cutDocuments == Array(0..<9))
    }

    @Test func whatWasCutHasNoEnd() throws {
        let samples = try sample(.documents(80))
        let cut = samples.endLogProbabilities.indices.filter {
            samples.endLogProbabilities[$0] == nil
        }
        #expect(samples.endLogProbabilities.count == 80)
        #expect(samples.documents.cutDocuments == cut)
    }

    @Test func aBudgetCutsTheLastDocument() throws {
        let all = try sample(.tokens(1_000)).documents
        for budget in stride(from: 1, through: 200, by: 7) {
            let documents = try sample(.tokens(budget), recording: false).documents
            #expect(documents.tokens.count == budget)
            let last = documents.documentCount - 1
            let before = Array(0..<last)
            #expect(documents.selecting(before) == all.selecting(before), "budget \(budget)")
            if documents.document(last).count < all.document(last).count || all.isCut(last) {
                #expect(documents.isCut(last), "budget \(budget)")
            }
        }
    }

    /// Budgets at, before and behind ends of documents: where a document has an end, its
    /// log-probability is there, and elsewhere not.
    @Test func endsAreThoseOfDocumentsThatWereNotCut() throws {
        let all = try sample(.tokens(1_000)).documents
        for offset in all.offsets[1...8] {
            for budget in offset - 1...offset + 1 where budget > 0 {
                let samples = try sample(.tokens(budget))
                let cut = samples.endLogProbabilities.indices.filter {
                    samples.endLogProbabilities[$0] == nil
                }
                #expect(samples.documents.tokens.count == budget)
                #expect(samples.logProbabilities.count == budget)
                #expect(samples.endLogProbabilities.count == samples.documents.documentCount)
                #expect(samples.documents.cutDocuments == cut, "budget \(budget)")
            }
        }
    }

    @Test(arguments: [1, 4, 12, 40])
    func beamsAreCutAtTheGreatestLength(length: Int) throws {
        let prompts: [[UInt32]] = (0..<9).map { index -> [UInt32] in
            (0..<index % 4).map { position -> UInt32 in
                let spread = 7 * index + 3 * position
                return UInt32(1 + spread % 22)
            }
        }
        let samples = try BeamSearch(model, boundary: Toy.boundary).search(
            SamplingRequest(
                .documents(9), maximumDocumentLength: length, prompts: prompts,
                recordsLogProbabilities: true), pool: WorkerPool(count: 2))
        #expect(samples.documents.documentCount == 9)
        #expect(samples.documents.cutDocuments == full(samples.documents, length))
        for document in 0..<9 {
            let end = samples.endLogProbabilities[document]
            #expect((end == nil) == samples.documents.isCut(document))
        }
    }

    @Test func aBudgetCutsTheLastBeam() throws {
        func search(_ amount: SamplingRequest.Amount) throws -> TokenDataset {
            try BeamSearch(model, boundary: Toy.boundary).search(
                SamplingRequest(amount, maximumDocumentLength: 12, prompts: [[1], [2, 3], [4]]),
                pool: WorkerPool(count: 1)
            ).documents
        }
        let all = try search(.documents(6))
        for budget in Array(all.offsets.dropFirst()) + [1, 5, 13] {
            #expect(try search(.tokens(budget)) == all.prefix(tokens: budget), "budget \(budget)")
        }
    }
}
