extension Double {
    /// The number to three digits after the point, for a sentence.
    var inThousandths: String { "\((self * 1_000).rounded() / 1_000)" }
}
