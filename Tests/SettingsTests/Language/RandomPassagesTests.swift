import Compute
import LanguageModels
import Settings
import Testing
import Text

@Suite struct RandomPassagesTests {
    private static let boundary: UInt32 = 0

    /// Documents no two of whose tokens are equal; one is empty.
    private func text(_ seed: Int) -> [[UInt32]] {
        var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
        var next: UInt32 = 0
        return (0..<12).map { index in
            let length = index == 5 ? 0 : 1 + random.below(index % 3 == 0 ? 60 : 9)
            return (0..<length).map { _ in
                next += 1
                return next
            }
        }
    }

    /// A document and how many tokens of it, its boundary included, are read.
    private struct Spot: Hashable {
        var document: Int
        var position: Int
    }

    /// Where a passage begins: in which document, and after how many tokens.
    private func start(of passage: Passage, in documents: [[UInt32]]) throws -> Spot {
        if passage.tokens == [Self.boundary] {
            return Spot(document: try #require(documents.firstIndex(of: [])), position: 0)
        }
        let isBeginning = passage.tokens[0] == Self.boundary
        let token = passage.tokens[isBeginning ? 1 : 0]
        let document = try #require(documents.firstIndex { $0.contains(token) })
        let index = try #require(documents[document].firstIndex(of: token))
        return Spot(document: document, position: isBeginning ? 0 : index + 1)
    }

    private func passages(
        _ documents: [[UInt32]], count: Int, longest: Int?, seed: UInt64 = 1
    ) -> [Passage]? {
        RandomPassages.passages(
            of: dataset(documents), boundary: Self.boundary, count: count, longest: longest,
            key: RandomKey(seed: seed, purpose: .evaluate)
        )?.map(\.passage)
    }

    @Test(
        "Positions are as many as asked for, all different, and far enough into their passages",
        arguments: [nil, 2, 3, 7, 16, 200] as [Int?], 0..<12)
    func positions(longest: Int?, seed: Int) throws {
        let documents = text(seed)
        let all = documents.reduce(0) { $0 + $1.count + 1 }
        let limit = longest ?? Int.max
        for count in [1, 9, 10, 11, 40, all / 2, all] where count <= all {
            let drawn = try #require(passages(documents, count: count, longest: longest))
            #expect(drawn.reduce(0) { $0 + $1.positions.count } == count)
            var met: Set<Spot> = []
            for passage in drawn {
                let start = try start(of: passage, in: documents)
                let whole = [Self.boundary] + documents[start.document]
                let end = start.position + passage.tokens.count
                try #require(end <= whole.count)
                #expect(passage.tokens == Array(whole[start.position..<end]))
                #expect(passage.tokens.count <= limit)
                #expect(!passage.positions.isEmpty)
                #expect(
                    zip(passage.positions, passage.positions.dropFirst()).allSatisfy { $0 < $1 })
                for position in passage.positions {
                    #expect((1...passage.tokens.count).contains(position))
                    #expect(start.position == 0 || position >= passage.tokens.count / 2)
                    met.insert(
                        Spot(document: start.document, position: start.position + position))
                }
            }
            #expect(met.count == count)
        }
        #expect(passages(documents, count: all + 1, longest: longest) == nil)
    }

    @Test("A context of one token has positions after it", arguments: 0..<12)
    func shortest(seed: Int) throws {
        let documents = text(seed)
        let all = documents.reduce(0) { $0 + $1.count + 1 }
        let drawn = try #require(passages(documents, count: all, longest: 1))
        #expect(drawn.reduce(0) { $0 + $1.positions.count } == all)
        for passage in drawn {
            #expect(passage.tokens.count == 1 && passage.positions == [1])
        }
    }

    @Test("A key has its contexts and another key others", arguments: [nil, 7] as [Int?])
    func deterministic(longest: Int?) throws {
        let documents = text(3)
        let first = try #require(passages(documents, count: 40, longest: longest))
        #expect(passages(documents, count: 40, longest: longest) == first)
        #expect(passages(documents, count: 40, longest: longest, seed: 2) != first)
    }

    @Test("One passage gives ten positions at most, and no document a second before all gave one")
    func rounds() throws {
        let documents = text(4)
        let drawn = try #require(passages(documents, count: 50, longest: nil))
        #expect(drawn.allSatisfy { $0.positions.count <= 10 })
        let order = try drawn.map { try start(of: $0, in: documents).document }
        #expect(Set(order.prefix(12)).count == min(12, order.count))
    }
}
