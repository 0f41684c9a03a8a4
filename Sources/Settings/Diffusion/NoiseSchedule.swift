import Compute

/// How much of an image is left at each step of noise: abar_t, with x_t = sqrt(abar_t) x_0 +
/// sqrt(1 - abar_t) e for standard normal e (Ho et al. 2020).
package struct NoiseSchedule: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Sendable {
        /// Variances that rise from 0.0001 to 0.02 over 1,000 steps (Ho et al. 2020), of which as
        /// many as are wanted are taken at even distances.
        case linear
        /// A squared cosine of t / T (Nichol and Dhariwal 2021), held between 0.0001 and 0.9999.
        case cosine
    }

    /// abar_0 = 1, abar_1 ... abar_T.
    package let remaining: [Double]

    /// T.
    package var steps: Int { remaining.count - 1 }

    package init(_ kind: Kind, steps: Int) {
        precondition((1...1_000).contains(steps), "\(steps) steps of noise")
        switch kind {
        case .linear:
            var product = 1.0
            let all = (0..<1_000).map { step in
                product *= 1 - (1e-4 + (0.02 - 1e-4) * Double(step) / 999)
                return product
            }
            remaining =
                [1]
                + (1...steps).map { step in
                    all[(1_000 * step + steps - 1) / steps - 1]
                }
        case .cosine:
            func level(_ share: Double) -> Double {
                let cosine = Elementary.cosinePi((share + 0.008) / 1.008 / 2)
                return cosine * cosine
            }
            remaining =
                [1]
                + (1...steps).map { step in
                    min(max(level(Double(step) / Double(steps)) / level(0), 1e-4), 0.9999)
                }
        }
    }

    /// log(abar_t / (1 - abar_t)), the logarithm of the ratio of signal to noise; t is not 0.
    func logSNR(_ t: Int) -> Double { Elementary.log(remaining[t] / (1 - remaining[t])) }
}
