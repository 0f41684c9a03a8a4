import Compute
import LanguageModels
import Testing
import Text

/// Where a document was cut no end is learned.
@Suite struct CutDocumentTrainingTests {
    private func trainer(
        _ model: TransformerModel, _ stream: TokenStream, batch: Int, steps: Int = 1,
        schedule: LearningRateSchedule = .flat, key: RandomKey = Toy.key
    ) throws -> TransformerTrainer {
        try TransformerTrainer(
            from: model, on: stream,
            configuration: TransformerTrainingConfiguration(
                batchSize: batch, learningRate: 1e-2, schedule: schedule, shards: 1), steps: steps,
            key: key, pool: WorkerPool(count: 1))
    }

    /// The loss of the first step and the parameters after it.
    private func step(
        _ model: TransformerModel, _ stream: TokenStream, batch: Int, key: RandomKey = Toy.key
    ) throws -> (loss: Double, parameters: [Float]) {
        let trainer = try trainer(model, stream, batch: batch, key: key)
        var losses: [Double] = []
        try trainer.run(reportInterval: 1) { losses.append($0.meanNats) }
        #expect(losses.count == 1)
        return (losses[0], trainer.model().parameters.array())
    }

    /// With a context of one token every prediction has its context, whichever window it is in.
    @Test(arguments: 0..<12)
    func theLossIsTheMeanOverWhatWasSeen(seed: Int) throws {
        let model = try Toy.model(contextLength: 1, seed: UInt64(seed))
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
        var whole = Toy.documents(1 + seed % 5, seed: UInt64(seed), length: 6)
        if seed % 2 == 0 { whole.append(document: []) }
        let cut = (0..<whole.documentCount).filter { _ in random.below(2) == 0 }
        let dataset = whole.cutting(cut)
        let stream = try TokenStream(dataset, boundary: Toy.boundary)
        let scores = try TransformerScorer(model).score(
            dataset, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        var seen: [Double] = []
        for document in 0..<dataset.documentCount {
            let first = dataset.offsets[document] + document
            seen += scores[first..<first + dataset.events(ofDocument: document).count]
        }
        #expect(seen.count == scores.count - cut.count)
        let loss = try step(model, stream, batch: stream.windowCount(length: 1)).loss
        #expect(abs(loss - seen.reduce(0, +) / Double(seen.count)) < 1e-5)
    }

    /// A document that fills the context exactly, in a window that begins where it does.
    @Test func theLossOfACutDocumentIsThatOfItsTokens() throws {
        let model = try Toy.model()
        let tokens = (0..<15).map { UInt32(1 + $0 * 5 % 22) }
        let whole = TokenDataset(tokens: tokens, offsets: [0, 15])
        let scores = try TransformerScorer(model).score(
            whole, boundary: Toy.boundary, pool: WorkerPool(count: 1))
        for cut in [[], [0]] as [[Int]] {
            let stream = try TokenStream(whole.cutting(cut), boundary: Toy.boundary)
            let keys = (0..<10_000).map { RandomKey(seed: UInt64($0), purpose: .shuffle) }
            let found = keys.first { key in
                var order = WindowOrder(stream: stream, length: 16, key: key)
                return order.window(0, in: stream).start == 0
            }
            let key = try #require(found)
            let events = scores.prefix(16 - cut.count)
            let loss = try step(model, stream, batch: 1, key: key).loss
            #expect(abs(loss - events.reduce(0, +) / Double(events.count)) < 1e-5)
        }
    }

    @Test func aCutChangesTheStepAndWeightsDoNotUndoIt() throws {
        let model = try Toy.model()
        let whole = Toy.documents(6, length: 10)
        let dataset = whole.cutting([1, 4, 5])
        func parameters(_ dataset: TokenDataset, _ weights: [Double]?) throws -> [Float] {
            let stream = try TokenStream(dataset, boundary: Toy.boundary, weights: weights)
            return try step(model, stream, batch: stream.windowCount(length: 16)).parameters
        }
        let plain = try parameters(dataset, nil)
        #expect(plain != (try parameters(whole, nil)))
        #expect(plain != (try parameters(whole.cutting([1, 4]), nil)))
        #expect(plain == (try parameters(dataset, Array(repeating: 1, count: 6))))
        #expect(plain == (try parameters(dataset, Array(repeating: 2, count: 6))))
        // A document without weight teaches nothing, whether it was cut or not.
        let weights: [Double] = [1, 0, 1, 1, 0, 0]
        #expect(try parameters(dataset, weights) == parameters(whole, weights))
    }

    @Test func noEndIsLearnedAtACut() throws {
        // What was cut stops where the others go on.
        var dataset = TokenDataset()
        for index in 0..<40 {
            dataset.append(
                document: index % 2 == 0 ? [22, 1] : [22, 1, 2, 2], isCut: index % 2 == 0)
        }
        func next(_ dataset: TokenDataset) throws -> [Double] {
            let trainer = try trainer(
                Toy.model(contextLength: 5), TokenStream(dataset, boundary: Toy.boundary), batch: 8,
                steps: 200, schedule: LearningRateSchedule())
            try trainer.run()
            return Toy.softmax(Toy.logits(trainer.model(), [0, 22, 1])[2])
        }
        let cut = try next(dataset)
        #expect(cut[0] < 0.1 && cut[2] > 0.8)
        let whole = try next(dataset.cutting([]))
        #expect(whole[0] > 0.2 && whole[2] > 0.2)
    }

    @Test func cutsDoNotChangeHowManyPredictionsATurnHas() throws {
        let dataset = Toy.documents(6)
        let stream = try TokenStream(dataset.cutting([0, 5]), boundary: Toy.boundary)
        #expect(stream.count == dataset.tokens.count + 6)
    }
}
