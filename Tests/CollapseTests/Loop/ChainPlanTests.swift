import Collapse
import Support
import Testing

@Suite struct ChainPlanTests {
    private func plan(
        _ values: SpecificationValue, generations: Int = 4, setting: ToySetting = ToySetting()
    ) throws -> ChainPlan {
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 50)
        return try ChainPlan(
            arm: ArmSpecification(name: "arm", values: values), generations: generations,
            stream: RealStream(setting: setting, seedData: seedData))
    }

    private func mixture(_ fraction: Double, _ policy: String) -> SpecificationValue {
        armValues(
            "mixture",
            changes: [
                .init("real-fraction", constant(fraction)), .init("real-data", .text(policy)),
            ])
    }

    @Test(
        "Generation 0 trains on real data only, whatever the workflow",
        arguments: ChainTests.workflows)
    func generationZero(arm: ArmCase) throws {
        let plan = try plan(arm.values)
        #expect(plan.compositions[0] == Composition(parts: [.real(.init(start: 0, size: 50))]))
    }

    @Test func workflows() throws {
        let real = Composition.Part.real(.init(start: 0, size: 50))
        let samples = (1...4).map { Composition.Part.synthetic(generation: $0, size: 50) }
        #expect(try plan(armValues("replace")).compositions[3].parts == [samples[2]])
        let accumulate = try plan(armValues("accumulate")).compositions[3]
        #expect(accumulate == Composition(parts: [real] + samples[0..<3]))
        let subsample = try plan(armValues("accumulate-subsample")).compositions[3]
        #expect(subsample == Composition(parts: [real] + samples[0..<3], subsample: 50))
        let replayed = try plan(mixture(0.2, "replayed")).compositions[3]
        #expect(
            replayed.parts == [
                .replayed(.init(start: 0, size: 50), size: 10), .synthetic(generation: 3, size: 40),
            ])
    }

    @Test("Real data are worth the sum of n a^2, or of n a where it is known which they are")
    func effectiveSamples() throws {
        func found(_ values: SpecificationValue) throws -> (unknown: [Double], known: [Double]) {
            let samples = try plan(values).effectiveSamples
            return (samples.map(\.unknownProvenance), samples.map(\.knownProvenance))
        }
        let generations = (0...4).map { Double($0) }
        func running(_ term: (Double) -> Double) -> [Double] {
            generations.indices.map { last in generations[...last].reduce(0) { $0 + term($1) } }
        }
        func agree(_ values: [Double], _ expected: [Double]) -> Bool {
            zip(values, expected).allSatisfy { abs($0 - $1) < 1e-9 } && values.count == 5
        }
        let replace = try found(armValues("replace"))
        #expect(replace == ([50, 50, 50, 50, 50], [50, 50, 50, 50, 50]))
        let fresh = try found(mixture(0.2, "fresh"))
        #expect(agree(fresh.unknown, generations.map { 50 + 2 * $0 }))
        #expect(agree(fresh.known, generations.map { 50 + 10 * $0 }))
        let replayed = try found(mixture(0.2, "replayed"))
        #expect(agree(replayed.unknown, fresh.unknown))
        #expect(agree(replayed.known, replace.known))
        let accumulate = try found(armValues("accumulate"))
        #expect(agree(accumulate.unknown, running { 50 / ($0 + 1) }))
        let subsample = try found(armValues("accumulate-subsample"))
        #expect(agree(subsample.unknown, running { 50 / (($0 + 1) * ($0 + 1)) }))
        #expect(agree(subsample.known, replace.known))
    }

    @Test("Samples are a generation older than what their model was fitted to")
    func meanAges() throws {
        func agree(_ values: [Double], _ expected: [Double]) -> Bool {
            values.count == expected.count
                && zip(values, expected).allSatisfy { abs($0 - $1) < 1e-12 }
        }
        #expect(try agree(plan(armValues("replace")).meanAges, [0, 1, 2, 3, 4]))
        #expect(
            try agree(plan(mixture(0.2, "fresh")).meanAges, [0, 0.8, 1.44, 1.952, 2.3616]))
        // Harmonic numbers less 1: each generation adds samples a generation older than the mean.
        let harmonic = [0, 1.0 / 2, 5.0 / 6, 13.0 / 12, 77.0 / 60]
        #expect(try agree(plan(armValues("accumulate")).meanAges, harmonic))
        #expect(try agree(plan(armValues("accumulate-subsample")).meanAges, harmonic))
        let base = armValues("replace", changes: [.init("sample-from", .text("base"))])
        #expect(try agree(plan(base).meanAges, [0, 1, 1, 1, 1]))
    }

    @Test("Kept real data is the head of generation 0's sample, the same in each generation")
    func kept() throws {
        let compositions = try plan(mixture(0.2, "kept")).compositions
        for t in 1...4 {
            #expect(
                compositions[t].parts == [
                    .real(.init(start: 0, size: 10)), .synthetic(generation: t, size: 40),
                ])
        }
    }

    @Test("Samples come from the previous model, from the base, or from the base first")
    func sampleSources() throws {
        func parents(_ source: String) throws -> [[Int]?] {
            let values = armValues("replace", changes: [.init("sample-from", .text(source))])
            let arm = try ArmSpecification(name: "arm", values: values)
            return (1...3).map { arm.parents(ofProvenance: $0) }
        }
        #expect(try parents("previous") == [[0], [1], [2]])
        #expect(try parents("base") == [nil, nil, nil])
        #expect(try parents("base-then-previous") == [nil, [1], [2]])
    }

    @Test("Fresh real data is never used twice")
    func freshRunsAreDisjoint() throws {
        let setting = ToySetting()
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 50)
        let stream = RealStream(setting: setting, seedData: seedData)
        let plan = try plan(mixture(0.5, "fresh"), generations: 6, setting: setting)
        var next = 0
        for composition in plan.compositions {
            for case .real(let draw) in composition.parts {
                #expect(draw.start == next)
                next = try stream.end(of: draw)
            }
        }
    }

    @Test("A control of fresh real data needs no samples, a mixture without real data is replace")
    func edges() throws {
        #expect(try plan(mixture(1, "fresh")).compositions[2].parts.count == 1)
        #expect(
            try plan(mixture(0, "fresh")).compositions == plan(armValues("replace")).compositions)
    }

    @Test("A pool that runs dry is an error before the run, with the number missing")
    func shortage() throws {
        var setting = ToySetting()
        setting.realCount = 30
        let error = #expect(throws: SpecificationIssue.self) {
            try plan(mixture(1, "fresh"), generations: 4, setting: setting)
        }
        #expect(error?.path == ["sample-size"])
        #expect(error?.message.contains("30 examples") == true)
        #expect(error?.message.contains("more are needed") == true)
        // The size that is named fits, and not much more does.
        let match = error?.message.firstMatch(of: /lower sample-size to (\d+), which would fit/)
        let size = match.flatMap { Double($0.1) }
        func planned(with size: Double) throws -> ChainPlan {
            let changes = [
                SpecificationMap.Entry("real-fraction", constant(1)),
                SpecificationMap.Entry("real-data", .text("fresh")),
                SpecificationMap.Entry("sample-size", constant(size)),
            ]
            return try self.plan(armValues("mixture", changes: changes), setting: setting)
        }
        #expect(throws: Never.self) { _ = try planned(with: #require(size)) }
        #expect(throws: SpecificationIssue.self) { _ = try planned(with: #require(size) * 1.2 + 1) }
    }

    @Test(
        "More replayed data than generation 0 drew is refused", arguments: ["replayed", "kept"])
    func replayTooLarge(policy: String) throws {
        let growing: SpecificationValue = .map([
            .init("schedule", .text("power")), .init("scale", .number(50)),
            .init("exponent", .number(-1)),
        ])
        let values = armValues(
            "mixture",
            changes: [
                .init("real-fraction", constant(0.9)), .init("real-data", .text(policy)),
                .init("sample-size", growing),
            ])
        #expect(throws: SpecificationIssue.self) { try plan(values) }
    }

    struct BadArm: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var values: SpecificationValue
        var path: [String]
        var says: String
    }

    static let badArms = [
        BadArm(
            testDescription: "mixture without fraction", values: armValues("mixture"),
            path: ["real-fraction"], says: "needs real-fraction"),
        BadArm(
            testDescription: "mixture without policy",
            values: armValues("mixture", changes: [.init("real-fraction", constant(0.5))]),
            path: ["real-data"], says: "fresh, replayed or kept"),
        BadArm(
            testDescription: "fraction outside a mixture",
            values: armValues("replace", changes: [.init("real-fraction", constant(0.5))]),
            path: ["real-fraction"], says: "belongs to the workflow mixture"),
        BadArm(
            testDescription: "optimizer carried over from nothing",
            values: armValues("replace", changes: [.init("optimizer-state", .text("carry-over"))]),
            path: ["optimizer-state"], says: "start-from: previous"),
        BadArm(
            testDescription: "threshold without bounds",
            values: armValues(
                "replace",
                changes: [
                    .init(
                        "curate",
                        .list([
                            .map([
                                .init("stage", .text("score-threshold")),
                                .init("under", .text("base")), .init("minimum", .null),
                                .init("maximum", .null),
                            ])
                        ]))
                ]), path: ["curate", "0"], says: "a minimum, a maximum or both"),
    ]

    @Test(arguments: badArms)
    func contradictions(arm: BadArm) throws {
        let error = #expect(throws: SpecificationIssue.self) {
            try ArmSpecification(name: "arm", values: arm.values)
        }
        #expect(error?.path == arm.path)
        #expect(error?.message.contains(arm.says) == true)
    }
}
