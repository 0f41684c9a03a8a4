import Collapse
package import Text

/// Tokenised documents; sizes count tokens, boundaries excluded.
package struct LanguageDocuments: ExampleCollection {
    /// The tokens, by the seed's tokenizer, with the documents' boundaries.
    package private(set) var dataset: TokenDataset

    package init() { dataset = TokenDataset() }
    package init(_ dataset: TokenDataset) { self.dataset = dataset }

    /// The number of documents.
    package var count: Int { dataset.documentCount }
    package var totalSize: Int { dataset.tokens.count }
    package func size(at index: Int) -> Int { dataset.range(ofDocument: index).count }

    package func selecting(_ indices: [Int]) -> LanguageDocuments {
        LanguageDocuments(dataset.selecting(indices))
    }

    package func prefix(size: Int) -> LanguageDocuments {
        LanguageDocuments(dataset.prefix(tokens: size))
    }

    /// Adds documents of the same tokenizer at the end.
    package mutating func append(_ other: LanguageDocuments) {
        dataset.append(other.dataset)
    }

    package func contentKey(at index: Int) -> [UInt8] {
        dataset.document(index).flatMap { token in
            (0..<4).map { UInt8(truncatingIfNeeded: token >> (8 * UInt32($0))) }
        }
    }
}
