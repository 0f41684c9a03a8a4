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

    @Test(
        arguments: [
            (0, [], []), (1, [0], [0]), (2, [], [0]), (3, [2], [0, 2]), (4, [2], [0, 2]),
            (5, [], [0]), (9, [], [0]),
        ] as [(Int, [Int], [Int])])
    func prefixMarksTheLastDocumentUnlessItEndsThere(count: Int, cut: [Int], ofCut: [Int]) {
        #expect(dataset.prefix(tokens: count).cutDocuments == cut)
        #expect(dataset.cutting([0]).prefix(tokens: count).cutDocuments == ofCut)
    }

    /// A document of the naive model.
    private struct Document: Equatable {
        var tokens: [UInt32]
        var isCut: Bool

        static func random(_ source: inout TestBytes) -> Document {
            let tokens = (0..<source.below(6)).map { _ in UInt32(source.below(100)) }
            return Document(tokens: tokens, isCut: source.below(3) == 0)
        }

        /// The first documents with `count` tokens, one after the other.
        static func prefix(_ documents: [Document], _ count: Int) -> [Document] {
            guard count < documents.reduce(0, { $0 + $1.tokens.count }) else { return documents }
            var kept: [Document] = []
            var left = count
            for document in documents {
                if left == 0 { break }
                let part = Array(document.tokens.prefix(left))
                let isShorter = part.count < document.tokens.count
                kept.append(Document(tokens: part, isCut: document.isCut || isShorter))
                left -= part.count
            }
            return kept
        }
    }

    private func dataset(of documents: [Document]) -> TokenDataset {
        var dataset = TokenDataset()
        for document in documents {
            dataset.append(document: document.tokens, isCut: document.isCut)
        }
        return dataset
    }

    /// Every operation does to the flat arrays what it says of a list of documents.
    @Test(arguments: 0..<80) func operationsAgreeWithAList(seed: Int) {
        var source = TestBytes(seed: seed)
        var dataset = TokenDataset()
        var list: [Document] = []
        for step in 0..<30 {
            switch source.below(6) {
            case 0, 1:
                let document = Document.random(&source)
                dataset.append(document: document.tokens, isCut: document.isCut)
                list.append(document)
            case 2:
                let other = (0..<source.below(5)).map { _ in Document.random(&source) }
                dataset.append(self.dataset(of: other))
                list += other
            case 3:
                let count = list.count
                let indices = (0..<source.below(count + 3)).compactMap { _ in
                    count == 0 ? nil : source.below(count)
                }
                dataset = dataset.selecting(indices)
                list = indices.map { list[$0] }
            case 4:
                let total = list.reduce(0) { $0 + $1.tokens.count }
                let count = max(0, total + 1 - source.below(total / 3 + 3))
                dataset = dataset.prefix(tokens: count)
                list = Document.prefix(list, count)
            default:
                let cut = list.indices.filter { _ in source.below(3) == 0 }
                dataset = dataset.cutting(cut)
                for index in list.indices { list[index].isCut = cut.contains(index) }
            }
            let read = (0..<dataset.documentCount).map {
                Document(tokens: Array(dataset.document($0)), isCut: dataset.isCut($0))
            }
            #expect(read == list, "step \(step)")
            #expect(dataset.tokens == list.flatMap(\.tokens))
            #expect(dataset.cutDocuments == list.indices.filter { list[$0].isCut })
            for (index, document) in list.enumerated() {
                let events = document.tokens.count + (document.isCut ? 0 : 1)
                #expect(dataset.events(ofDocument: index).count == events)
            }
            #expect(dataset == self.dataset(of: list))
        }
    }

    @Test func cutDocumentsAreNotTheWholeOnes() {
        #expect(dataset.cutting([1]) != dataset)
        #expect(dataset.cutting([1]).cutting([]) == dataset)
        #expect(dataset.cutting([0, 2]).packed(boundary: 0) == dataset.packed(boundary: 0))
    }
}
