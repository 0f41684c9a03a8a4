/// A model's columns as plain addresses, for loops that run once per token.
///
/// Valid inside ``NGramModel/withTables(_:)`` only. Nothing is checked: tokens must be below the
/// vocabulary count.
struct NGramTables {
    let vocabularyCount: Int
    let boundary: UInt32
    let contextCount: Int
    let startState: Int
    let tokens: UnsafeBufferPointer<UInt32>
    let suffixes: UnsafeBufferPointer<UInt32>
    let childBegin: UnsafeBufferPointer<UInt32>
    let probabilities: UnsafeBufferPointer<Double>
    let backOffs: UnsafeBufferPointer<Double>

    @inline(__always)
    func successors(of context: Int) -> Range<Int> {
        let begin = Int(childBegin[context])
        // Never negative: the blocks of a trie ascend.
        return Range(uncheckedBounds: (begin, Int(childBegin[context &+ 1])))
    }

    /// The node of `context` followed by `token`, where it is listed.
    @inline(__always)
    func successor(of context: Int, token: UInt32) -> Int? {
        context == 0 ? 1 &+ Int(token) : tokens.search(token, in: successors(of: context))
    }

    @inline(__always)
    func state(at node: Int) -> Int {
        node < contextCount ? node : Int(suffixes[node])
    }

    /// The state after `token`, from the state before it.
    @inline(__always)
    func next(_ token: UInt32, from state: Int) -> Int {
        if token == boundary { return startState }
        var context = state
        while true {
            if let node = successor(of: context, token: token) { return self.state(at: node) }
            context = Int(suffixes[context])
        }
    }

    /// p(token | state) and the state after it, in a model that backs off.
    @inline(__always)
    func step(_ token: UInt32, from state: Int) -> (probability: Double, next: Int) {
        var weight = 1.0
        var context = state
        while true {
            if let node = successor(of: context, token: token) {
                let next = token == boundary ? startState : self.state(at: node)
                return (weight * probabilities[node], next)
            }
            weight *= backOffs[context]
            context = Int(suffixes[context])
        }
    }
}

extension NGramModel {
    /// Lends the columns as addresses.
    @inline(__always)
    func withTables<Result, Failure: Error>(
        _ body: (NGramTables) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(self) {} }
        return try body(
            NGramTables(
                vocabularyCount: vocabularyCount, boundary: boundary,
                contextCount: trie.contextCount, startState: trie.startState,
                tokens: trie.tokens.elements, suffixes: trie.suffixes.elements,
                childBegin: trie.childBegin.elements, probabilities: probabilities.elements,
                backOffs: backOffs.elements))
    }
}
