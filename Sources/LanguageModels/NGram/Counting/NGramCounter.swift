/// Counts the n-grams of a corpus for all orders at once, by sorting.
///
/// The positions of the stream are kept sorted by the k-gram that begins there. From k - 1 to k it takes one
/// stable counting pass by the token in front: sorted (k-1)-grams at p + 1, dealt into buckets by the token at p,
/// are sorted k-grams at p. Equal k-grams are equal in both their (k-1)-grams, whose nodes are known, so a
/// node is found without comparing tokens, and its parent and its suffix come for free.
///
/// O(order x tokens) time; no hashing, no comparison of keys.
struct NGramCounter<Count: AdditiveArithmetic> {
    private let corpus: NGramCorpus
    private let order: Int
    /// The weight of each event; empty when all are `unit`.
    private let weights: [Count]
    private let unit: Count

    private var levelBegin: [Int]
    private var tokens: [UInt32]
    private var suffixes: [UInt32]
    private var childBegin: [UInt32] = [1]
    private var counts: [Count]

    init(_ corpus: NGramCorpus, order: Int, weights: [Count], unit: Count) {
        self.corpus = corpus
        self.order = order
        self.weights = weights
        self.unit = unit
        let unigrams = corpus.vocabularyCount
        levelBegin = [0, 1, unigrams + 1]
        tokens = [0] + (0..<UInt32(unigrams))
        suffixes = Array(repeating: 0, count: unigrams + 1)
        counts = Array(repeating: .zero, count: unigrams + 1)
    }

    /// The trie and the raw count of each of its nodes.
    consuming func run() throws(NGramError) -> (trie: NGramTrie, counts: [Count]) {
        var positions = countUnigrams()
        // The node of the k-gram at each position; level by level the two arrays swap.
        var nodes = corpus.stream.map { $0 + 1 }
        var longer = order > 2 ? nodes : []
        for length in 2..<max(order + 1, 2) {
            positions = prepend(to: positions, length: length)
            try append(
                positions, length: length, nodes: nodes, longer: &longer,
                isLast: length == order)
            swap(&nodes, &longer)
        }
        childBegin.append(UInt32(tokens.count))
        return (
            NGramTrie(
                vocabularyCount: corpus.vocabularyCount, boundary: corpus.boundary,
                levelBegin: levelBegin, tokens: tokens, suffixes: suffixes, childBegin: childBegin),
            counts
        )
    }

    /// Counts all events and returns their positions sorted by token.
    private mutating func countUnigrams() -> [UInt32] {
        let stream = corpus.stream
        var heads = Array(repeating: UInt32(0), count: corpus.vocabularyCount + 1)
        for position in 1..<stream.count {
            let token = Int(stream[position])
            heads[token + 1] += 1
            counts[token + 1] += weights.isEmpty ? unit : weights[position]
        }
        guard order > 1 else { return [] }
        for token in 1..<heads.count { heads[token] += heads[token - 1] }
        var sorted = Array(repeating: UInt32(0), count: stream.count - 1)
        for position in 1..<stream.count {
            let token = Int(stream[position])
            sorted[Int(heads[token])] = UInt32(position)
            heads[token] += 1
        }
        return sorted
    }

    /// Positions sorted by their k-gram, from those sorted by their (k-1)-gram.
    private func prepend(to positions: [UInt32], length: Int) -> [UInt32] {
        let stream = corpus.stream
        let boundary = corpus.boundary
        var heads = Array(repeating: UInt32(0), count: corpus.vocabularyCount)
        // A k-gram may hold the boundary first and last only: `room` events follow before it ends.
        var room = 0
        for position in (0..<stream.count - 1).reversed() {
            room = stream[position + 1] == boundary ? 1 : room + 1
            if room >= length - 1 { heads[Int(stream[position])] += 1 }
        }
        var total: UInt32 = 0
        for token in heads.indices {
            let count = heads[token]
            heads[token] = total
            total += count
        }
        var sorted = Array(repeating: UInt32(0), count: Int(total))
        for position in positions {
            let place = Int(position)
            if length > 2 && stream[place] == boundary { continue }
            let token = Int(stream[place - 1])
            sorted[Int(heads[token])] = position - 1
            heads[token] += 1
        }
        return sorted
    }

    /// Appends the nodes of one level. `nodes` holds those of the level below.
    private mutating func append(
        _ positions: [UInt32], length: Int, nodes: [UInt32], longer: inout [UInt32], isLast: Bool
    ) throws(NGramError) {
        let stream = corpus.stream
        var (parent, suffix) = (UInt32.max, UInt32.max)
        var count = Count.zero
        for position in positions {
            let place = Int(position)
            let (newParent, newSuffix) = (nodes[place], nodes[place + 1])
            if newParent != parent || newSuffix != suffix {
                if parent != .max { counts.append(count) }
                count = .zero
                (parent, suffix) = (newParent, newSuffix)
                while childBegin.count <= Int(parent) { childBegin.append(UInt32(tokens.count)) }
                tokens.append(stream[place + length - 1])
                suffixes.append(suffix)
            }
            count += weights.isEmpty ? unit : weights[place + 1]
            if !isLast { longer[place] = UInt32(truncatingIfNeeded: tokens.count - 1) }
        }
        if parent != .max { counts.append(count) }
        guard tokens.count < Int(UInt32.max) else {
            throw NGramError(.tooLarge(what: "n-grams", limit: Int(UInt32.max) - 1))
        }
        while childBegin.count < levelBegin[length] { childBegin.append(UInt32(tokens.count)) }
        levelBegin.append(tokens.count)
    }
}
