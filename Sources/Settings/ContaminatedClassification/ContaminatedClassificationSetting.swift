package import Collapse
package import Compute
import Support

/// The classification of Amin et al. (2026) on a finite domain: after generation 0 an example bears
/// the label of the published classifier with probability s and the true label otherwise, and
/// nobody says which.
package struct ContaminatedClassificationSetting: IncrementalSetting {
    /// Both the distribution of the truth and the hypotheses of the learner.
    package enum Concept: String, CaseIterable, Sendable {
        /// Every point has a label of its own.
        case arbitrary
        /// The points from a threshold on are positive.
        case threshold
    }

    /// Which examples a learner counts.
    package enum Learner: String, CaseIterable, Sendable {
        /// All of them: empirical risk minimisation in each round.
        case repeatedERM = "repeated-erm"
        /// Those whose label can only be real: generation 0's, and each that contradicts the
        /// classifier that was published when it was drawn. The others agree with it, whoever
        /// labelled them, so they are unlabelled examples of a positive-unlabelled problem.
        case disagreement
    }

    /// The class of the truth and of the learner's hypotheses.
    package let concept: Concept
    /// Which examples the learner counts.
    package let learner: Learner
    /// s, the probability that an example after generation 0 bears the published label.
    package let syntheticFraction: Double
    /// The probability that a point of an arbitrary concept is positive; thresholds do not use it.
    package let positiveShare: Double
    /// The probability of each point.
    package let masses: [Double]
    private let cumulative: [Double]
    private let massExponent: Double

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        concept = try values[Self.concept]
        learner = try values[Self.learner]
        syntheticFraction = try values[Self.syntheticFraction]
        positiveShare = try values[Self.positiveShare]
        massExponent = try values[Self.massExponent]
        let exponent = massExponent
        let weights = (1...(try values[Self.domainSize])).map {
            Elementary.power(Double($0), -exponent)
        }
        let total = weights.reduce(0, +)
        masses = weights.map { $0 / total }
        var sum = 0.0
        cumulative = masses.map { mass in
            sum += mass
            return sum
        }
    }

    package var capabilities: Capabilities<ContaminatedClassificationSetting> {
        Capabilities(correctness: correctness(of:seedData:), fitsWeightless: true)
    }

    // MARK: Data

    /// A seed's true labels and its stream of real examples.
    package struct SeedData: Sendable {
        let key: RandomKey
        /// The true label of each point.
        let truth: [Bool]
    }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        var random = RandomStream(
            RandomKey(seed: seed, stream: stream, purpose: .initialise))
        let truth: [Bool]
        switch concept {
        case .arbitrary: truth = masses.map { _ in random.uniform() < positiveShare }
        case .threshold:
            let threshold = random.below(masses.count + 1)
            truth = masses.indices.map { $0 >= threshold }
        }
        return SeedData(
            key: RandomKey(seed: seed, stream: stream, purpose: .realDraw), truth: truth)
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> LabelledPoints {
        LabelledPoints(
            range.map { index in
                var random = RandomStream(seedData.key.at(index))
                let point = point(random.uniform())
                return .init(point: point, label: seedData.truth[point], published: nil)
            })
    }

    private func point(_ uniform: Double) -> Int {
        // The last sum may be rounded to less than 1.
        min(cumulative.partitioningIndex { uniform < $0 }, cumulative.count - 1)
    }

    /// The newest published classifier labels.
    package func sample(
        from parents: [[Bool]], size: Int, conditions: LabelledPoints?, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> LabelledPoints {
        var random = RandomStream(key)
        return LabelledPoints(
            (0..<size).map { _ in
                let point = point(random.uniform())
                let published = parents[0][point]
                let isSynthetic = random.uniform() < syntheticFraction
                return .init(
                    point: point, label: isSynthetic ? published : seedData.truth[point],
                    published: published)
            })
    }

    /// Whether each example's label is the true one of its point.
    package func correctness(of examples: LabelledPoints, seedData: SeedData) throws -> [Bool] {
        examples.elements.map { $0.label == seedData.truth[$0.point] }
    }

    // MARK: The learner

    /// What the counted examples say of each point, and what the learner makes of it.
    package struct Statistics: Sendable {
        /// Positive minus negative weight.
        var balance: [Double]
        /// The classifier after these examples.
        var labels: [Bool]
    }

    package func statistics(
        of examples: LabelledPoints, weights: [Double]?, seedData: SeedData
    ) throws -> Statistics {
        var balance = masses.map { _ in 0.0 }
        for (index, example) in examples.elements.enumerated()
        where learner == .repeatedERM || example.canOnlyBeReal {
            let weight = weights?[index] ?? 1
            balance[example.point] += example.label ? weight : -weight
        }
        // A point that nobody has seen is negative by default.
        return Statistics(
            balance: balance, labels: labels(balance, keeping: masses.map { _ in false }))
    }

    package func merge(_ later: Statistics, into statistics: inout Statistics) {
        for point in masses.indices { statistics.balance[point] += later.balance[point] }
        statistics.labels = labels(statistics.balance, keeping: statistics.labels)
    }

    package func fit(
        _ statistics: Statistics, generation: Int, start: FitStart<[Bool]>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<[Bool]> {
        Fitted(model: statistics.labels, metrics: [])
    }

    /// The classifier with the fewest errors; a tie keeps the current label, or the threshold
    /// nearest to the current.
    private func labels(_ balance: [Double], keeping current: [Bool]) -> [Bool] {
        switch concept {
        case .arbitrary:
            return zip(balance, current).map { $0 == 0 ? $1 : $0 > 0 }
        case .threshold:
            let old = current.firstIndex(of: true) ?? current.count
            // Errors of the threshold k, up to a constant: the balance of the points below k.
            var errors = 0.0
            var best = (threshold: 0, errors: 0.0)
            for threshold in 1...balance.count {
                errors += balance[threshold - 1]
                let isNearer = abs(threshold - old) < abs(best.threshold - old)
                if errors < best.errors || (errors == best.errors && isNearer) {
                    best = (threshold, errors)
                }
            }
            return balance.indices.map { $0 >= best.threshold }
        }
    }
}
