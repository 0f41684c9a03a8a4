import Collapse
import Settings
import Support
import Testing

@Suite struct LanguageTheoryTests {
    private func theory(
        _ keys: [String: SpecificationValue], generations: Int = 4
    ) throws -> ExcessTheory? {
        let base: [String: SpecificationValue] = [
            "workflow": "replace", "sample-size": 1_000,
            "model": ["kind": "ngram", "order": 2],
        ]
        let all = LanguageSetting.requiredKeys.merging(base) { $1 }.merging(keys) { $1 }
        let arm = try ArmSpecification(name: "arm", values: LanguageSetting.resolved(all))
        let setting = try LanguageSetting.make(all)
        return setting.excessTheory(for: try ChainPlan(arm: arm, generations: generations))
    }

    @Test("Variances are those of draws from draws, beside as many fresh ones")
    func variances() throws {
        let replace = try #require(try theory([:]))
        #expect(replace.calibrates)
        for (t, variance) in replace.variances.enumerated() {
            // 1 - (1 - 1/n)^(t + 1)
            let expected = (0...t).reduce(0.0) { sum, _ in sum + (1 - sum) / 1_000 }
            #expect(abs(variance.independent - expected) < 1e-12)
        }
        #expect(replace.sizes.allSatisfy { $0 == 1_000 })
        let mixture = try #require(
            try theory(["workflow": "mixture", "real-fraction": 0.5, "real-data": "fresh"]))
        #expect(!mixture.calibrates && mixture.learner == replace.learner)
        // R_t = 1/n + (1 - a)^2 R_(t-1), but for what is known of draws: within 1 in n.
        #expect(
            abs(
                mixture.variances[4].independent
                    / (0.001 * (1 - 0.25 * 0.25 * 0.25 * 0.25 * 0.25) / 0.75) - 1)
                < 0.002)
        let accumulate = try #require(try theory(["workflow": "accumulate"]))
        #expect(
            accumulate.sizes == [1_000, 2_000, 3_000, 4_000, 5_000])
    }

    @Test(
        "Models that decode, begin from others or choose their data have no theory",
        arguments: [
            ["sampling": ["temperature": 0.7]], ["sampling": ["top-k": 5]],
            ["curate": [["stage": "top-fraction", "under": "previous", "fraction": 0.5]]],
            ["sample-from": "base"],
        ] as [[String: SpecificationValue]])
    func none(keys: [String: SpecificationValue]) throws {
        #expect(try theory(keys) == nil)
    }

    @Test("Arms of another learner or another first size have a factor of their own")
    func learners() throws {
        let first = try #require(try theory([:])).learner
        for keys in [["sample-size": 2_000], ["model": ["kind": "ngram", "order": 3]]]
            as [[String: SpecificationValue]]
        {
            #expect(try #require(try theory(keys)).learner != first)
        }
    }
}
