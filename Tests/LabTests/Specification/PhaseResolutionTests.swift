import Collapse
import Foundation
import Lab
import Support
import Testing

/// The phases of an arm as an experiment file writes them.
@Suite struct PhaseResolutionTests {
    private static let text =
        Imaginary.pair + """
            phases: [{from: 2, sampling: {temperature: 0.1}}, {from: 3, sampling: {top-k: 7}}]

            """

    @Test("A phase has the keys that it writes, merged with the arm's and those of earlier phases")
    func merges() throws {
        let experiment = try Imaginary.load(Self.text)
        #expect(
            experiment.value("mixture", "phases")?.canonicalText
                == #"[{"from":2,"sampling":{"temperature":0.1,"top-k":40}},"#
                + #"{"from":3,"sampling":{"temperature":0.1,"top-k":7}}]"#)
        let arm = try ArmSpecification(
            name: "replace", values: try #require(experiment.arms.first).values)
        #expect(arm.phases.map(\.from) == [2, 3])
        #expect(arm.phase(of: 1).values["sampling"]?["temperature"] == .number(0.5))
        #expect(arm.phase(of: 2).values["sampling"]?["temperature"] == .number(0.1))
    }

    @Test(
        "What is wrong with a value of a phase is said where the value was written",
        arguments: [
            ("replace", "phases.1.sampling.top-k", "phases.1.sampling.top-k"),
            ("replace", "phases.1.sampling.temperature", "phases.0.sampling.temperature"),
            ("replace", "phases.0.sampling.top-k", "sampling.top-k"),
            ("replace", "phases.1.corpus", "corpus"), ("replace", "phases.0.prompts", "prompts"),
            ("replace", "phases.2.real-fraction", "phases.2.real-fraction"),
            ("replace", "phases.3.real-fraction", "phases.3.real-fraction"),
            ("replace", "phases.1.from", "phases.1.from"), ("replace", "phases.1", "phases.1"),
            ("mixture", "phases.1.real-fraction", "real-fraction"),
            ("mixture", "phases.2.real-fraction", "real-fraction"),
            ("mixture", "phases.3.real-fraction", "phases.3.real-fraction"),
            ("mixture", "phases.0.parents", "phases.0.parents"),
            ("mixture", "phases.0.sampling.top-k", "sampling.top-k"),
        ])
    func namesWhereItIsWritten(arm: String, asked: String, named: String) throws {
        let text = Self.text.replacingOccurrences(
            of: "top-k: 7}}]",
            with: "top-k: 7}}, {from: 4, workflow: mixture}, {from: 5, workflow: replace}]")
        let experiment = try Imaginary.load(text)
        let path = ["arms", arm] + asked.split(separator: ".").map(String.init)
        let error = experiment.error(for: SpecificationIssue(path: path, message: "is bad"))
        #expect(error.key.joined(separator: ".") == "arms.\(arm).\(named)")
        #expect(error.location == experiment.locate(error.key))
        #expect(
            error.context
                == (asked == named
                    ? [] : ["as it holds in `\(path[..<4].joined(separator: "."))`"]))
    }

    @Test("The resolved file reads back as the same phases")
    func readsBack() throws {
        let experiment = try Imaginary.load(Self.text)
        let again = try Imaginary.load(experiment.yamlText())
        #expect(again.arms.map(\.values) == experiment.arms.map(\.values))
    }

    @Test("A sweep and an override reach into a phase")
    func reachesInto() throws {
        let experiment = try Imaginary.load(
            Self.text + "sweep: {phases.0.sampling.temperature: [1, 2]}\n",
            "phases.1.from=4")
        #expect(experiment.arms.count == 4)
        #expect(
            experiment.arms[1].values["phases"]?.listValue[0]["sampling"]?["temperature"]
                == .number(2))
        #expect(experiment.arms[1].values["phases"]?.listValue[1]["from"] == .integer(4))
    }

    @Test("Two arms with phases stay within fifteen lines")
    func isShort() throws {
        let experiment = try Imaginary.load(
            """
            setting: imaginary
            generations: 6
            corpus: austen
            sample-size: 100
            workflow: replace
            arms:
              control: {control: true}
              replace: {}
              rescue: {phases: [{from: 3, workflow: mixture, real-fraction: 0.5, real-data: fresh}]}
            """)
        let rescue = try ArmSpecification(name: "rescue", values: experiment.arms[2].values)
        #expect(rescue.phase(of: 2).workflow is Replace)
        #expect(rescue.phase(of: 3).workflow is Mixture)
    }
}
