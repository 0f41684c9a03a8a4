extension NGramTextModel {
    /// The same model with another numbering of its words, so that it can be compared with a model
    /// that has it.
    ///
    /// - Parameter words: The same words, each with the number it is to have.
    /// - Returns: A model without evidence.
    /// - Throws: If the words are not the same, naming one that only one side has.
    package func ordered(as words: NGramVocabulary) throws(NGramError) -> NGramTextModel {
        if words == vocabulary { return self }
        // The new number of each of this model's tokens.
        var numbers: [UInt32] = []
        for token in 0..<UInt32(vocabulary.count) {
            let number =
                token == vocabulary.boundary
                ? words.boundary : words.id(of: Array(vocabulary[token]))
            guard let number else { throw NGramError(.wordOfOneModel(Array(vocabulary[token]))) }
            numbers.append(number)
        }
        for token in 0..<UInt32(words.count)
        where token != words.boundary && vocabulary.id(of: Array(words[token])) == nil {
            throw NGramError(.wordOfOneModel(Array(words[token])))
        }
        return NGramTextModel(
            model: model.renumbered(numbers, boundary: words.boundary), vocabulary: words)
    }
}

extension NGramModel {
    /// The model whose token `numbers[w]` is this model's token w.
    func renumbered(_ numbers: [UInt32], boundary: UInt32) -> NGramModel {
        // This model's nodes in the order of the new one, level by level, and the reverse.
        var order = [0]
        var index = Array(repeating: UInt32(0), count: trie.nodeCount)
        var childBegin: [UInt32] = []
        for context in 0..<trie.contextCount {
            childBegin.append(UInt32(order.count))
            let block = trie.successors(of: order[context])
            for node in block.sorted(by: {
                numbers[Int(trie.tokens[$0])] < numbers[Int(trie.tokens[$1])]
            }) {
                index[node] = UInt32(order.count)
                order.append(node)
            }
        }
        childBegin.append(UInt32(order.count))
        return NGramModel(
            trie: NGramTrie(
                vocabularyCount: vocabularyCount, boundary: boundary, levelBegin: trie.levelBegin,
                tokens: order.enumerated().map {
                    $0.offset == 0 ? 0 : numbers[Int(trie.tokens[$0.element])]
                },
                suffixes: order.map { index[Int(trie.suffixes[$0])] }, childBegin: childBegin),
            probabilities: NGramColumn(order.map { probabilities[$0] }),
            backOffs: NGramColumn(order[..<trie.contextCount].map { backOffs[$0] }),
            isAdditive: isAdditive, evidence: nil)
    }
}
