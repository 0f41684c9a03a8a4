/// How the matrices of a fresh model are drawn, spelled as in a specification.
package enum Initialisation: String, CaseIterable, Sendable {
    /// GPT-2's: normal with deviation 0.02 whatever the width, projections into the residual stream
    /// divided by sqrt(2 layers).
    case gpt2
    /// The same times sqrt(768 / width): equal to GPT-2's at its own width, and larger below, where
    /// 0.02 leaves the activations so small that a short fit spends much of its budget on making
    /// them grow.
    case widthScaled = "width-scaled"

    /// What multiplies GPT-2's deviations.
    func scale(width: Int) -> Double {
        switch self {
        case .gpt2: 1
        case .widthScaled: (768 / Double(width)).squareRoot()
        }
    }
}
