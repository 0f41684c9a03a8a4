package import Collapse
package import Compute
import Support

/// The verification of synthetic labels of Feng et al. (2025), section 4: linear classification in
/// d dimensions of Gaussian inputs, with a student that learns from labels of which a share p is
/// wrong.
///
/// The given labeller is the base model, so a one-shot experiment has `sample-from: base`, one
/// generation of `replace` and the stage `verifier`. With `sample-from: previous` the students
/// label on and on.
package struct VerificationSetting: TaskSetting {
    /// How the student learns.
    package enum Learner: String, CaseIterable, Sendable {
        /// Least squares on labels of -1 and 1.
        case leastSquares = "least-squares"
        /// Logistic regression with a little ridge.
        case logistic
    }

    /// A linear classifier: the sign of x . weights, flipped with a probability when it labels.
    package struct Model: Hashable, Sendable {
        /// One for each coordinate; their common scale changes no label.
        package var weights: [Double]
        var flipProbability: Double
    }

    /// d, the number of coordinates of an input.
    package let dimension: Int
    /// The student's fit, the same in all generations.
    package let learner: Learner
    /// p, the share of wrong labels of the base model; fitted models flip none.
    package let flipProbability: Double

    package init(arm: ArmSpecification, resources: SettingResources) throws {
        let values = arm.values
        dimension = try values[Self.dimension]
        learner = try values[Self.learner]
        flipProbability = try values[Self.labelError]
    }

    package var capabilities: Capabilities<VerificationSetting> {
        Capabilities(
            correctness: correctness(of:seedData:), baseModel: baseModel(in:work:),
            fitsWeightless: true)
    }

    // MARK: Data

    /// A seed's true classifier and its stream of real inputs.
    package struct SeedData: Sendable {
        let key: RandomKey
        /// The true direction, of length 1.
        let truth: [Double]
    }

    package var bytesPerUnit: Int { 8 * dimension + 1 }

    package func makeSeedData(seed: UInt64, stream: UInt32, initialSize: Int) throws -> SeedData {
        let direction = NormalDraws.array(
            dimension, from: RandomKey(seed: seed, stream: stream, purpose: .initialise))
        let length = direction.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return SeedData(
            key: RandomKey(seed: seed, stream: stream, purpose: .realDraw),
            truth: direction.map { $0 / length })
    }

    package func realCount(in seedData: SeedData) -> Int? { nil }
    package func realSize(at index: Int, in seedData: SeedData) -> Int { 1 }

    /// Real labels are right.
    package func real(_ range: Range<Int>, in seedData: SeedData) throws -> ClassifiedInputs {
        let inputs = NormalDraws.array(
            range.count * dimension, from: seedData.key, startingAt: range.lowerBound * dimension)
        return ClassifiedInputs(dimension: dimension, inputs: inputs) {
            side($0, of: seedData.truth)
        }
    }

    /// The given labeller: the truth with a share of its labels flipped.
    package func baseModel(in seedData: SeedData, work: Workload) throws -> Model {
        Model(weights: seedData.truth, flipProbability: flipProbability)
    }

    package func sample(
        from parents: [Model], size: Int, conditions: ClassifiedInputs?, seedData: SeedData,
        key: RandomKey, work: Workload
    ) throws -> ClassifiedInputs {
        let inputs = NormalDraws.array(size * dimension, from: key)
        var flips = RandomStream(key.at(1))
        let shares = ParentShares(of: size, parents: parents.count)
        var index = 0
        return ClassifiedInputs(dimension: dimension, inputs: inputs) { input in
            let parent = parents[shares.parent(ofExample: index)]
            index += 1
            return side(input, of: parent.weights)
                != (flips.uniform() < parent.flipProbability)
        }
    }

    /// Whether each example's label is the true one of its input.
    package func correctness(of examples: ClassifiedInputs, seedData: SeedData) throws -> [Bool] {
        (0..<examples.count).map {
            examples.labels[$0] == side(examples.input($0), of: seedData.truth)
        }
    }

    private func side(_ input: ArraySlice<Double>, of weights: [Double]) -> Bool {
        zip(input, weights).reduce(0.0) { $0 + $1.0 * $1.1 } > 0
    }

    // MARK: The learner

    /// A student; where nothing was kept it knows nothing, and all its weights are zero.
    package func fit(
        _ data: TrainingData<ClassifiedInputs>, start: FitStart<Model>, seedData: SeedData,
        key: RandomKey,
        work: Workload
    ) throws -> Fitted<Model> {
        let weights = data.weights ?? Array(repeating: 1, count: data.examples.count)
        let student =
            switch learner {
            case .leastSquares: LinearStudent.leastSquares(data.examples, weights, dimension)
            case .logistic: LinearStudent.logistic(data.examples, weights, dimension)
            }
        return Fitted(model: Model(weights: student, flipProbability: 0), metrics: [])
    }
}
