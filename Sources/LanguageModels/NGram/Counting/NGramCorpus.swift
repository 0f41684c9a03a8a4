import Text

/// Documents as the counter reads them, in pieces that workers take one by one.
///
/// An event is a token or the boundary that ends a document. Its history is everything from the
/// boundary before its document on, so the one boundary id is both the start, which is context and
/// never predicted, and the end, which is predicted once and never context. A document that was cut
/// has no such event. Documents of weight 0 are left out.
struct NGramCorpus {
    /// Stands where a cut document has no end: no id, and after all ids.
    static func cutMark(vocabularyCount: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: vocabularyCount)
    }

    /// Some whole documents.
    struct Piece {
        /// The documents' tokens, each document followed by the boundary, or by ``cutMark`` where it
        /// was cut.
        var tokens: [UInt32]
        /// The id of each number in ``tokens``; empty where they are ids themselves.
        var ids: [UInt32] = []
        /// What each document counts; empty when each counts 1.
        var weights: [Double] = []
        /// What follows a cut document: see ``NGramCorpus/cutMark(vocabularyCount:)``.
        var cutMark: UInt32

        /// Calls `body` with every id, the boundaries and marks of cuts included, and the index of
        /// its document.
        @inline(__always)
        func forEach(boundary: UInt32, _ body: (_ token: UInt32, _ document: Int) -> Void) {
            var document = 0
            for number in tokens {
                let token = ids.isEmpty ? number : ids[Int(number)]
                body(token, document)
                if token == boundary || token == cutMark { document += 1 }
            }
        }
    }

    let vocabularyCount: Int
    let boundary: UInt32
    private(set) var pieces: [Piece] = []
    let isWeighted: Bool
    /// Whether every weight is a whole number and all counts fit 32 bits.
    private(set) var hasWholeCounts = true
    /// Whether ids ascend in the order in which tokens appear first.
    let isNumberedByAppearance: Bool
    /// Tokens and ends of documents, those that were cut included.
    let eventCount: Int
    let documentCount: Int
    /// How many of the documents were cut.
    private(set) var cutCount = 0

    /// Tokens for one worker at a time.
    private static let pieceLength = 1 << 16
    /// Records and nodes are numbered in 32 bits.
    private static let limit = Int(UInt32.max) - 1

    /// Documents of text that was read: words are numbered by appearance, and everything counts 1.
    init(
        pieces: [Piece], documentCount: Int, vocabularyCount: Int, boundary: UInt32
    ) throws(NGramError) {
        self.documentCount = documentCount
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        self.pieces = pieces
        isWeighted = false
        isNumberedByAppearance = true
        eventCount = pieces.reduce(0) { $0 + $1.tokens.count }
        try check()
    }

    init(
        _ dataset: TokenDataset, weights: [Double]?, vocabularyCount: Int, boundary: UInt32,
        smoothing: NGramSmoothing
    ) throws(NGramError) {
        precondition(
            Int(boundary) < vocabularyCount,
            "boundary \(boundary) in a vocabulary of \(vocabularyCount)")
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        isNumberedByAppearance = false
        try Self.check(weights, count: dataset.documentCount, smoothing: smoothing)
        isWeighted = weights.map { $0.contains { $0 != 1 } } ?? false
        var total = 0.0
        var documentCount = 0
        let cutMark = Self.cutMark(vocabularyCount: vocabularyCount)
        var piece = Piece(tokens: [], cutMark: cutMark)
        piece.tokens.reserveCapacity(min(Self.pieceLength, dataset.tokens.count) * 5 / 4)
        for document in 0..<dataset.documentCount {
            let weight = weights?[document] ?? 1
            guard weight > 0 else { continue }
            let range = dataset.range(ofDocument: document)
            try Self.check(
                dataset, document: document, vocabularyCount: vocabularyCount, boundary: boundary)
            piece.tokens.append(contentsOf: dataset.tokens[range])
            let isCut = dataset.isCut(document)
            if isCut { cutCount += 1 }
            piece.tokens.append(isCut ? cutMark : boundary)
            documentCount += 1
            total += weight * Double(range.count + 1)
            if isWeighted {
                if weight != weight.rounded() { hasWholeCounts = false }
                piece.weights.append(weight)
            }
            if piece.tokens.count >= Self.pieceLength {
                pieces.append(piece)
                piece.tokens.removeAll(keepingCapacity: true)
                piece.weights.removeAll(keepingCapacity: true)
            }
        }
        if !piece.tokens.isEmpty { pieces.append(piece) }
        self.documentCount = documentCount
        eventCount = pieces.reduce(0) { $0 + $1.tokens.count }
        try check()
        if total > Double(UInt32.max) { hasWholeCounts = false }
        // Above 2^53 sums of whole numbers are no longer exact.
        guard total <= 0x1p53 else {
            throw NGramError(.tooLarge(what: "weighted tokens", limit: 1 << 53))
        }
    }

    /// Gives the memory of the documents back.
    mutating func releasePieces() { pieces = [] }

    private func check() throws(NGramError) {
        guard eventCount > cutCount else { throw NGramError(.noData) }
        guard eventCount < Self.limit else {
            throw NGramError(.tooLarge(what: "tokens", limit: Self.limit))
        }
    }

    /// Refuses a document with a token that none can have.
    static func check(
        _ dataset: TokenDataset, document: Int, vocabularyCount: Int, boundary: UInt32
    ) throws(NGramError) {
        for (position, token) in dataset.document(document).enumerated() {
            if token == boundary {
                throw NGramError(
                    .boundaryInside(document: document, position: position, boundary: boundary))
            }
            if token >= vocabularyCount {
                throw NGramError(
                    .tokenOutOfRange(
                        document: document, position: position, token: token,
                        vocabularyCount: vocabularyCount))
            }
        }
    }

    static func check(
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
