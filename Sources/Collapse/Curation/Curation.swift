/// What curation did to the composed data.
package struct CurationOutcome<Examples: ExampleCollection>: Sendable {
    package var data: TrainingData<Examples>
    /// Counts in and out of each stage.
    package var metrics: [MetricValue]
}

extension CurationStage {
    /// The word of the stage in a specification and in metric names.
    package var name: String {
        switch self {
        case .exactDuplicates: "exact-duplicates"
        case .scoreThreshold: "score-threshold"
        case .topFraction: "top-fraction"
        case .weight: "weight"
        }
    }

    /// Applies the stages in order; `scores` gives the mean log-likelihood of each example under one of the
    /// scoring models.
    package static func apply<Examples: ExampleCollection>(
        _ stages: [CurationStage], to pool: Pool<Examples>,
        scores: (Examples, ScoringModel) throws -> [Double]
    ) throws -> CurationOutcome<Examples> {
        var data = TrainingData(pool: pool)
        var metrics: [MetricValue] = []
        for (position, stage) in stages.enumerated() {
            let before = data.pool
            data = try stage.applied(to: data, scores: scores)
            let prefix = "curate.\(position + 1).\(stage.name)."
            metrics += [
                MetricValue(prefix + "examples_in", Double(before.examples.count)),
                MetricValue(prefix + "examples_out", Double(data.examples.count)),
                MetricValue(prefix + "size_in", Double(before.examples.totalSize)),
                MetricValue(prefix + "size_out", Double(data.examples.totalSize)),
            ]
        }
        return CurationOutcome(data: data, metrics: metrics)
    }

    private func applied<Examples: ExampleCollection>(
        to data: TrainingData<Examples>, scores: (Examples, ScoringModel) throws -> [Double]
    ) throws -> TrainingData<Examples> {
        let pool = data.pool
        switch self {
        case .exactDuplicates:
            // A set of contents is only asked, never iterated, so its order reaches no result.
            var seen: Set<[UInt8]> = []
            return data.keeping(
                (0..<pool.examples.count).filter {
                    seen.insert(pool.examples.contentKey(at: $0)).inserted
                })
        case .scoreThreshold(let under, let minimum, let maximum):
            let values = try scores(pool.examples, under)
            return data.keeping(
                (0..<pool.examples.count).filter { index in
                    pool.provenance[index] == 0
                        || (values[index] >= minimum ?? -.infinity
                            && values[index] <= maximum ?? .infinity)
                })
        case .topFraction(let under, let fraction):
            let values = try scores(pool.examples, under)
            let synthetic = (0..<pool.examples.count).filter { pool.provenance[$0] != 0 }
            // Ties go to the earlier example.
            let ranked = synthetic.sorted {
                values[$0] != values[$1] ? values[$0] > values[$1] : $0 < $1
            }
            let keptCount = Int((fraction * Double(synthetic.count)).rounded(.toNearestOrEven))
            var isKept = pool.provenance.map { $0 == 0 }
            for index in ranked.prefix(keptCount) { isKept[index] = true }
            return data.keeping((0..<pool.examples.count).filter { isKept[$0] })
        case .weight(let real, let synthetic):
            var weights = data.weights ?? Array(repeating: 1, count: pool.examples.count)
            for index in weights.indices {
                weights[index] *= pool.provenance[index] == 0 ? real : synthetic
            }
            return TrainingData(pool: pool, weights: weights)
        }
    }
}

extension TrainingData {
    /// The data with only the given examples left.
    fileprivate func keeping(_ indices: [Int]) -> TrainingData {
        if indices.count == examples.count { return self }
        return TrainingData(
            pool: pool.selecting(indices), weights: weights.map { all in indices.map { all[$0] } })
    }
}
