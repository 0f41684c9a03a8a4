/// Cuts a text that comes in blocks into the pieces that the whole text is cut into.
struct PieceStream: Sendable {
    private let cutter: PieceCutter
    private let addsPrefixSpace: Bool
    private var held = HeldText()
    private var isAtStart = true

    init(_ rule: PreTokenization) {
        cutter = PieceCutter(rule)
        addsPrefixSpace = rule.addsPrefixSpace
    }

    /// Takes `block[range]` and calls `body` with the pieces that are certain: all of them if this
    /// is the last of the text, and then the next block begins another.
    @inline(__always)
    mutating func append(
        _ block: Span<UInt8>, _ range: Range<Int>, isLast: Bool,
        _ body: (Span<UInt8>, Range<Int>) -> Void
    ) {
        if isAtStart && addsPrefixSpace && !range.isEmpty && block[range.lowerBound] != 0x20 {
            let space: [UInt8] = [0x20]
            _ = held.append(space.span, 0..<1)
        }
        isAtStart = isLast || (isAtStart && range.isEmpty)
        // What is not held is read where it lies.
        if held.bytes.isEmpty {
            let text = block.extracting(range)
            let end = forEachPiece(of: text, isLast: isLast, body)
            if !isLast { _ = held.append(text, end..<text.count) }
            return
        }
        guard held.append(block, range) || isLast else { return }
        let text = held.take()
        let end = forEachPiece(of: text.span, isLast: isLast, body)
        held.putBack(text, droppingFirst: end)
    }

    @inline(__always)
    private func forEachPiece(
        of text: Span<UInt8>, isLast: Bool, _ body: (Span<UInt8>, Range<Int>) -> Void
    ) -> Int {
        cutter.forEachPiece(
            of: text, in: 0..<text.count,
            endingBy: isLast ? text.count : cutter.horizon(of: text, from: 0)
        ) { body(text, $0) }
    }
}
