/// The n-grams of a model as a forward trie in flat arrays.
///
/// Nodes are numbered level by level: node 0 is the empty n-gram, nodes 1...V are the unigrams (node 1 + w is
/// token w, all of them present), then come the bigrams in lexicographic order of their ids, and so on. The
/// successors of a node are contiguous and sorted by token, so that a full conditional distribution and a draw
/// cost one block. Every prefix and every suffix of an n-gram is present too.
package struct NGramTrie: Sendable, Hashable {
    package let vocabularyCount: Int
    /// The id that begins a document as context and ends it as event.
    package let boundary: UInt32
    /// Level k is `levelBegin[k] ..< levelBegin[k + 1]`; `order + 2` entries.
    package internal(set) var levelBegin: [Int]
    /// The last token of each node.
    package internal(set) var tokens: [UInt32]
    /// For each node, the node of the same n-gram without its first token.
    package internal(set) var suffixes: [UInt32]
    /// The successors of context i are nodes `childBegin[i] ..< childBegin[i + 1]`.
    package internal(set) var childBegin: [UInt32]

    package var order: Int { levelBegin.count - 2 }
    package var nodeCount: Int { tokens.count }
    /// Nodes below the highest level; only they can have successors.
    package var contextCount: Int { childBegin.count - 1 }

    /// The n-grams of one length.
    package func level(_ length: Int) -> Range<Int> {
        levelBegin[length]..<levelBegin[length + 1]
    }

    package func successors(of context: Int) -> Range<Int> {
        Int(childBegin[context])..<Int(childBegin[context + 1])
    }

    /// The node of `context` followed by `token`, where it was seen. O(log successors).
    func successor(of context: Int, token: UInt32) -> Int? {
        if context == 0 { return 1 + Int(token) }
        var low = Int(childBegin[context])
        let end = Int(childBegin[context + 1])
        var count = end - low
        while count > 0 {
            let half = count / 2
            if tokens[low + half] < token {
                low += half + 1
                count -= half + 1
            } else {
                count = half
            }
        }
        return low < end && tokens[low] == token ? low : nil
    }

    /// How many tokens a node spells.
    func depth(of node: Int) -> Int {
        var depth = 0
        while levelBegin[depth + 1] <= node { depth += 1 }
        return depth
    }

    /// The context of a document's first token.
    package var startState: Int {
        contextCount > 1 ? state(at: 1 + Int(boundary)) : 0
    }

    /// The longest suffix of a node's n-gram that was followed by something in training.
    func state(at node: Int) -> Int {
        var state = node
        while state >= contextCount || (state > 0 && childBegin[state] == childBegin[state + 1]) {
            state = Int(suffixes[state])
        }
        return state
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

    /// The end of `context` that can matter: at most order - 1 tokens, none before the last boundary.
    package func relevant(_ context: ArraySlice<UInt32>) -> ArraySlice<UInt32> {
        let recent = context.suffix(order - 1)
        guard let start = recent.lastIndex(of: boundary) else { return recent }
        return recent[start...]
    }

    /// The longest seen suffix of `context`.
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
