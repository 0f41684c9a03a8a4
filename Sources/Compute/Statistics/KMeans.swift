/// Clusters by Lloyd's algorithm (Lloyd 1982, "Least squares quantization in PCM"): every vector
/// belongs to the nearest centroid, and every centroid is the mean of its vectors.
///
/// Computed on the calling thread in a fixed order.
package struct KMeans: Hashable, Sendable {
    /// The number of clusters.
    package var clusterCount: Int
    /// How often centroids are moved before a fit ends without convergence.
    package var maximumIterations: Int

    package init(clusterCount: Int, maximumIterations: Int = 300) {
        precondition(clusterCount > 0, "vectors in \(clusterCount) clusters")
        self.clusterCount = clusterCount
        self.maximumIterations = maximumIterations
    }

    /// Vectors in clusters.
    package struct Clustering: Hashable, Sendable {
        /// The cluster of each vector, the first of the nearest centroids.
        package var assignment: [Int]
        /// One row for each cluster.
        package var centroids: Matrix
        /// The sum of the squared distances between vectors and their centroids.
        package var inertia: Double
        /// How often the centroids were moved.
        package var iterations: Int
        /// Whether the last move changed no vector's cluster.
        package var hasConverged: Bool
    }

    /// Clusters the rows from the seeds of k-means++.
    package func fit(_ vectors: Matrix, key: RandomKey) -> Clustering {
        let space = CentredVectors(vectors)
        return fit(space, from: seeds(space, key: key))
    }

    /// Clusters the rows from these centroids.
    package func fit(_ vectors: Matrix, from centroids: Matrix) -> Clustering {
        precondition(
            centroids.rows == clusterCount && centroids.columns == vectors.columns,
            "\(centroids.rows) x \(centroids.columns) is no start of \(clusterCount) clusters in "
                + "\(vectors.columns) dimensions")
        let space = CentredVectors(vectors)
        return fit(space, from: space.centred(centroids))
    }

    /// Lloyd's steps until no vector changes its cluster.
    private func fit(_ space: CentredVectors, from start: Matrix) -> Clustering {
        var centroids = start
        var state = space.nearest(to: centroids)
        var (iterations, hasConverged) = (0, false)
        while iterations < maximumIterations, !hasConverged {
            space.refillEmptyClusters(&state, count: clusterCount)
            space.moveCentroids(&centroids, state.assignment)
            let next = space.nearest(to: centroids)
            hasConverged = next.assignment == state.assignment
            state = next
            iterations += 1
        }
        return Clustering(
            assignment: state.assignment, centroids: space.uncentred(centroids),
            inertia: state.distances.reduce(0, +), iterations: iterations,
            hasConverged: hasConverged)
    }
}

// MARK: Seeds

extension KMeans {
    /// The seeds of k-means++ (Arthur and Vassilvitskii 2007, section 2.2): each next one is a
    /// vector drawn in proportion to its squared distance from the nearest of those before. Where
    /// all coincide with seeds, one of them is drawn at random.
    private func seeds(_ space: CentredVectors, key: RandomKey) -> Matrix {
        var random = RandomStream(key)
        var seeds = Matrix(rows: clusterCount, columns: space.columns)
        var distances = [Double](repeating: .infinity, count: space.rows)
        for cluster in 0..<clusterCount {
            let total = distances.reduce(0, +)
            let seed =
                total > 0 && total.isFinite
                ? distances.index(atRunningSum: random.uniform() * total) : random.below(space.rows)
            let row = space.vectors.elements[seed * space.columns..<(seed + 1) * space.columns]
            seeds.elements.replaceSubrange(
                cluster * space.columns..<(cluster + 1) * space.columns, with: row)
            space.shorten(&distances, to: Array(row))
        }
        return seeds
    }
}
