/// The n-grams of a model as a forward trie in flat columns.
///
/// Nodes are numbered level by level: node 0 is the empty n-gram, nodes 1...V are the unigrams
/// (node 1 + w is token w, all of them present), then come the bigrams in lexicographic order of
/// their ids, and so on. The successors of a node are contiguous and sorted by token, so that a
/// full conditional distribution and a draw cost one block. Every prefix and every suffix of an
/// n-gram is present too.
package struct NGramTrie: Sendable, Hashable {
    /// V: the number of tokens, the boundary included; ids are below it.
    package let vocabularyCount: Int
    /// The id that begins a document as context and ends it as event.
    package let boundary: UInt32
    /// Level k is `levelBegin[k] ..< levelBegin[k + 1]`; `order + 2` entries.
    package let levelBegin: [Int]
    /// The last token of each node.
    package let tokens: NGramColumn<UInt32>
    /// For each node, the node of the same n-gram without its first token.
    package let suffixes: NGramColumn<UInt32>
    /// The successors of context i are nodes `childBegin[i] ..< childBegin[i + 1]`.
    package let childBegin: NGramColumn<UInt32>

    package init(
        vocabularyCount: Int, boundary: UInt32, levelBegin: [Int], tokens: [UInt32],
        suffixes: [UInt32], childBegin: [UInt32]
    ) {
        self.init(
            vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: levelBegin,
            tokens: NGramColumn(tokens), suffixes: NGramColumn(suffixes),
            childBegin: NGramColumn(childBegin))
    }

    init(
        vocabularyCount: Int, boundary: UInt32, levelBegin: [Int], tokens: NGramColumn<UInt32>,
        suffixes: NGramColumn<UInt32>, childBegin: NGramColumn<UInt32>
    ) {
        let order = levelBegin.count - 2
        precondition(
            order >= 1 && tokens.count == levelBegin[order + 1] && suffixes.count == tokens.count
                && childBegin.count == levelBegin[order] + 1,
            "\(tokens.count) tokens, \(suffixes.count) suffixes and \(childBegin.count) blocks "
                + "for levels \(levelBegin)")
        self.vocabularyCount = vocabularyCount
        self.boundary = boundary
        self.levelBegin = levelBegin
        self.tokens = tokens
        self.suffixes = suffixes
        self.childBegin = childBegin
    }

    /// The length of the longest n-grams.
    package var order: Int { levelBegin.count - 2 }
    /// The nodes of all levels, the empty n-gram included.
    package var nodeCount: Int { tokens.count }
    /// Nodes below the highest level; only they can have successors.
    package var contextCount: Int { childBegin.count - 1 }

    /// The n-grams of one length.
    package func level(_ length: Int) -> Range<Int> {
        levelBegin[length]..<levelBegin[length + 1]
    }

    /// The nodes of a context extended by one token, ascending by token.
    ///
    /// `context` must be below ``contextCount``.
    package func successors(of context: Int) -> Range<Int> {
        Int(childBegin[context])..<Int(childBegin[context + 1])
    }

    /// The node of `context` followed by `token`, where it is present. O(log successors).
    func successor(of context: Int, token: UInt32) -> Int? {
        if context == 0 { return 1 + Int(token) }
        let block = successors(of: context)
        return tokens.elements.search(token, in: block)
    }

    /// How many tokens a node spells.
    func depth(of node: Int) -> Int {
        var depth = 0
        while levelBegin[depth + 1] <= node { depth += 1 }
        return depth
    }

    /// The context of a document's first token.
    package var startState: Int {
        contextCount > 1 ? 1 + Int(boundary) : 0
    }

    /// The context that a node leaves behind: itself, or without its first token where it is as
    /// long as can be.
    func state(at node: Int) -> Int {
        node < contextCount ? node : Int(suffixes[node])
    }

    /// The state after `token`, from the state before it.
    package func state(after token: UInt32, from state: Int) -> Int {
        if token == boundary { return startState }
        var context = state
        while true {
            if let node = successor(of: context, token: token) { return self.state(at: node) }
            context = Int(suffixes[context])
        }
    }

    /// The end of `context` that can matter: at most order - 1 tokens, none before the last
    /// boundary.
    package func relevant(_ context: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        let recent = context.suffix(order - 1)
        guard let start = recent.lastIndex(of: boundary) else { return recent }
        return recent[start...]
    }

    /// The longest suffix of `context` that is present.
    package func state(after context: ArraySlice<UInt32>) -> Int {
        var state = 0
        for token in relevant(context) {
            precondition(
                token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
            state = self.state(after: token, from: state)
        }
        return state
    }
}

extension UnsafeBufferPointer<UInt32> {
    /// The index of `token` in an ascending block, without a branch that could be mispredicted in
    /// the loop.
    @inline(__always)
    func search(_ token: UInt32, in block: Range<Int>) -> Int? {
        var low = block.lowerBound
        var count = block.count
        guard count > 0 else { return nil }
        while count > 1 {
            let half = count &>> 1
            low = self[low &+ half] <= token ? low &+ half : low
            count &-= half
        }
        return self[low] == token ? low : nil
    }
}
