import Collapse
import TestSupport
import Testing

@Suite struct ProvenanceTests {
    @Test("Runs say of every example what an array of marks says", arguments: 0..<20)
    func agreesWithArray(seed: Int) {
        var random = TestGenerator(seed)
        var runs = Provenance()
        var marks: [UInt16] = []
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let value = UInt16.random(in: 0...2, using: &random)
            let count = Int.random(in: 0...4, using: &random)
            runs.append(value, count: count)
            marks += Array(repeating: value, count: count)
        }
        #expect(Array(runs) == marks)
        let cut = Int.random(in: 0...marks.count, using: &random)
        #expect(Array(runs.prefix(cut)) == Array(marks.prefix(cut)))
        var twice = runs
        twice.append(runs)
        #expect(Array(twice) == marks + marks)
        #expect(zip(runs.runs, runs.runs.dropFirst()).allSatisfy { $0.value != $1.value })
    }
}
