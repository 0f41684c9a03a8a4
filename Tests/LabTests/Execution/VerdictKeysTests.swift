import Collapse
import Lab
import Settings
import Testing

@Suite struct VerdictKeysTests {
    private func prepared(_ lines: String) throws -> PreparedExperiment<GaussianSetting> {
        let text = """
            setting: gaussian
            generations: 3
            sample-size: 50
            \(lines)
            arms:
              replace: {workflow: replace}
              accumulate: {workflow: accumulate}
            """
        let resolved = try ExperimentFile.load(
            text: text, path: "own.yaml", settings: [GaussianSetting.declaration])
        return try PreparedExperiment<GaussianSetting>(
            resolved,
            execution: Execution(
                workers: 1, root: "", fingerprint: "test", version: "test", clock: { "then" },
                stopwatch: { 0 }, observer: { _ in }))
    }

    @Test("Margins of an experiment take the place of the setting's, one by one")
    func margins() throws {
        let own = try prepared("verdict: {margins: {variance: 0.2}}").definitions
        let usual = GaussianSetting.declaration.definitions
        #expect(try prepared("").definitions == usual)
        for (rule, before) in zip(own, usual) {
            #expect(rule.margin == (rule.definition == .variance ? 0.2 : before.margin))
        }
    }

    @Test("Pairs to compare are those of the file")
    func comparisons() throws {
        let pairs = try prepared("compare: [[replace, accumulate]]").comparisons
        #expect(pairs.map(\.first) == ["replace"] && pairs.map(\.second) == ["accumulate"])
        #expect(try prepared("").comparisons.isEmpty)
    }

    @Test(
        "What means nothing is refused at its key",
        arguments: [
            ("verdict: {margins: {modes: 0.1}}", "own.yaml:4:28: `verdict.margins.modes`"),
            ("verdict: {margins: {variance: 0}}", "verdict.margins.variance"),
            ("compare: [[replace, nope]]", "`compare.0`: there is no arm nope"),
            ("compare: [[replace]]", "a comparison is of two arms"),
            ("compare: [[replace, replace]]", "a comparison is of two arms"),
        ])
    func refusals(lines: String, says: String) {
        let error = #expect(throws: (any Error).self) { try prepared(lines) }
        #expect(error.map { "\($0)".contains(says) } == true, "\(error.map { "\($0)" } ?? "")")
    }
}
