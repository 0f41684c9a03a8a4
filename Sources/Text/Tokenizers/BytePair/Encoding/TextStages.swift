/// A step on a text's way to tokens: takes it in blocks and hands on what has become certain.
protocol TextStage: Sendable {
    /// Takes `block[range]`; if it is the last, the text ends and the next block begins another.
    mutating func append(
        _ block: Span<UInt8>, _ range: Range<Int>, isLast: Bool, to tokens: inout [UInt32])
}

extension TextStage {
    /// Ends the text.
    mutating func finish(to tokens: inout [UInt32]) {
        let nothing: [UInt8] = []
        append(nothing.span, 0..<0, isLast: true, to: &tokens)
    }
}

/// The whole way: tokens that are sought in the text itself, normalisation, tokens that are sought
/// in normalised text, pieces.
typealias BytePairStages = ScanningStage<NormalizingStage<ScanningStage<PieceStage>>>

/// Recognises added tokens; what lies between two of them is a text of its own for the next stage.
struct ScanningStage<Next: TextStage>: TextStage {
    private let scanner: AddedTokenScanner
    private var progress = AddedTokenScanner.Progress()
    private var held = HeldText()
    private var next: Next

    init(_ scanner: AddedTokenScanner, then next: Next) {
        self.scanner = scanner
        self.next = next
    }

    mutating func append(
        _ block: Span<UInt8>, _ range: Range<Int>, isLast: Bool, to tokens: inout [UInt32]
    ) {
        guard !scanner.isEmpty else {
            return next.append(block, range, isLast: isLast, to: &tokens)
        }
        guard held.append(block, range) || isLast else { return }
        let text = held.take()
        var progress = progress
        scanner.scan(text.span, isLast: isLast, &progress) { stretch in
            switch stretch {
            case .text(let range):
                next.append(text.span, range, isLast: false, to: &tokens)
            case .token(let id):
                next.finish(to: &tokens)
                tokens.append(id)
            }
        }
        if isLast { next.finish(to: &tokens) }
        held.putBack(text, droppingFirst: isLast ? text.count : progress.finished)
        progress.forgetFinished()
        self.progress = isLast ? AddedTokenScanner.Progress() : progress
    }
}

/// Normalises text.
struct NormalizingStage<Next: TextStage>: TextStage {
    private let normalization: TextNormalization
    private var held = HeldText()
    private var next: Next

    init(_ normalization: TextNormalization, then next: Next) {
        self.normalization = normalization
        self.next = next
    }

    mutating func append(
        _ block: Span<UInt8>, _ range: Range<Int>, isLast: Bool, to tokens: inout [UInt32]
    ) {
        guard !normalization.isEmpty else {
            return next.append(block, range, isLast: isLast, to: &tokens)
        }
        guard held.append(block, range) || isLast else { return }
        let text = held.take()
        // Nothing composes with an ASCII character behind it or is reordered across one.
        let end = isLast ? text.count : text.lastIndex { $0 < 0x80 } ?? 0
        let normalized = normalization(text[..<end])
        next.append(normalized.span, 0..<normalized.count, isLast: isLast, to: &tokens)
        held.putBack(text, droppingFirst: end)
    }
}

/// Cuts text into pieces and merges within them.
struct PieceStage: TextStage {
    private var pieces: PieceStream
    private var encoder: PieceEncoder

    init(_ rule: PreTokenization, _ model: PieceModel) {
        pieces = PieceStream(rule)
        encoder = PieceEncoder(model)
    }

    mutating func append(
        _ block: Span<UInt8>, _ range: Range<Int>, isLast: Bool, to tokens: inout [UInt32]
    ) {
        Self.encode(block, range, isLast, &pieces, &encoder, &tokens)
    }

    /// Takes the fields apart, so that one can change while the other lends its text.
    private static func encode(
        _ block: Span<UInt8>, _ range: Range<Int>, _ isLast: Bool, _ pieces: inout PieceStream,
        _ encoder: inout PieceEncoder, _ tokens: inout [UInt32]
    ) {
        pieces.append(block, range, isLast: isLast) { text, piece in
            encoder.encode(text, piece, into: &tokens)
        }
    }
}
