package import Collapse
import Support

/// Measures an arm at values of one of its keys, with its control, for as many seeds as are asked
/// for: what a search for a threshold asks.
///
/// Every arm and batch of seeds is a run directory of its own below one folder, so that whatever the
/// search asks is computed once, however often and with whatever tolerance it is repeated.
package final class ThresholdRuns<Setting: TaskSetting> {
    private let key: SearchedKey
    private let load: SearchedKey.Loading
    private let folder: String
    private let store: String?
    private let metric: MetricDeclaration
    private let execution: Execution
    private let firstSeeds: [Int]
    /// What each arm measured that was run, by what it trains on: the controls of many values are one.
    private var known: [TrainedData: Measured] = [:]
    /// The last generation, at which arms are compared.
    package let generation: Int

    /// - Parameters:
    ///   - key: The key.
    ///   - load: Reads the experiment.
    ///   - folder: Where the runs are.
    ///   - store: A folder for many runs whose stored generations are shared, beside those of the
    ///     search itself.
    ///   - metric: What is compared.
    ///   - execution: How runs are carried out.
    /// - Throws: What `load` throws.
    package init(
        _ key: SearchedKey, load: @escaping SearchedKey.Loading, folder: String, store: String?,
        metric: MetricDeclaration, execution: Execution
    ) throws {
        (self.key, self.load, self.folder, self.store) = (key, load, folder, store)
        self.metric = metric
        let whole = try load([])
        self.execution = try execution.consenting(to: whole, Setting.self)
        let base = whole.experiment
        generation = try base[ExperimentKeys.generations]
        firstSeeds = try base[ExperimentKeys.seeds]
    }

    /// The arm less its control for some seeds, the file's first, larger where it is worse.
    ///
    /// - Returns: The differences, and the chains that they took which nothing before had needed; nil
    ///   where that would be more than `limit`.
    package func contrasts(
        at value: Double, seeds indices: Range<Int>, limit: Int
    ) throws -> (contrasts: [Double], runs: Int)? {
        let seeds = indices.map(seed)
        let (experiment, specifications) = try experiment(at: value, seeds)
        let position = try key.position(in: experiment)
        let controls = Controls(specifications, generations: generation)
        switch controls.references[position] {
        case .itself: return ([Double](repeating: 0, count: seeds.count), 0)
        case .missing:
            throw ThresholdRefusal(
                "\(experiment.arms[position].name) has no control to be compared with")
        case .arm(let control):
            let name = "\(key.path.joined(separator: "."))=\(key.text(value))"
            let own = try measured(position, of: experiment, specifications, folder: name)
            let hash = SHA256.digest(of: experiment.arms[control].values.canonicalText.utf8)
                .hexadecimal.prefix(8)
            let reference = try measured(
                control, of: experiment, specifications, folder: "control-\(hash)")
            let runs = own.missing(seeds).count + reference.missing(seeds).count
            guard runs <= limit else { return nil }
            try run(seeds, of: own)
            try run(seeds, of: reference)
            let sign: Double = metric.direction == .higherIsBetter ? -1 : 1
            let contrasts = seeds.map { seed in
                sign * (own.values[seed, default: .nan] - reference.values[seed, default: .nan])
            }
            guard contrasts.allSatisfy(\.isFinite) else {
                throw ThresholdRefusal(
                    "\(metric.name) is infinite or undefined at \(name) or of its control: choose "
                        + "another --metric, or measure it so that it is finite")
            }
            return (contrasts, runs)
        }
    }

    /// The experiment with a value of the key and some seeds, and its arms, which have plans.
    private func experiment(
        at value: Double, _ seeds: [Int]
    ) throws -> (ResolvedExperiment, [ArmSpecification]) {
        do {
            let experiment = try load(
                [
                    key.override(value), "\(ExperimentKeys.controls.name)=true",
                    "\(ExperimentKeys.compare.name)=[]",
                    "\(ExperimentKeys.seeds.name)=[\(seeds.map(String.init).joined(separator: ","))]",
                ])
            let specifications = try experiment.specifications()
            for specification in specifications {
                _ = try experiment.locating(["arms", specification.name]) {
                    try ChainPlan(arm: specification, generations: generation)
                }
            }
            return (experiment, specifications)
        } catch let error as SpecificationError {
            throw ThresholdRefusal(
                "\(key.path.joined(separator: ".")) cannot be \(key.text(value)), which the search tries: "
                    + "\(error) Say where to look with --smallest and --largest.")
        }
    }

    /// Where what was measured of an arm is far from what theory says of it, a sentence about it: a mean
    /// that few seeds carry is not seen in those that were drawn.
    package var doubt: String? {
        let far = known.values.filter { arm in
            guard let predicted = arm.predicted, arm.values.count > 4 else { return false }
            let summary = Summary(Array(arm.values.values))
            return abs(summary.mean - predicted) > 6 * summary.standardError
        }
        guard let first = far.map(\.folder).min() else { return nil }
        let others = far.count > 1 ? " and \(far.count - 1) more arms" : ""
        return
            "The mean of \(metric.name) of \(first)\(others) is more than six standard errors from the "
            + "one that theory gives: a few seeds that were not drawn carry it, and no interval of those "
            + "that were can be trusted."
    }

    /// The file's seeds first, then the numbers after the largest.
    private func seed(_ index: Int) -> Int {
        index < firstSeeds.count
            ? firstSeeds[index] : (firstSeeds.max() ?? -1) + 1 + index - firstSeeds.count
    }

    /// An arm and what it measured.
    private final class Measured {
        /// The arm alone.
        let experiment: ResolvedExperiment
        /// Its folder below that of the search.
        let folder: String
        /// What theory says of the metric's mean there.
        var predicted: Double?
        /// The metric at the last generation by seed.
        var values: [Int: Double] = [:]

        init(_ experiment: ResolvedExperiment, folder: String) {
            self.experiment = experiment
            self.folder = folder
        }

        func missing(_ seeds: [Int]) -> [Int] { seeds.filter { values[$0] == nil } }
    }

    private func measured(
        _ position: Int, of experiment: ResolvedExperiment, _ specifications: [ArmSpecification],
        folder: String
    ) throws -> Measured {
        let data = try experiment.locating(["arms", experiment.arms[position].name]) {
            try TrainedData(specifications[position], generations: generation)
        }
        if let found = known[data] { return found }
        let measured = Measured(experiment.keeping(position), folder: folder)
        known[data] = measured
        return measured
    }

    /// Runs what an arm lacks of some seeds.
    private func run(_ seeds: [Int], of arm: Measured) throws {
        let missing = arm.missing(seeds)
        guard let first = missing.first, let last = missing.last else { return }
        var experiment = arm.experiment
        experiment.experiment = experiment.experiment.setting(
            ExperimentKeys.seeds.name, to: .list(missing.map { .integer($0) })
        ).setting(ExperimentKeys.controls.name, to: .boolean(false))
        let batch = "\(SafeName.encode(arm.folder))/seeds-\(first)-\(last)"
        let (values, predicted) = try run(experiment, in: "\(folder)/\(batch)")
        for (seed, value) in zip(missing, values) { arm.values[seed] = value }
        arm.predicted = predicted
    }

    private func run(
        _ experiment: ResolvedExperiment, in path: String
    ) throws -> (values: [Double], predicted: Double?) {
        let session = try ExperimentSession<Setting>(
            experiment,
            existing: try ExperimentFile.recorded(in: path, settings: [Setting.declaration]),
            at: path, sharing: store ?? folder, mayExtend: false, execution: execution)
        let (results, failures) = try session.run()
        if let failure = failures.first {
            throw ThresholdRefusal(
                "arm \(failure.arm), seed \(failure.seed): \(failure.message)")
        }
        let prediction = results.arms[0].predictions.first {
            $0.metric == metric.name && $0.relation == .expectation && generation < $0.values.count
        }?.values[generation]
        let values = try results.seeds.map { seed -> Double in
            let value = results.metrics.value(
                arm: results.arms[0].name, seed: seed, generation: generation, metric: metric.name)
            guard let value else {
                throw ThresholdRefusal(
                    results.arms[0].exhausted.map {
                        "\(results.arms[0].name) has no real data left for generation \($0): lower "
                            + "generations or the sizes, or choose a larger corpus"
                    } ?? "\(metric.name) is not measured at generation \(generation)")
            }
            return value
        }
        return (values, prediction.flatMap { $0.isFinite ? $0 : nil })
    }
}

extension Execution {
    /// The same with consent for the parts of an experiment that the user allows.
    fileprivate func consenting<Setting: TaskSetting>(
        to experiment: ResolvedExperiment, _ setting: Setting.Type
    ) throws -> Execution {
        guard try experiment.specifications().contains(where: { $0.startsCommands }) else {
            return self
        }
        let prepared = try PreparedExperiment<Setting>(
            experiment, execution: self, mayFetch: false)
        var copy = self
        copy.consent = try consent.covering(prepared.commands)
        return copy
    }
}

extension ResolvedExperiment {
    /// The arms as the loop reads them.
    fileprivate func specifications() throws -> [ArmSpecification] {
        try arms.map { arm in
            try locating(["arms", arm.name]) {
                try ArmSpecification(name: arm.name, values: arm.values)
            }
        }
    }

    /// The same with one arm alone.
    fileprivate func keeping(_ arm: Int) -> ResolvedExperiment {
        var copy = self
        copy.arms = [arms[arm]]
        copy.armLocations = [armLocations[arm]]
        return copy
    }
}
