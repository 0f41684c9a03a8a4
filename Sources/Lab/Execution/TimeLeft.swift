/// How long the rest of a run takes, learnt from what it has recorded so far.
///
/// A later generation takes a constant time and one in proportion to the data that it trains on, both
/// fitted to what was recorded; generation 0, which arms share, takes its own mean. What is left is
/// then given to the threads as the run gives it.
package struct TimeLeft: Sendable {
    /// The chains that one thread works on at a time, and what it has yet to record of them, in turn.
    package struct Unit: Sendable {
        package var arm: String
        /// The first of its seeds.
        package var seed: UInt64
        package var steps: [Step]

        package init(arm: String, seed: UInt64, steps: [Step]) {
            self.arm = arm
            self.seed = seed
            self.steps = steps
        }
    }

    /// What is recorded at once.
    package struct Step: Sendable {
        /// The size of the data that is trained on, in any unit that all arms share.
        package var size: Double
        /// Whether arms share what it computes.
        package var isShared: Bool

        package init(size: Double, isShared: Bool) {
            self.size = size
            self.isShared = isShared
        }
    }

    private struct Observation {
        var size: Double
        var seconds: Double
    }

    private var units: [Unit]
    private let threads: Int
    private let positions: [String: Int]
    /// Steps of each unit that are recorded, and when it was last heard of; nil where it has not begun.
    private var recorded: [Int]
    private var lastHeard: [Double?]
    private var shared: [Double] = []
    private var observations: [String: [Observation]] = [:]
    /// Steps that are recorded, of all.
    private var done = 0
    private let total: Int

    /// - Parameters:
    ///   - units: In the order in which they are begun.
    ///   - threads: How many are worked on at a time.
    package init(_ units: [Unit], threads: Int) {
        self.units = units
        self.threads = max(1, min(threads, units.count))
        positions = Dictionary(
            units.enumerated().map { (Self.name($1.arm, $1.seed), $0) },
            uniquingKeysWith: { first, _ in first })
        recorded = units.map { _ in 0 }
        lastHeard = units.map { _ in nil }
        total = units.reduce(0) { $0 + $1.steps.count }
    }

    private static func name(_ arm: String, _ seed: UInt64) -> String { "\(seed) \(arm)" }

    /// Notes that a unit is worked on.
    package mutating func noteWork(arm: String, seed: UInt64, at now: Double) {
        guard let unit = positions[Self.name(arm, seed)], lastHeard[unit] == nil else { return }
        lastHeard[unit] = now
    }

    /// Notes that the next step of a unit is recorded, which took so many seconds, at the time `now` of
    /// the clock that ``seconds(at:)`` is asked by.
    package mutating func note(arm: String, seed: UInt64, seconds: Double, at now: Double) {
        guard let unit = positions[Self.name(arm, seed)], recorded[unit] < units[unit].steps.count
        else { return }
        let step = units[unit].steps[recorded[unit]]
        recorded[unit] += 1
        done += 1
        lastHeard[unit] = now
        if step.isShared {
            shared.append(seconds)
        } else {
            observations[arm, default: []].append(Observation(size: step.size, seconds: seconds))
        }
    }

    /// The seconds from `now` to the end; nil while nothing can be said.
    package func seconds(at now: Double) -> Double? {
        guard done < total else { return 0 }
        let all = observations.values.flatMap(\.self)
        guard let pooled = all.isEmpty ? nil : Line(all) else {
            // Generation 0 tells of later ones only that they come.
            guard !shared.isEmpty, isSharedAlone else { return nil }
            let waves = (total - done + threads - 1) / threads
            return Double(waves) * shared.reduce(0, +) / Double(shared.count)
        }
        let lines = observations.mapValues { Line($0, shapedAs: pooled) }
        let sharedMean = shared.isEmpty ? nil : shared.reduce(0, +) / Double(shared.count)
        var free = [Double](repeating: 0, count: threads)
        for index in units.indices where recorded[index] < units[index].steps.count {
            let unit = units[index]
            let line = lines[unit.arm] ?? pooled
            let durations = unit.steps[recorded[index]...].map { step in
                step.isShared ? sharedMean ?? line.value(at: step.size) : line.value(at: step.size)
            }
            var left = durations.reduce(0, +)
            if let heard = lastHeard[index], let first = durations.first {
                // A step that takes longer than it should is about to end, for all that is known.
                left -= min(0.95 * first, max(0, now - heard))
            }
            let thread = free.indices.min { free[$0] < free[$1] } ?? 0
            free[thread] += left
        }
        return free.max()
    }

    /// Whether no step is left but such as arms share.
    private var isSharedAlone: Bool {
        units.indices.allSatisfy { units[$0].steps[recorded[$0]...].allSatisfy(\.isShared) }
    }

    /// Seconds of a step by the size of its data.
    private struct Line {
        private var constant = 0.0
        private var slope = 0.0

        func value(at size: Double) -> Double { constant + slope * size }

        /// By least squares, neither part negative. Observations of one size alone tell of no
        /// constant.
        init(_ observations: [Observation]) {
            let count = Double(observations.count)
            let (sizes, seconds) = (observations.map(\.size), observations.map(\.seconds))
            let (meanSize, meanSeconds) = (
                sizes.reduce(0, +) / count, seconds.reduce(0, +) / count
            )
            let spread = sizes.reduce(0) { $0 + ($1 - meanSize) * ($1 - meanSize) }
            guard spread > 1e-6 * meanSize * meanSize * count else {
                if meanSize > 0 { slope = meanSeconds / meanSize } else { constant = meanSeconds }
                return
            }
            let together = zip(sizes, seconds).reduce(0) {
                $0 + ($1.0 - meanSize) * ($1.1 - meanSeconds)
            }
            slope = together / spread
            constant = meanSeconds - slope * meanSize
            if slope < 0 {
                (constant, slope) = (meanSeconds, 0)
            } else if constant < 0 {
                let squares = sizes.reduce(0) { $0 + $1 * $1 }
                slope = zip(sizes, seconds).reduce(0) { $0 + $1.0 * $1.1 } / squares
                constant = 0
            }
        }

        /// That of an arm: its own where it has seen several sizes, otherwise all arms' as many times
        /// as slow.
        init(_ own: [Observation], shapedAs pooled: Line) {
            guard own.count < 3 || Set(own.map(\.size)).count < 2 else {
                self = Line(own)
                return
            }
            let expected = own.reduce(0) { $0 + pooled.value(at: $1.size) }
            let ratio = expected > 0 ? own.reduce(0) { $0 + $1.seconds } / expected : 1
            constant = pooled.constant * ratio
            slope = pooled.slope * ratio
        }
    }
}
