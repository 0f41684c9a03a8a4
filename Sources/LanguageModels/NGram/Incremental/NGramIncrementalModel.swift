package import Text

/// An n-gram model to which documents can be added, and from which they can be removed, in time proportional to those
/// documents alone.
///
/// It answers what an ``NGramModel`` trained on the same documents answers, bit for bit, whatever the order in which
/// they came and went: probabilities are made of whole counts, which are exact, by the same formulas.
///
/// Each event is looked up after its longest history. Under modified Kneser-Ney that is all, if the n-gram was there:
/// the counts of shorter ones change only when a longer one comes or goes (see ``NGramModel``). Everything that an
/// estimate needs beside counts (sums and numbers of successors, counts of counts) is kept at each change.
///
/// Memory: 44 to 56 bytes for an n-gram below the highest order, 12 to 24 for one of it; as far as removals leave
/// leaves less than half full, up to 36 more. What removals free is used again, but not returned to the system.
package struct NGramIncrementalModel: ~Copyable, Sendable {
    package let configuration: NGramConfiguration
    package let vocabularyCount: Int
    package let boundary: UInt32
    /// The discounts of orders 1, 2, ..., under modified Kneser-Ney only.
    package private(set) var discounts: [NGramDiscounts] = []
    /// Tokens and ends of documents, each as often as its document counts.
    package private(set) var eventCount = 0
    var table = NGramContextTable()
    private var ledger = NGramDocumentLedger()
    /// The context of a document's first token.
    let startState: UInt32

    /// Totals are kept in 32 bits.
    private static let eventLimit = Int(UInt32.max)
    /// Leaves and contexts are numbered in 32 bits.
    private static let typeLimit = 1 << 29

    /// A model of no documents, for which all tokens are equally probable.
    ///
    /// - Parameters:
    ///   - vocabularyCount: V; ids are below it.
    ///   - boundary: The document boundary's id.
    ///   - configuration: Order and smoothing, with exact counts of counts: what `lmplz` makes of them depends on all
    ///     documents at once.
    package init(vocabularyCount: Int, boundary: UInt32, configuration: NGramConfiguration) {
        precondition(
            Int(boundary) < vocabularyCount,
            "boundary \(boundary) in a vocabulary of \(vocabularyCount)")
        precondition(
            configuration.countsOfCounts == .exact,
            "an incremental model has exact counts of counts, not those of \(configuration.countsOfCounts)"
        )
        self.configuration = configuration
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        startState =
            configuration.order > 1
            ? table.append(suffix: NGramContextTable.root, length: 1) : NGramContextTable.root
        updateDiscounts()
    }

    package var order: Int { configuration.order }
    /// Bytes of the n-grams.
    package var byteCount: Int { table.byteCount }

    /// Types and discounts of orders 1, 2, ...
    package var metrics: [NGramOrderSummary] {
        (1...order).map { length in
            NGramOrderSummary(
                order: length, types: table.types[length],
                discounts: discounts.isEmpty ? nil : discounts[length - 1])
        }
    }

    private mutating func updateDiscounts() {
        guard configuration.smoothing == .modifiedKneserNey else { return }
        discounts = (1...order).map { length in
            NGramDiscounts(countsOfCounts: (1...4).map { table.countsOfCounts[length][$0] })
        }
    }

    // MARK: Add and remove

    /// Adds documents.
    ///
    /// - Parameters:
    ///   - dataset: The documents, without boundary tokens.
    ///   - weights: How often each document is added, in whole numbers; `nil` for once each.
    /// - Throws: What in the data cannot be counted, with document and position. Then nothing was added.
    /// - Complexity: O(order x tokens), amortised, however much the model holds.
    package mutating func add(
        _ dataset: TokenDataset, weights: [Double]? = nil
    ) throws(NGramError) {
        let copies = try copies(of: dataset, weights)
        for document in 0..<dataset.documentCount where copies?[document] != 0 {
            try NGramCorpus.check(
                dataset, document: document, vocabularyCount: vocabularyCount, boundary: boundary)
        }
        let added = events(of: dataset, copies)
        guard added <= Double(Self.eventLimit - eventCount) else {
            throw NGramError(.tooLarge(what: "weighted tokens", limit: Self.eventLimit))
        }
        let types = (1...order).reduce(0) { $0 + table.types[$1] }
        guard types + order * (dataset.tokens.count + dataset.documentCount) <= Self.typeLimit
        else {
            throw NGramError(.tooLarge(what: "n-grams", limit: Self.typeLimit))
        }
        for document in 0..<dataset.documentCount {
            ledger.add(dataset.document(document), copies: copies?[document] ?? 1)
        }
        let (configuration, start) = (configuration, startState)
        table.forEachEvent(
            of: dataset, copies, start: start, boundary: boundary
        ) { table, token, state, copies, isEnd in
            table.add(
                token, after: state, copies: copies, configuration, start: isEnd ? start : nil)
        }
        eventCount += Int(added)
        updateDiscounts()
    }

    /// Removes documents that were added before.
    ///
    /// - Parameters:
    ///   - dataset: The documents, without boundary tokens.
    ///   - weights: How often each document is removed, in whole numbers; `nil` for once each.
    /// - Throws: The first document that the model does not hold so often. Then nothing was removed.
    /// - Complexity: O(order x tokens), amortised, however much the model holds.
    package mutating func remove(
        _ dataset: TokenDataset, weights: [Double]? = nil
    ) throws(NGramError) {
        let copies = try copies(of: dataset, weights)
        for document in 0..<dataset.documentCount {
            let count = copies?[document] ?? 1
            guard count > 0 else { continue }
            if ledger.remove(dataset.document(document), copies: count) { continue }
            for earlier in 0..<document {
                ledger.add(dataset.document(earlier), copies: copies?[earlier] ?? 1)
            }
            throw NGramError(.notHeld(document: document, copies: count))
        }
        let (configuration, start) = (configuration, startState)
        table.forEachEvent(
            of: dataset, copies, start: start, boundary: boundary
        ) { table, token, state, copies, _ in
            table.remove(token, after: state, copies: copies, configuration)
        }
        eventCount -= Int(events(of: dataset, copies))
        updateDiscounts()
    }

    /// How often each document counts; `nil` for once each.
    private func copies(
        of dataset: TokenDataset, _ weights: [Double]?
    ) throws(NGramError) -> [Int]? {
        guard let weights else { return nil }
        try NGramCorpus.check(
            weights, count: dataset.documentCount, smoothing: configuration.smoothing)
        var copies: [Int] = []
        for (document, weight) in weights.enumerated() {
            guard weight == weight.rounded() else {
                throw NGramError(.partialDocument(document: document, weight: weight))
            }
            guard weight <= Double(Self.eventLimit) else {
                throw NGramError(.tooLarge(what: "weighted tokens", limit: Self.eventLimit))
            }
            copies.append(Int(weight))
        }
        return copies
    }

    /// Tokens and ends of documents, weighted.
    private func events(of dataset: TokenDataset, _ copies: [Int]?) -> Double {
        guard let copies else { return Double(dataset.tokens.count + dataset.documentCount) }
        return copies.enumerated().reduce(0.0) {
            $0 + Double($1.element) * Double(dataset.range(ofDocument: $1.offset).count + 1)
        }
    }
}
