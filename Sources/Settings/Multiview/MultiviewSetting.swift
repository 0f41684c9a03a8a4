package import Collapse
package import Compute
import Networks
package import Support
import Text

/// Deep canonical correlation analysis and what noise regularisation does for it (He et al., NeurIPS
/// 2024): encoders of several views whose representations collapse as training goes on.
///
/// No model feeds another. Generation 0 holds untrained encoders, and each later generation goes on
/// for some epochs on its real rows, so that a chain's generations are checkpoints of one training.
package struct MultiviewSetting: TaskSetting {
    package typealias SeedData = MultiviewData
    package typealias Model = EncoderModel
    package typealias Examples = ViewRows

    let encoders: Encoders
    let training: CorrelationTraining
    let score: DownstreamScore
    private let data: ViewData
    /// Whether a layer before a representation, or its view, is narrower than it.
    private let narrows: Bool
    private let testRows: Int
    private let outputs: [Int]
    private let stock: LabelledSetStock<FeatureSet>

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        data = try values[Self.data]
        testRows = try values[Self.testRows]
        score = DownstreamScore(folds: try values[Self.folds])
        stock = LabelledSetStock(FeatureView.set, key: Self.data.name, resources)
        let width = try values[Self.width]
        let outputWidth = try values[Self.outputWidth]
        outputs = data.widths.map { outputWidth ?? $0 }
        let hidden = Array(repeating: width, count: try values[Self.hiddenLayers])
        encoders = Encoders(views: data.widths, hidden: hidden, outputs: outputs)
        training = CorrelationTraining(
            epochs: try values[Self.epochs], learningRate: try values[Self.learningRate],
            ridge: try values[Self.ridge], alpha: try values[Self.alpha],
            noise: try values[Self.noise])
        narrows = zip(data.widths, outputs).contains { ([$0] + hidden).min() ?? $0 < $1 }
        try Self.check(arm)
        try checkSizes()
        guard testRows >= 2 * score.folds else {
            throw SpecificationIssue(
                path: [Self.testRows.name],
                message: "\(testRows) test rows for \(score.folds) folds: two in each are needed; "
                    + "raise test-rows or lower folds")
        }
        guard training.ridge > 0 || !narrows else {
            throw SpecificationIssue(
                path: [Self.ridge.name],
                message: "representations are wider than a view or a hidden layer, so that their "
                    + "covariance is singular: use a ridge above 0, or lower output-width")
        }
    }

    /// Refuses what no machine holds, and measurements that mean nothing.
    private func checkSizes() throws(SpecificationIssue) {
        // Parameters, their gradient and two moments, of which a fit keeps two copies.
        if let shortage = MachineMemory.shortage(32 * Double(encoders.layout.count)) {
            throw SpecificationIssue(
                path: [Self.width.name],
                message: "encoders of \(encoders.layout.count) parameters: their training "
                    + "\(shortage): lower width or hidden-layers")
        }
        if let shortage = MachineMemory.shortage(Double(testRows) * Double(bytesPerUnit)) {
            throw SpecificationIssue(
                path: [Self.testRows.name],
                message: "measuring on \(testRows) rows \(shortage): lower test-rows")
        }
        guard testRows > correlatedRows else {
            throw SpecificationIssue(
                path: [Self.testRows.name],
                message: "\(testRows) test rows; \(correlation)")
        }
    }

    /// So many rows of two views correlate in some direction, whatever they are: with n rows, p + q >
    /// n - 1 columns have a common direction among the n - 1 dimensions of what is centred.
    private var correlatedRows: Int {
        let columns = zip(data.widths, outputs).map { max($0, $1) }.sorted(by: >)
        return columns[0] + columns[1]
    }

    private var correlation: String {
        "two views of \(correlatedRows) columns together correlate in as few rows whatever they are: "
            + "use more than \(correlatedRows)"
    }

    package func check(_ plan: ChainPlan) throws(SpecificationIssue) {
        for (t, composition) in plan.compositions.enumerated() where plan.hasData(t) {
            let rows = composition.size
            guard rows > correlatedRows else {
                throw SpecificationIssue(
                    path: [ArmKeys.sampleSize.name],
                    message: "generation \(t) has \(rows) rows; \(correlation)")
            }
        }
    }

    private static func check(_ arm: ArmSpecification) throws(SpecificationIssue) {
        guard arm.startFrom == .previous else {
            throw SpecificationIssue(
                path: [ArmKeys.startFrom.name],
                message: "generations are checkpoints of one training: use start-from: previous, "
                    + "and optimizer-state: carry-over for one that goes on undisturbed")
        }
        guard arm.curation.isEmpty else {
            throw SpecificationIssue(
                path: [ArmKeys.curate.name],
                message: "a correlation is of all rows at once, which have no weights or scores: "
                    + "remove the stages")
        }
    }

    package var capabilities: Capabilities<MultiviewSetting> { Capabilities(drawsSamples: false) }

    package var storage: Storage<MultiviewSetting>? {
        Storage(
            encodeModel: encode(_:seedData:), decodeModel: decodeModel(_:seedData:),
            encodeExamples: encode(_:seedData:), decodeExamples: decodeExamples(_:seedData:),
            show: { examples, index, _ in "row \(examples.rows[index])" },
            inputs: { [data, stock] stage in
                guard case .mfeat = data, stage == .seedData else { return [] }
                return ["features=\(try stock.manifest().identity)"]
            })
    }

    package var notes: [String] {
        var notes: [String] = []
        if narrows || zip(data.widths, outputs).contains(where: { $0 != $1 }) {
            notes.append(
                "Representations have other numbers of columns than views, or are wider than a layer "
                    + "before them, so that the two correlations of the noise gap have different numbers "
                    + "of terms: it cannot be 0.")
        }
        if case .synthetic(let views) = data { notes += views.notes }
        return notes
    }

    /// Views, representations and what an evaluation makes of them, all in double precision.
    package var bytesPerUnit: Int { 64 * (data.widths + outputs).reduce(0, +) }

    // MARK: Real data

    package func sources() throws -> [DataSource] {
        guard case .mfeat(let views) = data else { return [] }
        let set = try stock.set()
        let bytes = 8 * views.reduce(1) { $0 + $1.width }
        return [
            DataSource(
                kind: "features", name: stock.name, sha256: try stock.manifest().sha256,
                unit: "rows",
                parts: [
                    .init(
                        name: "train", count: max(0, set.count - testRows),
                        bytes: max(0, set.count - testRows) * bytes),
                    .init(name: "test", count: testRows, bytes: testRows * bytes),
                ])
        ]
    }

    package func makeSeedData(
        seed: UInt64, stream: UInt32, initialSize: Int
    ) throws -> MultiviewData {
        let key = RandomKey(seed: seed, stream: stream, purpose: .realOrder)
        let source: any ViewSource =
            switch data {
            case .synthetic(let views):
                SyntheticSource(views, initialSize: initialSize, testRows: testRows, key: key)
            case .mfeat(let views):
                try FeatureSource(stock.set(), views, testRows: testRows, key: key)
            }
        let seedData = MultiviewData(source, initialSize: initialSize, key: key)
        try checkRank(seedData)
        return seedData
    }

    private func checkRank(_ seedData: MultiviewData) throws(SpecificationIssue) {
        guard training.ridge == 0 else { return }
        for (index, view) in seedData.initialViews.enumerated() {
            let rank = view.minusColumnMeans().gram().semidefiniteFactor().columns
            guard rank == view.columns else {
                throw SpecificationIssue(
                    path: [Self.ridge.name],
                    message: "the covariance of view \(index + 1) has rank \(rank) and "
                        + "\(view.columns) columns, so that it has no inverse: use a ridge above 0")
            }
        }
    }

    package func realCount(in seedData: MultiviewData) -> Int? { seedData.source.count }
    package func realSize(at index: Int, in seedData: MultiviewData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: MultiviewData) throws -> ViewRows {
        ViewRows(rows: range.map { Int32($0) })
    }

    package func measuredOn(in seedData: MultiviewData) -> String? {
        "\(testRows) rows that no encoder learns from"
    }

    // MARK: The learner

    package func fit(
        _ data: TrainingData<ViewRows>, start: FitStart<EncoderModel>, seedData: MultiviewData,
        key: RandomKey, work: Workload
    ) throws -> Fitted<EncoderModel> {
        guard case .model(var model, let carriesOptimizer) = start else {
            return Fitted(
                model: EncoderModel(
                    parameters: encoders.layout.initial(key.with(purpose: .initialise))),
                metrics: [Metric.epochs.value(0)])
        }
        if !carriesOptimizer { model.optimizer = .init(count: model.parameters.count) }
        // The noise of an epoch is the same however epochs are cut into generations.
        var noiseKey = key.with(purpose: .noise)
        noiseKey.generation = 0
        let loss = try training.train(
            &model, of: encoders, on: seedData.views(of: data.examples.rows), key: noiseKey,
            progress: work.progress)
        try DivergedTraining.check(model.parameters, rate: Self.learningRate.name)
        return Fitted(
            model: model,
            metrics: [Metric.loss.value(loss), Metric.epochs.value(Double(model.epochs))])
    }

    /// - Throws: `MissingCapability`: encoders draw nothing.
    package func sample(
        from parents: [EncoderModel], size: Int, conditions: ViewRows?, seedData: MultiviewData,
        key: RandomKey, work: Workload
    ) throws -> ViewRows {
        throw MissingCapability(setting: Self.declaration.name, lacks: .samples)
    }
}
