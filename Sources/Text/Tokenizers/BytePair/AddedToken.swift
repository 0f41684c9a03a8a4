/// A token that stands outside the merges, such as `<|endoftext|>`.
package struct AddedToken: Sendable, Hashable {
    /// The token's index in the vocabulary.
    package var id: UInt32
    /// The bytes of its spelling in text.
    package var content: [UInt8]
    /// Special tokens decode to nothing.
    package var isSpecial: Bool
    /// Looked for only after the others, in the normalised text, and then normalised itself.
    package var isNormalized: Bool
    /// Recognised only where no word character stands beside it: `single_word`.
    package var isSingleWord: Bool
    /// White space before it belongs to it: `lstrip`.
    package var stripsLeft: Bool
    /// White space behind it belongs to it: `rstrip`.
    package var stripsRight: Bool

    package init(
        id: UInt32, content: [UInt8], isSpecial: Bool, isNormalized: Bool,
        isSingleWord: Bool = false, stripsLeft: Bool = false, stripsRight: Bool = false
    ) {
        self.id = id
        self.content = content
        self.isSpecial = isSpecial
        self.isNormalized = isNormalized
        self.isSingleWord = isSingleWord
        self.stripsLeft = stripsLeft
        self.stripsRight = stripsRight
    }
}
