import Compute

/// What is done to a law before it is drawn from: temperature, then the k likeliest symbols, then the likeliest that hold
/// the mass p.
package struct DecodingRule: Hashable, Sendable {
    /// Probabilities are raised to the power 1/temperature.
    package var temperature: Double
    package var topK: Int?
    package var topP: Double?

    package init(temperature: Double = 1, topK: Int? = nil, topP: Double? = nil) {
        self.temperature = temperature
        self.topK = topK
        self.topP = topP
    }

    /// Whether the law is drawn from as it is.
    package var isPlain: Bool { temperature == 1 && topK == nil && topP == nil }

    /// Changes the weights of a law in place; they need not add up to 1 before or after.
    func apply(to law: UnsafeMutableBufferPointer<Double>) {
        if temperature != 1 {
            // Relative to the largest, which stays 1 at any temperature.
            var largest = 0.0
            for weight in law { largest = max(largest, weight) }
            for symbol in law.indices where law[symbol] > 0 {
                law[symbol] = Elementary.exp(
                    Elementary.log(law[symbol] / largest) / temperature)
            }
        }
        guard topK != nil || topP != nil else { return }
        // Ties go to the lower symbol.
        let ranked = law.indices.sorted { law[$0] != law[$1] ? law[$0] > law[$1] : $0 < $1 }
        var kept = min(topK ?? ranked.count, ranked.count)
        if let topP {
            let total = ranked[..<kept].reduce(0) { $0 + law[$1] }
            var mass = 0.0
            var reached = 0
            while reached < kept, mass < topP * total {
                mass += law[ranked[reached]]
                reached += 1
            }
            kept = reached
        }
        for symbol in ranked[kept...] { law[symbol] = 0 }
    }
}
