import Collapse
import Compute
import Testing

@Suite struct VerifierTests {
    /// `count` even (right) and `count` odd (wrong) synthetic numbers after ten real ones, all odd.
    private func curate(
        _ verifier: Verifier, count: Int = 20_000, seed: UInt64 = 0
    ) throws -> CurationOutcome<ToyExamples> {
        var pool = Pool(ToyExamples(Array(repeating: 7, count: 10)), provenance: 0)
        pool.append(Pool(ToyExamples(Array(0..<2 * count)), provenance: 1))
        let setting = ToySetting()
        return try Curation.apply(
            [verifier], to: pool,
            in: CurationContext(
                setting: setting,
                seedData: try setting.makeSeedData(seed: 0, stream: 0, initialSize: 1),
                generation: 1, initialSize: 1,
                key: RandomKey(seed: seed, purpose: .curate), work: Workload(workers: 1),
                model: { _ in nil }))
    }

    @Test(
        "Right and wrong examples are kept at their own rates",
        arguments: [(1, 1), (0.9, 0.3), (0.7, 0.05), (1, 0), (0, 0)])
    func rates(phi: Double, psi: Double) throws {
        let count = 20_000
        let outcome = try curate(Verifier(keepCorrect: phi, keepWrong: psi), count: count)
        let kept = outcome.data.examples.values.dropFirst(10)
        #expect(outcome.data.pool.provenance.prefix(10).allSatisfy { $0 == 0 }, "real data stay")
        for (rate, parity) in [(phi, 0), (psi, 1)] {
            let found = Double(kept.count { $0 % 2 == parity })
            // Beyond 4 binomial standard deviations with probability 6e-5; the seed is fixed.
            let deviation = (rate * (1 - rate) * Double(count)).squareRoot()
            #expect(abs(found - rate * Double(count)) <= 4 * deviation)
        }
        let metrics = outcome.metrics.reduce(into: [:]) { $0[$1.name] = $1.value }
        #expect(metrics["curate.1.verifier.wrong_in"] == 0.5)
        let expected = phi + psi == 0 ? Double.nan : psi / (phi + psi)
        let share = try #require(metrics["curate.1.verifier.wrong_out"])
        #expect(share.isNaN == expected.isNaN)
        if !expected.isNaN { #expect(abs(share - expected) < 0.02) }
    }

    @Test("An example's fate does not depend on the fate of others")
    func paired() throws {
        let lenient = try curate(Verifier(keepCorrect: 0.8, keepWrong: 0.8)).data.examples.values
        let strict = try curate(Verifier(keepCorrect: 0.8, keepWrong: 0.1)).data.examples.values
        #expect(lenient.filter { $0.isMultiple(of: 2) } == strict.filter { $0.isMultiple(of: 2) })
        #expect(Set(strict).isSubset(of: Set(lenient)))
    }
}
