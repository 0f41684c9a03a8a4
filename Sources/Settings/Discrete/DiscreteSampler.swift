import Compute

/// How the contexts of examples arise.
package enum ContextPolicy: String, CaseIterable, Sendable {
    /// Each example has a context of its own, drawn from the truth.
    case truth
    /// Examples follow one another in documents: the first context is drawn from the truth, every
    /// other one is made of the symbols drawn before.
    case chain
}

/// Draws cells from rows of distributions.
struct DiscreteSampler {
    let source: DiscreteSource
    let policy: ContextPolicy
    /// The examples of a document under ``ContextPolicy/chain``.
    let documentLength: Int

    /// Words of random bits that are made at once.
    private static let batch = 1_024

    /// Whether each example is drawn by itself.
    var isIndependent: Bool { source.order == 0 || policy == .truth }

    // MARK: Real draws

    /// Cells of the real stream, which is the same whatever part of it is asked for.
    func real(_ range: Range<Int>, from key: RandomKey) -> [UInt32] {
        source.slots.withUnsafeBufferPointer { slots in
            func symbol(after context: Int, _ word: UInt64) -> UInt32 {
                let first = context * source.vocabulary
                return AliasTable.draw(
                    word,
                    from: UnsafeBufferPointer(rebasing: slots[first..<first + source.vocabulary]))
            }
            if isIndependent {
                return independent(range, from: key) { word in
                    AliasTable.draw(word, from: slots)
                } cell: { context, word in
                    UInt32(truncatingIfNeeded: context * source.vocabulary)
                        + symbol(after: context, word)
                }
            }
            return documents(range, from: key) { _, context, word in
                Int(symbol(after: context, word))
            }
        }
    }

    // MARK: Samples

    /// `size` cells, example (or document) i from the i-th of the models in turn.
    func samples(
        from models: [DiscreteModel], distributions: [DiscreteDistribution], rule: DecodingRule,
        size: Int,
        key: RandomKey
    ) -> [UInt32] {
        if source.order == 0, models.count == 1 {
            return unconditional(
                models[0], distribution: distributions[0], rule: rule, size: size, key: key)
        }
        var rows = RowTables(
            source: source, models: models, distributions: distributions, rule: rule)
        if isIndependent {
            var index = 0
            func next() -> Int {
                defer { index += 1 }
                return index % models.count
            }
            return independent(0..<size, from: key) { word in
                rows.draw(word, model: next(), context: 0)
            } cell: { context, word in
                UInt32(truncatingIfNeeded: context * source.vocabulary)
                    + rows.draw(word, model: next(), context: context)
            }
        }
        return documents(0..<size, from: key) { document, context, word in
            Int(rows.draw(word, model: document % models.count, context: context))
        }
    }

    /// Draws of one model without contexts.
    private func unconditional(
        _ model: DiscreteModel, distribution: DiscreteDistribution, rule: DecodingRule, size: Int,
        key: RandomKey
    ) -> [UInt32] {
        let isPlain = rule.isPlain && distribution.smoothing == .none && model.size > 0
        if isPlain, model.isWhole, model.size <= Double(Resampling.mostDraws),
            source.vocabulary <= Resampling.mostSymbols
        {
            return Resampling.draws(of: model.counts, total: Int(model.size), size: size, key: key)
        }
        return withUnsafeTemporaryAllocation(
            of: AliasTable.Slot.self, capacity: source.vocabulary
        ) { slots in
            model.counts.withUnsafeBufferPointer { counts in
                if isPlain {
                    // Counts are weights already.
                    AliasTable.build(counts, total: model.size, into: slots)
                } else {
                    buildRow(counts, distribution: distribution, rule: rule, into: slots)
                }
            }
            let slots = UnsafeBufferPointer(slots)
            return independent(0..<size, from: key) { word in
                AliasTable.draw(word, from: slots)
            } cell: { _, _ in
                0
            }
        }
    }

    // MARK: The two kinds of streams

    /// Examples that are drawn one by one: example i takes draw i of the key at order 0 and draws 2
    /// i and 2 i + 1, for the context and the symbol, above.
    @inline(__always)
    private func independent(
        _ range: Range<Int>, from key: RandomKey, symbol: (UInt64) -> UInt32,
        cell: (Int, UInt64) -> UInt32
    ) -> [UInt32] {
        let wordsEach = source.order == 0 ? 1 : 2
        let count = range.count
        return Array(unsafeUninitializedCapacity: count) { cells, initialised in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: DiscreteSampler.batch) {
                words in
                var done = 0
                while done < count {
                    let part = UnsafeMutableBufferPointer(
                        rebasing: words[..<min((count - done) * wordsEach, words.count)])
                    RandomWords.fill(
                        part, from: key, startingAt: (range.lowerBound + done) * wordsEach)
                    if wordsEach == 1 {
                        for word in part {
                            cells[done] = symbol(word)
                            done += 1
                        }
                    } else {
                        for index in stride(from: 0, to: part.count, by: 2) {
                            let context = source.contextTable.draw(part[index])
                            cells[done] = cell(context, part[index + 1])
                            done += 1
                        }
                    }
                }
            }
            initialised = count
        }
    }

    /// Documents of the same length, each with a key of its own; `next` chooses the symbol of a
    /// document after a context.
    private func documents(
        _ range: Range<Int>, from key: RandomKey, next: (Int, Int, UInt64) -> Int
    ) -> [UInt32] {
        var cells: [UInt32] = []
        cells.reserveCapacity(range.count)
        let words = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: documentLength + 1)
        defer { words.deallocate() }
        var position = range.lowerBound
        while position < range.upperBound {
            let document = position / documentLength
            let first = position % documentLength
            let end = min(documentLength, range.upperBound - document * documentLength)
            RandomWords.fill(
                UnsafeMutableBufferPointer(rebasing: words[...end]), from: key.at(document))
            var context = source.contextTable.draw(words[0])
            for index in 0..<end {
                let cell =
                    context * source.vocabulary + next(document, context, words[index + 1])
                if index >= first { cells.append(UInt32(truncatingIfNeeded: cell)) }
                context = cell % source.contexts
            }
            position += end - first
        }
        return cells
    }
}

/// Fills `slots` from a row of counts as a distribution and a rule make of it.
private func buildRow(
    _ counts: UnsafeBufferPointer<Double>, distribution: DiscreteDistribution, rule: DecodingRule,
    into slots: UnsafeMutableBufferPointer<AliasTable.Slot>
) {
    withUnsafeTemporaryAllocation(of: Double.self, capacity: counts.count) { row in
        distribution.fill(row, from: counts, total: counts.reduce(0, +))
        rule.apply(to: row)
        AliasTable.build(UnsafeBufferPointer(row), total: row.reduce(0, +), into: slots)
    }
}

/// The tables of the rows of several models, each made when it is first drawn from.
private struct RowTables {
    let source: DiscreteSource
    let models: [DiscreteModel]
    let distributions: [DiscreteDistribution]
    let rule: DecodingRule
    private var slots: [AliasTable.Slot]
    private var isBuilt: [Bool]

    init(
        source: DiscreteSource, models: [DiscreteModel], distributions: [DiscreteDistribution],
        rule: DecodingRule
    ) {
        self.source = source
        self.models = models
        self.distributions = distributions
        self.rule = rule
        slots = Array(
            repeating: AliasTable.Slot(threshold: 0, alias: 0),
            count: models.count * source.distribution.count)
        isBuilt = Array(repeating: false, count: models.count * source.contexts)
    }

    mutating func draw(_ word: UInt64, model: Int, context: Int) -> UInt32 {
        let row = model * source.contexts + context
        let range = row * source.vocabulary..<(row + 1) * source.vocabulary
        if !isBuilt[row] {
            isBuilt[row] = true
            let cells = context * source.vocabulary..<(context + 1) * source.vocabulary
            slots.withUnsafeMutableBufferPointer { slots in
                models[model].counts.withUnsafeBufferPointer { counts in
                    buildRow(
                        UnsafeBufferPointer(rebasing: counts[cells]),
                        distribution: distributions[model], rule: rule,
                        into: UnsafeMutableBufferPointer(rebasing: slots[range]))
                }
            }
        }
        return slots.withUnsafeBufferPointer {
            AliasTable.draw(word, from: UnsafeBufferPointer(rebasing: $0[range]))
        }
    }
}
