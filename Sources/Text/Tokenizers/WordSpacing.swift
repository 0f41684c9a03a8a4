/// Where decoded words are joined with a space and where not.
///
/// White space is lost when words are cut, so this is a rule of thumb for English typography: no
/// space before closing marks and after opening ones, none around dashes, and straight quotation
/// marks open and close by turns. The text is cut into the same words again.
struct WordSpacing {
    enum Join: UInt8 {
        case word, opening, closing, tight, quote
    }

    private var needsSpace = false
    private var previous: ArraySlice<UInt8> = []
    /// Which of the straight marks `"`, `'`, `_` and `*` are open.
    private var open: [UInt8] = []

    /// Appends one token, with a space before it where one belongs.
    mutating func append(_ token: ArraySlice<UInt8>, _ join: Join, to text: inout [UInt8]) {
        var join = join
        if join == .quote, let mark = token.first {
            if let index = open.lastIndex(of: mark) {
                open.removeSubrange(index...)
                join = .closing
            } else {
                open.append(mark)
                join = .opening
            }
        }
        let isAttached = join == .closing || join == .tight
        // Two runs of one mark would be read back as a single run.
        let wouldFuse = Self.firstScalar(of: previous) == Self.firstScalar(of: token)
        if (needsSpace && !isAttached) || (wouldFuse && !previous.isEmpty) { text.append(0x20) }
        text.append(contentsOf: token)
        previous = token
        needsSpace = join == .word || join == .closing
    }

    private static func firstScalar(of token: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let lead = token.first else { return [] }
        return token.prefix(lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4)
    }

    /// How a token joins its neighbours.
    static func join(of token: ArraySlice<UInt8>) -> Join {
        guard let first = token.first else { return .word }
        switch first {
        case 0x21, 0x25, 0x29, 0x2C, 0x2E, 0x3A, 0x3B, 0x3F, 0x5D, 0x7D:  // ! % ) , . : ; ? ] }
            return token.allSatisfy({ $0 == first }) ? .closing : .word
        case 0x24, 0x28, 0x5B, 0x7B:  // $ ( [ {
            return token.allSatisfy({ $0 == first }) ? .opening : .word
        case 0x2D, 0x2F:  // - /
            return token.allSatisfy({ $0 == first }) ? .tight : .word
        case 0x22, 0x27, 0x2A, 0x5F:  // " ' * _
            return token.count == 1 ? .quote : .word
        case 0xC2:
            if token.elementsEqual([0xC2, 0xAB]) { return .opening }  // left guillemet
            if token.elementsEqual([0xC2, 0xBB]) { return .closing }  // right guillemet
            return .word
        case 0xE2:
            return joinOfGeneralPunctuation(token)
        default:
            return .word
        }
    }

    /// Dashes U+2010 ... U+2015, quotation marks U+2018 ... U+201F and the ellipsis U+2026.
    private static func joinOfGeneralPunctuation(_ token: ArraySlice<UInt8>) -> Join {
        let start = token.startIndex
        guard token.count >= 3, token[start + 1] == 0x80 else { return .word }
        switch token[start + 2] {
        case 0x90...0x95: return .tight
        case 0x98, 0x9A, 0x9C, 0x9E: return .opening
        case 0x99, 0x9D, 0xA6: return .closing
        default: return .word
        }
    }
}
