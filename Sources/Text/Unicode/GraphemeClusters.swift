import CUTF8proc

/// Grapheme clusters: what a reader calls a character (UAX #29, extended clusters, by utf8proc).
package enum GraphemeClusters {
    /// Where the clusters of a text lie, in order and without gaps.
    ///
    /// A byte that is no part of well-formed UTF-8 is a range of its own, so that the ranges cover
    /// any bytes whatever.
    ///
    /// - Complexity: O(n).
    package static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(bytes.count)
        forEach(in: bytes.span) { ranges.append($0) }
        return ranges
    }

    /// The number of clusters: the length of a text in characters.
    package static func count(in bytes: Span<UInt8>) -> Int {
        var count = 0
        forEach(in: bytes) { _ in count += 1 }
        return count
    }

    /// Calls `body` with the range of every cluster, in order.
    @inline(__always)
    private static func forEach(in bytes: Span<UInt8>, _ body: (Range<Int>) -> Void) {
        var state: utf8proc_int32_t = 0
        var previous: UInt32?
        var start = 0
        var position = 0
        while position < bytes.count {
            let step = ScalarStep(bytes, at: position, limit: bytes.count)
            if position > start, isBreak(previous, step.scalar, &state) {
                body(start..<position)
                start = position
            }
            previous = step.scalar
            position += step.length
        }
        if start < position { body(start..<position) }
    }

    /// Whether a cluster ends between two scalars; `nil` stands for a malformed byte.
    @inline(__always)
    private static func isBreak(
        _ previous: UInt32?, _ next: UInt32?, _ state: inout utf8proc_int32_t
    ) -> Bool {
        guard let previous, let next else {
            state = 0
            return true
        }
        // Printable ASCII never joins anything; a state of 0 makes utf8proc begin afresh.
        if (0x20..<0x7F).contains(previous), (0x20..<0x7F).contains(next) {
            state = 0
            return true
        }
        return utf8proc_grapheme_break_stateful(
            utf8proc_int32_t(previous), utf8proc_int32_t(next), &state)
    }
}
