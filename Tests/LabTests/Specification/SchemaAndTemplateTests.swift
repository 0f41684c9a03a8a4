import Collapse
import Lab
import Support
import Testing

@Suite struct SchemaAndTemplateTests {
    @Test func theTemplateLoadsOnceTheTextIsFilledIn() throws {
        let text = ExperimentTemplate.text(for: Imaginary.setting)
        #expect(throws: SpecificationError.self) { try Imaginary.load(text) }
        let filled = text.replacing("\ncorpus:\n", with: "\ncorpus: austen\n")
        let experiment = try Imaginary.load(filled)
        // A new experiment has controls, of which the mixture shares the one of replace.
        #expect(
            experiment.arms.map(\.name)
                == Workflows.types.filter { $0.example != nil }.map { $0.name } + [
                    "control-of-replace", "control-of-accumulate",
                    "control-of-accumulate-subsample",
                ])
        #expect(experiment.value("replace", "sample-size", "value") == .number(1_000))
        let plain = try Imaginary.load(
            Imaginary.minimal, "sample-size=1000", "generations=5", "controls=true")
        #expect(experiment.arms[0].values == plain.arms[0].values)
        #expect(experiment.experiment == plain.experiment)
    }

    @Test func theTemplateExplainsEveryKey() {
        let text = ExperimentTemplate.text(for: Imaginary.setting)
        for declaration in ExperimentKeys.all + ArmKeys.common + Imaginary.keys
        where declaration.key != "workflow" {
            #expect(text.contains("\n\(declaration.key):"), "\(declaration.key)")
        }
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= 100 })
    }

    @Test func theSchemaDescribesEveryKeyOfEverySetting() {
        let text = JSONSchema.text(
            settings: [Imaginary.setting, Imaginary.other], presets: Imaginary.presets)
        for word in [
            "\"imaginary.sampling\"", "\"other.variance\"", "\"arm.workflow\"", "\"tiny\"",
            "\"maximum\": 65536", "\"description\": \"Divides logits.\"",
        ] {
            #expect(text.contains(word), "\(word)")
        }
    }
}
