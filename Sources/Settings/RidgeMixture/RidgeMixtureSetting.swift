package import Collapse
package import Compute
import Support

/// The regression of Strong Model Collapse (Dohmatob et al. 2024): ridge on real labels y = x.w1 +
/// noise mixed with the labels of a flawed labeller, y = x.w2 + noise, from the inputs themselves
/// or from random features of them.
///
/// The base model is the flawed labeller: `sample-from: base` is the paper's one-shot mixture, and
/// `base-then-previous` its iterative mixing. The learner is linear in labels, so that a model is
/// kept as what it makes of each ``LabelPart``: bias, variance and the price of synthetic labels
/// are measured on the fitted model itself.
package struct RidgeMixtureSetting: TaskSetting {
    /// Where the inputs of synthetic examples come from.
    package enum Design: String, CaseIterable, Sendable {
        /// New draws in each generation.
        case fresh
        /// The same inputs in each generation, labelled anew.
        case same
    }

    /// A linear predictor by the parts of the labels it was fitted to: dimension times
    /// ``LabelPart``.
    package struct Model: Hashable, Sendable {
        /// A row for each coordinate of an input, a column for each ``LabelPart`` by its raw value.
        package var parts: Matrix

        package init(parts: Matrix) { self.parts = parts }

        /// The coefficients of the inputs.
        package var coefficients: [Double] {
            (0..<parts.rows).map { row in
                LabelPart.allCases.reduce(0) { $0 + parts[row, $1.rawValue] }
            }
        }
    }

    /// What is drawn once for a seed.
    package struct SeedData: Sendable {
        /// The seed's stream of real points.
        let key: RandomKey
        /// w1.
        let truth: [Double]
        /// w2 - w1.
        let shift: [Double]
        /// Standard deviations of the inputs' coordinates.
        let deviations: [Double]
        let learner: RidgeLearner
    }

    /// d, the number of coordinates of an input.
    package let dimension: Int
    /// The covariance of the inputs, by its eigenvalues.
    package let spectrum: Spectrum
    /// E (x.w1)^2.
    package let signal: Double
    /// c^2 = E (x.(w2 - w1))^2.
    package let labelQuality: Double
    /// Variance of the noise of real labels.
    package let realNoise: Double
    /// Variance of the noise of synthetic labels.
    package let syntheticNoise: Double
    /// lam of (1/n) |X w - y|^2 + lam |w|^2; at 0 the solution is the one of least norm.
    package let penalty: Double
    /// The number of random features; nil to learn from the inputs themselves.
    package let width: Int?
    /// Where the inputs of synthetic examples come from.
    package let design: Design

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        dimension = try values[Self.dimension]
        spectrum = try values[Self.spectrum]
        signal = try values[Self.signal]
        labelQuality = try values[Self.labelQuality]
        realNoise = try values[Self.realNoise]
        syntheticNoise = try values[Self.syntheticNoise] ?? realNoise
        penalty = try values[Self.penalty]
        width = try values[Self.width]
        design = try values[Self.design]
    }

    package var capabilities: Capabilities<RidgeMixtureSetting> {
        Capabilities(baseModel: baseModel(in:work:), fitsWeightless: true)
    }

    // MARK: Real data

    package var bytesPerUnit: Int { 8 * (dimension + 1) }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        // Coordinates are the eigenvectors, and each carries an equal part of the signal and of the
        // shift.
        let deviations = spectrum.eigenvalues(dimension: dimension).map { $0.squareRoot() }
        let distribution = RandomKey(seed: seed, stream: stream, generation: 1, purpose: .realDraw)
        func coefficients(_ index: Int, variance: Double) -> [Double] {
            let scale = (variance / Double(dimension)).squareRoot()
            return zip(NormalDraws.array(dimension, from: distribution.at(index)), deviations).map {
                scale * $0 / $1
            }
        }
        return SeedData(
            key: RandomKey(seed: seed, stream: stream, purpose: .realDraw),
            truth: coefficients(0, variance: signal),
            shift: coefficients(1, variance: labelQuality), deviations: deviations,
            learner: RidgeLearner(
                penalty: penalty,
                features: width.map {
                    RandomProjection.features(
                        width: $0, dimension: dimension,
                        key: RandomKey(seed: seed, stream: stream, purpose: .initialise))
                }))
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> RidgeMixturePoints {
        points(
            range, key: seedData.key, in: seedData,
            noise: NormalDraws.array(
                range.count, from: seedData.key.at(1), startingAt: range.lowerBound),
            deviation: realNoise.squareRoot()
        ) { _, _ in 0 }
    }

    /// Draws the inputs of a range of positions and labels them; a point depends on its key and
    /// position alone.
    private func points(
        _ range: Range<Int>, key: RandomKey, in seedData: SeedData, noise: [Double],
        deviation: Double,
        shift: (_ position: Int, _ input: ArraySlice<Double>) -> Double
    ) -> RidgeMixturePoints {
        var inputs = NormalDraws.array(
            range.count * dimension, from: key, startingAt: range.lowerBound * dimension)
        for position in inputs.indices {
            inputs[position] *= seedData.deviations[position % dimension]
        }
        var labels: [Double] = []
        labels.reserveCapacity(range.count * LabelPart.allCases.count)
        for position in 0..<range.count {
            let input = inputs[position * dimension..<(position + 1) * dimension]
            labels.append(dot(input, seedData.truth))
            labels.append(shift(position, input))
            labels.append(deviation * noise[position])
        }
        return RidgeMixturePoints(inputs: inputs, labels: labels)
    }

    // MARK: The learner

    /// The flawed labeller w2.
    package func baseModel(in seedData: SeedData, work: Workload) throws -> Model {
        var parts = Matrix(rows: dimension, columns: LabelPart.allCases.count)
        for axis in 0..<dimension {
            parts[axis, LabelPart.truth.rawValue] = seedData.truth[axis]
            parts[axis, LabelPart.shift.rawValue] = seedData.shift[axis]
        }
        return Model(parts: parts)
    }

    /// The ridge solution, which has no starting point: `start` changes nothing.
    package func fit(
        _ data: TrainingData<RidgeMixturePoints>, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        let parts = seedData.learner.coefficients(
            inputs: data.examples.inputMatrix, labels: data.examples.labelMatrix,
            weights: data.weights)
        return Fitted(model: Model(parts: parts), metrics: [])
    }

    package func sample(
        from parents: [Model], size: Int, conditions: RidgeMixturePoints?, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> RidgeMixturePoints {
        let shifts = parents.map { parent in
            zip(parent.coefficients, seedData.truth).map { $0 - $1 }
        }
        // Noise is new even where the inputs are not.
        let inputs =
            switch design {
            case .fresh: key
            case .same: seedData.key.with(purpose: .sample)
            }
        let shares = ParentShares(of: size, parents: parents.count)
        return points(
            0..<size, key: inputs, in: seedData, noise: NormalDraws.array(size, from: key.at(1)),
            deviation: syntheticNoise.squareRoot()
        ) { position, input in dot(input, shifts[shares.parent(ofExample: position)]) }
    }

}

/// The sum of products in order, so that a point's label does not depend on its neighbours.
private func dot(_ a: ArraySlice<Double>, _ b: [Double]) -> Double {
    zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
}
