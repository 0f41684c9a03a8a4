package import Compute

/// How documents are written.
package struct TransformerSamplingConfiguration: Codable, Hashable, Sendable {
    /// Documents written side by side.
    package var batchWidth: Int
    /// Parts of the batch that are computed apart, the most workers that help; nil for as many as
    /// suit the model's size.
    package var groups: Int?
    /// How factors of products are rounded; the only part that changes a result.
    package var precision: Precision

    package init(batchWidth: Int = 256, groups: Int? = nil, precision: Precision = .float32) {
        self.batchWidth = batchWidth
        self.groups = groups
        self.precision = precision
    }

    /// Documents computed together, of which each has a cache of `cacheBytes`.
    func rowsPerGroup(cacheBytes: Int) -> Int {
        if let groups { return (batchWidth + groups - 1) / groups }
        // While a group is computed for some steps its keys and values stay in the third-level
        // cache where that leaves enough rows for efficient products; otherwise the matrices should
        // be read as seldom as possible.
        let inCache = (9 << 20) / cacheBytes
        return min(inCache >= 16 ? inCache : 64, 64, max(1, batchWidth / 4))
    }

    /// Whether a batch can be cut so.
    package func validate() throws(TransformerError) {
        guard (1...65_536).contains(batchWidth), (1...batchWidth).contains(groups ?? 1)
        else {
            throw TransformerError(
                .configuration(
                    "sampling.batch-width is \(batchWidth) and sampling.groups \(groups ?? 1); choose "
                        + "1...65536 documents in at most as many groups"))
        }
    }
}
