import Support

/// Everything that decides which documents a text becomes.
package struct CorpusRules: Sendable, Hashable {
    /// What is done to the characters, before the text is cut.
    package var normalization: UnicodeNormalizer
    /// Where documents end.
    package var documents: DocumentRule
    /// The expected shares of the splits.
    package var split: SplitRule

    package init(
        normalization: UnicodeNormalizer = UnicodeNormalizer(),
        documents: DocumentRule = .standard, split: SplitRule = .standard
    ) {
        self.normalization = normalization
        self.documents = documents
        self.split = split
    }
}

/// The documents of a corpus, by split, and how many exact duplicates were left out.
package struct SplitDocuments: Sendable, Hashable {
    /// The documents to learn from, by rising digest.
    package var train: DocumentCollection
    /// The documents held out for choices made while training, by rising digest.
    package var validation: DocumentCollection
    /// The documents held out for reported figures, by rising digest.
    package var test: DocumentCollection
    /// The number of documents left out because an equal one was kept.
    package var duplicates: Int

    package init(
        train: DocumentCollection, validation: DocumentCollection, test: DocumentCollection,
        duplicates: Int
    ) {
        self.train = train
        self.validation = validation
        self.test = test
        self.duplicates = duplicates
    }

    /// The documents of a split.
    package subscript(split: Split) -> DocumentCollection {
        switch split {
        case .train: train
        case .validation: validation
        case .test: test
        }
    }
}

/// Makes documents of a text: normalise, cut, drop exact duplicates, split.
package enum CorpusBuilder {
    /// The documents of a text in parts.
    ///
    /// Within a split the documents are in the order of their digests: the result depends on the
    /// set of documents only, not on the order of the files they came in, and the first n documents
    /// of a split are a fair sample of it.
    ///
    /// - Throws: A ``PartError`` with the part that is not UTF-8.
    package static func build(
        parts: [[UInt8]], rules: CorpusRules
    ) throws(PartError) -> SplitDocuments {
        var documents: [(digest: SHA256.Digest, text: [UInt8])] = []
        for (index, part) in parts.enumerated() {
            let text: [UInt8]
            do {
                text = try rules.normalization.normalize(part)
            } catch {
                throw PartError(part: index, byteOffset: error.byteOffset)
            }
            for document in rules.documents.documents(of: text) {
                documents.append((SHA256.digest(of: document), document))
            }
        }
        documents.sort { $0.digest < $1.digest }
        var result = SplitDocuments(
            train: .init(), validation: .init(), test: .init(), duplicates: 0)
        var previous: SHA256.Digest?
        for (digest, text) in documents {
            if digest == previous {
                result.duplicates += 1
                continue
            }
            previous = digest
            switch rules.split.split(of: digest) {
            case .train: result.train.append(text)
            case .validation: result.validation.append(text)
            case .test: result.test.append(text)
            }
        }
        return result
    }

    /// A part of a text that is not UTF-8.
    package struct PartError: Error, Hashable {
        /// The index of the part among those given.
        package var part: Int
        /// The offset of the first invalid byte in the part.
        package var byteOffset: Int

        package init(part: Int, byteOffset: Int) {
            self.part = part
            self.byteOffset = byteOffset
        }
    }

    /// The hash of a corpus: SHA-256 over its documents and its split rule.
    ///
    /// The input is the line `collapselab corpus 1`, the line of ``SplitRule/summary``, and for
    /// train, validation and test a line with the split's name and the number of documents,
    /// followed by the SHA-256 of each document (32 bytes).
    package static func contentHash(of documents: SplitDocuments, split rule: SplitRule) -> String {
        var hash = SHA256()
        hash.update(Array("collapselab corpus 1\n\(rule.summary)\n".utf8))
        for split in Split.allCases {
            let collection = documents[split]
            hash.update(Array("\(split.rawValue) \(collection.count)\n".utf8))
            for index in 0..<collection.count {
                hash.update(SHA256.digest(of: collection.bytes(of: index)).bytes)
            }
        }
        return hash.finalize().hexadecimal
    }
}
