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
