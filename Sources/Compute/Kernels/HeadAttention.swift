/// Causal attention of one head over one sequence, for ``Kernels/attentionForward``: row r of the
/// queries attends to rows `first[r] ... r` of the keys.
@usableFromInline package struct HeadAttention<Element: BitwiseCopyable & Sendable> {
    /// (length, width) each; rows lie ``queryStride`` apart, and ``keyStride`` those of keys and
    /// values.
    package var query: UnsafePointer<Element>
    /// The keys, (length, width); rows lie ``keyStride`` apart.
    package var key: UnsafePointer<Element>
    /// The values, (length, width); rows lie ``keyStride`` apart.
    package var value: UnsafePointer<Element>
    /// Elements from one row of the queries, or of their gradient, to the next.
    package var queryStride: Int
    /// Elements from one row of the keys and values, or of their gradients, to the next.
    package var keyStride: Int
    /// The number of positions of the sequence.
    package var length: Int
    /// The elements of a head.
    package var width: Int
    /// Multiplies the products of queries and keys.
    package var scale: Element
    /// Nil where every row sees all before it.
    package var first: UnsafePointer<Int32>?
    /// Dropout of the attention probabilities; nil for none.
    package var dropout: Dropout?
    /// Space for as many elements as ``Kernels/attentionScratch`` says.
    package var scratch: UnsafeMutablePointer<Element>

    /// Masks for probabilities; row r has that of `site + r`.
    package struct Dropout: Sendable {
        /// The Philox key.
        package var key: UInt64
        /// The number of row 0's mask under the key, in the upper half of the Philox counter.
        package var site: UInt64
        /// The rate times 2^32: a probability becomes zero where its Philox word is below this; 0
        /// for no dropout.
        package var threshold: UInt32
        /// What the probabilities that remain are multiplied with: 1 / (1 - rate).
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
