import Testing
import Text

@Suite struct BytePairTests {
    /// The worked example of the encyclopaedia: `aaabdaaabac` becomes `XdXac` with `Z = aa`, `Y =
    /// ab`, `X = ZY`.
    @Test func workedExample() throws {
        let tokenizer = BytePairTokenizer.train(
            on: [bytes("aaabdaaabac")], vocabularyCount: 260)
        let learned = tokenizer.vocabulary[257...].map(string)
        #expect(learned == ["aa", "ab", "aaab"])
        let tokens = tokenizer.encode(bytes("aaabdaaabac"))
        #expect(
            tokens.map { string(tokenizer.vocabulary[Int($0)]) } == ["aaab", "d", "aaab", "a", "c"])
    }

    @Test func vocabularyBeginsWithBoundaryAndBytes() {
        let tokenizer = BytePairTokenizer.train(on: [[UInt8]](), vocabularyCount: 1_000)
        #expect(tokenizer.vocabularyCount == 257)
        #expect(tokenizer.documentBoundary == 0)
        #expect(tokenizer.encode(bytes("!~ \n")) == [1, 94, 221, 199])
        #expect(Set(tokenizer.encode((0...255).map { UInt8($0) })) == Set(1...256))
    }

    @Test func stopsWhenNoPairIsFrequentEnough() {
        let documents = [bytes("low low low lower")]
        let frequent = BytePairTokenizer.train(
            on: documents, vocabularyCount: 1_000, minimumCount: 3)
        let all = BytePairTokenizer.train(on: documents, vocabularyCount: 1_000)
        #expect(frequent.merges.count == 3)
        #expect(all.merges.count > frequent.merges.count)
        #expect(all.vocabularyCount < 1_000)
    }

    /// The order of documents changes no count.
    @Test func trainingIgnoresTheOrderOfDocuments() throws {
        let lines = try tokenizerFixture("text.txt").split(separator: 10).map { Array($0) }
        let forward = BytePairTokenizer.train(on: lines, vocabularyCount: 600)
        let backward = BytePairTokenizer.train(on: lines.reversed(), vocabularyCount: 600)
        #expect(forward == backward)
    }

    /// Long pieces take another path; cutting one short must not change the rule.
    @Test func longPiecesMergeLikeShortOnes() {
        var source = TestBytes(seed: 5)
        let letters = (0..<40_000).map { _ in UInt8(97 + source.below(3)) }
        let tokenizer = BytePairTokenizer.train(
            on: letters.indices.filter { $0 % 37 == 0 }.map { Array(letters[$0...].prefix(37)) },
            vocabularyCount: 700)
        for count in [2, 63, 64, 65, 95, 96, 97, 98, 500] {
            for start in 0..<20 {
                let piece = Array(letters[start..<start + count])
                #expect(tokenizer.encode(piece) == slowEncoding(piece, tokenizer), "\(count) bytes")
            }
        }
    }

    /// The definition, step by step: merge the pair of lowest rank, leftmost first.
    private func slowEncoding(_ piece: [UInt8], _ tokenizer: BytePairTokenizer) -> [UInt32] {
        var tokens = piece.map { UInt32($0) - 0x21 + 1 }
        while true {
            var best: (rank: Int, position: Int)?
            for position in tokens.indices.dropLast() {
                let rank = tokenizer.merges.firstIndex {
                    $0.left == tokens[position] && $0.right == tokens[position + 1]
                }
                if let rank, rank < best?.rank ?? .max { best = (rank, position) }
            }
            guard let best else { return tokens }
            tokens.replaceSubrange(
                best.position...best.position + 1, with: [tokenizer.merges[best.rank].result])
        }
    }

    @Test func megabyteWithoutSpace() throws {
        let tokenizer = try TokenizerFile.read(bytes: tokenizerFixture("tokenizer-900.json"))
        var source = TestBytes(seed: 9)
        let letters = (0..<1_000_000).map { _ in UInt8(97 + source.below(20)) }
        #expect(tokenizer.decode(tokenizer.encode(letters)) == letters)
        let same = [UInt8](repeating: 97, count: 1_000_000)
        #expect(tokenizer.decode(tokenizer.encode(same)) == same)
    }

    @Test func documentsEncodeAsOneByOne() throws {
        let tokenizer = try TokenizerFile.read(bytes: tokenizerFixture("tokenizer-900.json"))
        var source = TestBytes(seed: 3)
        let documents = (0..<50).map { _ in source.text(count: source.below(300)) }
        let dataset = tokenizer.encode(documents: documents)
        #expect(dataset.documentCount == 50)
        for (index, document) in documents.enumerated() {
            #expect(Array(dataset.document(index)) == tokenizer.encode(document))
        }
        #expect(tokenizer.decode(documents: dataset) == documents)
    }
}
