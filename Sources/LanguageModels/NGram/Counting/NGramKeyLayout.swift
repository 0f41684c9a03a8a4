/// How the tokens of an n-gram are packed into 64-bit words, so that words compare as n-grams do.
///
/// Each word holds as many whole tokens as fit, the first one highest, at its low end; the last
/// word may hold fewer.
struct NGramKeyLayout {
    let order: Int
    /// Bits of one token.
    let bits: Int
    let wordCount: Int
    private let tokensPerWord: Int

    init(order: Int, vocabularyCount: Int) {
        self.order = order
        bits = max(1, Int.bitWidth - (vocabularyCount - 1).leadingZeroBitCount)
        tokensPerWord = 64 / bits
        wordCount = (order + tokensPerWord - 1) / tokensPerWord
    }

    func tokenCount(ofWord word: Int) -> Int { min(tokensPerWord, order - word * tokensPerWord) }

    /// Where token `index` of the n-gram lies.
    func position(ofToken index: Int) -> (word: Int, shift: UInt64) {
        let word = index / tokensPerWord
        let after = tokenCount(ofWord: word) - 1 - index % tokensPerWord
        return (word, UInt64(after * bits))
    }

    /// For each word and each number of leading bits in which two words agree, how many leading
    /// tokens of the n-gram agree.
    var commonTokens: [UInt8] {
        (0..<wordCount).flatMap { word in
            let count = tokenCount(ofWord: word)
            return (0..<64).map { agreeing in
                UInt8(word * tokensPerWord + max(0, agreeing - (64 - count * bits)) / bits)
            }
        }
    }

    /// Digits of at most 8 bits, the most significant first.
    var digits: [NGramKeyDigit] {
        (0..<wordCount).flatMap { word in
            let used = tokenCount(ofWord: word) * bits
            let count = (used + 7) / 8
            return (0..<count).map { index in
                // The bits are shared out evenly.
                let (high, low) = (used - index * used / count, used - (index + 1) * used / count)
                return NGramKeyDigit(
                    word: word, shift: UInt64(low), mask: 1 << UInt64(high - low) - 1)
            }
        }
    }
}

/// Some adjacent bits of one word of a key.
struct NGramKeyDigit {
    let word: Int
    let shift: UInt64
    let mask: UInt64

    static let values = 256
}
