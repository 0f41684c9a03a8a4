package import Text

/// Documents as the stream that training reads: each one's tokens and a boundary, end to end in a
/// circle.
///
/// Position i predicts position i + 1. The last document's boundary is also what the first document
/// is predicted from.
package struct TokenStream: Sendable {
    /// One turn of the circle: a boundary, the first document, a boundary, the second ...
    let tokens: [Int32]
    /// The weight with which each token counts where it is predicted; nil where all count 1. A
    /// boundary belongs to the document it ends.
    let weights: [Float]?
    /// The token between documents.
    let boundary: UInt32

    /// The stream of some documents.
    ///
    /// - Parameters:
    ///   - dataset: The documents.
    ///   - boundary: The token between documents.
    ///   - documentWeights: One weight per document, at least 0.
    /// - Throws: ``TransformerError`` where there is no document.
    package init(
        _ dataset: TokenDataset, boundary: UInt32, weights documentWeights: [Double]? = nil
    ) throws(TransformerError) {
        guard dataset.documentCount > 0 else { throw TransformerError(.emptyData) }
        self.boundary = boundary
        tokens = dataset.packed(boundary: boundary).dropLast().map {
            Int32(truncatingIfNeeded: $0)
        }
        guard let documentWeights else {
            weights = nil
            return
        }
        precondition(
            documentWeights.count == dataset.documentCount,
            "\(documentWeights.count) weights for \(dataset.documentCount) documents")
        var weights: [Float] = []
        weights.reserveCapacity(tokens.count)
        var previous = Float(documentWeights[documentWeights.count - 1])
        for (index, weight) in documentWeights.enumerated() {
            precondition(weight >= 0 && weight.isFinite, "document \(index) has weight \(weight)")
            weights.append(previous)
            previous = Float(weight)
            weights += repeatElement(previous, count: dataset.range(ofDocument: index).count)
        }
        self.weights = weights
    }

    /// Predictions of one turn: the tokens and one boundary per document.
    package var count: Int { tokens.count }

    /// The windows of `length` predictions that one turn is cut into; the last may be shorter.
    package func windowCount(length: Int) -> Int { (count + length - 1) / length }
}
