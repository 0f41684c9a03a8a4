import Compute
import Text

/// A document being written.
struct DocumentInProgress {
    let index: Int
    var text: CachedText
    /// Tokens before the first written one: the boundary and the prompt.
    let promptCount: Int
    var random: RandomStream
    /// Of what has been written, and of the boundary that ended it; empty and nil where they are
    /// not recorded.
    var logProbabilities: [SampledToken] = []
    var endLogProbability: SampledToken?
    /// Whether nothing more is written, and whether the boundary was drawn.
    var hasEnded = false
    var hasEndedItself = false

    var written: Int { text.tokens.count - promptCount }
}

/// The documents being written side by side, and the order in which they are begun, ended and
/// collected.
///
/// Everything here is a function of the documents' lengths, never of which worker was fast.
struct SamplingBatch {
    let rowsPerGroup: Int
    private let model: TransformerModel
    private let boundary: UInt32
    private let request: SamplingRequest
    private let key: RandomKey
    private let cache: KeyValueCache

    /// In the order of their indices. Their index in this array is their row.
    private var active: [DocumentInProgress] = []
    private var freeSlots: [Int]
    /// Documents that have ended; nil for those still written.
    private var ended: [DocumentInProgress?] = []
    /// Documents of `ended` before which all have ended, and the tokens in them.
    private var collected = 0
    private var collectedTokens = 0

    init(
        model: TransformerModel, configuration: TransformerSamplingConfiguration,
        boundary: UInt32, request: SamplingRequest, key: RandomKey
    ) {
        self.model = model
        self.boundary = boundary
        self.request = request
        self.key = key
        // A small amount needs fewer documents at a time; the rows of a product stay as many.
        let most =
            switch request.amount {
            case .tokens(let count), .documents(let count): max(1, count)
            }
        let slots = min(configuration.batchWidth, most)
        freeSlots = Array((0..<slots).reversed())
        // The boundary, a prompt, and what follows it.
        let context = model.configuration.contextLength
        let longest =
            1 + (request.prompts.map(\.count).max() ?? 0)
            + min(request.maximumDocumentLength, context)
        cache = KeyValueCache(
            model.configuration, slots: slots, positions: min(longest, context),
            precision: configuration.precision)
        rowsPerGroup = configuration.rowsPerGroup(cacheBytes: cache.bytesPerSlot)
    }

    /// Of the request's amount: tokens in documents before the first unfinished one and in that
    /// one, or finished documents.
    private(set) var written = 0

    /// Begins documents in free slots as long as they are needed; false when all is written.
    mutating func beginRound() -> Bool {
        switch request.amount {
        case .documents(let count):
            while ended.count < count, let slot = freeSlots.popLast() { begin(in: slot) }
            return collected < count
        case .tokens(let budget):
            if written >= budget { return false }
            var begun = collectedTokens
            for index in collected..<ended.count { begun += ended[index]?.written ?? 0 }
            for document in active { begun += document.written }
            // A document begun now adds at least as many tokens.
            while begun < budget, let slot = freeSlots.popLast() {
                begin(in: slot)
                begun += request.minimumDocumentLength
            }
            return true
        }
    }

    private mutating func begin(in slot: Int) {
        let index = ended.count
        var tokens = [boundary]
        if !request.prompts.isEmpty { tokens += request.prompts[index % request.prompts.count] }
        let promptCount = tokens.count
        var most = request.maximumDocumentLength
        if case .tokens(let budget) = request.amount { most = min(most, budget) }
        tokens.reserveCapacity(promptCount + most + 1)
        active.append(
            DocumentInProgress(
                index: index, text: CachedText(slot: slot, tokens: tokens),
                promptCount: promptCount,
                random: RandomStream(key.at(Int(key.index) + index))))
        ended.append(nil)
    }

    /// Writes `steps` tokens of every active document, group by group.
    mutating func perform(on pool: WorkerPool, workers: [SamplingWorker], steps: Int) {
        let (rowsPerGroup, count) = (rowsPerGroup, active.count)
        let writer = DocumentWriter(
            configuration: model.configuration, boundary: boundary, request: request, cache: cache)
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

    /// Collects what has ended and frees its slots; documents that a budget of tokens does not
    /// reach are dropped.
    mutating func endRound() {
        for document in active where document.hasEnded {
            ended[document.index] = document
            freeSlots.append(document.text.slot)
        }
        active.removeAll { $0.hasEnded }
        while collected < ended.count, let document = ended[collected] {
            collectedTokens += document.written
            collected += 1
        }
        switch request.amount {
        case .documents: written = collected
        case .tokens(let budget):
            written = collectedTokens + (active.first?.written ?? 0)
            dropDocuments(beyond: budget)
        }
    }

    private mutating func dropDocuments(beyond budget: Int) {
        // Tokens of the documents from the first on, unfinished ones as far as they are.
        var total = collectedTokens
        var position = 0
        for index in collected..<ended.count {
            if position < active.count, active[position].index == index {
                if total >= budget { break }
                total += active[position].written
                position += 1
            } else {
                total += ended[index]?.written ?? 0
            }
        }
        while active.count > max(position, 1) {
            let dropped = active.removeLast()
            freeSlots.append(dropped.text.slot)
        }
    }

    /// The documents as far as the amount goes.
    func samples() -> TransformerSamples {
        var samples = TransformerSamples()
        func add(_ document: DocumentInProgress) {
            samples.documents.append(
                document: document.text.tokens[document.promptCount...],
                isCut: !document.hasEndedItself)
            guard request.recordsLogProbabilities else { return }
            samples.logProbabilities += document.logProbabilities
            samples.endLogProbabilities.append(document.endLogProbability)
        }
        for index in 0..<collected { if let document = ended[index] { add(document) } }
        if let document = active.first, collected < ended.count { add(document) }
        if case .tokens(let budget) = request.amount {
            samples.cut(toTokens: budget)
            // Whether the last one would have ended there is asked in some batches only.
            samples.cutLast()
        }
        return samples
    }
}
