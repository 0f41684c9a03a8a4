/// The rule that cuts text into the pieces within which byte pairs are merged.
package enum PreTokenization: String, CaseIterable, Sendable, Codable {
    /// GPT-2's pattern:
    /// `'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`
    case gpt2
}

/// Cuts text by a ``PreTokenization``, by hand over the classes of ``ScalarClasses``.
///
/// The pieces cover the text without gaps. A malformed byte counts as a symbol.
struct PreTokenSplitter {
    let rule: PreTokenization
    private let classes = ScalarClasses.shared

    init(rule: PreTokenization) {
        self.rule = rule
    }

    /// The end of the piece of `bytes[..<limit]` that starts at `start`.
    @inline(__always)
    func end(of bytes: Span<UInt8>, from start: Int, limit: Int) -> Int {
        switch rule {
        case .gpt2: gpt2End(bytes, start, limit)
        }
    }

    private func gpt2End(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int {
        let first = bytes[start]
        if first == 0x27 {
            let contraction = Self.contraction(bytes, start + 1, limit)
            if contraction > 0 { return start + 1 + contraction }
        }
        var position = start
        // The optional space in front; it belongs to the piece only if no white space follows.
        if first == 0x20 && start + 1 < limit { position += 1 }
        let (kind, length) = read(bytes, position, limit)
        if kind == .space { return spaceEnd(bytes, start, limit) }
        position += length
        while position < limit {
            let (next, nextLength) = read(bytes, position, limit)
            guard next == kind else { break }
            position += nextLength
        }
        return position
    }

    /// The length of `s`, `t`, `re`, `ve`, `m`, `ll` or `d` at `position`, or 0.
    private static func contraction(_ bytes: Span<UInt8>, _ position: Int, _ limit: Int) -> Int {
        guard position < limit else { return 0 }
        switch bytes[position] {
        case 0x73, 0x74, 0x6D, 0x64:  // s t m d
            return 1
        case 0x72, 0x76:  // re ve
            return position + 1 < limit && bytes[position + 1] == 0x65 ? 2 : 0
        case 0x6C:  // ll
            return position + 1 < limit && bytes[position + 1] == 0x6C ? 2 : 0
        default:
            return 0
        }
    }

    /// `\s+(?!\S)|\s+`: a run of white space gives its last character to what follows, unless it
    /// is that character alone or the text ends.
    private func spaceEnd(_ bytes: Span<UInt8>, _ start: Int, _ limit: Int) -> Int {
        var position = start
        var last = start
        while position < limit {
            let (kind, length) = read(bytes, position, limit)
            guard kind == .space else { return last == start ? position : last }
            last = position
            position += length
        }
        return position
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
