import CUTF8proc

/// The words that corpora are counted and compared in.
///
/// A word is a run of letters, marks and numbers, with single apostrophes inside, in lower case.
/// Han, Hiragana and Katakana are written without spaces: there every character is a word.
enum TextWords {
    /// A 64-bit hash of every word of a text, in order (FNV-1a over the lower-cased scalars).
    ///
    /// Two of a million different words share a hash with probability 3e-8.
    static func hashes(of text: Span<UInt8>) -> [UInt64] {
        var words: [UInt64] = []
        var word: UInt64?
        var position = 0
        while position < text.count {
            let step = ScalarStep(text, at: position, limit: text.count)
            position += step.length
            guard let scalar = step.scalar, isWordScalar(scalar) else {
                if let begun = word, isApostrophe(step.scalar), position < text.count,
                    let next = ScalarStep(text, at: position, limit: text.count).scalar,
                    isWordScalar(next)
                {
                    word = hash(0x27, into: begun)
                    continue
                }
                if let finished = word { words.append(finished) }
                word = nil
                continue
            }
            if isUnspaced(scalar) {
                if let finished = word { words.append(finished) }
                words.append(hash(scalar, into: basis))
                word = nil
            } else {
                word = hash(lowercased(scalar), into: word ?? basis)
            }
        }
        if let word { words.append(word) }
        return words
    }

    /// The hash of every run of `length` words, which never crosses the text's ends.
    static func grams(of words: [UInt64], length: Int) -> [UInt64] {
        guard words.count >= length else { return [] }
        return (0...(words.count - length)).map { start in
            words[start..<start + length].reduce(basis) { mixed($0 ^ $1) }
        }
    }

    private static let basis: UInt64 = 0xCBF2_9CE4_8422_2325

    private static func hash(_ scalar: UInt32, into hash: UInt64) -> UInt64 {
        (hash ^ UInt64(scalar)) &* 0x100_0000_01B3
    }

    /// A bijection of 64 bits that spreads every bit (the finaliser of splitmix64).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    private static func lowercased(_ scalar: UInt32) -> UInt32 {
        if scalar < 0x80 { return (0x41...0x5A).contains(scalar) ? scalar | 0x20 : scalar }
        return UInt32(utf8proc_tolower(utf8proc_int32_t(scalar)))
    }

    private static func isWordScalar(_ scalar: UInt32) -> Bool {
        switch ScalarClasses.shared(scalar) {
        case .letter, .mark, .number: true
        case .other, .space: false
        }
    }

    private static func isApostrophe(_ scalar: UInt32?) -> Bool {
        scalar == 0x27 || scalar == 0x2019
    }

    private static func isUnspaced(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x3041...0x30FF, 0x31F0...0x31FF, 0x3400...0x4DBF, 0x4E00...0x9FFF,
            0xF900...0xFAFF, 0x2_0000...0x3_FFFF:
            true
        default: false
        }
    }
}
