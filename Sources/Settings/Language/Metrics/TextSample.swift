package import Text

/// A text of some tokens with what its statistics are computed from, each worked out when it is
/// first asked for.
package final class TextSample {
    /// The documents as tokens of the seed's tokenizer.
    package let dataset: TokenDataset
    package let vocabularyCount: Int
    private let decode: (ArraySlice<UInt32>) -> [UInt8]
    private var gramsByLength: [Int: NGramSet] = [:]

    /// - Parameters:
    ///   - dataset: The documents; their ids lie below `vocabularyCount`.
    ///   - vocabularyCount: The tokenizer's number of ids.
    ///   - decode: The bytes of a document's tokens.
    package init(
        _ dataset: TokenDataset, vocabularyCount: Int,
        decode: @escaping (ArraySlice<UInt32>) -> [UInt8]
    ) {
        self.dataset = dataset
        self.vocabularyCount = vocabularyCount
        self.decode = decode
    }

    /// The n-grams of `length` tokens.
    package func grams(_ length: Int) -> NGramSet {
        if let known = gramsByLength[length] { return known }
        let grams = NGramSet(of: dataset, length: length, vocabularyCount: vocabularyCount)
        gramsByLength[length] = grams
        return grams
    }

    /// How often each token id occurs.
    package private(set) lazy var counts: [Int] = {
        var counts = Array(repeating: 0, count: vocabularyCount)
        for token in dataset.tokens { counts[Int(token)] += 1 }
        return counts
    }()

    /// How often the tokens that occur do, the commonest first.
    package private(set) lazy var ranked: [Int] = counts.filter { $0 > 0 }.sorted(by: >)

    /// The text of each document.
    package private(set) lazy var texts: [[UInt8]] = (0..<dataset.documentCount).map {
        decode(dataset.document($0))
    }

    /// The words of all documents, one document after the other, as numbers: equal words have equal
    /// numbers. Words are runs without white space.
    package private(set) lazy var words: [Int] = {
        var numbers: [ArraySlice<UInt8>: Int] = [:]
        return texts.flatMap { text in
            text.split(whereSeparator: TextSample.isSpace).map { word in
                let number = numbers[word] ?? numbers.count
                numbers[word] = number
                return number
            }
        }
    }()

    /// The sentences of all documents: what ends in a line end, or in `.`, `!` or `?` before white
    /// space, without white space at its ends.
    package private(set) lazy var sentences: [ArraySlice<UInt8>] = texts.flatMap { text in
        var sentences: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        for index in text.indices {
            let isEnd: Bool =
                switch text[index] {
                case UInt8(ascii: "\n"), UInt8(ascii: "\r"): true
                case UInt8(ascii: "."), UInt8(ascii: "!"), UInt8(ascii: "?"):
                    index + 1 == text.count || TextSample.isSpace(text[index + 1])
                default: index + 1 == text.count
                }
            guard isEnd else { continue }
            let sentence = TextSample.trimmed(text[start...index])
            if !sentence.isEmpty { sentences.append(sentence) }
            start = index + 1
        }
        return sentences
    }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text.drop(while: isSpace)
        while let last = text.last, isSpace(last) { text.removeLast() }
        return text
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
