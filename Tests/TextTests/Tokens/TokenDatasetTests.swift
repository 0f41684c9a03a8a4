import Foundation
import Testing
import Text

@Suite struct TokenDatasetTests {
    private let dataset = TokenDataset(tokens: [5, 6, 7, 8, 9], offsets: [0, 2, 2, 5])

    @Test func selectsInOrderWithRepeats() {
        let selected = dataset.selecting([2, 0, 2, 1])
        #expect(selected.tokens == [7, 8, 9, 5, 6, 7, 8, 9])
        #expect(selected.offsets == [0, 3, 5, 8, 8])
        #expect(dataset.selecting([]) == TokenDataset())
    }

    @Test(arguments: [
        (0, [0]), (1, [0, 1]), (2, [0, 2]), (3, [0, 2, 2, 3]), (4, [0, 2, 2, 4]),
        (5, [0, 2, 2, 5]), (9, [0, 2, 2, 5]),
    ])
    func prefixCutsTheLastDocument(count: Int, offsets: [Int]) {
        let prefix = dataset.prefix(tokens: count)
        #expect(prefix.tokens == Array([5, 6, 7, 8, 9].prefix(count)))
        #expect(prefix.offsets == offsets)
    }

    @Test func packedStreamHasABoundaryOnEverySide() {
        #expect(dataset.packed(boundary: 0) == [0, 5, 6, 0, 0, 7, 8, 9, 0])
        #expect(TokenDataset().packed(boundary: 3) == [3])
    }

    @Test func appendingKeepsDocuments() {
        var joined = dataset
        joined.append(dataset)
        #expect(joined.documentCount == 6)
        #expect(joined.selecting([3, 4, 5]) == dataset)
    }
}

@Suite struct TokenDatasetFileTests {
    private static func sample(seed: Int, vocabularyCount: Int) -> TokenDataset {
        var source = TestBytes(seed: seed)
        var dataset = TokenDataset()
        for _ in 0..<source.below(8) {
            dataset.append(
                document: (0..<source.below(9)).map { _ in UInt32(source.below(vocabularyCount)) })
        }
        return dataset
    }

    @Test(arguments: [1, 257, 65_536, 65_537, 4_000_000_000])
    func roundTrip(vocabularyCount: Int) throws {
        for seed in 0..<50 {
            let dataset = Self.sample(seed: seed, vocabularyCount: vocabularyCount)
            let file = TokenDatasetFile.bytes(of: dataset, vocabularyCount: vocabularyCount)
            let contents = try TokenDatasetFile.read(bytes: file)
            #expect(contents.dataset == dataset)
            #expect(contents.vocabularyCount == vocabularyCount)
        }
    }

    @Test func layoutIsTheDocumentedOne() {
        let file = TokenDatasetFile.bytes(
            of: TokenDataset(tokens: [258, 3], offsets: [0, 2]), vocabularyCount: 300)
        #expect(file.count == 48 + 8 + 16)
        #expect(string(Array(file[..<8])) == "CLTOKENS")
        #expect(Array(file[8..<16]) == [1, 0, 0, 0, 2, 0, 0, 0])
        #expect(Array(file[48..<56]) == [2, 1, 3, 0, 0, 0, 0, 0])
        #expect(Array(file[64..<72]) == [2, 0, 0, 0, 0, 0, 0, 0])
    }

    /// Every byte of the file matters: changing any one of them is noticed.
    @Test func everyDamagedByteIsNoticed() {
        let file = TokenDatasetFile.bytes(
            of: Self.sample(seed: 4, vocabularyCount: 300), vocabularyCount: 300)
        for position in file.indices {
            for bit in 0..<8 {
                var damaged = file
                damaged[position] ^= 1 << bit
                #expect(throws: TokenDatasetFileError.self) {
                    try TokenDatasetFile.read(bytes: damaged)
                }
            }
            #expect(throws: TokenDatasetFileError.self) {
                try TokenDatasetFile.read(bytes: Array(file[..<position]))
            }
        }
        #expect(throws: TokenDatasetFileError.self) {
            try TokenDatasetFile.read(bytes: file + [0])
        }
    }

    @Test func errorNamesTheFileAndTheFault() {
        let error = #expect(throws: TokenDatasetFileError.self) {
            try TokenDatasetFile.read(bytes: [1, 2], file: "pool.tokens")
        }
        #expect(
            error?.description
                == "pool.tokens: has 2 bytes, fewer than the header's 48; "
                + "the file is damaged or of another kind: write it again")
    }

    @Test func filesOnDisk() throws {
        let url = FileManager.default.temporaryDirectory
            .appending(path: "tokens-\(UUID().uuidString).bin")
        defer { try? FileManager.default.removeItem(at: url) }
        let dataset = Self.sample(seed: 11, vocabularyCount: 70_000)
        try TokenDatasetFile.write(dataset, vocabularyCount: 70_000, to: url)
        #expect(try TokenDatasetFile.read(contentsOf: url).dataset == dataset)
    }
}
