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
}
