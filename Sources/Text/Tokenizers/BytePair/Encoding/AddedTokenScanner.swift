import Support

/// Finds the spellings of added tokens in a text that comes in blocks.
///
/// As in Hugging Face's `AddedVocabulary`: matches are the leftmost, of those the longest, and do
/// not overlap. A match that fails the test of a single word is text, and is not searched again.
struct AddedTokenScanner: Sendable {
    /// What the text consists of.
    enum Stretch {
        /// Text in which no token is recognised; more of it may follow unless it is the last before
        /// a token.
        case text(Range<Int>)
        case token(UInt32)
    }

    /// How far the scan has come in what the caller holds of the text.
    struct Progress {
        /// What lies before has been reported.
        fileprivate(set) var reported = 0
        /// Matches are sought from here on.
        fileprivate var next = 0
        /// Whether white space at `reported` belongs to the token before.
        fileprivate var stripsSpace = false

        /// The bytes before this are not needed any more; the four that are kept show the character
        /// before a match.
        var finished: Int { max(min(reported, next) - 4, 0) }

        /// Counts positions from ``finished`` on, before which the caller forgets the bytes.
        mutating func forgetFinished() {
            let finished = finished
            reported -= finished
            next -= finished
        }
    }

    /// Sorted by spelling, so that those with a common beginning are neighbours.
    private let tokens: [AddedToken]
    private let spellings: [[UInt8]]
    /// Whether a spelling begins with the byte.
    private let begins: [Bool]
    private let longest: Int
    private let stripsLeft: Bool
    private let classes = ScalarClasses.shared

    /// - Parameters:
    ///   - tokens: What is looked for.
    ///   - spelling: How each is spelled in the text, where that is not its content.
    init(_ tokens: [AddedToken], spelling: (AddedToken) -> [UInt8] = { $0.content }) {
        let spelled = tokens.map { (token: $0, bytes: spelling($0)) }
            .filter { !$0.bytes.isEmpty }
            .sorted { $0.bytes.lexicographicallyPrecedes($1.bytes) }
        self.tokens = spelled.map(\.token)
        spellings = spelled.map(\.bytes)
        var begins = [Bool](repeating: false, count: 256)
        for bytes in spellings { begins[Int(bytes[0])] = true }
        self.begins = begins
        longest = spellings.map(\.count).max() ?? 0
        stripsLeft = self.tokens.contains(where: \.stripsLeft)
    }

    /// Whether there is nothing to find.
    var isEmpty: Bool { tokens.isEmpty }

    /// Reports everything that is certain.
    ///
    /// - Parameters:
    ///   - bytes: What the caller holds of the text.
    ///   - isLast: Whether the text ends with `bytes`.
    ///   - progress: The state of the scan; the positions are those of `bytes`.
    ///   - report: Called with what is found, in order.
    func scan(
        _ bytes: Span<UInt8>, isLast: Bool, _ progress: inout Progress,
        _ report: (Stretch) -> Void
    ) {
        // A match is certain when the longest spelling and the character behind it are in sight.
        let certain = isLast ? bytes.count : bytes.count - longest - 4
        stripSpace(bytes, isLast: isLast, &progress)
        while progress.next < certain {
            guard begins[Int(bytes[progress.next])],
                let match = match(in: bytes, at: progress.next)
            else {
                progress.next += 1
                continue
            }
            let token = tokens[match.number]
            var start = progress.next
            progress.next += match.length
            if token.isSingleWord,
                isWord(bytes, before: start) || isWord(bytes, at: progress.next)
            {
                continue
            }
            if token.stripsLeft {
                start = spaceStart(bytes, before: start, from: progress.reported)
            }
            if progress.reported < start { report(.text(progress.reported..<start)) }
            report(.token(token.id))
            progress.reported = progress.next
            progress.stripsSpace = token.stripsRight
            stripSpace(bytes, isLast: isLast, &progress)
        }
        guard !progress.stripsSpace || isLast else { return }
        // The space at the end may belong to a token that comes.
        let searched = isLast ? bytes.count : progress.next
        let end =
            stripsLeft && !isLast
            ? spaceStart(bytes, before: searched, from: progress.reported) : searched
        if progress.reported < end {
            report(.text(progress.reported..<end))
            progress.reported = end
        }
    }

    /// The longest spelling at a position.
    private func match(
        in bytes: Span<UInt8>, at start: Int
    ) -> (number: Int, length: Int)? {
        var candidates = spellings.indices
        var found: (number: Int, length: Int)?
        var depth = 0
        while start + depth < bytes.count {
            let byte = bytes[start + depth]
            // A spelling that has ended stands first among those that it begins.
            let lower = candidates.partitioningIndex {
                spellings[$0].count > depth && spellings[$0][depth] >= byte
            }
            let upper = candidates.partitioningIndex {
                spellings[$0].count > depth && spellings[$0][depth] > byte
            }
            candidates = lower..<upper
            depth += 1
            guard let first = candidates.first else { break }
            if spellings[first].count == depth { found = (first, depth) }
        }
        return found
    }

    private func stripSpace(_ bytes: Span<UInt8>, isLast: Bool, _ progress: inout Progress) {
        // A character that is cut off is not judged.
        let limit = isLast ? bytes.count : bytes.count - 3
        while progress.stripsSpace && progress.reported < limit {
            let step = ScalarStep(bytes, at: progress.reported, limit: bytes.count)
            if isSpace(step) {
                progress.reported += step.length
            } else {
                progress.stripsSpace = false
            }
        }
    }

    /// Where the white space before `position` begins.
    private func spaceStart(_ bytes: Span<UInt8>, before position: Int, from lower: Int) -> Int {
        var start = position
        while start > lower {
            let step = ScalarStep(bytes, endingAt: start, from: lower)
            guard isSpace(step) else { break }
            start -= step.length
        }
        return max(start, lower)
    }

    private func isSpace(_ step: ScalarStep) -> Bool {
        step.scalar.map { classes($0) == .space } ?? false
    }

    private func isWord(_ bytes: Span<UInt8>, before position: Int) -> Bool {
        guard position > 0 else { return false }
        let step = ScalarStep(bytes, endingAt: position, from: 0)
        return step.scalar.map(classes.isWordCharacter) ?? false
    }

    private func isWord(_ bytes: Span<UInt8>, at position: Int) -> Bool {
        guard position < bytes.count else { return false }
        let step = ScalarStep(bytes, at: position, limit: bytes.count)
        return step.scalar.map(classes.isWordCharacter) ?? false
    }
}
