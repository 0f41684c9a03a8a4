extension RandomStream {
    /// A draw from the chi-squared distribution with a whole number of degrees of freedom.
    package mutating func chiSquared(degrees: Int) -> Double {
        precondition(degrees > 0, "chi-squared with \(degrees) degrees of freedom")
        if degrees == 1 {
            let draw = normal()
            return draw * draw
        }
        return 2 * gamma(shape: Double(degrees) / 2)
    }

    /// A draw from the gamma distribution of scale 1 (Marsaglia and Tsang 2000, "A simple method
    /// for generating gamma variables"): the cube of a normal, accepted 19 times of 20 or more
    /// often.
    ///
    /// `shape` is at least 1.
    package mutating func gamma(shape: Double) -> Double {
        precondition(shape >= 1, "a gamma draw of shape \(shape), below 1")
        let scale = shape - 1.0 / 3
        let step = 1 / (9 * scale).squareRoot()
        while true {
            let normal = normal()
            let root = 1 + step * normal
            guard root > 0 else { continue }
            let cube = root * root * root
            let square = normal * normal
            let uniform = uniform()
            // The squeeze spares nearly every draw the logarithms.
            if uniform < 1 - 0.0331 * square * square { return scale * cube }
            if Elementary.log(uniform) < square / 2 + scale * (1 - cube + Elementary.log(cube)) {
                return scale * cube
            }
        }
    }
}
