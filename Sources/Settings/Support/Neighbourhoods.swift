package import Compute

/// The balls around points that reach to each point's k-th nearest other one, whose union stands
/// for the set that the points are from (Kynkaanniemi et al. 2019).
package struct Neighbourhoods {
    private let points: Matrix
    private let squaredNorms: [Double]
    /// The square of each ball's radius.
    private let squaredRadii: [Double]

    /// - Parameters:
    ///   - points: A row each; more than `k`.
    ///   - k: Which neighbour the balls reach to, from 1.
    package init(of points: Matrix, k: Int) {
        precondition(points.rows > k, "\(points.rows) points have no neighbour \(k)")
        self.points = points
        squaredNorms = Self.squaredNorms(points)
        let norms = squaredNorms
        squaredRadii = Self.distances(points, norms, to: points, norms) { row, distances in
            // The smallest k + 1, of which one is the point itself.
            var nearest = [Double](repeating: .infinity, count: k)
            for (index, distance) in distances.enumerated() where index != row {
                guard distance < nearest[k - 1] else { continue }
                var place = k - 1
                while place > 0, nearest[place - 1] > distance {
                    nearest[place] = nearest[place - 1]
                    place -= 1
                }
                nearest[place] = distance
            }
            return nearest[k - 1]
        }
    }

    /// The share of other points that lie in a ball: precision where these are of a model and the balls
    /// of real points, recall the other way.
    package func share(covering others: Matrix) -> Double {
        let norms = Self.squaredNorms(others)
        let isCovered = Self.distances(others, norms, to: points, squaredNorms) { _, distances in
            zip(distances, squaredRadii).contains { $0 <= $1 } ? 1 : 0
        }
        return isCovered.reduce(0, +) / Double(others.rows)
    }

    private static func squaredNorms(_ points: Matrix) -> [Double] {
        (0..<points.rows).map { row in
            (0..<points.columns).reduce(0) { $0 + points[row, $1] * points[row, $1] }
        }
    }

    /// What follows from the squared distances of each point of one set to all of another.
    private static func distances(
        _ points: Matrix, _ norms: [Double], to others: Matrix, _ otherNorms: [Double],
        _ body: (_ row: Int, _ distances: [Double]) -> Double
    ) -> [Double] {
        let block = 256
        var results: [Double] = []
        results.reserveCapacity(points.rows)
        var distances = [Double](repeating: 0, count: others.rows)
        for start in stride(from: 0, to: points.rows, by: block) {
            let rows = start..<min(start + block, points.rows)
            let part = Matrix(
                rows: rows.count, columns: points.columns,
                Array(
                    points.elements[
                        rows.lowerBound * points.columns..<rows.upperBound * points.columns]))
            let products = part.timesTransposed(others)
            for row in rows {
                for other in 0..<others.rows {
                    distances[other] =
                        norms[row] + otherNorms[other] - 2 * products[row - start, other]
                }
                results.append(body(row, distances))
            }
        }
        return results
    }
}
