import Collapse
import Lab
import Testing

@Suite struct CautionsTests {
    @Test("Fits that lost what their base knew are warned of, in the metric's direction")
    func afterBase() {
        let values = [(arm: "a", base: 3.0, first: 2.5), (arm: "b", base: 3, first: 3.5)]
        func metric(_ direction: MetricDeclaration.Direction) -> MetricDeclaration {
            MetricDeclaration("m", title: "m", direction: direction, help: "")
        }
        let lower = Cautions.afterBase(metric(.lowerIsBetter), values)
        #expect(lower.count == 1 && lower[0].hasPrefix("The arm b: generation 0 is worse"))
        let higher = Cautions.afterBase(metric(.higherIsBetter), values)
        #expect(higher.count == 1 && higher[0].hasPrefix("The arm a:"))
        #expect(Cautions.afterBase(metric(.neither), values).isEmpty)
    }

    private static func source(test: Int, unit: String = "documents") -> DataSource {
        DataSource(
            kind: "corpus", name: "mine", sha256: "00", unit: unit,
            parts: [
                .init(name: "train", count: 9, bytes: 900),
                .init(name: "test", count: test, bytes: 9),
            ])
    }

    @Test("Fewer than 50 documents to measure on, or to train on, are worth a warning")
    func fewDocuments() {
        #expect(Cautions.of(sources: [Self.source(test: 50)], smallest: [("a", 50)]) == [])
        let sentences = Cautions.of(
            sources: [Self.source(test: 1)], smallest: [("a", 49), ("b", 50), ("c", 12)])
        #expect(sentences.count == 2)
        #expect(sentences[0].contains("The test part of the corpus mine has only 1 document,"))
        #expect(sentences[1].contains("The arms a, c: generations train on as few as 12 documents"))
    }

    @Test("Settings that read no documents are not warned of their small samples")
    func noDocuments() {
        #expect(Cautions.of(sources: [], smallest: [("a", 1)]) == [])
        #expect(
            Cautions.of(sources: [Self.source(test: 1, unit: "images")], smallest: [("a", 1)])
                == [])
    }

    @Test("Sources of several arms are named once, with all parts that any of them uses")
    func joining() {
        var other = Self.source(test: 7)
        other.parts[1].name = "validation"
        let joined = DataSource.joining([Self.source(test: 7), other, Self.source(test: 7)])
        #expect(joined.count == 1)
        #expect(joined[0].parts.map(\.name) == ["train", "test", "validation"])
        #expect(
            joined[0].summary
                == "9 documents (900 bytes) in train, 7 (9) in test, 7 (9) in validation"
        )
    }

    @Test("A sentence that holds for some arms names them, one that holds for all does not")
    func merging() {
        #expect(
            Cautions.merging([("a", ["x", "y"]), ("b", ["y"]), ("c", ["y", "z"])])
                == ["The arm a: x", "Y", "The arm c: z"])
        let many = (1...6).map { (arm: "\($0)", cautions: $0 < 6 ? ["x"] : []) }
        #expect(Cautions.merging(many) == ["The arms 1, 2, 3, 4 and 1 more: x"])
    }
}
