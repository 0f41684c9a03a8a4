/// How many documents are written at a time: part of the result's last bits, so part of the specification.
package struct TransformerSamplingConfiguration: Codable, Hashable, Sendable {
    /// Documents written side by side.
    package var batchWidth: Int
    /// Parts of the batch that are computed apart: the most workers that help.
    package var groups: Int

    package init(batchWidth: Int = 256, groups: Int = 4) {
        self.batchWidth = batchWidth
        self.groups = groups
    }

    /// Whether a batch can be cut so.
    package func validate() throws(TransformerError) {
        guard (1...65_536).contains(batchWidth), (1...batchWidth).contains(groups) else {
            throw TransformerError(
                .configuration(
                    "sampling.batch-width is \(batchWidth) and sampling.groups \(groups); choose "
                        + "1...65536 documents in at most as many groups"))
        }
    }
}
