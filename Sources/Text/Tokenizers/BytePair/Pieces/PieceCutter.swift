/// Cuts text by a ``PreTokenization``, by hand over the classes of ``ScalarClasses``.
///
/// The pieces cover the text without gaps. A malformed byte counts as a symbol, and so does a mark.
/// Every byte is looked at a few times whatever the text.
struct PieceCutter: Sendable {
    private let cuts: [PreTokenization.Cut]
    private let classes = ScalarClasses.shared

    init(_ rule: PreTokenization) {
        cuts = rule.cuts
    }

    /// Calls `body` with the pieces of `bytes[range]` in order, up to the first that ends behind
    /// `horizon`.
    ///
    /// - Returns: Where that piece begins; the end of the range if there is none.
    @inline(__always)
    func forEachPiece(
        of bytes: Span<UInt8>, in range: Range<Int>, endingBy horizon: Int,
        _ body: (Range<Int>) -> Void
    ) -> Int {
        guard cuts.count == 1 else {
            return cutNested(level: 0, bytes, range, horizon, body)
        }
        let cut = cuts[0]
        var start = range.lowerBound
        while start < range.upperBound {
            let end = end(of: cut, bytes, start, range.upperBound)
            if end > horizon { break }
            body(start..<end)
            start = end
        }
        return start
    }

    /// The last position in a text, which may go on, before which all pieces are certain.
    ///
    /// No cut looks further than to the first character after white space, and there at most four
    /// bytes far. So it is the last one where a character that is no white space surely begins.
    func horizon(of bytes: Span<UInt8>, from start: Int) -> Int {
        var certain = bytes.count - 4
        while certain > start {
            if ScalarStep.begins(in: bytes, at: certain, from: start),
                read(bytes, certain, bytes.count).kind != .space
            {
                return certain
            }
            certain -= 1
        }
        return start
    }

    /// Pieces of pieces. A run of other characters than digits may be cut at the horizon, because
    /// what begins anew there is the same run; what a pattern cuts may not.
    private func cutNested(
        level: Int, _ bytes: Span<UInt8>, _ range: Range<Int>, _ horizon: Int,
        _ body: (Range<Int>) -> Void
    ) -> Int {
        guard level < cuts.count else {
            guard range.upperBound <= horizon else { return range.lowerBound }
            if !range.isEmpty { body(range) }
            return range.upperBound
        }
        var start = range.lowerBound
        while start < range.upperBound {
            let end = end(of: cuts[level], bytes, start, range.upperBound)
            if case .pattern = cuts[level], end > horizon { return start }
            let reached = cutNested(level: level + 1, bytes, start..<end, horizon, body)
            guard reached == end else { return reached }
            start = end
        }
        return start
    }

    /// The end of the piece of `bytes[..<limit]` that starts at `start`.
    @inline(__always)
    private func end(
        of cut: PreTokenization.Cut, _ bytes: Span<UInt8>, _ start: Int, _ limit: Int
    ) -> Int {
        switch cut {
        case .digits(let individually): digitsEnd(bytes, start, limit, individually: individually)
        case .pattern(.gpt2): gpt2End(bytes, start, limit)
        case .pattern(.cl100k): cl100kEnd(bytes, start, limit, digits: 3)
        case .pattern(.qwen2): cl100kEnd(bytes, start, limit, digits: 1)
        case .pattern(.nanochat): cl100kEnd(bytes, start, limit, digits: 2)
        }
    }

    private func digitsEnd(
        _ bytes: Span<UInt8>, _ start: Int, _ limit: Int, individually: Bool
    ) -> Int {
        let first = read(bytes, start, limit)
        var position = start + first.length
        if individually && first.kind == .number { return position }
        while position < limit {
            let (kind, length) = read(bytes, position, limit)
            guard (kind == .number) == (first.kind == .number) else { break }
            position += length
        }
        return position
    }

    private func gpt2End(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int {
        let first = bytes[start]
        if first == 0x27 {
            let length = Self.contraction(bytes, start + 1, limit, ignoresCase: false)
            if length > 0 { return start + 1 + length }
        }
        var position = start
        // The optional space in front; it belongs to the piece only if no white space follows.
        if first == 0x20 && start + 1 < limit { position += 1 }
        let (kind, length) = read(bytes, position, limit)
        if kind == .space { return spaceEnd(bytes, start, limit, endsAtLines: false) }
        return runEnd(of: kind, bytes, position + length, limit)
    }

    /// Also Qwen 2's and nanochat's, with at most `digits` numbers in a piece.
    private func cl100kEnd(
        _ bytes: Span<UInt8>, _ start: Int, _ limit: Int, digits: Int
    ) -> Int {
        let first = bytes[start]
        let (kind, length) = read(bytes, start, limit)
        var position = start + length
        if kind == .letter { return runEnd(of: .letter, bytes, position, limit) }
        if kind == .number {
            for _ in 1..<digits where position < limit {
                let (next, nextLength) = read(bytes, position, limit)
                guard next == .number else { break }
                position += nextLength
            }
            return position
        }
        if first == 0x27 {
            let length = Self.contraction(bytes, position, limit, ignoresCase: true)
            if length > 0 { return position + length }
        }
        if position < limit && !Self.endsLine(first) {
            let (next, nextLength) = read(bytes, position, limit)
            if next == .letter {
                return runEnd(of: .letter, bytes, position + nextLength, limit)
            }
            if kind == .other || (first == 0x20 && next == .other) {
                position = runEnd(of: .other, bytes, position, limit)
                while position < limit && Self.endsLine(bytes[position]) { position += 1 }
                return position
            }
        }
        if kind == .other { return position }
        return spaceEnd(bytes, start, limit, endsAtLines: true)
    }

    private static func endsLine(_ byte: UInt8) -> Bool { byte == 0x0A || byte == 0x0D }

    /// The length of `s`, `t`, `re`, `ve`, `m`, `ll` or `d` at `position`, or 0.
    private static func contraction(
        _ bytes: Span<UInt8>, _ position: Int, _ limit: Int, ignoresCase: Bool
    ) -> Int {
        guard position < limit else { return 0 }
        let fold: UInt8 = ignoresCase ? 0x20 : 0
        let second = position + 1 < limit ? bytes[position + 1] : 0
        switch bytes[position] | fold {
        case 0x73, 0x74, 0x6D, 0x64:  // s t m d
            return 1
        case 0x72, 0x76:  // re ve
            return second | fold == 0x65 ? 2 : 0
        case 0x6C:  // ll
            return second | fold == 0x6C ? 2 : 0
        case 0xE5 where ignoresCase:  // U+017F, long s, which is an s without case (C5 | 20 is E5)
            return bytes[position] == 0xC5 && second == 0xBF ? 2 : 0
        default:
            return 0
        }
    }

    /// The end of a run of one class.
    @inline(__always)
    private func runEnd(
        of kind: ScalarClass, _ bytes: Span<UInt8>, _ start: Int, _ limit: Int
    ) -> Int {
        var position = start
        while position < limit {
            let (next, length) = read(bytes, position, limit)
            guard next == kind else { break }
            position += length
        }
        return position
    }

    /// `\s*[\r\n]+|\s+(?!\S)|\s+`, the first only where pieces end at line ends: a run of white
    /// space ends behind its last line end, or gives its last character to what follows, unless it
    /// is that character alone or the text ends.
    private func spaceEnd(
        _ bytes: Span<UInt8>, _ start: Int, _ limit: Int, endsAtLines: Bool
    ) -> Int {
        var position = start
        var last = start
        var lineEnd = start
        while position < limit {
            let (kind, length) = read(bytes, position, limit)
            guard kind == .space else {
                if lineEnd > start { return lineEnd }
                return last == start ? position : last
            }
            last = position
            position += length
            if endsAtLines && Self.endsLine(bytes[last]) { lineEnd = position }
        }
        return lineEnd > start ? lineEnd : position
    }

    /// The class (marks count as symbols) and length of the scalar at `position`.
    @inline(__always)
    private func read(
        _ bytes: Span<UInt8>, _ position: Int, _ limit: Int
    ) -> (kind: ScalarClass, length: Int) {
        let step = ScalarStep(bytes, at: position, limit: limit)
        guard let scalar = step.scalar else { return (.other, step.length) }
        let kind = classes(scalar)
        return (kind == .mark ? .other : kind, step.length)
    }
}
