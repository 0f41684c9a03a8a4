import Support
import TestSupport
import Testing
import Text

@Suite struct TokenFileTests {
    private static func sample(
        seed: Int, below vocabularyCount: Int
    ) -> TokenDataset {
        var source = TestBytes(seed: seed)
        var dataset = TokenDataset()
        for _ in 0..<source.below(8) {
            dataset.append(
                document: (0..<source.below(9)).map { _ in
                    UInt32(1 + source.below(vocabularyCount - 1))
                })
        }
        return dataset
    }

    private static func vocabulary(_ count: Int) -> TokenFileDescription.Vocabulary {
        var vocabulary = TokenFileDescription.Vocabulary(of: ByteTokenizer())
        vocabulary.count = count
        vocabulary.boundary = 0
        return vocabulary
    }

    private static func read(
        _ tokens: [UInt8], _ description: TokenFileDescription
    ) throws -> TokenFile {
        try tokens.withUnsafeBytes {
            try TokenFile(description: description, tokens: $0, file: "pool.bin")
        }
    }

    @Test(arguments: [2, 257, 65_536, 65_537, 4_000_000_000])
    func documentsRoundTrip(vocabularyCount: Int) throws {
        for seed in 0..<50 {
            let dataset = Self.sample(seed: seed, below: vocabularyCount)
            let (tokens, description) = TokenFile.encode(
                dataset, vocabulary: Self.vocabulary(vocabularyCount))
            let companion = try TokenFileDescription(
                serialized: try description.serialized(), file: "pool.bin.json")
            #expect(companion == description)
            #expect(try Self.read(tokens, companion).dataset == dataset)
        }
    }

    /// Which documents were cut stands beside the file; the ids are those of whole documents.
    @Test(arguments: [2, 257, 65_536, 65_537])
    func cutDocumentsRoundTrip(vocabularyCount: Int) throws {
        for seed in 0..<50 {
            var source = TestBytes(seed: seed + 1_000)
            let whole = Self.sample(seed: seed, below: vocabularyCount)
            let cut = (0..<whole.documentCount).filter { _ in source.below(2) == 0 }
            let vocabulary = Self.vocabulary(vocabularyCount)
            let (tokens, description) = TokenFile.encode(
                whole.cutting(cut), vocabulary: vocabulary)
            #expect(tokens == TokenFile.encode(whole, vocabulary: vocabulary).tokens)
            #expect(description.cutDocuments == cut)
            let serialized = try description.serialized()
            #expect(string(serialized).contains("\"cut\"") == !cut.isEmpty)
            let companion = try TokenFileDescription(serialized: serialized, file: "pool.bin.json")
            #expect(companion == description)
            let file = try Self.read(tokens, companion)
            #expect(file.dataset == whole.cutting(cut))
            #expect(file.dataset.cutDocuments == cut)
        }
    }

    @Test(arguments: [[1, 0], [0, 1, 1], [3], [0, 7], [-1], [-1, 2]])
    func cutDocumentsMustAscendAndBeThere(cut: [Int]) throws {
        let dataset = TokenDataset(tokens: [1, 2], offsets: [0, 1, 1, 2])
        var (_, description) = TokenFile.encode(dataset, vocabulary: Self.vocabulary(300))
        description.cutDocuments = cut
        let serialized = try description.serialized()
        let error = #expect(throws: TokenFileError.self) {
            try TokenFileDescription(serialized: serialized, file: "c")
        }
        #expect(error?.file == "c")
        #expect(error?.description.contains("cut documents ascend and are among the 3") == true)
    }

    /// A file of one text has no documents that could have been cut.
    @Test func oneTextHasNoCutDocuments() throws {
        var (_, description) = TokenFile.encode(
            TokenDataset(tokens: [1, 2], offsets: [0, 2]), vocabulary: Self.vocabulary(300))
        description.documentCount = nil
        #expect(
            try TokenFileDescription(serialized: description.serialized(), file: "c").documentCount
                == nil)
        description.cutDocuments = [0]
        let serialized = try description.serialized()
        #expect(throws: TokenFileError.self) {
            try TokenFileDescription(serialized: serialized, file: "c")
        }
    }

    @Test func theFileIsNothingButTheIds() {
        let dataset = TokenDataset(tokens: [258, 3, 4], offsets: [0, 2, 3])
        let small = TokenFile.encode(dataset, vocabulary: Self.vocabulary(300))
        #expect(small.tokens == [2, 1, 3, 0, 0, 0, 4, 0, 0, 0])
        let large = TokenFile.encode(
            TokenDataset(tokens: [65_536], offsets: [0, 1]), vocabulary: Self.vocabulary(70_000))
        #expect(large.tokens == [0, 0, 1, 0, 0, 0, 0, 0])
    }

    /// Every byte of the file matters: changing any one of them is noticed.
    @Test func everyDamagedByteIsNoticed() throws {
        let (tokens, description) = TokenFile.encode(
            Self.sample(seed: 4, below: 300), vocabulary: Self.vocabulary(300))
        try #require(!tokens.isEmpty)
        for position in tokens.indices {
            for bit in 0..<8 {
                var damaged = tokens
                damaged[position] ^= 1 << bit
                #expect(throws: TokenFileError.self) { try Self.read(damaged, description) }
            }
            #expect(throws: TokenFileError.self) {
                try Self.read(Array(tokens[..<position]), description)
            }
        }
        #expect(throws: TokenFileError.self) { try Self.read(tokens + [0], description) }
    }

    /// A mutated companion is refused, or says the same.
    @Test func damagedCompanionsAreNoticed() throws {
        let (tokens, description) = TokenFile.encode(
            Self.sample(seed: 4, below: 300), vocabulary: Self.vocabulary(300))
        let companion = try description.serialized()
        var source = TestBytes(seed: 8)
        for _ in 0..<2_000 {
            var damaged = companion
            damaged[source.below(damaged.count)] = UInt8(32 + source.below(95))
            do {
                let read = try TokenFileDescription(serialized: damaged, file: "c")
                var expected = description
                // What the ids do not depend on may be another.
                expected.vocabulary = read.vocabulary
                if let file = try? Self.read(tokens, read) { #expect(file.description == expected) }
            } catch {
                #expect(error.file == "c")
            }
        }
    }

    @Test func errorsNameTheFileAndTheFault() throws {
        var (tokens, description) = TokenFile.encode(
            TokenDataset(tokens: [1, 2], offsets: [0, 2]), vocabulary: Self.vocabulary(300))
        tokens.removeLast()
        let error = #expect(throws: TokenFileError.self) { try Self.read(tokens, description) }
        #expect(
            error?.description
                == "pool.bin: has 5 bytes where 3 tokens of 2 bytes are described; the file is damaged or "
                + "of another kind: write it again with `collapselab tokenizer encode`")
        description.vocabulary.count = 0
        #expect(throws: TokenFileError.self) {
            try TokenFileDescription(serialized: description.serialized(), file: "c")
        }
    }

    @Test(arguments: [false, true]) func writtenPieceByPiece(hasDocuments: Bool) throws {
        let folder = try TemporaryFolder()
        let path = folder / "sub/tokens.bin"
        let dataset = Self.sample(seed: 11, below: 70_000)
        var writer = try TokenFileWriter(
            to: path, vocabulary: Self.vocabulary(70_000), hasDocuments: hasDocuments)
        for document in 0..<dataset.documentCount {
            var tokens = Array(dataset.document(document))
            if hasDocuments { writer.endDocument(in: &tokens) }
            try writer.append(tokens)
        }
        #expect(folder.files().allSatisfy { $0.contains("partial") })
        let description = try writer.commit()
        let file = try TokenFile(reading: path)
        #expect(file.description == description)
        #expect(file.dataset.tokens == dataset.tokens)
        #expect(
            file.dataset.offsets == (hasDocuments ? dataset.offsets : [0, dataset.tokens.count]))
        if hasDocuments {
            let (tokens, whole) = TokenFile.encode(dataset, vocabulary: Self.vocabulary(70_000))
            #expect(try folder.bytes("sub/tokens.bin") == tokens)
            #expect(description == whole)
        }
    }
}
