/// Training whose parameters are no longer numbers.
struct DivergedTraining: Error, CustomStringConvertible {
    /// The key of the rate that it was trained at.
    var rate: String

    var description: String {
        "training diverged, and the model's parameters are no longer numbers: lower \(rate)"
    }

    /// Refuses parameters that are not finite.
    static func check(_ parameters: [Float], rate: String) throws(DivergedTraining) {
        guard parameters.allSatisfy(\.isFinite) else { throw DivergedTraining(rate: rate) }
    }
}
