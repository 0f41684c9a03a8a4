import Collapse
import Support
import Testing

/// The line in which a report says what an arm is.
@Suite struct ArmSummaryTests {
    private func summary(
        _ workflow: String, _ changes: [SpecificationMap.Entry], traits: [String] = []
    ) throws -> String {
        try ArmSpecification(name: "arm", values: armValues(workflow, changes: changes))
            .summary(traits: traits)
    }

    private static func curate(_ stages: SpecificationValue...) -> SpecificationMap.Entry {
        .init("curate", .list(stages.map(resolvedStage)))
    }

    private static let band: SpecificationValue = ["stage": "score-band", "to": 0.5]

    @Test("Stages are named, and of a control those that act on real data")
    func curation() throws {
        let plain = try summary("replace", [])
        let both = Self.curate(
            Self.band, ["stage": "exact-duplicates"], ["stage": "random", "like": Self.band])
        #expect(
            try summary("replace", [both], traits: ["3 models in parallel"])
                == plain + "; 3 models in parallel; "
                + "curated by score-band, exact-duplicates, random like score-band")
        let control = SpecificationMap.Entry("control", .boolean(true))
        #expect(try summary("replace", [both, control]).hasSuffix("; curated by exact-duplicates"))
        #expect(
            try summary("replace", [Self.curate(Self.band), control])
                == summary("replace", [control]))
    }

    @Test("A phase is summed up by all keys that it changes and what is new of it")
    func phases() throws {
        let written: [[SpecificationMap.Entry]] = [
            [
                .init("from", 2), .init("workflow", "mixture"),
                .init("real-fraction", constant(0.5)), .init("real-data", "fresh"),
                .init("parents", 1),
            ],
            [
                .init("from", 4), .init("sample-size", constant(80)), .init("parents", 2),
                Self.curate(Self.band), .init("sampling", ["temperature": 0.5]),
            ],
            [.init("from", 5), .init("parents", 2)],
        ]
        let text = try summary(
            "accumulate",
            [.init("phases", .list(written.map { .map(SpecificationMap($0)) }))])
        let mixture = try summary(
            "mixture", [.init("real-fraction", constant(0.5)), .init("real-data", "fresh")])
        #expect(
            text == (try summary("accumulate", []))
                + "; from generation 2 with another workflow, real-fraction, real-data: " + mixture
                + "; from generation 4 with another sample-size, parents, curate, sampling: "
                + "2 parent models, curated by score-band")
    }
}
