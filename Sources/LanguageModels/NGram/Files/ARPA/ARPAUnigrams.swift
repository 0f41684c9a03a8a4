import Compute

/// The words of an ARPA file with their probabilities.
///
/// The boundary becomes id 0: `<s>` gives it its back-off weight, `</s>` its probability. `<unk>`
/// becomes id 1, with a probability of 10^-100 where the file has none, as in KenLM. The other
/// words follow in the order of the file.
struct ARPAUnigrams {
    let vocabulary: NGramVocabulary
    private(set) var probabilities: [Double]
    private(set) var backOffs: [Double]

    init(
        _ section: Range<Int>, promised: Int, order: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ARPAProblem) {
        var words = [NGramVocabulary.endSpelling, NGramVocabulary.unknownSpelling]
        // Where each id's line is; the boundary's is that of `</s>`.
        var positions: [Int?] = [nil, nil]
        var start: Int?
        probabilities = [0, 1e-100]
        backOffs = [1, 1]
        var lines = ARPALines(bytes, section)
        var found = 0
        while let line = lines.next() {
            found += 1
            let (probability, word, backOff) = try Self.entry(line, order: order, bytes)
            let position = line.lowerBound
            switch Self.special(word) {
            case .start:
                guard start == nil else { throw ARPAProblem(position, "has <s> a second time") }
                start = position
                backOffs[0] = backOff
            case .end:
                guard positions[0] == nil else {
                    throw ARPAProblem(position, "has </s> a second time")
                }
                positions[0] = position
                probabilities[0] = probability
            case .unknown:
                guard positions[1] == nil else {
                    throw ARPAProblem(position, "has <unk> a second time")
                }
                positions[1] = position
                probabilities[1] = probability
                backOffs[1] = backOff
            case nil:
                words.append(Array(word))
                positions.append(position)
                probabilities.append(probability)
                backOffs.append(backOff)
            }
        }
        try ARPALevel.require(found, promised, length: 1, section)
        guard positions[0] != nil else {
            throw ARPAProblem(
                section.lowerBound, "begins 1-grams without </s>, so no text could end")
        }
        do throws(NGramError) {
            vocabulary = try NGramVocabulary(words: words, boundary: 0, unknown: 1)
        } catch {
            guard case .duplicateSpelling(let first, let second) = error.kind else {
                throw ARPAProblem(section.lowerBound, "begins words of which \(error)")
            }
            let word = String(decoding: words[Int(first)], as: UTF8.self)
            throw ARPAProblem(positions[Int(second)] ?? 0, "has the word \"\(word)\" a second time")
        }
    }

    private enum Special {
        case start, end, unknown
    }

    private static func special(_ word: Slice<UnsafeBufferPointer<UInt8>>) -> Special? {
        guard word.first == UInt8(ascii: "<") else { return nil }
        switch String(decoding: word, as: UTF8.self) {
        case "<s>": return .start
        case "</s>": return .end
        case "<unk>", "<UNK>": return .unknown
        default: return nil
        }
    }

    private static func entry(
        _ line: Range<Int>, order: Int, _ bytes: UnsafeBufferPointer<UInt8>
    ) throws(ARPAProblem) -> (Double, Slice<UnsafeBufferPointer<UInt8>>, Double) {
        var cursor = ARPACursor(bytes, line)
        let probability = try cursor.probability(line)
        guard let word = cursor.word() else {
            throw ARPAProblem(line.lowerBound, "has no word")
        }
        let backOff = try cursor.backOff(line, isContext: order > 1)
        return (probability, bytes[word], backOff)
    }
}

extension ARPACursor {
    private static let ln10 = 2.302_585_092_994_045_7

    /// The probability whose logarithm comes next.
    @inline(__always)
    mutating func probability(_ line: Range<Int>) throws(ARPAProblem) -> Double {
        guard let value = number(), !value.isNaN else {
            throw ARPAProblem(line.lowerBound, "does not begin with a log10 probability")
        }
        guard value <= 0 else {
            throw ARPAProblem(
                line.lowerBound, "has a log10 probability of \(value), which is above 0")
        }
        return Self.power(value)
    }

    /// The back-off weight whose logarithm ends the line, 1 where there is none.
    @inline(__always)
    mutating func backOff(_ line: Range<Int>, isContext: Bool) throws(ARPAProblem) -> Double {
        if isAtEnd() { return 1 }
        guard let value = number(), value < .infinity, isAtEnd() else {
            throw ARPAProblem(
                line.lowerBound, "has something else than one log10 back-off weight at its end")
        }
        guard isContext || value == 0 else {
            throw ARPAProblem(
                line.lowerBound,
                "has a log10 back-off weight of \(value), but its n-gram is of the highest order")
        }
        let weight = Self.power(value)
        guard weight.isFinite else {
            throw ARPAProblem(
                line.lowerBound,
                "has a log10 back-off weight of \(value), which is more than numbers hold")
        }
        return weight
    }

    /// 10 to the power `exponent`; SRILM writes the logarithm of zero as -99.
    @inline(__always)
    private static func power(_ exponent: Double) -> Double {
        exponent == 0 ? 1 : exponent == -99 ? 0 : Elementary.exp(exponent * ln10)
    }
}
