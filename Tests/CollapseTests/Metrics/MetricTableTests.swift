import Collapse
import Testing

@Suite struct MetricTableTests {
    private var table: MetricTable {
        var table = MetricTable()
        for (arm, seed, generation, value) in [
            ("a", 1, 0, 1.5), ("a", 2, 0, .infinity), ("a[x=1,y=2]", 1, 3, 0.1), ("a", 1, 1, .nan),
        ] {
            table.append(
                .init(
                    arm: arm, seed: UInt64(seed), generation: generation, metric: "m", value: value)
            )
        }
        return table
    }

    @Test func csv() {
        #expect(
            table.csv == """
                arm,seed,generation,metric,value
                a,1,0,m,1.5
                a,2,0,m,inf
                "a[x=1,y=2]",1,3,m,0.1
                a,1,1,m,nan

                """)
    }

    @Test func lookUp() {
        #expect(table.value(arm: "a", seed: 1, generation: 0, metric: "m") == 1.5)
        #expect(table.value(arm: "a", seed: 3, generation: 0, metric: "m") == nil)
        #expect(
            table.values(arm: "a", generation: 0, metric: "m", seeds: [2, 1, 7]) == [
                .infinity, 1.5,
            ])
    }

    /// Three metrics of two seeds, as records and as single rows, with a repetition.
    private static func records() -> [GenerationRecord] {
        [(1, 0), (1, 1), (7, 0)].map { seed, generation in
            GenerationRecord(
                seed: seed, generation: generation, key: ContentKey(digits: "0"),
                metrics: ["x", "y, z", "w"].enumerated().map {
                    MetricValue(
                        $0.element, Double(100 * seed) + Double(10 * generation + $0.offset))
                })
        }
    }

    @Test("Rows of records arrive in their order, and any piece of them can be written")
    func pieces() {
        var table = MetricTable()
        table.append(Self.records(), arm: "a")
        table.append(Self.records(), arm: "b")
        table.append([], arm: "c")
        #expect(table.count == 18)
        #expect(table.metrics == ["x", "y, z", "w"])
        let lines = Array(table.rows).map { row in
            "\(row.arm),\(row.seed),\(row.generation),\(CSVField.text(row.metric)),\(row.value)\n"
        }
        #expect(lines[4] == "a,1,1,\"y, z\",111.0\n")
        for first in 0...18 {
            for end in first...18 {
                #expect(
                    String(decoding: table.csvBytes(of: first..<end), as: UTF8.self)
                        == lines[first..<end].joined())
            }
        }
        #expect(table.values(arm: "b", generation: 0, metric: "w", seeds: [7, 1]) == [702, 102])
        #expect(table.value(arm: "b", seed: 7, generation: 1, metric: "w") == nil)
        #expect(!table.contains(arm: "c", metric: "x"))
    }

    @Test("Of repeated rows both stay, and the later one is found")
    func repeated() {
        var table = MetricTable()
        for (seed, metric, value) in [
            (1, "m", 1.0), (1, "n", 2), (2, "m", 3), (1, "m", 4), (1, "m", 5), (1, "k", 6),
        ] {
            table.append(
                .init(arm: "a", seed: UInt64(seed), generation: 2, metric: metric, value: value))
        }
        #expect(table.rows.map(\.value) == [1, 2, 3, 4, 5, 6])
        #expect(table.value(arm: "a", seed: 1, generation: 2, metric: "m") == 5)
        #expect(table.value(arm: "a", seed: 1, generation: 2, metric: "n") == 2)
        #expect(table.value(arm: "a", seed: 1, generation: 2, metric: "k") == 6)
        #expect(table.value(arm: "a", seed: 2, generation: 2, metric: "m") == 3)
        #expect(table.value(arm: "a", seed: 1, generation: 0, metric: "m") == nil)
        #expect(table.lastGeneration == 2)
    }
}
