package import Support

/// What a model was trained on, and how much of some held-out text occurs in it: `training.json`
/// beside a model, which tells whether it can be measured on that text.
package struct TrainingText: Codable, Hashable, Sendable {
    /// The name of the file in a model's folder.
    package static let fileName = "training.json"

    /// A held-out text that the training text was held against.
    package struct HeldOut: Codable, Hashable, Sendable {
        /// The corpus's name.
        package var corpus: String
        /// Its content hash.
        package var contentHash: String
        /// What the two share.
        package var overlap: CorpusStatistics.Overlap
    }

    /// The corpus's name.
    package var corpus: String
    /// Its content hash.
    package var contentHash: String
    /// The validation and the test split of each corpus that it was held against.
    package var heldOut: [HeldOut]

    /// Holds the train split of a corpus against the held-out text of others.
    package init(_ corpus: Corpus, against others: [Corpus]) {
        self.corpus = corpus.name
        contentHash = corpus.contentHash
        heldOut = others.flatMap { other in
            [Split.validation, .test].map { split in
                HeldOut(
                    corpus: other.name, contentHash: other.contentHash,
                    overlap: CorpusStatistics.Overlap(
                        of: other[split], in: corpus.train, split: split))
            }
        }
    }

    /// A corpus that was held against nothing yet.
    package init(corpus: String, contentHash: String) {
        self.corpus = corpus
        self.contentHash = contentHash
        heldOut = []
    }

    /// The bytes of the file.
    package func serialized() throws -> [UInt8] { try CorpusJSON.encode(self, file: Self.fileName) }

    /// The file in a model's folder, where there is one.
    package static func files(in folder: String) -> [PathKind.File] {
        let path = folder + "/" + fileName
        return FileSystem.isNamed(path) ? [PathKind.File(name: fileName, path: path)] : []
    }

    /// Reads the file in a model's folder; nil where there is none.
    ///
    /// - Throws: ``CorpusError`` where it says something else; `FileError`.
    package init?(in folder: String) throws {
        let path = folder + "/" + Self.fileName
        guard let bytes = try FileSystem.read(path) else { return nil }
        try self.init(serialized: bytes, file: path)
    }

    /// Reads the bytes of the file at a path.
    ///
    /// - Throws: ``CorpusError`` where they say something else.
    package init(serialized bytes: [UInt8], file path: String) throws(CorpusError) {
        self = try CorpusJSON.decode(TrainingText.self, from: bytes, file: path)
        func check(_ isPossible: Bool, _ position: String, _ problem: String) throws(CorpusError) {
            guard !isPossible else { return }
            throw CorpusError(.malformedFile(file: path, position: position, problem: problem))
        }
        try check(corpus.isLine, "corpus", "is no name of one line")
        for (index, text) in heldOut.enumerated() {
            try check(text.corpus.isLine, "heldOut[\(index)].corpus", "is no name of one line")
            try check(
                text.overlap.isPossible, "heldOut[\(index)].overlap",
                "shares more than there is, or less than nothing")
        }
    }

    /// What the text shares with a split of a corpus; nil where it was not held against it.
    package func overlap(with corpus: Corpus, _ split: Split) -> CorpusStatistics.Overlap? {
        heldOut.first {
            $0.contentHash == corpus.contentHash && $0.overlap.split == split
        }?.overlap
    }
}

extension CorpusStatistics.Overlap {
    /// Whether some texts can share so much.
    fileprivate var isPossible: Bool {
        grams >= 0 && documents >= 0 && (0...grams).contains(sharedGrams)
            && (0...documents).contains(touchedDocuments) && touchedDocuments <= sharedGrams
            && (sharedGrams == 0 || touchedDocuments > 0)
    }
}

extension String {
    /// Whether the text is something, on one line.
    fileprivate var isLine: Bool {
        !isEmpty && unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
    }
}
