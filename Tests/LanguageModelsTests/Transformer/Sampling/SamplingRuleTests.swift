import Compute
import LanguageModels
import Testing

@Suite struct SamplingRuleTests {
    @Test(arguments: SamplingFixture.rules.indices)
    func scoresAreThoseOfTransformers(index: Int) throws {
        let test = SamplingFixture.rules[index]
        let scores = test.rule.adjusted(test.logits, after: test.history)
        #expect(scores.count == test.scores.count)
        for (token, pair) in zip(scores, test.scores).enumerated() {
            guard let expected = pair.1 else {
                #expect(pair.0 == -.infinity, "\(test.settings): token \(token) is \(pair.0)")
                continue
            }
            #expect(abs(pair.0 - expected) < 1e-5, "\(test.settings): token \(token) is \(pair.0)")
        }
    }

    /// Whatever the rule: something remains, the likeliest token among it unless `typical` acts,
    /// and scores of what remains keep their order.
    @Test(arguments: 0..<60)
    func everyRuleLeavesSomething(seed: UInt64) {
        var random = RandomStream(RandomKey(seed: seed, purpose: .test))
        let count = 2 + random.below(70)
        let logits = (0..<count).map { _ in Float(4 * random.normal()) }
        func maybe(_ value: Double) -> Double? { random.below(2) == 0 ? nil : value }
        let rule = SamplingRule.with(
            temperature: 0.2 + 2 * random.uniform(),
            topK: maybe(0).map { _ in 1 + random.below(count) },
            topP: maybe(0.001 + 0.99 * random.uniform()), minP: maybe(random.uniform()),
            typical: maybe(0.01 + 0.98 * random.uniform()))
        let scores = rule.adjusted(logits)
        let kept = scores.indices.filter { scores[$0] > -.infinity }
        #expect(!kept.isEmpty, "seed \(seed): \(rule)")
        let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
        if rule[Typical.self]?.share == nil {
            #expect(kept.contains(best), "seed \(seed): \(rule)")
        }
        for (a, b) in zip(kept, kept.dropFirst()) where logits[a] != logits[b] {
            #expect((logits[a] < logits[b]) == (scores[a] < scores[b]), "seed \(seed): \(rule)")
        }
    }

    @Test func tokensAsLikelyAsTheLastAreKept() {
        let scores = SamplingRule.with(topK: 2).adjusted([1, 3, 2, 2, 2, 0])
        #expect(scores == [-.infinity, 3, 2, 2, 2, -.infinity])
    }
}
