package import Support

/// Divides the logits: below 1 likely tokens become likelier still. 0 takes the likeliest token,
/// and nothing shapes a draw.
package struct Temperature: SamplingStage {
    package static let key = Key(
        "temperature", .number(0...100), default: 1,
        help: "Divides the logits; 1 samples the model's own distribution.")
    package static let phase = SamplingPhase.scaling

    /// What logits are divided by, at least 0; 1 changes nothing.
    package let temperature: Double

    package init(_ temperature: Double) { self.temperature = temperature }

    package var problem: String? {
        temperature >= 0 && temperature.isFinite
            ? nil : "\(temperature); it must be at least 0"
    }

    package var isActive: Bool { temperature != 1 }

    package func apply(to row: LogitsRow) {
        let temperature = Float(self.temperature)
        for token in 0..<row.count { row.logits[token] /= temperature }
    }
}
