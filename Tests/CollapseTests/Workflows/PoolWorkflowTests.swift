import Collapse
import Support
import Testing

/// Compositions as lists of parts.
@Suite struct PoolWorkflowTests {
    private static let sizes = [100, 100, 73, 51, 200, 100]

    private static func plan(
        _ workflow: any Workflow, sizes: [Int] = sizes
    ) throws -> [Composition] {
        let initial = Composition.RealDraw(start: 0, size: workflow.initialSize ?? sizes[0])
        var freshStart = initial.size
        var compositions = [Composition(parts: [.real(initial)])]
        for t in 1..<sizes.count {
            let composition = try workflow.composition(
                at: t,
                in: CompositionContext(
                    sampleSizes: sizes, initialDraw: initial, freshStart: freshStart,
                    generations: sizes.count - 1))
            for case .real(let draw) in composition.parts where draw.start >= freshStart {
                freshStart += draw.size
            }
            compositions.append(composition)
        }
        return compositions
    }

    private static let newest = PoolPart(.synthetic(.newest), .share(.constant(1)))

    @Test("Replace and accumulate are pools")
    func shortForms() throws {
        #expect(try Self.plan(PoolWorkflow([Self.newest])) == Self.plan(Replace()))
        let all = [
            PoolPart(.real(.kept), .everything), PoolPart(.synthetic(.all), .everything),
        ]
        #expect(try Self.plan(PoolWorkflow(all)) == Self.plan(Accumulate()))
        let schedule = Schedule.table(Self.sizes.map(Double.init))
        #expect(
            try Self.plan(PoolWorkflow(all, subsample: schedule))
                == Self.plan(AccumulateSubsample()))
    }

    @Test(
        "A mixture is a pool of two shares, to the last example",
        arguments: RealDataPolicy.allCases, [0, 0.005, 0.1, 0.25, 0.5, 0.77, 1])
    func mixture(policy: RealDataPolicy, share: Double) throws {
        // As large as the largest, so that nothing asks for more than generation 0 drew.
        let sizes = [200, 100, 73, 51, 200, 101]
        let pool = PoolWorkflow([
            PoolPart(.real(policy), .share(.constant(share))),
            PoolPart(.synthetic(.newest), .share(.constant(1 - share))),
        ])
        let mixture = Mixture(realFraction: .constant(share), realData: policy)
        #expect(try Self.plan(pool, sizes: sizes) == Self.plan(mixture, sizes: sizes))
    }

    @Test("Models share a size equally, the newest first")
    func windows() throws {
        func synthetic(_ models: PoolPart.Models, _ size: Double) throws -> [[Composition.Part]] {
            try Self.plan(PoolWorkflow([PoolPart(.synthetic(models), .size(.constant(size)))]))
                .dropFirst().map { Array($0.parts) }
        }
        let window = try synthetic(.window(2), 11)
        #expect(window[0] == [.synthetic(generation: 1, size: 11)])
        #expect(
            window[3]
                == [.synthetic(generation: 4, size: 6), .synthetic(generation: 3, size: 5)])
        let all = try synthetic(.all, 2)
        #expect(
            all[4] == [.synthetic(generation: 5, size: 1), .synthetic(generation: 4, size: 1)])
        let first = try synthetic(.generation(0), 500)
        #expect(first.allSatisfy { $0 == [.synthetic(generation: 1, size: 500)] })
    }

    @Test("Fresh parts are one draw of examples that nobody has used")
    func fresh() throws {
        let parts = [
            Self.newest, PoolPart(.real(.fresh), .size(.constant(10))),
            PoolPart(.real(.kept), .size(.constant(20))),
            PoolPart(.real(.fresh), .size(.constant(5))),
        ]
        let plan = try Self.plan(PoolWorkflow(parts))
        for (t, composition) in plan.enumerated().dropFirst() {
            #expect(composition.parts.first == .real(.init(start: 100 + 15 * (t - 1), size: 15)))
            #expect(composition.parts.count == 3)
        }
    }

    @Test("What asks for more than there is, is refused at its part")
    func refusals() {
        let cases: [(PoolPart, [String], String)] = [
            (
                PoolPart(.real(.kept), .size(.constant(101))), ["parts", "0", "draw"],
                "generation 0 drew only 100"
            ),
            (
                PoolPart(.real(.replayed), .size(.constant(101))), ["parts", "0", "draw"],
                "generation 0 drew only 100"
            ),
            (
                PoolPart(.synthetic(.window(9)), .everything), ["parts", "0", "window"],
                "larger than the history"
            ),
            (
                PoolPart(.synthetic(.generation(1)), .everything), ["parts", "0", "from"],
                "no model before it"
            ),
            (PoolPart(.real(.fresh), .size(.constant(0))), ["parts"], "has no data"),
            (
                PoolPart(.real(.fresh), .size(.table([1, 2]))), ["parts", "0", "size", "values"],
                "undefined at generation 2"
            ),
        ]
        let shares = #expect(throws: SpecificationIssue.self) {
            try Self.plan(
                PoolWorkflow([
                    PoolPart(.real(.kept), .share(.constant(0.8))),
                    PoolPart(.synthetic(.newest), .share(.constant(0.8))),
                ]))
        }
        #expect(shares?.message.contains("more than 1") == true)
        let subsample = #expect(throws: SpecificationIssue.self) {
            try Self.plan(PoolWorkflow([Self.newest], subsample: .constant(800)))
        }
        #expect(subsample?.path == ["subsample"])
        for (part, path, words) in cases {
            let error = #expect(throws: SpecificationIssue.self) {
                try Self.plan(PoolWorkflow([part]))
            }
            #expect(error?.path == path)
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
    }
}
