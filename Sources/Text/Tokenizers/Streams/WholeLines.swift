/// Hands on a text that comes in blocks in stretches that end with a line.
struct WholeLines: Sendable {
    private var held = HeldText()

    /// Takes a block.
    ///
    /// - Returns: The text up to the last line end so far, without what was returned before;
    ///   everything if the text ends here, and then the next block begins another text.
    mutating func append(_ block: Span<UInt8>, isLast: Bool) -> [UInt8] {
        guard held.append(block, 0..<block.count) || isLast else { return [] }
        let text = held.take()
        let end = isLast ? text.count : text.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let lines = Array(text[..<end])
        held.putBack(text, droppingFirst: end)
        return lines
    }
}
