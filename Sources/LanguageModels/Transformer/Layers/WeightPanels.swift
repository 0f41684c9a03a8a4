package import Compute

/// The matrices of a model as right factors of products: cut into panels and rounded once for all
/// that is computed with the same parameters. Without them every product does that anew, with the
/// same result.
///
/// They take as much memory as the matrices, twice that for a backward pass, and half of it in
/// bfloat16.
package final class WeightPanels<S: Scalar> {
    /// One matrix.
    struct Pair {
        let forward: Panels<S>
        /// Of the transpose; nil where there is no backward pass.
        let backward: Panels<S>?
    }

    /// How the elements are rounded; an engine that uses the panels must have the same.
    package let precision: Precision
    private let matrices: [MatrixView<S>]
    /// In the order of ``ParameterViews/matrices``.
    private let pairs: [Pair]
    private let arena: Arena<S>

    /// Space for the panels of the parameters at `base`, which must outlive them.
    package init(
        reading base: UnsafePointer<S>, of configuration: TransformerConfiguration,
        isTraining: Bool, precision: Precision
    ) {
        self.precision = precision
        let matrices = ParameterViews(
            reading: base, layout: ParameterLayout(configuration), configuration: configuration
        ).matrices
        var plan = ArenaPlan()
        for matrix in matrices {
            plan.add(Self.count(matrix, precision))
            if isTraining { plan.add(Self.count(matrix.transposed, precision)) }
        }
        var arena = Arena<S>(plan)
        var pairs: [Pair] = []
        for matrix in matrices {
            pairs.append(
                Pair(
                    forward: Self.panels(matrix, precision, &arena),
                    backward: isTraining
                        ? Self.panels(matrix.transposed, precision, &arena) : nil))
        }
        self.matrices = matrices
        self.pairs = pairs
        self.arena = arena
    }

    /// Whether the panels of so many parameters, for both passes, take a modest part of a machine's
    /// memory: 256 MB.
    static func isSmall(_ parameters: Int, _ precision: Precision) -> Bool {
        2 * parameters <= (precision == .bfloat16 ? 2 : 1) << 26
    }

    private static func count(_ matrix: MatrixView<S>, _ precision: Precision) -> Int {
        Panels<S>.count(height: matrix.height, width: matrix.width, precision: precision)
    }

    private static func panels(
        _ matrix: MatrixView<S>, _ precision: Precision, _ arena: inout Arena<S>
    ) -> Panels<S> {
        Panels(
            arena.take(count(matrix, precision)), height: matrix.height, width: matrix.width,
            precision: precision)
    }

    /// Cuts the matrices as they are now.
    package func fill(pool: WorkerPool) {
        pool.perform(tasks: 2 * pairs.count, filling)
    }

    private lazy var filling = WorkerJob { [unowned self] task, _ in
        let matrix = matrices[task / 2]
        if task % 2 == 0 {
            pairs[task / 2].forward.fill(from: matrix)
        } else {
            pairs[task / 2].backward?.fill(from: matrix.transposed)
        }
    }

    subscript(index: Int) -> Pair { pairs[index] }
}
