import Collapse
import Support
import Testing

/// The control of an arm: its plan with fresh real data in the place of synthetic data.
@Suite struct ControlTests {
    private static func mixture(_ fraction: Double, _ policy: String) -> SpecificationValue {
        armValues(
            "mixture",
            changes: [
                .init("real-fraction", constant(fraction)), .init("real-data", .text(policy)),
            ])
    }

    private static func control(of values: SpecificationValue) -> SpecificationValue {
        guard case .map(var map) = values else { return values }
        map["control"] = .boolean(true)
        return .map(map)
    }

    private func plan(
        _ values: SpecificationValue, generations: Int = 4, realCount: Int = 1_000
    ) throws -> ChainPlan {
        var setting = ToySetting()
        setting.realCount = realCount
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 50)
        return try ChainPlan(
            arm: ArmSpecification(name: "arm", values: values), generations: generations,
            stream: RealStream(setting: setting, seedData: seedData))
    }

    static let arms = [
        ArmCase("replace", armValues("replace")),
        ArmCase("accumulate", armValues("accumulate")),
        ArmCase("accumulate-subsample", armValues("accumulate-subsample")),
        ArmCase("mixture, fresh", mixture(0.2, "fresh")),
        ArmCase("mixture, replayed", mixture(0.2, "replayed")),
        ArmCase("mixture, kept", mixture(0.2, "kept")),
    ]

    @Test("It trains every generation on as much as its arm, all of it real", arguments: arms)
    func sizes(arm: ArmCase) throws {
        let (own, control) = (try plan(arm.values), try plan(Self.control(of: arm.values)))
        #expect(!own.isReal && control.isReal)
        for t in 0...4 {
            #expect(control.compositions[t].subsample == own.compositions[t].subsample)
            #expect(
                control.compositions[t].parts.reduce(0) { $0 + $1.size }
                    == own.compositions[t].parts.reduce(0) { $0 + $1.size })
        }
        let chain = try toyChain(Self.control(of: arm.values))
        for t in 0...4 {
            let record = try chain.record(of: t)
            #expect(record.value("data.real_fraction") == 1)
        }
    }

    @Test("What takes the place of new samples is unused so far")
    func isFresh() throws {
        let control = try plan(Self.control(of: armValues("accumulate"))).compositions
        // Generations that meet samples again meet the same real data again.
        #expect(Array(control[3].parts.prefix(3)) == Array(control[2].parts))
        var starts: [Int] = []
        for case .real(let draw) in control[4].parts { starts.append(draw.start) }
        #expect(starts == starts.sorted() && Set(starts).count == 5)
    }

    @Test("Arms that train on as much fresh data share their control, which may be written out")
    func sharing() throws {
        let arms = [
            armValues("replace"), Self.mixture(0.1, "fresh"), Self.mixture(0.5, "fresh"),
            armValues("accumulate"), Self.mixture(0.5, "replayed"), Self.mixture(0.1, "kept"),
            Self.mixture(1, "fresh"), Self.control(of: armValues("accumulate")),
            armValues("replace", size: 40),
            armValues("replace", changes: [.init("stream", .integer(1))]),
        ]
        let controls = Controls(
            try arms.enumerated().map { try ArmSpecification(name: "a\($0)", values: $1) },
            generations: 5)
        #expect(
            controls.references == [
                .arm(6), .arm(6), .arm(6), .arm(7), .missing, .missing, .itself, .itself, .missing,
                .missing,
            ])
        #expect(controls.missing == [[4], [5], [8], [9]])
        #expect(
            try plan(Self.control(of: armValues("replace"))).compositions
                == plan(Self.mixture(1, "fresh")).compositions)
    }

    @Test("Where the real data runs out, a control ends and says nothing from there on")
    func exhaustion() throws {
        let control = Self.control(of: armValues("replace"))
        let ended = try plan(control, generations: 6, realCount: 30)
        let end = try #require(ended.exhausted)
        #expect((1...5).contains(end))
        #expect((0...6).filter(ended.hasData) == Array(0..<end))

        var setting = ToySetting()
        setting.realCount = 30
        let chain = try toyChain(control, setting: setting, seed: 1, generations: 6)
        for t in 0...6 {
            let record = try chain.record(of: t)
            #expect(record.metrics.isEmpty == (t >= end))
            #expect((record.samples == nil) == (t >= end))
            #expect(chain.keptKeys(of: t).isEmpty == (t >= end))
        }
    }
}

extension GenerationRecord {
    fileprivate func value(_ name: String) -> Double? {
        metrics.first { $0.name == name }?.value
    }
}

extension Composition.Part {
    fileprivate var size: Int {
        switch self {
        case .real(let draw): draw.size
        case .replayed(_, let size), .synthetic(_, let size): size
        }
    }
}
