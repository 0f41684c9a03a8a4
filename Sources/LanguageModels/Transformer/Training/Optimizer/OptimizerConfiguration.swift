/// The rule by which a gradient moves parameters. Weight decay acts on matrices only.
package enum OptimizerConfiguration: Hashable, Sendable {
    /// AdamW, whose decay is decoupled from the gradient (Loshchilov and Hutter 2019, algorithm 2).
    ///
    /// `epsilon` is added to the root of the second moment.
    case adamW(
        beta1: Double = 0.9, beta2: Double = 0.95, epsilon: Double = 1e-8, weightDecay: Double = 0.1
    )
    /// Gradient descent with momentum, in PyTorch's form: with g the gradient plus decay times
    /// parameter, m = momentum m + g, and the parameter moves by -rate m, or by -rate (g + momentum
    /// m) with Nesterov's look ahead.
    case sgd(momentum: Double = 0.9, isNesterov: Bool = false, weightDecay: Double = 0)

    /// What it remembers between steps, one array each of the size of the parameters.
    package var moments: [String] {
        switch self {
        case .adamW: ["first_moment", "second_moment"]
        case .sgd: ["momentum"]
        }
    }

    func validate() throws(TransformerError) {
        func check(
            _ name: String, _ value: Double, _ range: ClosedRange<Double>
        )
            throws(TransformerError)
        {
            try TransformerTrainingConfiguration.check(name, value, range)
        }
        switch self {
        case .adamW(let beta1, let beta2, let epsilon, let weightDecay):
            try check("beta1", beta1, 0...0.999_999)
            try check("beta2", beta2, 0...0.999_999_9)
            try check("epsilon", epsilon, 1e-30...1)
            try check("weight-decay", weightDecay, 0...100)
        case .sgd(let momentum, let isNesterov, let weightDecay):
            try check("momentum", momentum, 0...0.999_999)
            try check("weight-decay", weightDecay, 0...100)
            guard !isNesterov || momentum > 0 else {
                throw TransformerError(
                    .configuration(
                        "training.nesterov is on with a momentum of 0: give training.momentum"))
            }
        }
    }
}
