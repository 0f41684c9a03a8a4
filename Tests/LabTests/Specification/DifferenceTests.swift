import Collapse
import Lab
import Testing

@Suite struct DifferenceTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var overrides: [String]
        var difference: SpecificationDifference?
        var conflict: String?
        var testDescription: String { overrides.joined(separator: " ") }

        init(
            _ overrides: [String], _ key: String?, _ old: String = "", _ new: String = "",
            conflict: String?
        ) {
            self.overrides = overrides
            difference = key.map {
                SpecificationDifference(key: $0, existing: old, requested: new)
            }
            self.conflict = conflict
        }
    }

    static let cases = [
        Case([], nil, conflict: nil),
        Case(["generations=4"], "generations", "3", "4", conflict: nil),
        Case(["generations=2"], "generations", "3", "2", conflict: "generations"),
        Case(["seeds=0..6"], "seeds", "[0,1,2,3,4]", "[0,1,2,3,4,5,6]", conflict: nil),
        Case(["seeds=1..4"], "seeds", "[0,1,2,3,4]", "[1,2,3,4]", conflict: "seeds"),
        Case(["name=x"], "name", "\"experiment\"", "\"x\"", conflict: nil),
        Case(
            ["checkpoints=all", "tolerance=1"], "checkpoints", "\"last\"", "\"all\"", conflict: nil),
        Case(
            ["generations=4", "arms.mixture.sampling.temperature=2"], "generations", "3", "4",
            conflict: "arms.mixture.sampling.temperature"),
        Case(
            ["arms.mixture.real-fraction={schedule: table, values: [1]}"],
            "arms.mixture.real-fraction.schedule", "\"constant\"", "\"table\"",
            conflict: "arms.mixture.real-fraction.schedule"),
        Case(
            ["arms.new={workflow: replace}"], "arms", "replace, mixture", "replace, mixture, new",
            conflict: nil),
        Case(
            ["arms={replace: {workflow: replace}}"], "arms", "replace, mixture", "replace",
            conflict: "arms"),
    ]

    @Test(arguments: cases)
    func names(_ example: Case) throws {
        let existing = try Imaginary.load(Imaginary.pair)
        let requested = try ExperimentFile.load(
            text: Imaginary.pair, path: "e.yaml", overrides: example.overrides,
            settings: [Imaginary.setting], presets: Imaginary.presets)
        #expect(
            ResolvedExperiment.firstDifference(between: existing, and: requested)
                == example.difference)
        #expect(
            ResolvedExperiment.firstConflict(between: existing, and: requested)?.key
                == example.conflict)
        #expect(requested.extends(existing) == (example.conflict == nil))
    }
}
