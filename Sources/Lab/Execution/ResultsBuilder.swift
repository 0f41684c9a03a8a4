package import Collapse
import Compute
import Support
import Synchronization

/// Gathers an experiment's results from its records: what the report is made of.
package struct ResultsBuilder<Setting: TaskSetting> {
    private let prepared: PreparedExperiment<Setting>
    private let directory: RunDirectory
    private let workers: Int
    private let provenance: RunProvenance?
    private let specificationText: String

    /// - Parameters:
    ///   - prepared: The experiment; none of its real data is read.
    ///   - directory: Where the records are.
    ///   - workers: Threads that read them.
    ///   - provenance: What made the records, if that is known.
    ///   - specificationText: The text of `experiment.yaml`.
    package init(
        _ prepared: PreparedExperiment<Setting>, in directory: RunDirectory, workers: Int,
        provenance: RunProvenance?, specificationText: String
    ) {
        self.prepared = prepared
        self.directory = directory
        self.workers = workers
        self.provenance = provenance
        self.specificationText = specificationText
    }

    /// The results of all generations that are recorded.
    package func results() throws -> ExperimentResults {
        let experiment = prepared.resolved.experiment
        let (metrics, lost, exhausted) = try metrics()
        let controls = Controls(
            prepared.arms.map(\.specification), generations: prepared.generations)
        return ExperimentResults(
            name: prepared.name,
            description: try experiment[ExperimentKeys.description],
            setting: declaration,
            arms: try zip(prepared.arms, controls.references).map { arm, reference in
                let plan = try ChainPlan(
                    arm: arm.specification, generations: prepared.generations)
                return ExperimentResults.Arm(
                    name: arm.specification.name,
                    summary: arm.specification.summary(traits: arm.setting.traits),
                    coordinates: arm.coordinates,
                    predictions: arm.predictions(for: plan),
                    excessTheory: arm.excessTheory(for: plan),
                    effectiveSamples: plan.effectiveSamples,
                    ownMetrics: Curation.metrics(of: arm.specification)
                        + arm.setting.furtherMetrics,
                    ownPanels: arm.setting.furtherPanels,
                    reference: reference, exhausted: exhausted[arm.specification.name])
            },
            seeds: prepared.seeds, generations: prepared.generations, metrics: metrics,
            samples: try samples(), tolerance: try experiment[ExperimentKeys.tolerance],
            comparisons: prepared.comparisons,
            specificationText: specificationText,
            methods: MethodFacts.shared(
                by: prepared.resolved.arms, of: Setting.declaration),
            environment: environment, cautions: lost + cautions(metrics),
            notes: Cautions.merging(
                prepared.arms.map { ($0.specification.name, $0.setting.notes) })
                + (provenance?.remarks ?? []))
    }

    /// The setting as its metrics were measured: what is read from metrics by other definitions than
    /// the ones of now could be wrong.
    private var declaration: SettingDeclaration {
        var declaration = Setting.declaration
        declaration.definitions = prepared.definitions
        if !otherVersions.isEmpty { declaration.drift = nil }
        return declaration
    }

    private var environment: [(name: String, value: String)] {
        var facts: [(name: String, value: String)] = []
        if let program = provenance?.program { facts.append(("collapselab", program)) }
        if let day = directory.firstDay { facts.append(("first day", day)) }
        if let kernels = provenance?.environment { facts.append(("kernels", kernels)) }
        if let evaluations = provenance?.evaluations, !evaluations.isEmpty {
            let versions = evaluations.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
            facts.append(("versions of the metrics", versions.joined(separator: ", ")))
        }
        for source in provenance?.sources ?? [] {
            facts.append(
                ("\(source.kind) \(source.name)", "\(source.summary); SHA-256 \(source.sha256)"))
        }
        for command in prepared.commands.facts { facts.append(("external command", command)) }
        return facts
    }

    private func cautions(_ metrics: MetricTable) -> [String] {
        // Most settings read nothing, and their tables are long.
        guard let provenance, !provenance.sources.isEmpty else { return otherVersions }
        let smallest = prepared.arms.map(\.specification.name).compactMap { arm in
            (0...prepared.generations).flatMap {
                metrics.values(
                    arm: arm, generation: $0, metric: DataMetrics.examples.name,
                    seeds: prepared.seeds)
            }.min().flatMap { Int(exactly: $0) }.map { (arm: arm, documents: $0) }
        }
        return Cautions.of(sources: provenance.sources, smallest: smallest) + provenance.cautions
            + cautionsAfterBase(metrics) + otherVersions
    }

    /// What the first fits say of how arms begin from a base.
    func cautionsAfterBase(_ metrics: MetricTable) -> [String] {
        let headline = Setting.declaration.metric(Setting.declaration.headline)
        let begun = prepared.arms.map(\.specification).filter { $0.startFrom != .scratch }
        func mean(_ arm: String, _ generation: Int) -> Double? {
            let values = metrics.values(
                arm: arm, generation: generation, metric: headline.name, seeds: prepared.seeds
            ).filter(\.isFinite)
            return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
        }
        return Cautions.afterBase(
            headline,
            begun.compactMap { arm in
                guard let base = mean(arm.name, MetricTable.baseGeneration),
                    let first = mean(arm.name, 0)
                else { return nil }
                return (arm.name, base, first)
            })
    }

    /// Where the metrics are by other definitions than the ones that this program describes.
    private var otherVersions: [String] {
        let others = Setting.declaration.evaluations.compactMap { evaluation -> String? in
            guard let recorded = provenance?.evaluations[evaluation.name],
                recorded != evaluation.version
            else { return nil }
            return "\(evaluation.name) by version \(recorded), which is \(evaluation.version) now"
        }
        guard !others.isEmpty else { return [] }
        return [
            "These metrics were measured by definitions of another version of the program: "
                + others.joined(separator: "; ")
                + ". What this page says of them is true of the version of now; the changelog tells "
                + "what changed."
        ]
    }

    /// All measurements, arms in their order, then seeds, generations and metrics in theirs; a
    /// sentence about records that are gone although later ones are there; and the first generation
    /// of each arm that there was no real data left for.
    private func metrics() throws -> (
        table: MetricTable, lost: [String], exhausted: [String: Int]
    ) {
        let blocks = prepared.blocks()
        var table = MetricTable()
        var gaps = RecordGaps()
        var exhausted: [String: Int] = [:]
        let pool = WorkerPool(count: workers)
        // A few blocks at a time: all of them may be more than memory should hold twice.
        for start in stride(from: 0, to: blocks.count, by: 4 * workers) {
            let batch = blocks[start..<min(start + 4 * workers, blocks.count)]
            let read = Mutex<[Result<[GenerationRecord]?, any Error>?]>(
                Array(repeating: nil, count: batch.count))
            pool.perform(tasks: batch.count) { task, _ in
                let records = Result { try directory.records(of: batch[start + task]) }
                read.withLock { $0[task] = records }
            }
            for (block, records) in zip(batch, read.withLock { $0 }) {
                let records = try records?.get()
                if let records { table.append(records, arm: block.arm) }
                if let end = records?.first(where: \.metrics.isEmpty)?.generation {
                    exhausted[block.arm] = min(exhausted[block.arm] ?? end, end)
                }
                gaps.note(block, isThere: records != nil)
            }
        }
        return (table, gaps.sentences, exhausted)
    }

    private static var mostGenerationsOfImages: Int { 12 }
    private static var mostGenerationsOfTexts: Int { 21 }

    /// A few samples of the first seed, from generations at even distances.
    private func samples() throws -> [ExperimentResults.Sample] {
        guard case .generation = Setting.declaration.recordUnit, let seed = prepared.seeds.first
        else { return [] }
        var shown: [ExperimentResults.Sample] = []
        let last = prepared.generations
        let areImages = prepared.arms.contains { $0.setting.storage?.picture != nil }
        let parts =
            min(last, (areImages ? Self.mostGenerationsOfImages : Self.mostGenerationsOfTexts) - 1)
        let generations = Set((0...max(1, parts)).map { $0 * last / max(1, parts) }).sorted()
        for arm in prepared.arms {
            for generation in generations {
                let block = RecordBlock(
                    arm: arm.specification.name, seeds: [seed],
                    generations: generation...generation)
                guard let key = try directory.records(of: block)?.first?.samples,
                    let files = try directory.store.read(key)
                else { continue }
                let kept = try SampleProvenance.decode(files)
                func sample(_ text: String, _ picture: Picture?) -> ExperimentResults.Sample {
                    ExperimentResults.Sample(
                        arm: arm.specification.name, seed: seed, generation: generation,
                        text: text, picture: picture)
                }
                if let pictures = kept?.pictures {
                    shown += pictures.map { sample($0.label, $0) }
                } else {
                    shown += (kept?.shown ?? []).map { sample($0, nil) }
                }
            }
        }
        return shown
    }
}
