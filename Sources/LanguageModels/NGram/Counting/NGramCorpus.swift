import Text

/// Documents as the counter reads them: `b d0 b d1 b ... b`, b the document boundary.
///
/// An event is a token or the boundary that ends a document. Its history is everything from the boundary
/// before its document on, so the one boundary id is both the start, which is context and never
/// predicted, and the end, which is predicted once and never context. Documents of weight 0 are left out.
struct NGramCorpus {
    let vocabularyCount: Int
    let boundary: UInt32
    /// The boundary, then each document and its end.
    private(set) var stream: [UInt32]
    /// The weight of the event at each position of the stream; empty when all are 1.
    private(set) var weights: [Double] = []
    /// Whether every weight is a whole number and all counts fit 32 bits.
    private(set) var hasWholeCounts = true

    init(
        _ dataset: TokenDataset, weights: [Double]?, vocabularyCount: Int, boundary: UInt32,
        smoothing: NGramSmoothing
    ) throws(NGramError) {
        precondition(
            Int(boundary) < vocabularyCount,
            "boundary \(boundary) in a vocabulary of \(vocabularyCount)")
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        try Self.check(weights, count: dataset.documentCount, smoothing: smoothing)
        let limit = Int(UInt32.max) - 1
        guard dataset.tokens.count + dataset.documentCount < limit else {
            throw NGramError(.tooLarge(what: "tokens", limit: limit))
        }
        stream = [boundary]
        stream.reserveCapacity(dataset.tokens.count + dataset.documentCount + 1)
        let isWeighted = weights.map { $0.contains { $0 != 1 } } ?? false
        if isWeighted { self.weights = [0] }
        var total = 0.0
        for document in 0..<dataset.documentCount {
            let weight = weights?[document] ?? 1
            guard weight > 0 else { continue }
            let range = dataset.range(ofDocument: document)
            for position in range {
                let token = dataset.tokens[position]
                guard token < vocabularyCount, token != boundary else {
                    let place = position - range.lowerBound
                    throw NGramError(
                        token == boundary
                            ? .boundaryInside(
                                document: document, position: place, boundary: boundary)
                            : .tokenOutOfRange(
                                document: document, position: place, token: token,
                                vocabularyCount: vocabularyCount))
                }
                stream.append(token)
            }
            stream.append(boundary)
            total += weight * Double(range.count + 1)
            guard isWeighted else { continue }
            if weight != weight.rounded() { hasWholeCounts = false }
            for _ in 0...range.count { self.weights.append(weight) }
        }
        guard stream.count > 1 else { throw NGramError(.noData) }
        if total > Double(UInt32.max) { hasWholeCounts = false }
        // Above 2^53 sums of whole numbers are no longer exact.
        guard total <= 0x1p53 else {
            throw NGramError(.tooLarge(what: "weighted tokens", limit: 1 << 53))
        }
    }

    private static func check(
        _ weights: [Double]?, count: Int, smoothing: NGramSmoothing
    ) throws(NGramError) {
        guard let weights else { return }
        guard weights.count == count else {
            throw NGramError(.weightCount(weights: weights.count, documents: count))
        }
        for (document, weight) in weights.enumerated() {
            guard weight >= 0, weight.isFinite else {
                throw NGramError(.invalidWeight(document: document, weight: weight))
            }
            if smoothing == .modifiedKneserNey, weight != weight.rounded() {
                throw NGramError(.fractionalWeight(document: document, weight: weight))
            }
        }
    }
}
