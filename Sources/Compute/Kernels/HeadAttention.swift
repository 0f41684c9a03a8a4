/// Causal attention of one head over one sequence, for ``Kernels/attentionForward``: row r of the queries attends to rows
/// `first[r] ... r` of the keys.
@usableFromInline package struct HeadAttention<Element: BitwiseCopyable & Sendable> {
    /// (length, width) each; rows lie ``queryStride`` apart, and ``keyStride`` those of keys and values.
    package var query: UnsafePointer<Element>
    package var key: UnsafePointer<Element>
    package var value: UnsafePointer<Element>
    package var queryStride: Int
    package var keyStride: Int
    package var length: Int
    package var width: Int
    /// Multiplies the products of queries and keys.
    package var scale: Element
    /// Nil where every row sees all before it.
    package var first: UnsafePointer<Int32>?
    package var dropout: Dropout?
    /// Room for as many elements as ``Kernels/attentionScratch`` says.
    package var scratch: UnsafeMutablePointer<Element>

    /// Masks for probabilities; row r has that of `site + r`.
    package struct Dropout: Sendable {
        package var key: UInt64
        package var site: UInt64
        package var threshold: UInt32
        package var scale: Element

        package init(key: UInt64, site: UInt64, threshold: UInt32, scale: Element) {
            self.key = key
            self.site = site
            self.threshold = threshold
            self.scale = scale
        }
    }

    package init(
        query: UnsafePointer<Element>, key: UnsafePointer<Element>,
        value: UnsafePointer<Element>, queryStride: Int, keyStride: Int, length: Int, width: Int,
        scale: Element, first: UnsafePointer<Int32>? = nil, dropout: Dropout? = nil,
        scratch: UnsafeMutablePointer<Element>
    ) {
        self.query = query
        self.key = key
        self.value = value
        self.queryStride = queryStride
        self.keyStride = keyStride
        self.length = length
        self.width = width
        self.scale = scale
        self.first = first
        self.dropout = dropout
        self.scratch = scratch
    }
}
