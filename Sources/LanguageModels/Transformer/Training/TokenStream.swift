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
    /// boundary belongs to the document it ends, and counts nothing where that was cut.
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
        guard documentWeights != nil || !dataset.cutDocuments.isEmpty else {
            weights = nil
            return
        }
        if let documentWeights {
            precondition(
                documentWeights.count == dataset.documentCount,
                "\(documentWeights.count) weights for \(dataset.documentCount) documents")
        }
        var weights: [Float] = []
        weights.reserveCapacity(tokens.count)
        for document in 0..<dataset.documentCount {
            let weight = documentWeights?[document] ?? 1
            precondition(
                weight >= 0 && weight.isFinite, "document \(document) has weight \(weight)")
            // The boundary before the document ends the one before that.
            weights.append(0)
            weights += repeatElement(
                Float(weight), count: dataset.range(ofDocument: document).count)
        }
        for document in 0..<dataset.documentCount where !dataset.isCut(document) {
            let end = dataset.offsets[document + 1] + document + 1
            weights[end == weights.count ? 0 : end] = Float(documentWeights?[document] ?? 1)
        }
        self.weights = weights
    }

    /// Predictions of one turn: the tokens and one boundary per document, those that weigh nothing
    /// included.
    package var count: Int { tokens.count }

    /// The windows of `length` predictions that one turn is cut into; the last may be shorter.
    package func windowCount(length: Int) -> Int { (count + length - 1) / length }
}
