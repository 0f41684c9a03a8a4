/// How text is cut into words.
package enum WordPattern: String, CaseIterable, Sendable, Codable {
    /// Words, numbers and punctuation marks are tokens; white space only separates.
    case words
    /// Everything between two stretches of white space is one token (as KenLM and SRILM read).
    case whitespace
}

/// Cuts text into the tokens of a ``WordPattern``.
///
/// Under ``WordPattern/words`` a token is
/// - a run of letters and marks, with an apostrophe (' or U+2019) inside it (`don't`, `o'clock`);
/// - a run of digits, with full stops or commas inside it (`1,000.5`);
/// - `<unk>`, as decoded text and prepared corpora spell an unknown word;
/// - otherwise a run of one and the same scalar (`--`, `...`, `!`); a malformed byte counts as one.
struct WordSegments {
    let pattern: WordPattern
    private let classes = ScalarClasses.shared

    init(pattern: WordPattern) {
        self.pattern = pattern
    }

    /// Calls `body` with the range of every token in order.
    @inline(__always)
    func forEach(in bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        var position = 0
        while position < bytes.count {
            let (step, kind) = read(bytes, position)
            if kind == .space {
                position += step.length
                continue
            }
            let end = end(of: kind, bytes, position, step)
            body(position..<end)
            position = end
        }
    }

    private func read(_ bytes: Span<UInt8>, _ position: Int) -> (ScalarStep, ScalarClass) {
        let step = ScalarStep(bytes, at: position, limit: bytes.count)
        return (step, step.scalar.map { classes($0) } ?? .other)
    }

    private func end(
        of kind: ScalarClass, _ bytes: Span<UInt8>, _ start: Int, _ first: ScalarStep
    ) -> Int {
        var end = start + first.length
        if pattern == .whitespace {
            while end < bytes.count {
                let (step, next) = read(bytes, end)
                if next == .space { break }
                end += step.length
            }
            return end
        }
        switch kind {
        case .letter, .mark:
            return runEnd(bytes, end, { $0 == .letter || $0 == .mark }) {
                $0 == 0x27 || $0 == 0x2019
            }
        case .number:
            return runEnd(bytes, end, { $0 == .number }) { $0 == 0x2E || $0 == 0x2C }
        case .other, .space:
            if Self.isUnknown(bytes, start) { return start + 5 }
            while end < bytes.count && !Self.isUnknown(bytes, end) {
                let step = ScalarStep(bytes, at: end, limit: bytes.count)
                guard step.scalar == first.scalar, step.length == first.length,
                    step.scalar != nil || bytes[end] == bytes[start]
                else { break }
                end += step.length
            }
            return end
        }
    }

    /// Whether `<unk>` is spelled out at `position`.
    private static func isUnknown(_ bytes: Span<UInt8>, _ position: Int) -> Bool {
        guard bytes[position] == 0x3C, position + 5 <= bytes.count else { return false }
        return bytes[position + 1] == 0x75 && bytes[position + 2] == 0x6E
            && bytes[position + 3] == 0x6B && bytes[position + 4] == 0x3E
    }

    /// The end of a run of members, in which one joint may stand between two members.
    @inline(__always)
    private func runEnd(
        _ bytes: Span<UInt8>, _ start: Int, _ isMember: (ScalarClass) -> Bool,
        _ isJoint: (UInt32) -> Bool
    ) -> Int {
        var end = start
        while end < bytes.count {
            let (step, kind) = read(bytes, end)
            if isMember(kind) {
                end += step.length
            } else if let scalar = step.scalar, isJoint(scalar), end + step.length < bytes.count,
                isMember(read(bytes, end + step.length).1)
            {
                end += step.length
            } else {
                break
            }
        }
        return end
    }
}
