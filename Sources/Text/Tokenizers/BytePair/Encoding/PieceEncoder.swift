/// What encoding a piece needs to know of a byte-pair tokenizer.
struct PieceModel: Sendable {
    /// The token of each byte; `nil` for a byte that the vocabulary lacks and that is left out.
    let byteTokens: [UInt32?]
    let merges: MergeTable
    /// The tokens that a piece is looked up among before anything is merged: `ignore_merges`.
    let wholePieces: WholePieces?

    struct WholePieces: Sendable {
        private var table: ByteStringTable
        private var ids: [UInt32] = []

        /// The bytes of tokens with their ids.
        init(_ tokens: some Sequence<(bytes: [UInt8], id: UInt32)>) {
            table = ByteStringTable()
            for token in tokens where table.intern(token.bytes) == ids.count {
                ids.append(token.id)
            }
        }

        func id(_ bytes: Span<UInt8>, _ piece: Range<Int>) -> UInt32? {
            table.find(bytes, piece).map { ids[$0] }
        }
    }
}

/// Turns pieces into tokens, remembering the pieces it has met.
///
/// One encoder serves any number of texts, one after another, and allocates little after the first.
/// What it remembers is bounded and never changes a result.
struct PieceEncoder {
    /// Pieces longer than this merge through a heap, in time proportional to n log n.
    private static let longPiece = 96
    /// Pieces longer than this are not remembered.
    private static let rememberedLength = 64
    /// When so many pieces are remembered, all are forgotten: some 30 MB at most.
    private static let rememberedCount = 1 << 18
    private static let rememberedBytes = 1 << 22

    private let model: PieceModel

    private var pieces = ByteStringTable(minimumCapacity: 1 << 9)
    /// `pieceEnds[n] ..< pieceEnds[n + 1]` are the tokens of piece n in `pieceTokens`.
    private var pieceEnds: [Int] = [0]
    private var pieceTokens: [UInt32] = []

    private var symbols = [UInt32](repeating: 0, count: Self.longPiece)
    private var pairs = [MergeTable.Value](repeating: MergeTable.absent, count: Self.longPiece)

    init(_ model: PieceModel) {
        self.model = model
    }

    /// Appends the tokens of the piece `bytes[piece]`.
    @inline(__always)
    mutating func encode(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        if piece.count == 1 {
            if let token = model.byteTokens[Int(bytes[piece.lowerBound])] { tokens.append(token) }
            return
        }
        if piece.count > Self.rememberedLength {
            encodeAnew(bytes, piece, into: &tokens)
            return
        }
        let hash = ByteStringTable.hash(bytes, piece)
        if let number = pieces.find(bytes, piece, hash: hash) {
            for index in pieceEnds[number]..<pieceEnds[number &+ 1] {
                tokens.append(pieceTokens[index])
            }
            return
        }
        let before = tokens.count
        encodeAnew(bytes, piece, into: &tokens)
        remember(bytes, piece, hash, tokens[before...])
    }

    @inline(never)
    private mutating func remember(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, _ hash: UInt64, _ tokens: ArraySlice<UInt32>
    ) {
        if pieces.count == Self.rememberedCount || pieces.byteCount > Self.rememberedBytes {
            pieces = ByteStringTable(minimumCapacity: Self.rememberedCount)
            pieceEnds.removeSubrange(1...)
            pieceTokens.removeAll(keepingCapacity: true)
        }
        pieces.append(bytes, piece, hash: hash)
        pieceTokens.append(contentsOf: tokens)
        pieceEnds.append(pieceTokens.count)
    }

    @inline(never)
    private mutating func encodeAnew(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        if let token = model.wholePieces?.id(bytes, piece) {
            tokens.append(token)
        } else if piece.count > Self.longPiece {
            let chain = SymbolChain(
                merging: piece.compactMap { model.byteTokens[Int(bytes[$0])] },
                by: model.merges)
            chain.append(to: &tokens)
        } else {
            mergeShort(bytes, piece, into: &tokens)
        }
    }

    /// Merges the best pair, leftmost first, until none is left; quadratic, but fast when short.
    private mutating func mergeShort(
        _ bytes: Span<UInt8>, _ piece: Range<Int>, into tokens: inout [UInt32]
    ) {
        var count = 0
        for index in piece {
            guard let token = model.byteTokens[Int(bytes[index])] else { continue }
            symbols[count] = token
            count += 1
        }
        for index in 0..<max(count - 1, 0) {
            pairs[index] = model.merges.value(symbols[index], symbols[index + 1])
        }
        while count > 1 {
            var best = MergeTable.absent
            var position = 0
            for index in 0..<count - 1 where pairs[index] < best {
                best = pairs[index]
                position = index
            }
            if best == MergeTable.absent { break }
            symbols[position] = UInt32(truncatingIfNeeded: best)
            count -= 1
            var index = position + 1
            while index < count {
                symbols[index] = symbols[index + 1]
                pairs[index - 1] = pairs[index]
                index += 1
            }
            if position > 0 {
                pairs[position - 1] = model.merges.value(symbols[position - 1], symbols[position])
            }
            if position + 1 < count {
                pairs[position] = model.merges.value(symbols[position], symbols[position + 1])
            }
        }
        for index in 0..<count { tokens.append(symbols[index]) }
    }
}
