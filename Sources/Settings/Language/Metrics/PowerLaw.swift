import Compute

/// Exponents of the power laws of texts.
enum PowerLaw {
    /// The maximum-likelihood exponent of p(r) = r^-s / H(V, s) over the ranks r = 1 ... V, where the
    /// rank r was seen `counts[r - 1]` times: the s at which the model's mean log rank is that of the
    /// data. Nan below two ranks; 0 where all were seen alike.
    static func rankExponent(counts: [Int]) -> Double {
        guard counts.count > 1 else { return .nan }
        let logs = (1...counts.count).map { Elementary.log(Double($0)) }
        let total = Double(counts.reduce(0, +))
        let mean = zip(counts, logs).reduce(0) { $0 + Double($1.0) * $1.1 } / total
        /// The model's mean and variance of the log rank.
        func moments(_ exponent: Double) -> (mean: Double, variance: Double) {
            var (weight, first, second) = (0.0, 0.0, 0.0)
            for log in logs {
                let share = Elementary.exp(-exponent * log)
                weight += share
                first += share * log
                second += share * log * log
            }
            let mean = first / weight
            return (mean, second / weight - mean * mean)
        }
        // The mean falls with the exponent, so Newton's steps are kept within a bracket.
        var (low, high, exponent) = (0.0, 64.0, 1.0)
        for _ in 0..<100 {
            let model = moments(exponent)
            if model.mean > mean { low = exponent } else { high = exponent }
            var next = exponent + (model.mean - mean) / model.variance
            if !(next > low && next < high) { next = (low + high) / 2 }
            if abs(next - exponent) <= 1e-13 * max(1, next) { return next }
            exponent = next
        }
        return exponent
    }

    /// The slope of the least-squares line; nan below two points.
    static func slope(_ points: [(x: Double, y: Double)]) -> Double {
        guard points.count > 1 else { return .nan }
        let count = Double(points.count)
        let (x, y) = (
            points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count
        )
        let products = points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) }
        let squares = points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
        return products / squares
    }
}
