package import Collapse
package import Compute
import Support

/// A discrete next-token source and the n-gram model of its order: Bakshi and Chakraborty (2026),
/// Seddik et al. (2024), Suresh et al. (2025), Kazdan et al. (2024), the tails of Dohmatob et al.
/// (2024) and the temperatures of Marchi et al. (2024). The truth is known, so that every distance
/// from it is exact.
package struct DiscreteSetting: IncrementalSetting {
    /// A count for each cell of ``source``.
    package typealias Model = DiscreteModel
    /// Cells, each the context and symbol of one draw.
    package typealias Examples = DiscreteDraws
    /// Counts of cells with their total, which add over runs of draws.
    package typealias Statistics = DiscreteStatistics

    /// The seed's own stream of real draws.
    package struct SeedData: Sendable {
        let key: RandomKey
    }

    /// The true distribution: real draws come from it, and models are measured against it.
    package let source: DiscreteSource
    /// How a model's counts become the probabilities that it is sampled and scored with.
    package let smoothing: DiscreteSmoothing
    /// What changes a model's probabilities when it is sampled, and nowhere else.
    package let rule: DecodingRule
    let sampler: DiscreteSampler
    let scoringSmoothing: Double
    let metrics: [DiscreteMetric]
    /// Those of the metrics.
    let declarations: [MetricDeclaration]
    let wanted: DiscreteMeasures.Wanted

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        source = try values[Self.source].source(resources: resources)
        smoothing = try values[Self.smoothing]
        rule = try DecodingRule(values, vocabulary: source.vocabulary)
        sampler = DiscreteSampler(
            source: source, policy: try values[Self.contexts],
            documentLength: try values[Self.documentLength])
        scoringSmoothing = try values[Self.scoringSmoothing]
        let named = try values[Self.recordedMetrics]
        let order = source.order
        metrics = DiscreteMetric.allCases.filter {
            (named.isEmpty || named.contains($0)) && ($0 != .aliveNGrams || order > 0)
        }
        declarations = metrics.map(\.declaration)
        wanted = DiscreteMeasures.Wanted(of: metrics)
    }

    package var capabilities: Capabilities<DiscreteSetting> {
        Capabilities(
            scores: scores(of:under:seedData:work:), scoresProbabilities: true,
            baseModel: baseModel(in:work:),
            fitsWeightless: true)
    }

    // MARK: Real data

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        SeedData(key: RandomKey(seed: seed, stream: stream, purpose: .realDraw))
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> DiscreteDraws {
        DiscreteDraws(cells: sampler.real(range, from: seedData.key))
    }

    // MARK: The learner

    package func statistics(
        of examples: DiscreteDraws, weights: [Double]?, seedData: SeedData
    ) throws -> DiscreteStatistics {
        var counts = Array(repeating: 0.0, count: source.distribution.count)
        var size = Double(examples.count)
        counts.withUnsafeMutableBufferPointer { counts in
            if let weights {
                size = 0
                for (cell, weight) in zip(examples.cells, weights) {
                    counts[Int(cell)] += weight
                    size += weight
                }
            } else {
                for cell in examples.cells { counts[Int(cell)] += 1 }
            }
        }
        return DiscreteStatistics(
            counts: counts, size: size, isWhole: weights == nil,
            realSize: examples.lineage == nil ? size : 0, lineage: examples.lineage)
    }

    package func merge(
        _ later: DiscreteStatistics, into statistics: inout DiscreteStatistics
    ) {
        for cell in later.counts.indices { statistics.counts[cell] += later.counts[cell] }
        statistics.size += later.size
        statistics.isWhole = statistics.isWhole && later.isWhole
        statistics.realSize += later.realSize
        statistics.lineage = DiscreteLineage.newest(statistics.lineage, later.lineage)
    }

    /// Whole counts are the same in any order, so a pool is counted at once.
    package func fit(
        _ data: TrainingData<DiscreteDraws>, start: FitStart<DiscreteModel>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<DiscreteModel> {
        var statistics = try statistics(
            of: data.examples, weights: data.weights, seedData: seedData)
        statistics.realSize = 0
        var first = 0
        for run in data.pool.provenance.runs {
            if run.value == 0 {
                statistics.realSize +=
                    data.weights?[first..<run.end].reduce(0, +) ?? Double(run.end - first)
            }
            first = run.end
        }
        return try fit(
            statistics, generation: data.generation, start: start, seedData: seedData, key: key,
            work: work)
    }

    /// Counting has no starting point, so `start` changes nothing.
    package func fit(
        _ statistics: DiscreteStatistics, generation: Int, start: FitStart<DiscreteModel>,
        seedData: SeedData, key: RandomKey, work: Workload
    ) throws -> Fitted<DiscreteModel> {
        var lineage = statistics.lineage ?? .none
        lineage.fits = generation + 1
        if lineage.collapse == nil, hasOneSymbolLeft(statistics.counts) {
            lineage.collapse = lineage.fits
        }
        lineage.effectiveSample +=
            statistics.realSize * statistics.realSize / max(statistics.size, 1)
        return Fitted(
            model: DiscreteModel(
                counts: statistics.counts, size: statistics.size, isWhole: statistics.isWhole,
                lineage: lineage),
            metrics: [])
    }

    /// Whether no context is followed by two symbols.
    private func hasOneSymbolLeft(_ counts: [Double]) -> Bool {
        counts.withUnsafeBufferPointer { counts in
            var context = -1
            for cell in counts.indices where counts[cell] > 0 {
                if cell / source.vocabulary == context { return false }
                context = cell / source.vocabulary
            }
            return true
        }
    }

    package func sample(
        from parents: [DiscreteModel], size: Int, conditions: DiscreteDraws?, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> DiscreteDraws {
        DiscreteDraws(
            cells: sampler.samples(
                from: parents, distributions: parents.map(distribution), rule: rule, size: size,
                key: key),
            lineage: parents[0].lineage)
    }

    func distribution(of model: DiscreteModel) -> DiscreteDistribution {
        DiscreteDistribution(model, smoothing: smoothing, vocabulary: source.vocabulary)
    }

    /// The base model knows the truth: what it draws differs from real data by the decoding rule
    /// alone.
    package func baseModel(in seedData: SeedData, work: Workload) throws -> DiscreteModel {
        DiscreteModel(
            counts: source.distribution, size: Double(source.contexts), isWhole: false,
            lineage: .none)
    }

    /// The log-probability of each draw's symbol given its context under a smoothed model, in nats.
    ///
    /// The decoding rule does not enter. A symbol of probability zero scores minus infinity.
    package func scores(
        of examples: DiscreteDraws, under model: DiscreteModel, seedData: SeedData, work: Workload
    ) throws -> [Double] {
        let distribution = distribution(of: model)
        let vocabulary = source.vocabulary
        var logarithms = Array(repeating: 0.0, count: source.distribution.count)
        logarithms.withUnsafeMutableBufferPointer { rows in
            model.counts.withUnsafeBufferPointer { counts in
                for first in stride(from: 0, to: counts.count, by: vocabulary) {
                    let cells = first..<first + vocabulary
                    let row = UnsafeBufferPointer(rebasing: counts[cells])
                    distribution.fill(
                        UnsafeMutableBufferPointer(rebasing: rows[cells]), from: row,
                        total: row.reduce(0, +))
                }
            }
            for cell in rows.indices { rows[cell] = Elementary.log(rows[cell]) }
        }
        return examples.cells.map { logarithms[Int($0)] }
    }

    // MARK: Evaluation

    package func evaluate(
        _ evaluation: String, of subject: EvaluationSubject<DiscreteSetting>, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> [MetricValue] {
        let model = try subject.model()
        let measures = DiscreteMeasures(
            of: model, against: source, smoothing: smoothing, scoringSmoothing: scoringSmoothing,
            reference: wanted.drift ? try subject.reference() : nil, wanted: wanted)
        return zip(metrics, declarations).map { metric, declaration in
            declaration.value(measures.value(of: metric, lineage: model.lineage))
        }
    }

    /// A draw's symbol as a number, after the context, oldest symbol first, where there is one.
    package func show(_ examples: DiscreteDraws, at index: Int, seedData: SeedData) -> String {
        let cell = Int(examples.cells[index])
        let symbol = String(cell % source.vocabulary)
        guard source.order > 0 else { return symbol }
        var context = cell / source.vocabulary
        var symbols: [String] = []
        for _ in 0..<source.order {
            symbols.append(String(context % source.vocabulary))
            context /= source.vocabulary
        }
        return symbols.reversed().joined(separator: " ") + " -> " + symbol
    }
}
