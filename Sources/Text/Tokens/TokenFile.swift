import Support

/// Token ids on disk: nothing but little-endian ids, and a small JSON file beside it that describes
/// them.
///
/// A vocabulary of at most 65,536 takes two bytes a token, a larger one four. Every document is
/// followed by the boundary, one that was cut too, which the description tells; a file without documents is one text. In numpy,
/// `numpy.fromfile("tokens.bin", "<u2")`.
package struct TokenFile: Sendable, Hashable {
    /// The companion's content.
    package var description: TokenFileDescription
    /// The documents without their boundaries; one document where the file is one text.
    package var dataset: TokenDataset

    /// The file that holds a data set, and its companion's content.
    package static func encode(
        _ dataset: TokenDataset, vocabulary: TokenFileDescription.Vocabulary
    ) -> (tokens: [UInt8], description: TokenFileDescription) {
        var stream: [UInt32] = []
        stream.reserveCapacity(dataset.tokens.count + dataset.documentCount)
        for document in 0..<dataset.documentCount {
            stream += dataset.document(document)
            stream.append(vocabulary.boundary)
        }
        let bytes = bytes(of: stream, vocabularyCount: vocabulary.count)
        return (
            bytes,
            TokenFileDescription(
                vocabulary: vocabulary, tokenCount: stream.count,
                documentCount: dataset.documentCount, cutDocuments: dataset.cutDocuments,
                sha256: SHA256.digest(of: bytes).hexadecimal)
        )
    }

    /// Reads a token file and its companion `PATH.json`.
    package init(reading path: String) throws {
        let companion = TokenFileDescription.path(of: path)
        guard let bytes = try FileSystem.read(companion) else {
            // Where the file itself is missing, the error says so.
            _ = try MappedFile(path)
            throw TokenFileError(
                file: path, problem: "is no token file: there is no \(companion) to describe it",
                remedy: "make one of a text with `collapselab tokenizer encode`")
        }
        let description = try TokenFileDescription(serialized: bytes, file: companion)
        self = try MappedFile(path).withBytes {
            try TokenFile(description: description, tokens: $0, file: path)
        }
    }

    /// Takes ids alone, as they come through a pipe.
    ///
    /// - Parameters:
    ///   - bytes: Ids of the width that the vocabulary's size asks for.
    ///   - vocabulary: The tokenizer that the ids belong to.
    ///   - file: What errors name.
    /// - Returns: The documents that boundaries end; without any, one text.
    /// - Throws: Half an id, or one beyond the vocabulary, with its position.
    package static func dataset(
        of bytes: UnsafeRawBufferPointer, vocabulary: TokenFileDescription.Vocabulary, file: String
    ) throws(TokenFileError) -> TokenDataset {
        let type = TokenFileDescription.TokenType(vocabularyCount: vocabulary.count)
        guard bytes.count % type.byteCount == 0 else {
            throw TokenFileError(
                file: file,
                problem: "has \(bytes.count) bytes, not a multiple of an id's \(type.byteCount)")
        }
        let stream = tokens(in: bytes, type: type)
        try check(stream, vocabulary, file: file)
        guard stream.contains(vocabulary.boundary) else {
            return TokenDataset(tokens: stream, offsets: [0, stream.count])
        }
        return documents(of: stream, boundary: vocabulary.boundary)
    }

    /// Takes a token file's bytes.
    ///
    /// - Throws: What the bytes have or lack; nothing that disagrees with its description is
    ///   accepted.
    package init(
        description: TokenFileDescription, tokens bytes: UnsafeRawBufferPointer, file: String
    ) throws(TokenFileError) {
        func failure(_ problem: String) -> TokenFileError {
            TokenFileError(file: file, problem: problem)
        }
        let width = description.type.byteCount
        guard bytes.count / width == description.tokenCount, bytes.count % width == 0 else {
            throw failure(
                "has \(bytes.count) bytes where \(description.tokenCount) tokens of \(width) bytes "
                    + "are described")
        }
        guard SHA256.digest(of: bytes).hexadecimal == description.sha256 else {
            throw failure("does not match its checksum")
        }
        let stream = Self.tokens(in: bytes, type: description.type)
        let vocabulary = description.vocabulary
        try Self.check(stream, vocabulary, file: file)
        self.description = description
        guard let documentCount = description.documentCount else {
            dataset = TokenDataset(tokens: stream, offsets: [0, stream.count])
            return
        }
        let documents = Self.documents(of: stream, boundary: vocabulary.boundary)
        guard stream.isEmpty || stream.last == vocabulary.boundary,
            documents.documentCount == documentCount
        else {
            throw failure(
                "has \(documents.documentCount) documents that end where \(documentCount) are "
                    + "described")
        }
        dataset = documents.cutting(description.cutDocuments)
    }

    private static func check(
        _ stream: [UInt32], _ vocabulary: TokenFileDescription.Vocabulary, file: String
    ) throws(TokenFileError) {
        guard let position = stream.firstIndex(where: { $0 >= vocabulary.count }) else { return }
        throw TokenFileError(
            file: file,
            problem:
                "has token \(stream[position]) at position \(position), beyond its vocabulary of "
                + "\(vocabulary.count)")
    }

    /// The documents of a stream whose last one may lack its boundary.
    private static func documents(of stream: [UInt32], boundary: UInt32) -> TokenDataset {
        var dataset = TokenDataset()
        let parts = stream.split(separator: boundary, omittingEmptySubsequences: false)
        let isWhole = stream.isEmpty || stream.last == boundary
        for document in isWhole ? parts.dropLast() : parts[...] {
            dataset.append(document: document)
        }
        return dataset
    }

    /// The bytes of some ids, all of which must be below the vocabulary's count.
    package static func bytes(of tokens: [UInt32], vocabularyCount: Int) -> [UInt8] {
        let type = TokenFileDescription.TokenType(vocabularyCount: vocabularyCount)
        return [UInt8](unsafeUninitializedCapacity: tokens.count * type.byteCount) { bytes, count in
            let memory = UnsafeMutableRawBufferPointer(bytes)
            for (index, token) in tokens.enumerated() {
                precondition(
                    token < vocabularyCount, "token \(token) in a vocabulary of \(vocabularyCount)")
                switch type {
                case .uint16:
                    memory.storeBytes(
                        of: UInt16(truncatingIfNeeded: token).littleEndian,
                        toByteOffset: 2 * index, as: UInt16.self)
                case .uint32:
                    memory.storeBytes(
                        of: token.littleEndian, toByteOffset: 4 * index, as: UInt32.self)
                }
            }
            count = memory.count
        }
    }

    private static func tokens(
        in bytes: UnsafeRawBufferPointer, type: TokenFileDescription.TokenType
    ) -> [UInt32] {
        switch type {
        case .uint16:
            (0..<bytes.count / 2).map {
                UInt32(
                    UInt16(
                        littleEndian: bytes.loadUnaligned(
                            fromByteOffset: 2 * $0, as: UInt16.self)))
            }
        case .uint32:
            (0..<bytes.count / 4).map {
                UInt32(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self))
            }
        }
    }
}
