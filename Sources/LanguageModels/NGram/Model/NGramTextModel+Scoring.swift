package import Compute
package import Support

extension NGramTextModel {
    /// Scores text, one sentence a line, words between white space.
    ///
    /// Memory does not grow with the text, and the sums do not depend on the number of workers.
    ///
    /// - Parameters:
    ///   - text: Where the text comes from.
    ///   - pool: Who scores it.
    ///   - sentence: Called with the score of each line, in order.
    /// - Returns: The sum over all lines.
    /// - Throws: What reading the text refuses, what `sentence` throws, and `NGramError` where a
    ///   word is not in the vocabulary and nothing stands for it.
    package func score(
        _ text: borrowing BlockReader, pool: WorkerPool,
        sentence: (NGramTextScore) throws(FileError) -> Void = { _ in }
    ) throws -> NGramTextScore {
        var total = NGramTextScore.zero
        var bytes: [UInt8] = []
        while true {
            let block = try text.next(1 << 22)
            bytes += block
            let lastLine = bytes.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
            // The rest of a line waits for the next block.
            let whole = block.isEmpty ? bytes.count : lastLine
            let scores = bytes.withUnsafeBufferPointer { bytes in
                let parts = ARPALines.parts(of: 0..<whole, size: 1 << 16, bytes)
                return pool.map(parts.count) { self.scores(bytes, parts[$0]) }
            }
            for part in scores {
                guard let part else { throw NGramError(.noUnknownWord) }
                for score in part {
                    total += score
                    try sentence(score)
                }
            }
            bytes.removeSubrange(..<whole)
            if block.isEmpty { return total }
        }
    }

    /// The scores of some lines; nil where a word has no token.
    private func scores(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>
    ) -> [NGramTextScore]? {
        var events: [UInt32] = []
        events.reserveCapacity(range.count / 3)
        var position = range.lowerBound
        while position < range.upperBound {
            guard append(bytes, &position, range.upperBound, to: &events) else { return nil }
        }
        let probabilities = model.probabilities(ofEvents: events)
        var scores: [NGramTextScore] = []
        var score = Sum()
        for (event, probability) in zip(events, probabilities) {
            score.add(probability, isUnknown: unknown == event)
            guard event == model.boundary else { continue }
            scores.append(score.total)
            score = Sum()
        }
        return scores
    }

    /// Appends the words of a line and its end, and moves behind it; false where a word has no
    /// token.
    @inline(__always)
    private func append(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, _ end: Int,
        to events: inout [UInt32]
    ) -> Bool {
        while position < end, bytes[position] != 0x0A {
            if NGramVocabulary.isSeparator(bytes[position]) {
                position &+= 1
                continue
            }
            let begin = position
            repeat {
                position &+= 1
            } while position < end && !NGramVocabulary.isSeparator(bytes[position])
            let token = vocabulary.id(of: bytes.span, begin..<position)
            guard let event = token.flatMap({ $0 == model.boundary ? nil : $0 }) ?? unknown else {
                return false
            }
            events.append(event)
        }
        position &+= 1
        events.append(model.boundary)
        return true
    }
}

/// Adds up probabilities with one logarithm for many: their product, taken before it could leave
/// the range.
private struct Sum {
    private var score = NGramTextScore.zero
    private var product = 1.0

    mutating func add(_ probability: Double, isUnknown: Bool) {
        score.tokens += 1
        if isUnknown {
            score.unknownTokens += 1
            score.unknownLog10Probability += Self.log10(probability)
            return
        }
        product *= probability
        if product < 1e-150 {
            score.knownLog10Probability += Self.log10(product)
            product = 1
        }
    }

    var total: NGramTextScore {
        var total = score
        total.knownLog10Probability += Self.log10(product)
        return total
    }

    private static func log10(_ probability: Double) -> Double {
        Elementary.log(probability) * 0.434_294_481_903_251_8
    }
}
