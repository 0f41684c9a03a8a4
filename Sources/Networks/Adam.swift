package import Compute

/// The optimizer of small networks: Adam (Kingma and Ba 2015), with the weight decay of AdamW
/// (Loshchilov and Hutter 2019) where there is one.
package struct Adam<Element: Scalar> {
    /// What all steps have in common.
    package struct Configuration: Hashable, Sendable {
        /// The decay of the first moment.
        package var beta1: Double
        /// The decay of the second moment.
        package var beta2: Double
        /// Added to the root of the second moment.
        package var epsilon: Double
        /// What the parameters shrink by in each step, times the rate.
        package var weightDecay: Double
        /// The largest norm of a gradient; longer ones are shortened to it. Nil for any.
        package var gradientClip: Double?

        package init(
            beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Double = 1e-8,
            weightDecay: Double = 0, gradientClip: Double? = nil
        ) {
            self.beta1 = beta1
            self.beta2 = beta2
            self.epsilon = epsilon
            self.weightDecay = weightDecay
            self.gradientClip = gradientClip
        }
    }

    /// What an optimizer remembers between steps.
    package struct State: Hashable {
        /// The running mean of the gradient, an element for each parameter.
        package var first: [Element]
        /// The running mean of its square.
        package var second: [Element]
        /// Steps made.
        package var steps: Int

        package init(first: [Element], second: [Element], steps: Int) {
            self.first = first
            self.second = second
            self.steps = steps
        }

        /// Of `count` parameters before any step.
        package init(count: Int) {
            self.init(
                first: Array(repeating: 0, count: count), second: Array(repeating: 0, count: count),
                steps: 0)
        }
    }

    /// What the next step starts from.
    package private(set) var state: State
    private let configuration: Configuration
    /// The decay rates to the power of the number of steps.
    private var powers = (first: 1.0, second: 1.0)

    /// An optimizer of `count` parameters that has made no step.
    package init(_ configuration: Configuration = Configuration(), count: Int) {
        self.init(configuration, from: State(count: count))
    }

    /// An optimizer that goes on where another one was: its steps have the same bits as if it were
    /// that one.
    package init(_ configuration: Configuration, from state: State) {
        self.configuration = configuration
        self.state = state
        for _ in 0..<state.steps { advancePowers() }
    }

    private mutating func advancePowers() {
        powers.first *= configuration.beta1
        powers.second *= configuration.beta2
    }

    /// Moves the parameters against a gradient.
    ///
    /// - Returns: The norm of the gradient, before it is clipped.
    @discardableResult
    package mutating func step(
        _ parameters: inout [Element], gradient: [Element], rate: Double
    ) -> Double {
        precondition(
            parameters.count == state.first.count && gradient.count == state.first.count,
            "\(parameters.count) parameters for an optimizer of \(state.first.count)")
        advancePowers()
        state.steps += 1
        let count = parameters.count
        return gradient.withUnsafeBufferPointer { gradient in
            parameters.withUnsafeMutableBufferPointer { parameters in
                state.first.withUnsafeMutableBufferPointer { first in
                    state.second.withUnsafeMutableBufferPointer { second in
                        guard let g = gradient.baseAddress, let p = parameters.baseAddress,
                            let m = first.baseAddress, let v = second.baseAddress
                        else { return 0 }
                        let norm = Element.kernels.sumOfSquares(g, count).squareRoot()
                        var scale = 1.0
                        if let clip = configuration.gradientClip, norm > clip {
                            scale = clip / norm
                        }
                        Element.kernels.adamw(
                            p, g, m, v, count, Element(scale), Element(configuration.beta1),
                            Element(configuration.beta2),
                            Element(1 - rate * configuration.weightDecay),
                            Element(rate / (1 - powers.first)),
                            Element(1 / (1 - powers.second).squareRoot()),
                            Element(configuration.epsilon))
                        return norm
                    }
                }
            }
        }
    }
}

extension Adam.State: Sendable where Element: Sendable {}
