import Collapse
import Foundation
import Report
import Support
import Testing

@Suite struct VerdictTableTests {
    /// Two arms around a control: one half a millimetre worse at the last generation, one equal.
    private func results(
        seeds: Int = 5, generations: Int = 3, control: Bool = true, infinite: Bool = false
    ) -> ExperimentResults {
        var results = SampleResults.make(
            arms: ["replace", "harmless", "control"], seeds: seeds, generations: generations
        ) { arm, seed, generation in
            if infinite { return .infinity }
            let noise = 0.001 * Double((seed * 7 + arm * 3 + generation) % 5)
            return 4 + 0.02 * Double(seed) + noise
                + (arm == 0 ? 0.5 * Double(generation) / Double(max(1, generations)) : 0)
        }
        results.setting.definitions =
            DefinitionRule.risk(SampleResults.depth, margin: 0.05, catastrophic: 2)
        for arm in 0...1 { results.arms[arm].reference = control ? .arm(2) : .missing }
        results.arms[2].reference = .itself
        return results
    }

    private func rows(_ results: ExperimentResults) throws -> [[String: Any]] {
        let encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let data = try encoder.encode(VerdictTable(Analysis(results)).rows)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    }

    private func row(
        _ rows: [[String: Any]], _ arm: String, _ definition: String
    ) throws -> [String: Any] {
        try #require(
            rows.first {
                $0["arm"] as? String == arm && $0["definition"] as? String == definition
            })
    }

    @Test("Every arm has a row for each definition and one for its drift")
    func shape() throws {
        let rows = try rows(results())
        #expect(rows.count == 3 * 9)
        for row in rows where row["definition"] != nil {
            #expect(
                Set(row.keys) == [
                    "arm", "definition", "verdict", "rule", "estimate", "low", "high", "p", "seeds",
                    "seeds_needed",
                ])
        }
        let drifts = rows.filter { $0["definition"] == nil }
        #expect(drifts.count == 3 && drifts.allSatisfy { Set($0.keys) == ["arm", "drift"] })
        #expect(drifts.allSatisfy { $0["drift"] is NSNull })
    }

    @Test("An arm that loses is collapsed, an equal one bounded, and so is the control")
    func outcomes() throws {
        let rows = try rows(results())
        let lost = try row(rows, "replace", "population-risk")
        #expect(lost["verdict"] as? String == "collapsed")
        #expect(try abs(#require(lost["estimate"] as? Double) - 0.5) < 0.01)
        #expect(lost["seeds"] as? Int == 5)
        #expect(try #require(lost["p"] as? Double) < 0.05)
        #expect(try row(rows, "replace", "catastrophic")["verdict"] as? String == "bounded")
        for arm in ["harmless", "control"] {
            #expect(try row(rows, arm, "population-risk")["verdict"] as? String == "bounded")
        }
    }

    @Test(
        "What cannot be decided says what to add, and gives no number",
        arguments: [
            ("population-risk", 5, 3, false, false, "`controls: true`"),
            ("population-risk", 1, 3, true, false, "1 seed has"),
            ("population-risk", 5, 0, true, false, "raise generations"),
            ("population-risk", 5, 3, true, true, "infinite or undefined"),
            ("divergence", 5, 3, true, false, "8 are needed"),
            ("modes", 5, 3, true, false, "no metric of this setting"),
            ("scaling-law", 5, 3, true, false, "sweep sample-size"),
        ])
    func undecided(
        definition: String, seeds: Int, generations: Int, control: Bool, infinite: Bool,
        says: String
    ) throws {
        let row = try row(
            rows(
                results(
                    seeds: seeds, generations: generations, control: control, infinite: infinite)),
            "replace", definition)
        #expect(row["verdict"] as? String == "inconclusive")
        #expect((row["rule"] as? String)?.contains(says) == true, "\(row["rule"] ?? "")")
        for key in ["estimate", "low", "high", "p", "seeds_needed"] {
            #expect(row[key] is NSNull, "\(key)")
        }
    }

    /// Arms at five sizes with a control each, which falls by a power law and in `replace` to an offset.
    private func sizes(offset: Double, seeds: Int = 6) -> ExperimentResults {
        let sizes = [100, 300, 1_000, 3_000, 10_000]
        var results = SampleResults.make(
            arms: sizes.map { "replace \($0)" } + sizes.map { "control \($0)" }, seeds: seeds,
            generations: 2
        ) { arm, seed, _ in
            let size = Double(sizes[arm % sizes.count])
            let noise = 1 + 0.01 * Double((seed * 7 + arm * 3) % 5 - 2)
            return noise * (10 / size.squareRoot() + (arm < sizes.count ? offset : 0))
        }
        results.setting.definitions =
            DefinitionRule.risk(SampleResults.depth, margin: 0.05, catastrophic: 2)
        for (index, size) in (sizes + sizes).enumerated() {
            results.arms[index].coordinates = [("sample-size", .integer(size))]
            results.arms[index].reference =
                index < sizes.count ? .arm(index + sizes.count) : .itself
            // The written names keep the two curves apart.
            results.arms[index].name = (index < sizes.count ? "replace" : "control") + "[\(size)]"
        }
        let names = results.arms.map(\.name)
        results.metrics = MetricTable(
            rows: results.metrics.rows.map { row in
                var row = row
                row.arm =
                    names[
                        (row.arm.hasPrefix("replace") ? 0 : sizes.count)
                            + (sizes.firstIndex { row.arm.hasSuffix(" \($0)") } ?? 0)]
                return row
            })
        return results
    }

    @Test(
        "A scaling law that ends at an offset has collapsed, one that goes on is bounded",
        arguments: [(0.3, "collapsed"), (0, "bounded")])
    func scaling(offset: Double, says: String) throws {
        let results = sizes(offset: offset)
        let rows = try rows(results)
        for arm in results.arms.map(\.name) {
            let row = try row(rows, arm, "scaling-law")
            let isControl = arm.hasPrefix("control")
            #expect(row["verdict"] as? String == (isControl ? "inconclusive" : says), "\(arm)")
        }
        let fits = try #require(ScalingFits(Analysis(results)))
        let curve = try #require(fits.curves.first)
        #expect(curve.law.isDetermined && abs(curve.law.exponent - 0.5) < 0.1)
        let plateau = try #require(curve.plateau?.interval)
        #expect((plateau.lowerBound > 0) == (offset > 0))
    }

    @Test("A risk that stays where it is does not diverge from a control whose data grow")
    func improvingControl() throws {
        var results = SampleResults.make(
            arms: ["accumulate", "replace", "control"], seeds: 8, generations: 16
        ) { arm, seed, generation in
            let noise = 1 + 0.01 * Double((seed * 7 + arm * 3 + generation) % 5 - 2)
            let risk = [1.6, 1 + Double(generation), 1 / Double(1 + generation)][arm]
            return noise * (generation == 0 ? 1 : risk)
        }
        results.setting.definitions = DefinitionRule.error(SampleResults.depth)
        for arm in 0...1 { results.arms[arm].reference = .arm(2) }
        results.arms[2].reference = .itself
        let rows = try rows(results)
        for (arm, definition, verdict) in [
            ("accumulate", "population-risk", "collapsed"), ("accumulate", "divergence", "bounded"),
            ("accumulate", "catastrophic", "bounded"), ("replace", "divergence", "collapsed"),
            ("replace", "catastrophic", "collapsed"),
        ] {
            #expect(
                try row(rows, arm, definition)["verdict"] as? String == verdict,
                "\(arm), \(definition)")
        }
    }

    @Test("The table for readers says each rule once")
    func text() {
        let text = VerdictTable(Analysis(results())).text
        #expect(text.contains("replace:\n  population-risk: collapsed, +0.5"))
        #expect(text.contains("drift: undecided"))
        let rules = text.split(separator: "\n").filter { $0.hasPrefix("[") }
        #expect(rules.count == Set(rules.map { $0.drop { $0 != " " } }).count)
    }
}
