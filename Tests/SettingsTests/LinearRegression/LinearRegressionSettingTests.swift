import Collapse
import Compute
import Settings
import Support
import Testing

@Suite struct LinearRegressionSettingTests {
    private func setting(
        _ changes: [String: SpecificationValue] = [:]
    ) throws -> LinearRegressionSetting {
        var keys: [String: SpecificationValue] = [
            "workflow": "replace", "design": "same", "dimension": 3, "sample-size": 20,
        ]
        keys.merge(changes) { _, new in new }
        return try LinearRegressionSetting.make(keys)
    }

    private func fit(
        _ pool: Pool<LabelledInputs>, weights: [Double]? = nil,
        _ changes: [String: SpecificationValue] = [:]
    ) throws -> [Double] {
        let setting = try setting(changes)
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 20)
        return try setting.fit(
            TrainingData(pool: pool, weights: weights), start: .scratch, seedData: seedData,
            key: RandomKey(seed: 0, purpose: .test), work: Workload(workers: 1)
        ).model.weights
    }

    private func close(_ a: [Double], _ b: [Double]) -> Bool {
        zip(a, b).allSatisfy { abs($0 - $1) < 1e-9 }
    }

    /// Inputs and labels by a small generator of whole numbers.
    private func examples(_ count: Int, labels salt: Int = 1) -> LabelledInputs {
        let inputs = (0..<count * 3).map { index -> Double in
            let square = index * index
            return Double((7 * square + 3 * index) % 11 - 5)
        }
        let answers = (0..<count).map { index -> Double in
            let square = index * index
            return Double((5 * salt * index + square) % 13 - 6)
        }
        return LabelledInputs(
            InputTable(Matrix(rows: count, columns: 3, inputs)), labels: answers)
    }

    @Test("Weights agree with numpy's least squares and scikit-learn's Ridge, near square ones too")
    func reference() throws {
        for expected in try RegressionReference.fits() {
            let inputs = Matrix(
                rows: expected.rows, columns: expected.columns, expected.inputs)
            let examples = LabelledInputs(InputTable(inputs), labels: expected.labels)
            let total = expected.weights?.reduce(0, +) ?? Double(expected.rows)
            let learner: SpecificationValue =
                expected.alpha == 0
                ? ["kind": "least-squares"]
                : ["kind": "ridge", "penalty": .number(expected.alpha / total)]
            let weights = try fit(
                Pool(examples, provenance: 0), weights: expected.weights,
                ["dimension": .integer(expected.columns), "learner": learner])
            let scale = expected.solution.map(abs).max() ?? 0
            for (weight, solution) in zip(weights, expected.solution) {
                #expect(
                    abs(weight - solution) < 1e-9 * scale,
                    "\(expected.rows) x \(expected.columns), alpha \(expected.alpha)")
            }
        }
    }

    @Test("A weight of 2 counts an example twice, and of 0 not at all", arguments: [8, 4])
    func weights(count: Int) throws {
        let all = examples(count)
        let weighted = try fit(
            Pool(all, provenance: 0), weights: [2, 0] + Array(repeating: 1, count: count - 2))
        let repeated = all.selecting([0, 0] + Array(2..<count))
        #expect(close(weighted, try fit(Pool(repeated, provenance: 0))))
    }

    @Test("A sum of moments fits like the examples themselves")
    func moments() throws {
        let (first, second) = (examples(9), examples(14, labels: 3))
        var pool = Pool(first, provenance: 0)
        pool.append(Pool(second, provenance: 1))
        var together = Pool(first, provenance: 0)
        together.append(Pool(second, provenance: 0))
        let ridge: [String: SpecificationValue] = ["learner": ["kind": "ridge", "penalty": 0.3]]
        #expect(close(try fit(pool), try fit(together)))
        #expect(close(try fit(pool, ridge), try fit(together, ridge)))
    }

    @Test("The same inputs labelled again fit their mean labels")
    func relabelled() throws {
        let first = examples(9)
        let second = first.relabelled(examples(9, labels: 2).labels)
        var pool = Pool(first, provenance: 0)
        pool.append(Pool(second, provenance: 1))
        #expect(pool.examples.tables.count == 1)
        let mean = zip(first.labels, second.labels).map { ($0 + $1) / 2 }
        #expect(close(try fit(pool), try fit(Pool(first.relabelled(mean), provenance: 0))))
    }

    @Test("Fewer examples than dimensions give the interpolating weights of least norm")
    func minimumNorm() throws {
        let pair = examples(2)
        let weights = try fit(Pool(pair, provenance: 0))
        for index in 0..<2 {
            let value = zip(pair.input(at: index), weights).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(value - pair.labels[index]) < 1e-12)
        }
        // Least norm: no part across the inputs.
        let (a, b) = (Array(pair.input(at: 0)), Array(pair.input(at: 1)))
        let across = [(1, 2), (2, 0), (0, 1)].map { a[$0.0] * b[$0.1] - a[$0.1] * b[$0.0] }
        #expect(abs(zip(across, weights).reduce(0) { $0 + $1.0 * $1.1 }) < 1e-12)
    }

    @Test("No weight anywhere is a model of zeros, not a crash")
    func nothing() throws {
        let weights = try fit(
            Pool(examples(5), provenance: 0), weights: Array(repeating: 0, count: 5))
        #expect(weights == [0, 0, 0])
    }

    @Test("A real example depends on its position alone", arguments: ["same", "fresh"])
    func realStream(design: String) throws {
        let setting = try setting([
            "design": .text(design), "spectrum": ["kind": "power-law", "exponent": 1.0],
        ])
        let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 20)
        let all = try setting.real(0..<30, in: seedData)
        for range in [3..<9, 15..<26, 22..<30] {
            let part = try setting.real(range, in: seedData)
            #expect(part.labels == Array(all.labels[range]))
            for index in range {
                #expect(
                    part.input(at: index - range.lowerBound).elementsEqual(all.input(at: index)))
            }
        }
        let other = try setting.makeSeedData(seed: 6, stream: 0, initialSize: 20)
        #expect(try setting.real(0..<30, in: other).labels != all.labels)
    }

    @Test("The same design relabels generation 0's inputs, a fresh one does not")
    func designs() throws {
        for design in ["same", "fresh"] {
            let setting = try setting(["design": .text(design)])
            let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 20)
            let real = try setting.real(0..<20, in: seedData)
            let drawn = try setting.sample(
                from: [.init(weights: [1, 2, 3])], size: 20,
                conditions: setting.capabilities.samplesUnderConditions ? real : nil,
                seedData: seedData,
                key: RandomKey(seed: 5, purpose: .sample), work: Workload(workers: 1))
            #expect((drawn.tables[0] === real.tables[0]) == (design == "same"))
        }
    }

    @Test("A penalty that follows from theory needs one")
    func penaltyWithoutTheory() throws {
        for (keys, path) in [
            (["learner": ["kind": "adaptive-ridge"]], ["learner"]),
            (
                [
                    "workflow": "mixture", "real-fraction": 0.5, "real-data": "replayed",
                    "downstream": [
                        "size": 10, "learner": ["kind": "adaptive-ridge"],
                    ],
                ], ["downstream", "learner"]
            ),
        ] as [([String: SpecificationValue], [String])] {
            let issue = #expect(throws: SpecificationIssue.self) { try setting(keys) }
            #expect(issue?.path == path)
            #expect(issue?.message.contains("replace") == true)
        }
    }
}
