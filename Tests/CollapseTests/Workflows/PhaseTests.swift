import Collapse
import Support
import Testing

/// Arms that change on their way.
@Suite struct PhaseTests {
    private static func phases(_ phases: [SpecificationMap.Entry]...) -> SpecificationMap.Entry {
        .init("phases", .list(phases.map { .map(SpecificationMap($0)) }))
    }

    private static func from(
        _ t: Int, _ workflow: String, _ more: [SpecificationMap.Entry] = []
    ) -> [SpecificationMap.Entry] {
        [.init("from", .integer(t)), .init("workflow", .text(workflow))] + more
    }

    private static let half: [SpecificationMap.Entry] = [
        .init("real-fraction", constant(0.5)), .init("real-data", .text("fresh")),
    ]

    private func plan(
        _ workflow: String, _ phases: SpecificationMap.Entry, isControl: Bool = false
    ) throws -> ChainPlan {
        var arm = try ArmSpecification(
            name: "arm", values: armValues(workflow, changes: [phases]))
        arm.isControl = isControl
        return try ChainPlan(arm: arm, generations: 4)
    }

    private static let everything: [Composition.Part] =
        [.real(.init(start: 0, size: 50))]
        + (1...4).map { .synthetic(generation: $0, size: 50) }

    @Test("Each generation has the parts that its own workflow names, whatever came before")
    func composes() throws {
        let late = try plan("replace", Self.phases(Self.from(3, "accumulate")))
        #expect(Array(late.compositions[2].parts) == [.synthetic(generation: 2, size: 50)])
        #expect(Array(late.compositions[3].parts) == Array(Self.everything.prefix(4)))
        #expect(Array(late.compositions[4].parts) == Self.everything)

        let interrupted = try plan(
            "accumulate",
            Self.phases(
                Self.from(2, "mixture", Self.half), Self.from(4, "accumulate-subsample")))
        #expect(Array(interrupted.compositions[1].parts) == Array(Self.everything.prefix(2)))
        #expect(
            Array(interrupted.compositions[3].parts) == [
                .real(.init(start: 75, size: 25)), .synthetic(generation: 3, size: 25),
            ])
        #expect(Array(interrupted.compositions[4].parts) == Self.everything)
        #expect(interrupted.compositions[4].subsample == 50)

        // A control meets a draw again where its arm meets samples again.
        let control = try plan(
            "replace", Self.phases(Self.from(3, "accumulate")), isControl: true)
        #expect(control.compositions[1].parts.first == .real(.init(start: 50, size: 50)))
        #expect(
            Array(control.compositions[3].parts)
                == (0...3).map { .real(.init(start: 50 * $0, size: 50)) })
    }

    @Test("Generations before a phase are those of the arm without it, to the last bit and once")
    func sharesPrefix() throws {
        let store = MemoryStore()
        let whole = try toyChain(armValues("replace"), store: store)
        let records = try (0...4).map { try whole.record(of: $0) }
        let setting = ToySetting()
        let arm = try ArmSpecification(
            name: "other",
            values: armValues(
                "replace", changes: [Self.phases(Self.from(3, "mixture", Self.half))]))
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 50)
        let plan = try ChainPlan(
            arm: arm, generations: 4, stream: RealStream(setting: setting, seedData: seedData))
        let branch = try StoredChain(
            plan: plan, seed: 3, setting: setting, phases: [setting], seedData: seedData,
            storage: try #require(setting.storage),
            environment: StoreEnvironment(
                store: store, storesModels: true, workers: 1, fingerprint: "test",
                cachedModels: 2))
        let branched = try (0...4).map { try branch.record(of: $0) }
        #expect(Array(branched[..<3]) == Array(records[..<3]))
        #expect(branched[3] != records[3])
        #expect(setting.counter["fit"] == 2)
        #expect(setting.counter["sample"] == 2)
    }

    @Test("What one phase changes lasts until another changes it")
    func lasts() throws {
        let arm = try ArmSpecification(
            name: "arm",
            values: armValues(
                "mixture",
                changes: Self.half + [
                    .init("parents", .integer(2)),
                    Self.phases(
                        [.init("from", .integer(2)), .init("parents", .integer(3))],
                        Self.from(4, "replace")),
                ]))
        #expect((0...5).map { arm.phase(of: $0).parents } == [2, 2, 3, 3, 3, 3])
        // Samples are drawn as the generation says whose model draws them.
        #expect(arm.parents(ofProvenance: 2) == [1, 0])
        #expect(arm.parents(ofProvenance: 3) == [2, 1, 0])
        #expect(arm.phase(of: 4).workflow is Replace)
    }

    @Test(
        "Phases that contradict are refused at their key",
        arguments: [
            ("replace", [from(3, "accumulate"), from(3, "replace")], ["phases", "1", "from"]),
            ("replace", [[.init("from", .integer(3))]], ["phases", "0"]),
            ("replace", [from(2, "mixture")], ["phases", "0", "real-fraction"]),
            (
                "replace",
                [
                    [.init("from", .integer(2)), .init("parents", .integer(2))],
                    [.init("from", .integer(3)), .init("sample-from", .text("base"))],
                ],
                ["phases", "1", "parents"]
            ),
        ] as [(String, [[SpecificationMap.Entry]], [String])])
    func refuses(workflow: String, phases: [[SpecificationMap.Entry]], path: [String]) throws {
        let written = SpecificationMap.Entry(
            "phases", .list(phases.map { .map(SpecificationMap($0)) }))
        let issue = #expect(throws: SpecificationIssue.self) {
            _ = try ArmSpecification(
                name: "arm", values: armValues(workflow, changes: [written]))
        }
        #expect(issue?.path == path)
    }

    @Test("A pool that is subsampled has the parts of its own generation")
    func subsamplesItsOwnParts() throws {
        let newest = SpecificationValue.map([
            .init("source", .text("synthetic")), .init("from", .text("newest")),
            .init("draw", .null), .init("window", .null), .init("size", .null),
            .init("share", .null),
        ])
        let chain = try toyChain(
            armValues(
                "pool",
                changes: [
                    .init("parts", .list([newest])), .init("subsample", constant(40)),
                ])
        ).chain
        for t in 1...3 {
            let drawn = Set(try chain.samples(withProvenance: t).values)
            #expect(try chain.model(of: t).values.allSatisfy(drawn.contains), "generation \(t)")
        }
    }
}
