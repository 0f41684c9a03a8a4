import Compute

/// Where `lmplz` departs from the definition: its pass over the n-grams, sorted by last token first
/// and numbered by first appearance, enters the last one of each lower order with its raw count.
struct NGramLmplzStatistics {
    /// The last n-gram of order 1, 2, ... and its raw count, as far as there are such.
    private(set) var last: [(tokens: [UInt32], rawCount: Double)] = []

    /// An event of the last token.
    private struct End {
        var piece: Int
        var position: Int
        var weight: Double
    }

    init(_ corpus: borrowing NGramCorpus, order: Int) {
        let pieces = corpus.pieces
        let boundary = corpus.boundary
        func token(_ piece: Int, _ position: Int) -> UInt32 {
            guard position >= 0 else { return boundary }
            let number = pieces[piece].tokens[position]
            let token = pieces[piece].ids.isEmpty ? number : pieces[piece].ids[Int(number)]
            return token == pieces[piece].cutMark ? boundary : token
        }
        // `<unk>`, `<s>` and `</s>` come first; as an event the boundary is `</s>`, as context
        // `<s>`. The last id but `<unk>`'s, where there is any word.
        var greatest =
            corpus.vocabularyCount > 2
            ? UInt32(truncatingIfNeeded: corpus.vocabularyCount - 1) : boundary
        var ranks: [Int] = []
        if !corpus.isNumberedByAppearance {
            ranks = Array(repeating: 0, count: corpus.vocabularyCount)
            ranks[Int(boundary)] = 1
            greatest = boundary
            var next = 3
            for piece in pieces {
                piece.forEach(boundary: boundary) { token, _ in
                    if token == piece.cutMark { return }
                    if ranks[Int(token)] > 0 { return }
                    ranks[Int(token)] = next
                    next += 1
                    greatest = token
                }
            }
        }
        func rank(_ token: UInt32) -> Int {
            ranks.isEmpty ? (token == boundary ? -1 : Int(token)) : ranks[Int(token)]
        }
        var ends: [End] = []
        for index in pieces.indices {
            var position = 0
            let weights = pieces[index].weights
            pieces[index].forEach(boundary: boundary) { token, document in
                if token == greatest {
                    let weight = weights.isEmpty ? 1 : weights[document]
                    ends.append(End(piece: index, position: position, weight: weight))
                }
                position += 1
            }
        }
        for length in 1..<max(order, 1) {
            guard let end = ends.first else { return }
            let begin = end.position - length + 1
            let tokens = (begin...end.position).map { token(end.piece, $0) }
            last.append((tokens, ends.reduce(0) { $0 + $1.weight }))
            if length > 1, tokens[0] == boundary { return }
            let best = ends.map { rank(token($0.piece, $0.position - length)) }.max()
            ends = ends.filter { rank(token($0.piece, $0.position - length)) == best }
        }
    }

    /// Counts of counts as `lmplz` has them.
    func corrected<Count>(
        _ countsOfCounts: [Int], length: Int, counts: borrowing NGramCounts<Count>
    ) -> [Int] {
        guard length <= last.count, let node = counts.node(of: last[length - 1].tokens) else {
            return countsOfCounts
        }
        var corrected = countsOfCounts
        let (adjusted, raw) = (counts.counts.base[node].real, last[length - 1].rawCount)
        if adjusted >= 1, adjusted <= 4 { corrected[Int(adjusted) - 1] -= 1 }
        if raw >= 1, raw <= 4 { corrected[Int(raw) - 1] += 1 }
        return corrected
    }
}
