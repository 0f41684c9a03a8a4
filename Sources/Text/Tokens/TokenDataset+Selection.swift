import Support

extension TokenDataset {
    /// The documents at `indices`, in that order; an index may occur more than once.
    package func selecting(_ indices: [Int]) -> TokenDataset {
        var offsets = [0]
        offsets.reserveCapacity(indices.count + 1)
        var total = 0
        for index in indices {
            total += range(ofDocument: index).count
            offsets.append(total)
        }
        var selected: [UInt32] = []
        selected.reserveCapacity(total)
        for index in indices { selected.append(contentsOf: document(index)) }
        return TokenDataset(
            tokens: selected, offsets: offsets,
            cutDocuments: cutDocuments.isEmpty ? [] : indices.indices.filter { isCut(indices[$0]) })
    }

    /// The first documents with exactly `count` tokens in all: the last one is cut, unless it ends
    /// there.
    ///
    /// Nothing is cut when there are no more than `count` tokens. A document that would keep none
    /// of its tokens is dropped.
    package func prefix(tokens count: Int) -> TokenDataset {
        precondition(count >= 0, "a prefix of \(count) tokens")
        guard count < tokens.count else { return self }
        // The documents that begin before the cut; empty ones among them stay.
        let kept = offsets.partitioningIndex { $0 >= count }
        var cut = Array(cutDocuments.prefix { $0 < kept - 1 })
        if kept > 0, offsets[kept] > count || isCut(kept - 1) { cut.append(kept - 1) }
        return TokenDataset(
            tokens: Array(tokens[..<count]), offsets: Array(offsets[..<kept]) + [count],
            cutDocuments: cut)
    }

    /// The stream that a language model reads: the boundary before, between and after documents.
    ///
    /// `<b> d0 <b> d1 <b> ... <b>`, behind cut documents too; no documents give one boundary.
    package func packed(boundary: UInt32) -> [UInt32] {
        var stream: [UInt32] = []
        stream.reserveCapacity(tokens.count + documentCount + 1)
        stream.append(boundary)
        for index in 0..<documentCount {
            stream.append(contentsOf: document(index))
            stream.append(boundary)
        }
        return stream
    }
}
