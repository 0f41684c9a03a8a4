/// The metrics of the setting, exact for each model; a specification may choose some of them.
enum DiscreteMetric: String, CaseIterable, Sendable {
    case squaredError = "squared_error"
    case chiSquared = "chi_squared"
    case excessCrossEntropy = "excess_cross_entropy"
    case totalVariation = "total_variation"
    case entropy
    case sumOfSquares = "sum_of_squares"
    case alive
    case aliveNGrams = "alive_ngrams"
    case unseenMass = "unseen_mass"
    case drift
    case collapsed
    case fitsToCollapse = "fits_to_collapse"
    case effectiveSample = "effective_sample"

    var name: String { "discrete." + rawValue }
}
