package import Compute

/// How far samples are from real text in both kinds of error: the divergence frontier of Pillutla
/// et al. 2021 ("MAUVE", arXiv 2102.01454, section 2), between histograms over the same clusters.
///
/// With P for real vectors, Q for samples and R = lambda P + (1 - lambda) Q, the frontier has the
/// points (exp(-c KL(Q || R)), exp(-c KL(P || R))): the first weighs what samples have and real text
/// lacks, the second what samples lack. The grid of lambda and the two ends on the axes are those of
/// the authors' package, mauve-text.
package struct DivergenceFrontier: Hashable, Sendable {
    /// One mixture R of the frontier.
    package struct Point: Hashable, Sendable {
        /// exp(-c KL(Q || R)), from 1 to 0 along the frontier.
        package let samples: Double
        /// exp(-c KL(P || R)), from 0 to 1 along the frontier.
        package let real: Double
    }

    /// From R = Q to R = P with both ends; empty where either histogram is.
    package let points: [Point]

    /// The frontier of two histograms.
    ///
    /// - Parameters:
    ///   - real: Of each cluster its count among real vectors, or its share.
    ///   - samples: The same among samples.
    ///   - scale: c.
    ///   - resolution: The number of values of lambda, evenly from 1e-6 to 1 - 1e-6; at least 2.
    package init(real: [Double], samples: [Double], scale: Double = 5, resolution: Int = 25) {
        precondition(
            real.count == samples.count && resolution > 1,
            "\(real.count) and \(samples.count) clusters at \(resolution) mixtures")
        let (realTotal, sampleTotal) = (real.reduce(0, +), samples.reduce(0, +))
        guard realTotal > 0, sampleTotal > 0 else {
            points = []
            return
        }
        let shares = zip(real, samples).map { (p: $0 / realTotal, q: $1 / sampleTotal) }
        /// Both weights of a mixture are had alike, so that exchanged histograms have the frontier
        /// reflected to the bit.
        func weight(_ index: Int) -> Double {
            1e-6 + (1 - 2e-6) * Double(index) / Double(resolution - 1)
        }
        let mixtures = (0..<resolution).map { index in
            let divergences = Self.divergences(
                shares, weights: (p: weight(index), q: weight(resolution - 1 - index)))
            return Point(
                samples: Elementary.exp(-scale * divergences.samples),
                real: Elementary.exp(-scale * divergences.real))
        }
        points = [Point(samples: 1, real: 0)] + mixtures + [Point(samples: 0, real: 1)]
    }

    /// The area below the frontier, from 0 to 1, which is 1 where the histograms are equal; nan
    /// where either is empty.
    ///
    /// mauve-text takes the mean of the trapezoids over either coordinate. As the ends lie on the
    /// axes, both are the area of one polygon, so that it can be had from its corners. Points that
    /// coincide in one coordinate stay in the order of lambda; mauve-text sorts them as it happens,
    /// which may halve the trapezoids of equal histograms.
    package var area: Double {
        guard !points.isEmpty else { return .nan }
        return zip(points, points.dropFirst()).reduce(0) { area, side in
            area + (side.0.samples * side.1.real - side.1.samples * side.0.real) / 2
        }
    }

    /// KL(Q || R) and KL(P || R), in nats.
    private static func divergences(
        _ shares: [(p: Double, q: Double)], weights: (p: Double, q: Double)
    ) -> (samples: Double, real: Double) {
        func term(_ share: Double, _ mixture: Double) -> Double {
            share > 0 ? share * Elementary.log(share / mixture) : 0
        }
        var (samples, real) = (0.0, 0.0)
        for (p, q) in shares {
            let mixture = weights.p * p + weights.q * q
            samples += term(q, mixture)
            real += term(p, mixture)
        }
        return (max(0, samples), max(0, real))
    }
}

// MARK: Vectors

extension DivergenceFrontier {
    /// The frontier of two sets of vectors, one in each row, by clusters of both together; empty
    /// where either set is.
    ///
    /// mauve-text takes the vectors to unit length and keeps the principal components that have 90 %
    /// of their variance; here they are taken as they come.
    package init(real: Matrix, samples: Matrix, clusters: KMeans, key: RandomKey) {
        precondition(
            real.columns == samples.columns,
            "vectors of \(real.columns) and of \(samples.columns) dimensions")
        let together = Matrix(
            rows: real.rows + samples.rows, columns: real.columns,
            real.elements + samples.elements)
        let isEmpty = real.rows == 0 || samples.rows == 0
        self.init(
            assignment: isEmpty ? [] : clusters.fit(together, key: key).assignment,
            realCount: real.rows, clusterCount: clusters.clusterCount)
    }

    /// The frontier of vectors in clusters: `realCount` real ones, then samples.
    package init(assignment: [Int], realCount: Int, clusterCount: Int) {
        func histogram(_ clusters: ArraySlice<Int>) -> [Double] {
            var counts = [Double](repeating: 0, count: clusterCount)
            for cluster in clusters { counts[cluster] += 1 }
            return counts
        }
        self.init(
            real: histogram(assignment.prefix(realCount)),
            samples: histogram(assignment.dropFirst(realCount)))
    }
}
