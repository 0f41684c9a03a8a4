/// The effective degrees of freedom of ridge regression on inputs whose covariance has a given
/// spectrum, and the fixed point through which every formula of the limit of many dimensions uses
/// them.
///
/// With eigenvalues l_i, n examples and the objective |Xw - y|^2/n + lam |w|^2:
///
///     df_m(kappa) = sum_i (l_i/(l_i + kappa))^m
///     kappa - lam = kappa df_1(kappa)/n
///     u           = df_2(kappa)/(n - df_2(kappa))
///
/// (Dohmatob et al. 2024, "Model Collapse Demystified" and "Strong Model Collapse"; Bach 2024.)
/// Equal neighbours of the spectrum are counted, not repeated, so that an isotropic spectrum costs
/// one term whatever its dimension.
package struct DegreesOfFreedom: Hashable, Sendable {
    /// A run of equal eigenvalues.
    package struct Level: Hashable, Sendable {
        /// l, not negative.
        package var eigenvalue: Double
        /// The length of the run, a whole number.
        package var count: Double
    }

    /// The runs in the order of the spectrum; neighbouring ones differ.
    package let levels: [Level]
    /// The number of eigenvalues above zero.
    package let rank: Double
    /// The sum of the eigenvalues.
    package let trace: Double

    /// - Parameter spectrum: Eigenvalues in any order, none negative; sorted ones are cheapest.
    package init(spectrum: [Double]) {
        precondition(
            spectrum.allSatisfy { $0 >= 0 && $0 < .infinity },
            "a covariance has no negative and no infinite eigenvalue")
        var levels: [Level] = []
        for value in spectrum {
            if levels.last?.eigenvalue == value {
                levels[levels.count - 1].count += 1
            } else {
                levels.append(Level(eigenvalue: value, count: 1))
            }
        }
        self.levels = levels
        rank = levels.reduce(0) { $0 + ($1.eigenvalue > 0 ? $1.count : 0) }
        trace = levels.reduce(0) { $0 + $1.eigenvalue * $1.count }
    }

    /// df_1(kappa); the rank at kappa = 0.
    package func first(at kappa: Double) -> Double {
        levels.reduce(0) { $0 + ($1.eigenvalue > 0 ? $1.count * share($1, kappa) : 0) }
    }

    /// df_2(kappa); the rank at kappa = 0.
    package func second(at kappa: Double) -> Double {
        levels.reduce(0) { sum, level in
            guard level.eigenvalue > 0 else { return sum }
            let share = share(level, kappa)
            return sum + level.count * share * share
        }
    }

    private func share(_ level: Level, _ kappa: Double) -> Double {
        level.eigenvalue / (level.eigenvalue + kappa)
    }

    /// The largest root kappa >= 0 of kappa - lam = kappa df_1(kappa)/n.
    ///
    /// Zero without a penalty as long as there are at least as many examples as directions. The
    /// difference of the two sides is convex in kappa, so Newton's steps from the bound lam +
    /// trace/n fall onto the root and never pass it.
    package func kappa(penalty: Double, examples: Double) -> Double {
        precondition(penalty >= 0, "a ridge penalty of \(penalty) is negative")
        precondition(examples > 0, "\(examples) examples determine nothing")
        if penalty == 0 && examples >= rank { return 0 }
        var kappa = penalty + trace / examples
        while true {
            let excess = kappa - penalty - kappa * first(at: kappa) / examples
            let slope = 1 - second(at: kappa) / examples
            let next = kappa - excess / slope
            // Rounding ends the descent: the first step that does not go down has arrived.
            guard next < kappa, next > 0 else { return kappa }
            kappa = next
        }
    }

    /// u = df_2/(n - df_2), the variance of a fit per unit of label noise; infinite at the
    /// interpolation threshold.
    package func variance(at kappa: Double, examples: Double) -> Double {
        let second = second(at: kappa)
        return second < examples ? second / (examples - second) : .infinity
    }
}
