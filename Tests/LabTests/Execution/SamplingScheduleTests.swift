import Collapse
import Lab
import Settings
import Support
import Testing

/// Temperatures that follow a schedule.
@Suite struct SamplingScheduleTests {
    private let workshop: Workshop

    init() throws { workshop = try Workshop() }

    private func experiment(_ arms: String, generations: Int = 3) -> String {
        """
        setting: language
        corpus: made-up
        sample-size: 600
        generations: \(generations)
        seeds: [0]
        tokenizer: {kind: bpe, vocabulary: 300}
        model: {kind: ngram, order: 2, smoothing: witten-bell}
        evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}
        arms:
        \(arms)

        """
    }

    @Test("Each generation draws at its own temperature")
    func schedule() throws {
        let (values, _) = try workshop.measured(
            experiment(
                """
                  one: {workflow: replace}
                  half: {workflow: replace, sampling: {temperature: 0.5}}
                  table: {workflow: replace, sampling: {temperature: {schedule: table, values: [0.5, 0.5, 0.5, 0.5]}}}
                  step: {workflow: replace, sampling: {temperature: {schedule: step, values: [1, 0.5], at: [2]}}}
                """))
        let types = try #require(values["samples.distinct_2"])
        #expect(types["table"] == types["half"])
        let (one, step) = (try #require(types["one"]), try #require(types["step"]))
        for t in 0...1 { #expect(step[t] == one[t]) }
        for t in 2...3 {
            #expect(try #require(step[t]?.first) < #require(one[t]?.first))
        }
    }

    @Test("A constant names results by its number alone, as when there were no schedules")
    func names() throws {
        let sampling = try #require(
            LanguageSetting.declaration.keys.first { $0.key == "sampling" })
        let resolved = try ExperimentFile.load(
            text: experiment("  a: {workflow: replace, sampling: {temperature: 0.7}}"),
            path: "x.yaml",
            overrides: [], settings: [LanguageSetting.declaration])
        let name = [sampling].hashedText(of: .sample, in: resolved.arms[0].values)
        #expect(name.hasPrefix("sampling={"))
        #expect(name.contains("temperature=0.7 "))
        #expect(resolved.yamlText().contains("temperature: 0.7"))
    }

    @Test("A key of a schedule is set where the schedule is written")
    func overridden() throws {
        let resolved = try ExperimentFile.load(
            text: experiment(
                """
                  a:
                    workflow: replace
                    sampling: {temperature: {schedule: linear, from: 1, to: 0.5, horizon: 2}}
                """), path: "x.yaml", overrides: ["arms.a.sampling.temperature.to=0.7"],
            settings: [LanguageSetting.declaration])
        #expect(resolved.arms[0].values["sampling"]?["temperature"]?["to"] == .number(0.7))
        #expect(resolved.arms[0].values["sampling"]?["temperature"]?["horizon"] == .integer(2))
    }

    @Test(
        "A schedule that leaves a generation without a temperature is refused at its key",
        arguments: [
            ("{schedule: table, values: [1, 1]}", "no value for generation 2"),
            ("{schedule: exponential, initial: 1, factor: 10}", "gives 1000.0 in generation 3"),
            ("{schedule: linear, from: -1, to: 1, horizon: 2}", "0 to 100"),
            ("hot", "a number from 0 to 100"),
        ])
    func refused(schedule: String, message: String) throws {
        let text = experiment(
            "  a: {workflow: replace, sampling: {temperature: \(schedule)}}")
        let error = #expect(throws: (any Error).self) { try workshop.measured(text) }
        let words = error.map { "\($0)" } ?? ""
        #expect(words.contains("sampling.temperature") && words.contains(message), "\(words)")
    }
}
