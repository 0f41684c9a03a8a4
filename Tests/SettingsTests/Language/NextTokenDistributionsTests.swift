import Collapse
import Compute
import LanguageModels
import Settings
import Testing

@Suite struct NextTokenDistributionsTests {
    @Test("Entropies and Gini coefficients are those of scipy and numpy")
    func shapesAgree() throws {
        for example in try DistributionReference.load().distributions {
            for (index, distribution) in [example.p, example.q].enumerated() {
                let entropy = NextTokenDistributions.entropy(of: distribution[...])
                #expect(isNear(entropy, example.entropy[index]))
                let gini = NextTokenDistributions.gini(of: distribution[...])
                #expect(isNear(gini, example.gini[index]))
            }
        }
    }

    @Test("KL divergences and L1 distances are those of scipy and numpy")
    func distancesAgree() throws {
        let passages = [Passage(tokens: [0], positions: [1])]
        for example in try DistributionReference.load().distributions {
            let (p, q) = (example.p, example.q)
            let values = byName(
                try NextTokenDistributions.metrics(
                    at: passages, model: { _ in q }, generation0: { _ in p }, previous: { _ in q }))
            #expect(values["next_token.contexts"] == 1)
            #expect(isNear(values["next_token.entropy"], example.entropy[1]))
            #expect(isNear(values["next_token.gini"], example.gini[1]))
            #expect(isNear(values["next_token.kl_generation0"], example.kl))
            #expect(isNear(values["next_token.l1_generation0"], example.l1))
            // Of equal distributions.
            #expect(values["next_token.kl_previous"] == 0)
            #expect(values["next_token.l1_previous"] == 0)
            let real = byName(
                try NextTokenDistributions.realMetrics(
                    at: passages, generation0: { _ in p }, reference: { _ in q }))
            #expect(isNear(real["next_token.entropy_real"], example.entropy[1]))
            #expect(isNear(real["next_token.gini_real"], example.gini[1]))
            #expect(isNear(real["next_token.kl_real"], example.kl))
            #expect(isNear(real["next_token.l1_real"], example.l1))
        }
    }

    @Test("Where the generation excludes what the earlier model allows, KL is infinite")
    func excluded() throws {
        let passages = [Passage(tokens: [0], positions: [1])]
        let (narrow, wide): ([Double], [Double]) = ([1, 0], [0.5, 0.5])
        let shrunk = byName(
            try NextTokenDistributions.metrics(
                at: passages, model: { _ in narrow }, generation0: { _ in wide }, previous: nil))
        #expect(shrunk["next_token.kl_generation0"] == .infinity)
        #expect(shrunk["next_token.l1_generation0"] == 1)
        #expect(shrunk["next_token.entropy"] == 0)
        #expect(shrunk["next_token.gini"] == 0.5)
        #expect(shrunk["next_token.kl_previous"] == nil)
        let grown = byName(
            try NextTokenDistributions.metrics(
                at: passages, model: { _ in wide }, generation0: { _ in narrow }, previous: nil))
        #expect(isNear(grown["next_token.kl_generation0"], 0.693_147_180_559_945_3))
    }

    @Test("Equality and inequality have their extremes")
    func extremes() {
        for count in 1...30 {
            let even = Array(repeating: 1 / Double(count), count: count)
            #expect(isNear(NextTokenDistributions.gini(of: even[...]), 0))
            let entropy = NextTokenDistributions.entropy(of: even[...])
            #expect(isNear(entropy, Elementary.log(Double(count))))
            var sure = Array(repeating: 0.0, count: count)
            sure[count / 2] = 1
            #expect(
                isNear(NextTokenDistributions.gini(of: sure[...]), 1 - 1 / Double(count)))
            #expect(NextTokenDistributions.entropy(of: sure[...]) == 0)
        }
    }

    /// A model that says of passage i, at its j-th position, row 3 i + j of some distributions.
    private func source(_ rows: [[Double]]) -> NextTokenDistributions.Source {
        { passages in
            var all: [Double] = []
            for passage in passages {
                for position in passage.positions {
                    all += rows[3 * Int(passage.tokens[0]) + position - 1]
                }
            }
            return all
        }
    }

    @Test("Means are taken over all positions of all passages, however many are read at once")
    func means() throws {
        var random = RandomStream(RandomKey(seed: 4, purpose: .test))
        func rows() -> [[Double]] {
            (0..<75).map { _ in
                let weights = (0..<5).map { _ in random.uniform() }
                let sum = weights.reduce(0, +)
                return weights.map { $0 / sum }
            }
        }
        let (model, first, previous) = (rows(), rows(), rows())
        let positions = [[1], [1, 2], [1, 2, 3], [2], [3]]
        let passages = (0..<25).map {
            Passage(tokens: [UInt32($0), 0, 0], positions: positions[$0 % 5])
        }
        let used = passages.flatMap { passage in
            passage.positions.map { 3 * Int(passage.tokens[0]) + $0 - 1 }
        }
        let values = byName(
            try NextTokenDistributions.metrics(
                at: passages, model: source(model), generation0: source(first),
                previous: source(previous)))
        func mean(_ value: (Int) -> Double) -> Double {
            used.reduce(0) { $0 + value($1) } / Double(used.count)
        }
        func divergence(_ p: [Double], _ q: [Double]) -> Double {
            zip(p, q).reduce(0) { $0 + $1.0 * Elementary.log($1.0 / $1.1) }
        }
        func distance(_ p: [Double], _ q: [Double]) -> Double {
            zip(p, q).reduce(0) { $0 + abs($1.0 - $1.1) }
        }
        #expect(values["next_token.contexts"] == 40)
        let expectations: [(String, Double)] = [
            ("entropy", mean { NextTokenDistributions.entropy(of: model[$0][...]) }),
            ("gini", mean { NextTokenDistributions.gini(of: model[$0][...]) }),
            ("kl_generation0", mean { divergence(first[$0], model[$0]) }),
            ("l1_generation0", mean { distance(first[$0], model[$0]) }),
            ("kl_previous", mean { divergence(previous[$0], model[$0]) }),
            ("l1_previous", mean { distance(previous[$0], model[$0]) }),
        ]
        for (name, expected) in expectations {
            #expect(isNear(values["next_token." + name], expected), "\(name)")
        }
        #expect(values.count == 7)
    }
}
