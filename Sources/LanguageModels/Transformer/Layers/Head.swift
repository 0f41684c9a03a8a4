import Compute

/// The end of the model: normalise, multiply with the token embedding or a matrix of its own,
/// compare with what came next.
///
/// Logits exist for a block of rows at a time and turn into their own gradient in place.
enum Head<S: Scalar> {
    /// logits = normed E^T for some rows; `logits` is (rows, padded vocabulary).
    static func logits(
        _ p: ParameterViews<S>, normed: UnsafeMutablePointer<S>, rows: Int,
        into logits: UnsafeMutablePointer<S>
    ) {
        p.head.forward(
            MatrixView(normed, rows: rows, columns: p.head.weight.height),
            into: MatrixView(logits, rows: rows, columns: p.head.weight.width))
    }

    /// The negative log-likelihood, in nats, of the targets of some normalised rows; `visit` is
    /// shown each row's logits.
    static func nats(
        _ p: ParameterViews<S>, normed: UnsafeMutablePointer<S>, targets: UnsafePointer<Int32>,
        rows: Int, into nats: UnsafeMutablePointer<Double>, scratch: SliceScratch<S>,
        configuration: TransformerConfiguration,
        visit: (_ row: Int, _ logits: UnsafePointer<S>) -> Void
    ) {
        let block = SliceShape.logitRows(configuration, rows: rows)
        var start = 0
        while start < rows {
            let count = min(block, rows - start)
            logits(
                p, normed: normed + start * configuration.width, rows: count,
                into: scratch.logits)
            for row in 0..<count {
                visit(start + row, scratch.logits + row * configuration.paddedVocabularyCount)
            }
            // Without gradient the coefficients are not read.
            S.kernels.crossEntropy(
                scratch.logits, nats + start, targets + start, scratch.logits, count,
                configuration.vocabularyCount, configuration.paddedVocabularyCount, 0)
            start += count
        }
    }

    /// Forward and backward at once: `nats` as above, with `terms` added; `scratch.gradient`
    /// becomes the gradient of x under the loss sum over rows of coefficient times nats.
    static func backward(
        _ p: ParameterViews<S>, gradient g: ParameterViews<S>, x: UnsafeMutablePointer<S>,
        _ statistics: NormStatistics<S>, targets: UnsafePointer<Int32>,
        coefficients: UnsafePointer<S>, nats: UnsafeMutablePointer<Double>,
        scratch: SliceScratch<S>, shape: SliceShape, terms: LossTerms
    ) {
        let (rows, d) = (shape.rows, shape.width)
        let vocabulary = p.head.weight.width
        p.finalNorm.forward(x, into: scratch.normed, statistics, rows: rows)
        let block = SliceShape.logitRows(shape.configuration, rows: rows)
        var start = 0
        while start < rows {
            let count = min(block, rows - start)
            let normed = MatrixView(scratch.normed + start * d, rows: count, columns: d)
            logits(p, normed: normed.base, rows: count, into: scratch.logits)
            if terms.isEmpty {
                S.kernels.crossEntropy(
                    scratch.logits, nats + start, targets + start, coefficients + start, count,
                    shape.configuration.vocabularyCount, vocabulary, 1)
            } else {
                S.kernels.smoothedCrossEntropy(
                    scratch.logits, nats + start, targets + start, coefficients + start, count,
                    shape.configuration.vocabularyCount, vocabulary, terms.labelSmoothing,
                    terms.zLoss)
            }
            let dLogits = MatrixView(scratch.logits, rows: count, columns: vocabulary)
            p.head.inputGradient(
                dLogits,
                into: MatrixView(scratch.branchGradient + start * d, rows: count, columns: d))
            g.head.accumulate(x: normed, dy: dLogits, isFurtherBlock: start > 0)
            start += count
        }
        scratch.gradient.update(repeating: 0, count: rows * d)
        p.finalNorm.backward(
            scratch.branchGradient, x: x, statistics, addingTo: scratch.gradient,
            gradient: g.finalNorm, rows: rows)
    }
}
