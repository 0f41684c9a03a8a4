package import Compute

/// The distribution of real points: scikit-learn's toy data sets, drawn from our own random
/// streams.
package struct PointDistribution: Hashable, Sendable {
    /// One of the data sets.
    package enum Shape: String, CaseIterable, Sendable {
        /// N(0, I).
        case normal
        /// Three unit Gaussians of the plane with equal shares and fixed centres.
        case blobs
        /// Two circles of radius 1 and 0.8 around the origin.
        case circles
        /// Two interleaved half circles of radius 1.
        case moons
        /// A rolled sheet in space: t (cos t, ., sin t) for t from 1.5 pi to 4.5 pi, 21 wide.
        case swissRoll = "swiss-roll"
    }

    /// How points lie along their shape.
    package enum Placement: String, CaseIterable, Sendable {
        /// As scikit-learn does it: a sample has equal shares of each part and, on circles and
        /// moons, equal steps along it; its points come in random order. Only the noise is random.
        case even
        /// Independent draws.
        case random
    }

    /// Where the blobs are in every draw. scikit-learn's `make_blobs` draws centres anew in each
    /// call, so that training and test sets made by two calls follow different distributions.
    static let centres: [[Double]] = [[-6, -4], [0, 6], [7, -2]]

    /// The data set that the points belong to.
    package let shape: Shape
    /// The number of coordinates of a point: any for ``Shape/normal``, fixed by every other shape.
    package let dimension: Int
    /// The standard deviation of the normal noise around circles, moons and the roll.
    package let noise: Double
    /// How points lie along the shape; of no effect for ``Shape/normal`` and ``Shape/swissRoll``.
    package let placement: Placement

    package init(
        shape: Shape, dimension: Int = 1, noise: Double = 0.05, placement: Placement = .even
    ) {
        self.shape = shape
        self.dimension =
            switch shape {
            case .normal: dimension
            case .swissRoll: 3
            case .blobs, .circles, .moons: 2
            }
        self.noise = noise
        self.placement = placement
    }

    /// Points of an endless stream that consists of samples of `sampleSize` each: a point depends
    /// on its position alone. `order` names the random order of the points of a sample; nil leaves
    /// them along their shape.
    package func points(
        _ range: Range<Int>, sampleSize: Int, key: RandomKey, order: RandomKey?
    ) -> Points {
        var coordinates: [Double] = []
        coordinates.reserveCapacity(range.count * dimension)
        var sample = -1
        var positions: [Int] = []
        for index in range {
            if isEven, sample != index / sampleSize {
                sample = index / sampleSize
                positions = self.order(of: sample, count: sampleSize, key: order)
            }
            var random = RandomStream(key.at(index))
            let position = isEven ? (index: positions[index % sampleSize], count: sampleSize) : nil
            append(to: &coordinates, at: position, &random)
        }
        return Points(dimension: dimension, coordinates)
    }

    private func order(of sample: Int, count: Int, key: RandomKey?) -> [Int] {
        guard let key else { return Array(0..<count) }
        var random = RandomStream(key.at(sample))
        return random.permutation(of: count)
    }

    /// Whether a point's position in its sample matters.
    package var isEven: Bool {
        placement == .even && shape != .normal && shape != .swissRoll
    }

    private func append(
        to coordinates: inout [Double], at position: (index: Int, count: Int)?,
        _ random: inout RandomStream
    ) {
        switch shape {
        case .normal:
            for _ in 0..<dimension { coordinates.append(random.normal()) }
        case .blobs:
            let (part, _, _) = part(of: Self.centres.count, at: position, &random)
            for centre in Self.centres[part] { coordinates.append(centre + random.normal()) }
        case .circles:
            let (part, index, count) = part(of: 2, at: position, &random)
            // A closed circle: the last step leads back to the first point.
            let turn = count.map { 2 * Double(index) / Double($0) } ?? 2 * random.uniform()
            let radius = part == 0 ? 1 : 0.8
            coordinates.append(radius * Elementary.cosinePi(turn) + noise * random.normal())
            coordinates.append(radius * Elementary.sinePi(turn) + noise * random.normal())
        case .moons:
            let (part, index, count) = part(of: 2, at: position, &random)
            let turn = count.map { Double(index) / Double(max($0 - 1, 1)) } ?? random.uniform()
            let (x, y) = (Elementary.cosinePi(turn), Elementary.sinePi(turn))
            coordinates.append((part == 0 ? x : 1 - x) + noise * random.normal())
            coordinates.append((part == 0 ? y : 0.5 - y) + noise * random.normal())
        case .swissRoll:
            let turn = 1.5 * (1 + 2 * random.uniform())
            let width = 21 * random.uniform()
            coordinates.append(.pi * turn * Elementary.cosinePi(turn) + noise * random.normal())
            coordinates.append(width + noise * random.normal())
            coordinates.append(.pi * turn * Elementary.sinePi(turn) + noise * random.normal())
        }
    }

    /// Which of equal parts a point belongs to; with an even placement also its position there, of
    /// how many.
    private func part(
        of parts: Int, at position: (index: Int, count: Int)?, _ random: inout RandomStream
    ) -> (part: Int, index: Int, count: Int?) {
        guard let position else { return (random.below(parts), 0, nil) }
        // Later parts of two take the odd point, earlier parts of three, as scikit-learn has it.
        var first = 0
        for part in 0..<parts {
            let extra = position.count % parts
            let count =
                position.count / parts
                + (parts == 2 ? (part == 1 ? extra : 0) : (part < extra ? 1 : 0))
            if position.index < first + count { return (part, position.index - first, count) }
            first += count
        }
        preconditionFailure("position \(position.index) of \(position.count)")
    }
}

// MARK: Moments

extension PointDistribution {
    /// The exact mean, one value for each coordinate.
    package var mean: [Double] {
        switch shape {
        case .normal: Array(repeating: 0, count: dimension)
        case .blobs:
            (0..<2).map { axis in
                Self.centres.reduce(0) { $0 + $1[axis] } / Double(Self.centres.count)
            }
        case .circles: [0, 0]
        case .moons: [0.5, 0.25]
        // Over t in [1.5 pi, 4.5 pi]: both t cos t and t sin t integrate to elementary functions.
        case .swissRoll: [2, 10.5, 2 / (3 * .pi)]
        }
    }

    /// The mean over coordinates of the variance.
    package var variance: Double {
        let noise = noise * noise
        switch shape {
        case .normal: return 1
        case .blobs:
            let mean = mean
            var between = 0.0
            for centre in Self.centres {
                for axis in 0..<2 {
                    between += (centre[axis] - mean[axis]) * (centre[axis] - mean[axis])
                }
            }
            return 1 + between / Double(2 * Self.centres.count)
        case .circles: return (1 + 0.64) / 4 + noise
        case .moons:
            // Across: 1/2 within a moon and 1/4 between the two. Up: 1/2 - 4/pi^2 within, and half
            // the distance 4/pi - 1/2 squared between.
            let half = 2 / Double.pi - 0.25
            return (0.75 + 0.5 - 4 / (.pi * .pi) + half * half) / 2 + noise
        case .swissRoll:
            // E[t^2] = (b^3 - a^3)/(3 (b - a)) with a = 1.5 pi, b = 4.5 pi.
            let mean = mean
            let roll = 9.75 * .pi * .pi - mean[0] * mean[0] - mean[2] * mean[2]
            return (roll + 441 / 12) / 3 + noise
        }
    }
}
