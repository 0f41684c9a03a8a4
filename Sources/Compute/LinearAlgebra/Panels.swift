/// The right factor of products, cut into panels of 32 columns and rounded, for a matrix that is
/// used again and again.
///
/// A view: somebody else owns the memory. Products otherwise cut their right factor anew each time.
@usableFromInline package struct Panels<Element: BitwiseCopyable> {
    let base: UnsafeMutablePointer<Element>
    /// The shape of the factor.
    let height: Int
    let width: Int
    /// How the elements were rounded; products round their left factor alike.
    @usableFromInline package let precision: Precision

    /// Panels of a factor of `height` times `width` elements, in memory for
    /// ``count(height:width:precision:)``.
    package init(
        _ base: UnsafeMutablePointer<Element>, height: Int, width: Int,
        precision: Precision = .float32
    ) {
        self.base = base
        self.height = height
        self.width = width
        self.precision = precision
    }

    /// The size of panels, in elements.
    package static func count(height: Int, width: Int, precision: Precision) -> Int {
        // Two numbers of bfloat16 take the space of one float.
        let rows = precision == .bfloat16 ? (height + 1) / 2 : height
        return (width + 31) / 32 * 32 * rows
    }
}

extension Panels where Element: Scalar {
    /// Cuts and rounds a matrix.
    package func fill(from matrix: MatrixView<Element>) {
        precondition(
            matrix.height == height && matrix.width == width,
            "panels for \(height) x \(width) filled from \(matrix.height) x \(matrix.width)")
        Element.pack(matrix, into: self)
    }
}
