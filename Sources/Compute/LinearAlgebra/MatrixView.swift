/// A row-major matrix in memory that somebody else owns.
///
/// The address must stay valid while the view is used; shapes are checked by every operation that
/// takes views.
@usableFromInline package struct MatrixView<Element: BitwiseCopyable> {
    /// The first element; only read where the view is an operand.
    @usableFromInline package let base: UnsafeMutablePointer<Element>
    /// Rows and columns as stored; ``isTransposed`` swaps their roles in a product.
    @usableFromInline package let rows: Int
    /// Columns as stored.
    @usableFromInline package let columns: Int
    /// Elements from one row to the next.
    @usableFromInline package let stride: Int
    /// Whether products take the transpose of what is stored.
    @usableFromInline package let isTransposed: Bool

    /// A view of `rows` times `columns` elements from `base` on; rows lie `stride` apart, or adjoin
    /// if it is left out.
    @inlinable package init(
        _ base: UnsafeMutablePointer<Element>, rows: Int, columns: Int, stride: Int? = nil,
        isTransposed: Bool = false
    ) {
        self.base = base
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
        self.isTransposed = isTransposed
    }

    /// A view of memory that is only read.
    @inlinable package init(
        reading base: UnsafePointer<Element>, rows: Int, columns: Int, stride: Int? = nil
    ) {
        self.init(
            UnsafeMutablePointer(mutating: base), rows: rows, columns: columns, stride: stride)
    }

    /// The transpose of this matrix; nothing moves.
    @inlinable package var transposed: MatrixView {
        MatrixView(
            base, rows: rows, columns: columns, stride: stride, isTransposed: !isTransposed)
    }

    /// Some rows of what is stored.
    @inlinable package func rows(_ range: Range<Int>) -> MatrixView {
        MatrixView(
            base + range.lowerBound * stride, rows: range.count, columns: columns, stride: stride,
            isTransposed: isTransposed)
    }

    /// Some columns of what is stored.
    @inlinable package func columns(_ range: Range<Int>) -> MatrixView {
        MatrixView(
            base + range.lowerBound, rows: rows, columns: range.count, stride: stride,
            isTransposed: isTransposed)
    }

    /// The rows of the matrix that products take, the transpose where ``isTransposed``.
    @inlinable package var height: Int { isTransposed ? columns : rows }
    /// The columns of the matrix that products take, the transpose where ``isTransposed``.
    @inlinable package var width: Int { isTransposed ? rows : columns }

    /// Elements from one row, or column, of the matrix to the next.
    var rowStep: Int { isTransposed ? 1 : stride }
    var columnStep: Int { isTransposed ? stride : 1 }
}
