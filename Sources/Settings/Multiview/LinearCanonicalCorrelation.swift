package import Compute

/// Linear canonical correlation analysis (Hotelling 1936): for each view the projections whose
/// correlations are greatest, as many as the narrowest view has columns.
///
/// Of more than two views it is the eigenproblem of all whitened views' covariance (Kettenring 1971,
/// MAXVAR), which for two has the canonical directions as eigenvectors.
package struct LinearCanonicalCorrelation {
    private let means: [[Double]]
    /// For each view (columns, components).
    private let projections: [Matrix]

    /// Fits to rows of each view; nil where a covariance plus `ridge` is not positive definite.
    package init?(_ views: [Matrix], ridge: Double) {
        let whitened = views.compactMap { view in
            WhitenedView(view, ridge: ridge).map { own in
                (rows: own.centred.timesTransposed(own.whitening), whitening: own.whitening)
            }
        }
        guard whitened.count == views.count, let rows = views.first?.rows else { return nil }
        let covariance = Matrix.columns(of: whitened.map(\.rows)).gram()
            .multiplied(by: 1 / Double(rows - 1))
        let vectors = covariance.withUnitBlocks(views.map(\.columns)).symmetricEigen().vectors
        let components = views.map(\.columns).min() ?? 0
        means = views.map { $0.columnMeans() }
        var first = 0
        projections = whitened.map { view in
            let width = view.whitening.rows
            var part = Matrix(rows: width, columns: components)
            for row in 0..<width {
                // Eigenvalues ascend.
                for component in 0..<components {
                    part[row, component] = vectors[first + row, vectors.columns - 1 - component]
                }
            }
            first += width
            return view.whitening.transposedTimes(part)
        }
    }

    /// The components of rows of each view.
    package func projected(_ views: [Matrix]) -> [Matrix] {
        views.indices.map { views[$0].subtracting(row: means[$0]).times(projections[$0]) }
    }
}

extension Matrix {
    /// This matrix with the identity in the place of its diagonal blocks, which a ridge has made a
    /// little less.
    fileprivate func withUnitBlocks(_ sizes: [Int]) -> Matrix {
        var result = self
        var first = 0
        for size in sizes {
            for row in first..<first + size {
                for column in first..<first + size { result[row, column] = row == column ? 1 : 0 }
            }
            first += size
        }
        return result
    }
}
