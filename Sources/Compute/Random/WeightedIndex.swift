extension [Double] {
    /// The index at which the running sum of these weights passes a position, the last that weighs
    /// anything where none does: with a uniform position below their sum, a draw in proportion to
    /// the weights, of which some must be positive.
    package func index(atRunningSum position: Double) -> Int {
        var rest = position
        var last = 0
        for (index, weight) in enumerated() where weight > 0 {
            rest -= weight
            last = index
            if rest < 0 { break }
        }
        return last
    }
}
