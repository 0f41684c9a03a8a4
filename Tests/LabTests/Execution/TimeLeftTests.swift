import Lab
import Testing

/// Runs of made-up costs on a made-up clock.
@Suite struct TimeLeftTests {
    /// The seconds of a step: a constant, a part in proportion to the data, and an arm's own factor.
    struct Costs: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var constant: Double
        var slope: Double
        var factors: [String: Double] = [:]
        /// Sizes of the data by arm: generation t trains on this.
        var growing: Set<String> = []

        func size(_ arm: String, _ t: Int) -> Double {
            growing.contains(arm) ? Double(t + 1) * 1_000 : 1_000
        }

        func seconds(_ arm: String, _ t: Int) -> Double {
            (constant + slope * size(arm, t)) * (factors[arm] ?? 1)
        }
    }

    static let costs: [Costs] = [
        Costs(testDescription: "equal arms", constant: 2, slope: 0),
        Costs(
            testDescription: "two arms, one of which grows", constant: 0.5, slope: 0.001,
            growing: ["a"]),
        Costs(
            testDescription: "growing data and a fixed budget", constant: 3, slope: 0,
            growing: ["a"]),
        Costs(
            testDescription: "an arm five times as slow", constant: 1, slope: 0.001,
            factors: ["b": 5]),
    ]

    /// Gives the estimate after a share of the work and what was really left then.
    private func run(
        _ costs: Costs, threads: Int, share: Double
    ) -> (estimate: Double?, truth: Double) {
        let (arms, seeds, generations) = (["a", "b"], Array(UInt64(0)..<5), 10)
        let units = seeds.flatMap { seed in
            arms.map { arm in
                TimeLeft.Unit(
                    arm: arm, seed: seed,
                    steps: (0...generations).map {
                        TimeLeft.Step(size: costs.size(arm, $0), isShared: $0 == 0)
                    })
            }
        }
        // What happens: each thread takes the next unit when it is free.
        var events: [(time: Double, unit: Int, seconds: Double)] = []
        var begins: [(time: Double, unit: Int)] = []
        var free = [Double](repeating: 0, count: threads)
        for (index, unit) in units.enumerated() {
            let thread = free.indices.min { free[$0] < free[$1] } ?? 0
            begins.append((free[thread], index))
            for t in 0...generations {
                // The first arm of a seed makes the generation that the others take over.
                let seconds = t == 0 && unit.arm == "b" ? 0 : costs.seconds(unit.arm, t)
                free[thread] += seconds
                events.append((free[thread], index, seconds))
            }
        }
        let end = free.max() ?? 0
        let now = end * share
        var left = TimeLeft(units, threads: threads)
        for begin in begins where begin.time <= now {
            left.noteWork(arm: units[begin.unit].arm, seed: units[begin.unit].seed, at: begin.time)
        }
        for event in events.sorted(by: { $0.time < $1.time }) where event.time <= now {
            left.note(
                arm: units[event.unit].arm, seed: units[event.unit].seed, seconds: event.seconds,
                at: event.time)
        }
        return (left.seconds(at: now), end - now)
    }

    @Test("After the first arms of a run the time left is right within a quarter", arguments: costs)
    func early(costs: Costs) throws {
        for threads in [1, 2, 3] {
            // An arm that has not been seen yet cannot be known to be slower.
            let share = costs.factors.isEmpty || threads > 1 ? 0.1 : 0.2
            let (estimate, truth) = run(costs, threads: threads, share: share)
            let seconds = try #require(estimate)
            #expect(
                abs(seconds - truth) <= 0.25 * truth,
                "\(threads) threads: \(seconds) s, and it was \(truth) s")
        }
    }

    @Test("It gets better, and is 0 in the end", arguments: costs)
    func late(costs: Costs) throws {
        for share in [0.5, 0.9] {
            let (estimate, truth) = run(costs, threads: 2, share: share)
            #expect(abs(try #require(estimate) - truth) <= 0.12 * truth + costs.seconds("b", 10))
        }
        #expect(run(costs, threads: 2, share: 1.000_001).estimate == 0)
    }

    @Test func nothingIsSaidBeforeAnythingIsKnown() {
        let step = TimeLeft.Step(size: 10, isShared: false)
        let shared = TimeLeft.Step(size: 10, isShared: true)
        var left = TimeLeft(
            [.init(arm: "a", seed: 0, steps: [shared, step, step])], threads: 4)
        #expect(left.seconds(at: 0) == nil)
        left.note(arm: "a", seed: 0, seconds: 1, at: 1)
        #expect(left.seconds(at: 1) == nil)
        left.note(arm: "a", seed: 0, seconds: 3, at: 4)
        #expect(left.seconds(at: 4) == 3)
        #expect(left.seconds(at: 5) == 2)
        // A step that takes too long is about to end, and not over.
        #expect((0.1...0.2).contains(left.seconds(at: 50) ?? 0))
        left.note(arm: "b", seed: 0, seconds: 3, at: 60)
        #expect(left.seconds(at: 60) != 0)
        #expect(TimeLeft([], threads: 2).seconds(at: 0) == 0)
    }

    @Test func runsOfGenerationZeroAlone() {
        let shared = TimeLeft.Step(size: 10, isShared: true)
        var left = TimeLeft(
            (0..<5).map { .init(arm: "a", seed: $0, steps: [shared]) }, threads: 2)
        left.note(arm: "a", seed: 0, seconds: 2, at: 2)
        #expect(left.seconds(at: 2) == 4)
    }
}
