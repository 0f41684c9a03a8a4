/// Draws of counts, exact for every mean: by inversion where the mean is small, by transformed
/// rejection where it is large (Hoermann 1993, "The transformed rejection method for generating
/// Poisson random variables", and "The generation of binomial random variates": the algorithms PTRS
/// and BTRS).
extension RandomStream {
    /// A draw from the Poisson distribution.
    package mutating func poisson(mean: Double) -> Int {
        precondition(mean >= 0 && mean < 1e15, "a Poisson draw with mean \(mean)")
        guard mean >= 10 else {
            var count = 0
            var probability = Elementary.exp(-mean)
            var left = uniform()
            while left >= probability && probability > 0 {
                left -= probability
                count += 1
                probability *= mean / Double(count)
            }
            return count
        }
        let b = 0.931 + 2.53 * mean.squareRoot()
        let hat = CountHat(
            a: -0.059 + 0.02483 * b, b: b, centre: mean + 0.43, squeeze: 0.9277 - 3.6224 / (b - 2))
        let scale = 1.1239 + 1.1328 / (b - 3.4)
        let logMean = Elementary.log(mean)
        return draw(hat, scale: scale, largest: .infinity) { count in
            count * logMean - mean - SpecialFunctions.logGamma(count + 1)
        }
    }

    /// A draw from the binomial distribution of `trials` with a probability each.
    package mutating func binomial(trials: Int, probability: Double) -> Int {
        precondition(
            trials >= 0 && probability >= 0 && probability <= 1,
            "a binomial draw of \(trials) trials with probability \(probability)")
        guard probability <= 0.5 else {
            return trials - binomial(trials: trials, probability: 1 - probability)
        }
        let n = Double(trials)
        let odds = probability / (1 - probability)
        let mean = n * probability
        guard mean >= 10 else {
            var count = 0
            var mass = Elementary.power(1 - probability, n)
            var left = uniform()
            while left >= mass && count < trials {
                left -= mass
                count += 1
                mass *= odds * Double(trials - count + 1) / Double(count)
            }
            return count
        }
        let deviation = (mean * (1 - probability)).squareRoot()
        let b = 1.15 + 2.53 * deviation
        let hat = CountHat(
            a: -0.0873 + 0.0248 * b + 0.01 * probability, b: b, centre: mean + 0.5,
            squeeze: 0.92 - 4.2 / b)
        let logOdds = Elementary.log(odds)
        let mode = ((n + 1) * probability).rounded(.down)
        let logGamma = SpecialFunctions.logGamma
        let atMode = logGamma(mode + 1) + logGamma(n - mode + 1)
        return draw(hat, scale: (2.83 + 5.1 / b) * deviation, largest: n) { count in
            atMode - logGamma(count + 1) - logGamma(n - count + 1) + (count - mode) * logOdds
        }
    }

    /// Proposals of a hat are accepted until one is below the distribution's logarithm (up to the
    /// constant of the hat's scale).
    private mutating func draw(
        _ hat: CountHat, scale: Double, largest: Double, logMass: (Double) -> Double
    ) -> Int {
        while true {
            let height = uniform()
            let index = uniform() - 0.5
            let edge = 0.5 - abs(index)
            let count = ((2 * hat.a / edge + hat.b) * index + hat.centre).rounded(.down)
            if edge >= 0.07 && height <= hat.squeeze { return Int(count) }
            guard count >= 0, count <= largest, edge > 0 else { continue }
            let proposed = Elementary.log(height * scale / (hat.a / (edge * edge) + hat.b))
            if proposed <= logMass(count) { return Int(count) }
        }
    }
}

/// The table-mountain hat of transformed rejection.
private struct CountHat {
    var a: Double
    var b: Double
    var centre: Double
    /// Below this height nearly every proposal is accepted unseen.
    var squeeze: Double
}
