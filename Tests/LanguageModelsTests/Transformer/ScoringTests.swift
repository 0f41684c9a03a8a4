import Compute
import LanguageModels
import Testing
import Text

@Suite struct ScoringTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var context: Int
        var stride: Int
        var testDescription: String { "context \(context), stride \(stride)" }
    }

    @Test(arguments: [
        Case(context: 16, stride: 8), Case(context: 16, stride: 16), Case(context: 7, stride: 1),
        Case(context: 1, stride: 1), Case(context: 10, stride: 7),
    ])
    func everyEventOnceWithItsContext(_ test: Case) throws {
        let model = try Toy.trained(steps: 20)
        var dataset = Toy.documents(12, seed: 9)
        dataset.append(document: [])
        let scorer = try TransformerScorer(
            model, contextLength: test.context, stride: test.stride)
        let nats = try scorer.score(dataset, boundary: Toy.boundary, pool: WorkerPool(count: 2))
        #expect(nats.count == dataset.tokens.count + dataset.documentCount)
        var position = 0
        for document in 0..<dataset.documentCount {
            let text = [Toy.boundary] + dataset.document(document) + [Toy.boundary]
            for event in 0..<text.count - 1 {
                // The first window that reaches the event.
                let window =
                    event < test.context
                    ? 0 : (event - test.context) / test.stride * test.stride + test.stride
                let logits = Toy.logits(model, Array(text[window...event])).last ?? []
                let expected = -Elementary.log(Toy.softmax(logits)[Int(text[event + 1])])
                #expect(abs(nats[position] - expected) < 1e-4, "event \(event) of \(document)")
                position += 1
            }
        }
    }

    @Test(arguments: TransformerFamily.allCases, AttentionScope.allCases)
    func packedWindowsSeeWhatTheScopeSays(
        family: TransformerFamily, scope: AttentionScope
    ) throws {
        let model = try Toy.trained(family, steps: 20)
        let dataset = Toy.documents(6, seed: 9, length: 10)
        let (context, stride) = (12, 5)
        let nats = try TransformerScorer(
            model, contextLength: context, stride: stride, windows: .packed(scope)
        ).score(dataset, boundary: Toy.boundary, pool: WorkerPool(count: 2))
        let text = dataset.packed(boundary: Toy.boundary)
        #expect(nats.count == text.count - 1)
        for event in 0..<nats.count {
            var window =
                event < context ? 0 : (event - context) / stride * stride + stride
            // Alone, a document stands where it would if its positions restarted.
            if scope == .documentRestarting || (scope == .document && family == .llama) {
                while let next = text[window...event].dropFirst().firstIndex(of: Toy.boundary) {
                    window = next
                }
            } else if scope == .document {
                continue
            }
            let logits = Toy.logits(model, Array(text[window...event])).last ?? []
            let expected = -Elementary.log(Toy.softmax(logits)[Int(text[event + 1])])
            #expect(abs(nats[event] - expected) < 1e-4, "event \(event)")
        }
    }

    @Test func companyDoesNotMatter() throws {
        let model = try Toy.trained(steps: 20)
        let scorer = try TransformerScorer(model)
        let all = Toy.documents(30, seed: 9)
        let together = try scorer.score(all, boundary: 0, pool: WorkerPool(count: 3))
        var position = 0
        for document in 0..<all.documentCount {
            let alone = try scorer.score(
                all.selecting([document]), boundary: 0, pool: WorkerPool(count: 1))
            for value in alone {
                #expect(abs(value - together[position]) < 1e-5)
                position += 1
            }
        }
    }

    @Test func wrongRequestsAreRefused() throws {
        let model = try Toy.model()
        for (context, stride) in [(17, 1), (0, 1), (8, 9), (8, 0)] {
            #expect(throws: TransformerError.self) {
                _ = try TransformerScorer(model, contextLength: context, stride: stride)
            }
        }
        #expect(throws: TransformerError.self) {
            _ = try TransformerScorer(model).score(
                TokenDataset(tokens: [40], offsets: [0, 1]), boundary: 0,
                pool: WorkerPool(count: 1))
        }
    }
}
