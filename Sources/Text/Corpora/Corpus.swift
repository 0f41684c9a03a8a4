/// A text that models learn from and are measured on: documents in three splits.
package struct Corpus: Sendable, Hashable {
    /// The name that specifications and commands give, see ``CorpusName``.
    package let name: String
    /// One line for a list.
    package let title: String
    /// The licence of the text in words; `not stated` for an import without one.
    package let licence: String
    /// SHA-256 over documents and split rule, see ``CorpusBuilder/contentHash(of:split:)``: equal
    /// hashes mean equal data, whatever the corpus is called.
    package let contentHash: String
    /// How the documents were made of the text.
    package let rules: CorpusRules
    /// The documents of all splits.
    package let documents: SplitDocuments

    package init(
        name: String, title: String, licence: String, rules: CorpusRules, documents: SplitDocuments
    ) {
        self.name = name
        self.title = title
        self.licence = licence
        self.rules = rules
        self.documents = documents
        contentHash = CorpusBuilder.contentHash(of: documents, split: rules.split)
    }

    /// The documents to learn from, in the order of their digests, which is no order of the text.
    package var train: DocumentCollection { documents.train }
    /// The documents held out for choices made while training, in the order of their digests.
    package var validation: DocumentCollection { documents.validation }
    /// The documents held out for reported figures, in the order of their digests.
    package var test: DocumentCollection { documents.test }

    /// The documents of a split.
    package subscript(split: Split) -> DocumentCollection { documents[split] }

    /// Refuses a corpus that is too small to train on or to be measured on.
    ///
    /// A token may be shorter or longer than a character: code that knows the tokens checks them
    /// again.
    ///
    /// - Parameters:
    ///   - contextLength: The characters (grapheme clusters) that train and the held-out split must
    ///     have at least.
    ///   - heldOut: The split that figures are measured on.
    /// - Throws: The split that is empty or too short.
    package func requireUsable(
        contextLength: Int, heldOut: Split = .test
    ) throws(CorpusError) {
        let total = Split.allCases.map { self[$0].count }.reduce(0, +)
        for split in [.train, heldOut] {
            let collection = self[split]
            guard !collection.isEmpty else {
                throw CorpusError(.emptySplit(corpus: name, split: split, documents: total))
            }
            var characters = 0
            for index in 0..<collection.count where characters < contextLength {
                characters += GraphemeClusters.count(in: collection.slice(of: index).span)
            }
            guard characters >= contextLength else {
                throw CorpusError(
                    .tooShort(
                        corpus: name, split: split, characters: characters,
                        contextLength: contextLength))
            }
        }
    }
}
