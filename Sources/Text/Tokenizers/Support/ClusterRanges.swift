import CUTF8proc

/// Where grapheme clusters begin and end; a malformed byte is a cluster of its own.
enum ClusterRanges {
    static func ranges(in bytes: [UInt8]) -> [Range<Int>] {
        let span = bytes.span
        var ranges: [Range<Int>] = []
        ranges.reserveCapacity(span.count)
        var state: utf8proc_int32_t = 0
        var previous: UInt32?
        var start = 0
        var position = 0
        while position < span.count {
            let step = ScalarStep(span, at: position, limit: span.count)
            if position > start && isBreak(previous, step.scalar, &state) {
                ranges.append(start..<position)
                start = position
            }
            previous = step.scalar
            position += step.length
        }
        if start < position { ranges.append(start..<position) }
        return ranges
    }

    private static func isBreak(
        _ previous: UInt32?, _ next: UInt32?, _ state: inout utf8proc_int32_t
    ) -> Bool {
        guard let previous, let next else {
            state = 0
            return true
        }
        return utf8proc_grapheme_break_stateful(
            utf8proc_int32_t(previous), utf8proc_int32_t(next), &state)
    }
}
