/// Where next-token distributions are asked for.
package struct Passage: Sendable, Hashable {
    /// What is read; a document's beginning is its boundary.
    package var tokens: [UInt32]
    /// After how many of them, at least 1, ascending.
    package var positions: [Int]

    package init(tokens: [UInt32], positions: [Int]) {
        self.tokens = tokens
        self.positions = positions
    }
}
