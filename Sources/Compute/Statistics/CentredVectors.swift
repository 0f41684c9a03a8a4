/// The vectors that ``KMeans`` clusters, less their mean: distances are differences of products,
/// and what all vectors share would cost them digits.
struct CentredVectors {
    let vectors: Matrix
    private let mean: [Double]

    var rows: Int { vectors.rows }
    var columns: Int { vectors.columns }

    /// The cluster of each vector and its squared distance from the cluster's centroid.
    struct Assignment {
        var assignment: [Int]
        var distances: [Double]
    }

    init(_ vectors: Matrix) {
        precondition(
            vectors.rows > 0 && vectors.columns > 0,
            "\(vectors.rows) x \(vectors.columns) has no vectors to cluster")
        var mean = [Double](repeating: 0, count: vectors.columns)
        vectors.elements.withUnsafeBufferPointer { elements in
            for row in 0..<vectors.rows {
                for column in mean.indices {
                    mean[column] += elements[row * vectors.columns + column]
                }
            }
        }
        self.mean = mean.map { $0 / Double(vectors.rows) }
        self.vectors = vectors.adding(self.mean, times: -1)
    }

    func centred(_ centroids: Matrix) -> Matrix { centroids.adding(mean, times: -1) }
    func uncentred(_ centroids: Matrix) -> Matrix { centroids.adding(mean, times: 1) }
}

extension Matrix {
    fileprivate func adding(_ row: [Double], times factor: Double) -> Matrix {
        var sum = self
        sum.elements.withUnsafeMutableBufferPointer { sum in
            for start in stride(from: 0, to: sum.count, by: row.count) {
                for column in row.indices { sum[start + column] += factor * row[column] }
            }
        }
        return sum
    }
}

// MARK: Distances

extension CentredVectors {
    /// Vectors whose products are computed together.
    private static let blockSize = 128

    /// The nearest centroid of each vector, the first of several.
    ///
    /// |x - c|^2 = |x|^2 - 2 (x c - |c|^2 / 2), so that the nearest centroid has the largest
    /// x c - |c|^2 / 2; the distance itself is then taken from the difference. The products are
    /// those with panels, whose bits are the same on every machine.
    func nearest(to centroids: Matrix) -> Assignment {
        let count = centroids.rows
        let panelMemory = Buffer<Double>(
            count: Panels<Double>.count(height: columns, width: count, precision: .float32))
        let panels = Panels(panelMemory.base, height: columns, width: count)
        let offsets = Buffer(Self.halfSquares(centroids))
        let scores = Buffer<Double>(uninitialized: min(rows, Self.blockSize) * count)
        var result = Assignment(
            assignment: Array(repeating: 0, count: rows),
            distances: Array(repeating: 0, count: rows))
        centroids.elements.withUnsafeBufferPointer { c in
            vectors.elements.withUnsafeBufferPointer { x in
                guard let c = c.baseAddress, let x = x.baseAddress else { return }
                panels.fill(
                    from: MatrixView(reading: c, rows: count, columns: columns).transposed)
                for start in stride(from: 0, to: rows, by: Self.blockSize) {
                    let size = min(Self.blockSize, rows - start)
                    multiply(
                        MatrixView(reading: x + start * columns, rows: size, columns: columns),
                        panels, into: MatrixView(scores.base, rows: size, columns: count),
                        bias: offsets.base)
                    for row in 0..<size {
                        let best = Self.first(ofLargest: scores.base + row * count, count)
                        result.assignment[start + row] = best
                        result.distances[start + row] = Self.squaredDistance(
                            x + (start + row) * columns, c + best * columns, columns)
                    }
                }
            }
        }
        return result
    }

    /// Takes the squared distance from a centroid where it is smaller.
    func shorten(_ distances: inout [Double], to centroid: [Double]) {
        vectors.elements.withUnsafeBufferPointer { x in
            centroid.withUnsafeBufferPointer { c in
                guard let x = x.baseAddress, let c = c.baseAddress else { return }
                for row in distances.indices {
                    distances[row] = min(
                        distances[row], Self.squaredDistance(x + row * columns, c, columns))
                }
            }
        }
    }

    /// -|c|^2 / 2 of each row.
    private static func halfSquares(_ centroids: Matrix) -> [Double] {
        (0..<centroids.rows).map { row in
            (0..<centroids.columns).reduce(0.0) {
                $0 - centroids[row, $1] * centroids[row, $1] / 2
            }
        }
    }

    private static func first(ofLargest scores: UnsafePointer<Double>, _ count: Int) -> Int {
        var (best, largest) = (0, scores[0])
        for index in 1..<max(1, count) where scores[index] > largest {
            (best, largest) = (index, scores[index])
        }
        return best
    }

    /// The squares are added up in four sums.
    private static func squaredDistance(
        _ a: UnsafePointer<Double>, _ b: UnsafePointer<Double>, _ count: Int
    ) -> Double {
        var sums = SIMD4<Double>.zero
        var index = 0
        while index + 4 <= count {
            let step =
                SIMD4(a[index], a[index + 1], a[index + 2], a[index + 3])
                - SIMD4(b[index], b[index + 1], b[index + 2], b[index + 3])
            sums += step * step
            index += 4
        }
        var sum = (sums[0] + sums[1]) + (sums[2] + sums[3])
        while index < count {
            sum += (a[index] - b[index]) * (a[index] - b[index])
            index += 1
        }
        return sum
    }
}

// MARK: Centroids

extension CentredVectors {
    /// Gives each cluster without vectors the one that is farthest from its centroid, as
    /// scikit-learn does; none that coincides with its centroid, and none that is alone.
    func refillEmptyClusters(_ state: inout Assignment, count: Int) {
        var counts = [Int](repeating: 0, count: count)
        for cluster in state.assignment { counts[cluster] += 1 }
        for empty in 0..<count where counts[empty] == 0 {
            var (farthest, distance) = (-1, 0.0)
            for row in 0..<rows
            where state.distances[row] > distance && counts[state.assignment[row]] > 1 {
                (farthest, distance) = (row, state.distances[row])
            }
            guard farthest >= 0 else { return }
            counts[state.assignment[farthest]] -= 1
            counts[empty] = 1
            state.assignment[farthest] = empty
            state.distances[farthest] = 0
        }
    }

    /// To the means of the clusters; the centroid of an empty one stays.
    func moveCentroids(_ centroids: inout Matrix, _ assignment: [Int]) {
        var counts = [Double](repeating: 0, count: centroids.rows)
        // Sums of differences from the cluster's first vector: the mean of equal vectors is theirs.
        var firsts = [Int](repeating: 0, count: centroids.rows)
        var sums = Matrix(rows: centroids.rows, columns: columns)
        vectors.elements.withUnsafeBufferPointer { x in
            sums.elements.withUnsafeMutableBufferPointer { sums in
                for (row, cluster) in assignment.enumerated() {
                    if counts[cluster] == 0 { firsts[cluster] = row }
                    counts[cluster] += 1
                    let first = firsts[cluster] * columns
                    for column in 0..<columns {
                        sums[cluster * columns + column] +=
                            x[row * columns + column] - x[first + column]
                    }
                }
            }
        }
        for cluster in 0..<centroids.rows where counts[cluster] > 0 {
            for column in 0..<columns {
                centroids[cluster, column] =
                    vectors[firsts[cluster], column] + sums[cluster, column] / counts[cluster]
            }
        }
    }
}
