/// How the factors of a product are rounded before they are multiplied. Sums are never narrower
/// than float.
@usableFromInline package enum Precision: String, Codable, CaseIterable, Hashable, Sendable {
    /// As they are.
    case float32
    /// To the eight significant bits of bfloat16, which current processors multiply at twice the
    /// rate.
    case bfloat16
}

/// What a product needs to know, shapes checked: c = base + bias + a b.
@usableFromInline package struct MatrixProduct<Element: BitwiseCopyable> {
    let c: MatrixView<Element>
    let a: MatrixView<Element>
    let b: RightFactor<Element>
    /// What the sums start from; it may be c itself. Nil for zero.
    let base: MatrixView<Element>?
    /// Added to every row.
    let bias: UnsafePointer<Element>?
    /// How a factor that is not in panels is rounded.
    let precision: Precision

    /// Checks the shapes.
    @usableFromInline package init(
        c: MatrixView<Element>, a: MatrixView<Element>, b: RightFactor<Element>,
        base: MatrixView<Element>? = nil, bias: UnsafePointer<Element>? = nil,
        precision: Precision = .float32
    ) {
        let (height, width) =
            switch b {
            case .matrix(let matrix): (matrix.height, matrix.width)
            case .panels(let panels): (panels.height, panels.width)
            }
        precondition(
            a.width == height && a.height == c.rows && width == c.columns && !c.isTransposed,
            "(\(a.height) x \(a.width)) (\(height) x \(width)) is not \(c.rows) x \(c.columns)")
        if let base {
            precondition(
                base.rows == c.rows && base.columns == c.columns && !base.isTransposed,
                "a base of \(base.rows) x \(base.columns) for \(c.rows) x \(c.columns)")
        }
        self.c = c
        self.a = a
        self.b = b
        self.base = base
        self.bias = bias
        self.precision = precision
    }
}

/// The right factor of a product: a matrix, or the panels it has been cut into before.
@usableFromInline package enum RightFactor<Element: BitwiseCopyable> {
    case matrix(MatrixView<Element>)
    case panels(Panels<Element>)
}

/// c = base + bias + a b.
///
/// Computed on the calling thread. Every element is one chain of fused multiply-adds in the order of
/// the inner dimension, so that its bits depend on its own row and column alone: not on how many rows
/// are computed with it, nor on the machine.
///
/// - Parameters:
///   - a: The left factor.
///   - b: The right factor.
///   - c: The result; not transposed.
///   - base: What the sums start from, c itself where a product is added to it; nil for zero.
///   - bias: One element for each column of c, added to every row.
///   - precision: How the factors are rounded; doubles never are.
@inlinable package func multiply<S: Scalar>(
    _ a: MatrixView<S>, _ b: MatrixView<S>, into c: MatrixView<S>, base: MatrixView<S>? = nil,
    bias: UnsafePointer<S>? = nil, precision: Precision = .float32
) {
    S.multiply(
        MatrixProduct(c: c, a: a, b: .matrix(b), base: base, bias: bias, precision: precision))
}

/// The same, of the same bits, with a right factor in panels.
@inlinable package func multiply<S: Scalar>(
    _ a: MatrixView<S>, _ b: Panels<S>, into c: MatrixView<S>, base: MatrixView<S>? = nil,
    bias: UnsafePointer<S>? = nil
) {
    S.multiply(
        MatrixProduct(c: c, a: a, b: .panels(b), base: base, bias: bias, precision: b.precision))
}
