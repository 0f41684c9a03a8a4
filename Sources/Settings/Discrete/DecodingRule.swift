import Compute

/// What is done to a distribution before it is drawn from: temperature, then the k likeliest
/// symbols, then the likeliest that hold the mass p.
package struct DecodingRule: Hashable, Sendable {
    /// Probabilities are raised to the power 1/temperature.
    package var temperature: Double
    /// The k of the likeliest symbols that are kept, ties going to the lower symbol; nil keeps all.
    package var topK: Int?
    /// The share, in (0, 1], of the mass left by ``topK`` that is kept; nil keeps all.
    ///
    /// The fewest of the likeliest symbols that hold it are kept.
    package var topP: Double?

    package init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
    }

    /// Whether the distribution is drawn from as it is.
    package var isPlain: Bool { temperature == 1 && topK == nil && topP == nil }

    /// Changes the weights of a distribution in place; they need not add up to 1 before or after.
    func apply(to distribution: UnsafeMutableBufferPointer<Double>) {
        if temperature != 1 {
            // Relative to the largest, which stays 1 at any temperature.
            var largest = 0.0
            for weight in distribution { largest = max(largest, weight) }
            for symbol in distribution.indices where distribution[symbol] > 0 {
                distribution[symbol] = Elementary.exp(
                    Elementary.log(distribution[symbol] / largest) / temperature)
            }
        }
        guard topK != nil || topP != nil else { return }
        // Ties go to the lower symbol.
        let ranked = distribution.indices.sorted {
            distribution[$0] != distribution[$1] ? distribution[$0] > distribution[$1] : $0 < $1
        }
        var kept = min(topK ?? ranked.count, ranked.count)
        if let topP {
            let total = ranked[..<kept].reduce(0) { $0 + distribution[$1] }
            var mass = 0.0
            var reached = 0
            while reached < kept, mass < topP * total {
                mass += distribution[ranked[reached]]
                reached += 1
            }
            kept = reached
        }
        for symbol in ranked[kept...] { distribution[symbol] = 0 }
    }
}
