import Compute
import Text

/// A document being written.
struct DocumentInProgress {
    let index: Int
    let slot: Int
    /// The boundary, the prompt, and what has been written.
    var tokens: [UInt32]
    /// Tokens before the first written one.
    let promptCount: Int
    /// Tokens that the cache holds; the next to feed is `tokens[start + position]`.
    var position: Int
    /// Where in `tokens` the context begins.
    var start: Int
    var random: RandomStream
    var hasEnded = false

    var written: Int { tokens.count - promptCount }
}

/// The documents being written side by side, and the order in which they are begun, ended and collected.
///
/// Everything here is a function of the documents' lengths, never of which worker was fast.
struct SamplingBatch {
    let rowsPerGroup: Int
    private let model: TransformerModel
    private let boundary: UInt32
    private let tokenBudget: Int
    private let maximumDocumentLength: Int
    private let prompts: [[UInt32]]
    private let key: RandomKey
    private let width: Int
    private let cache: KeyValueCache

    /// In the order of their indices. Their place in this array is their row.
    private var active: [DocumentInProgress] = []
    private var freeSlots: [Int]
    /// Documents that have ended; nil for those still written.
    private var ended: [[UInt32]?] = []
    /// Documents of `ended` before which all have ended, and the tokens in them.
    private var collected = 0
    private var collectedTokens = 0

    init(
        model: TransformerModel, configuration: TransformerSamplingConfiguration,
        boundary: UInt32, tokenBudget: Int, maximumDocumentLength: Int, prompts: [[UInt32]],
        key: RandomKey
    ) {
        self.model = model
        self.boundary = boundary
        self.tokenBudget = tokenBudget
        self.maximumDocumentLength = maximumDocumentLength
        self.prompts = prompts
        self.key = key
        rowsPerGroup =
            (configuration.batchWidth + configuration.groups - 1) / configuration.groups
        width = configuration.batchWidth
        // A small budget needs fewer documents at a time; the rows of a product stay as many.
        let slots = min(width, max(1, tokenBudget))
        freeSlots = Array((0..<slots).reversed())
        cache = KeyValueCache(model.configuration, slots: slots)
    }

    /// Tokens in documents before the first unfinished one, and in that one.
    private(set) var written = 0

    /// Begins documents in free slots as long as they are needed; false when the budget is written.
    mutating func beginRound() -> Bool {
        if written >= tokenBudget { return false }
        var begun = collectedTokens
        for index in collected..<ended.count { begun += ended[index]?.count ?? 0 }
        for document in active { begun += document.written }
        // A document begun now adds at least one token.
        while begun < tokenBudget, let slot = freeSlots.popLast() {
            let index = ended.count
            var tokens = [boundary]
            if !prompts.isEmpty { tokens += prompts[index % prompts.count] }
            let promptCount = tokens.count
            tokens.reserveCapacity(promptCount + min(maximumDocumentLength, tokenBudget) + 1)
            active.append(
                DocumentInProgress(
                    index: index, slot: slot, tokens: tokens, promptCount: promptCount,
                    position: 0, start: 0,
                    random: RandomStream(key.at(Int(key.index) + index))))
            ended.append(nil)
            begun += 1
        }
        return true
    }

    /// Writes `steps` tokens of every active document, group by group.
    mutating func perform(on pool: WorkerPool, workers: [SamplingWorker], steps: Int) {
        let (rowsPerGroup, count) = (rowsPerGroup, active.count)
        let writer = DocumentWriter(
            configuration: model.configuration, boundary: boundary,
            maximumDocumentLength: maximumDocumentLength, cache: cache)
        let groups = (count + rowsPerGroup - 1) / rowsPerGroup
        active.withUnsafeMutableBufferPointer { documents in
            guard let first = documents.baseAddress else { return }
            pool.perform(tasks: groups) { group, worker in
                let start = group * rowsPerGroup
                writer.write(
                    first + start, count: min(rowsPerGroup, count - start), steps: steps,
                    with: workers[worker])
            }
        }
    }

    /// Collects what has ended and frees its slots; documents that the budget does not reach are dropped.
    mutating func endRound() {
        for document in active where document.hasEnded {
            ended[document.index] = Array(document.tokens[document.promptCount...])
            freeSlots.append(document.slot)
        }
        active.removeAll { $0.hasEnded }
        while collected < ended.count, let document = ended[collected] {
            collectedTokens += document.count
            collected += 1
        }
        // Tokens of the documents from the first on, unfinished ones as far as they are.
        var total = collectedTokens
        written = total + (active.first?.written ?? 0)
        var position = 0
        for index in collected..<ended.count {
            if position < active.count, active[position].index == index {
                if total >= tokenBudget { break }
                total += active[position].written
                position += 1
            } else {
                total += ended[index]?.count ?? 0
            }
        }
        while active.count > max(position, 1) {
            let dropped = active.removeLast()
            freeSlots.append(dropped.slot)
        }
    }

    /// The documents as far as the budget goes.
    func documents() -> TokenDataset {
        var dataset = TokenDataset()
        for index in 0..<collected { dataset.append(document: ended[index] ?? []) }
        if let document = active.first, collected < ended.count {
            dataset.append(document: document.tokens[document.promptCount...])
        }
        return dataset.prefix(tokens: tokenBudget)
    }
}
