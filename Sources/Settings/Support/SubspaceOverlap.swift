package import Compute

/// How far the latents of classes are from lying in orthogonal subspaces: the sum over classes of the
/// nuclear norm of a class's latents, less that of all (OLE, Lezama et al. 2018). 0 where the
/// subspaces are orthogonal; larger the more they share.
///
/// Raw norms move with the scale of the latents. By convention here all latents are centred together,
/// each row is scaled to length 1, and norms are divided by the square root of their number.
package enum SubspaceOverlap {
    package static func centredUnit(_ latents: Matrix, labels: [UInt8]) -> Double {
        let unit = latents.minusColumnMeans().withRowsOfUnitLength()
        let classes = Set(labels).sorted().map { label in
            nuclearNorm(unit, labels.indices.filter { labels[$0] == label })
        }
        let whole = nuclearNorm(unit, Array(labels.indices))
        return (classes.reduce(0, +) - whole) / Double(latents.rows).squareRoot()
    }

    /// The sum of the singular values of some rows.
    private static func nuclearNorm(_ matrix: Matrix, _ rows: [Int]) -> Double {
        matrix.selecting(rows: rows).singularValues().reduce(0, +)
    }
}
