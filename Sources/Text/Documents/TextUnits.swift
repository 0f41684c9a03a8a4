/// A text cut into pieces of about a length, at the best places there are: blank lines, then line
/// ends, then ends of sentences, then blanks.
enum TextUnits {
    /// A piece of text with what stood between it and the one before.
    struct Unit {
        var text: ArraySlice<UInt8>
        var separator: [UInt8]
    }

    /// The paragraphs of a text, those of more than 3/2 of the length in smaller units. A word
    /// without a blank in it stays whole.
    static func of(_ text: [UInt8], length: Int) -> [Unit] {
        Paragraphs.of(text).flatMap {
            cut($0, longest: length + length / 2, by: [lines, sentences, words])
        }
    }

    private typealias Cut = (
        pieces: @Sendable (ArraySlice<UInt8>) -> [ArraySlice<UInt8>], separator: [UInt8]
    )

    private static func cut(
        _ text: ArraySlice<UInt8>, longest: Int, by cuts: [Cut],
        after separator: [UInt8] = [0x0A, 0x0A]
    ) -> [Unit] {
        guard let cut = cuts.first, text.characterCount > longest else {
            return [Unit(text: text, separator: separator)]
        }
        let pieces = cut.pieces(text).map(Paragraphs.trimmed).filter { !$0.isEmpty }
        return pieces.enumerated().flatMap { index, piece in
            Self.cut(
                piece, longest: longest, by: Array(cuts.dropFirst()),
                after: index == 0 ? separator : cut.separator)
        }
    }

    private static let lines: Cut = ({ $0.split(separator: 0x0A) }, [0x0A])

    /// After a full stop, question or exclamation mark, with closing quotes or brackets, before a
    /// blank; after the marks of Chinese and Japanese, which no blank follows.
    private static let sentences: Cut = (
        { text in
            var pieces: [ArraySlice<UInt8>] = []
            var start = text.startIndex
            var ends = false
            for index in text.indices {
                let byte = text[index]
                if ends, Paragraphs.isSpace(byte) {
                    pieces.append(text[start..<index])
                    start = index
                }
                if text[...index].endsWithWideStop {
                    pieces.append(text[start...index])
                    start = index + 1
                }
                if ".?!".utf8.contains(byte) {
                    ends = true
                } else if !(ends && "\"')]".utf8.contains(byte)) {
                    ends = false
                }
            }
            return pieces + [text[start...]]
        }, [0x20]
    )

    private static let words: Cut = (
        { $0.split(whereSeparator: Paragraphs.isSpace) }, [0x20]
    )
}

extension ArraySlice<UInt8> {
    /// The number of Unicode scalars.
    var characterCount: Int { count { $0 & 0xC0 != 0x80 } }

    /// Whether the last three bytes are an ideographic full stop, question or exclamation mark.
    fileprivate var endsWithWideStop: Bool {
        guard count >= 3 else { return false }
        let last = suffix(3)
        return [[0xE3, 0x80, 0x82], [0xEF, 0xBC, 0x9F], [0xEF, 0xBC, 0x81]].contains {
            last.elementsEqual($0)
        }
    }
}
