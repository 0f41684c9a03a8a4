import Collapse
import Compute
import Settings
import Support
import Testing

@Suite struct DiscreteSettingTests {
    private func setting(_ keys: [String: SpecificationValue]) throws -> DiscreteSetting {
        var keys = keys
        keys["workflow"] = "replace"
        keys["sample-size"] = 10.0
        return try DiscreteSetting.make(keys)
    }

    private func issue(_ keys: [String: SpecificationValue]) -> SpecificationIssue? {
        do {
            _ = try setting(keys)
            return nil
        } catch {
            return error as? SpecificationIssue
        }
    }

    private func model(_ counts: [Double]) -> DiscreteModel {
        DiscreteModel(
            counts: counts, size: counts.reduce(0, +),
            isWhole: counts.allSatisfy { $0 == $0.rounded() },
            lineage: DiscreteLineage(fits: 1, collapse: nil, effectiveSample: 0))
    }

    private let work = Workload(workers: 1)

    private func draws(
        _ setting: DiscreteSetting, from models: [DiscreteModel], _ size: Int, seed: UInt64 = 1
    ) throws -> [UInt32] {
        let seedData = try setting.makeSeedData(seed: seed, stream: 0, initialSize: 0)
        return try setting.sample(
            from: models, size: size, conditions: nil, seedData: seedData,
            key: RandomKey(seed: seed, purpose: .test), work: work
        ).cells
    }

    private func measure(
        _ setting: DiscreteSetting, _ model: DiscreteModel
    ) throws -> [String: Double] {
        let seedData = try setting.makeSeedData(seed: 1, stream: 0, initialSize: 0)
        let subject = EvaluationSubject<DiscreteSetting>(
            generation: 0, realCount: 0, model: { model }, samples: { DiscreteDraws() },
            reference: { model })
        return Dictionary(
            try setting.evaluate(
                "distribution", of: subject, seedData: seedData,
                key: RandomKey(seed: 1, purpose: .test),
                work: work
            ).map { ($0.name.replacing("discrete.", with: ""), $0.value) }
        ) { $1 }
    }

    /// Pearson's statistic of cells against their probabilities, as a normal deviate (Wilson and
    /// Hilferty 1931). Cells of probability 0 must not occur.
    private func deviate(_ cells: [UInt32], _ distribution: [Double]) -> Double {
        var counts = distribution.map { _ in 0.0 }
        for cell in cells { counts[Int(cell)] += 1 }
        var statistic = 0.0
        var degrees = -1.0
        for (count, p) in zip(counts, distribution) {
            guard p > 0 else {
                #expect(count == 0)
                continue
            }
            let expected = p * Double(cells.count)
            statistic += (count - expected) * (count - expected) / expected
            degrees += 1
        }
        let ninth = 2 / (9 * degrees)
        return (Elementary.power(statistic / degrees, 1 / 3.0) - (1 - ninth)) / ninth.squareRoot()
    }

    // MARK: Draws

    /// A correct sampler fails each with probability 1e-6 for other seeds.
    @Test(
        "Draws follow their distribution",
        arguments: [
            [0.2, 0.3, 0.5], [1, 1, 1, 1].map { $0 / 4 }, [0.001, 0, 0.998, 0.001, 0],
            (1...1_000).map { 1 / Double($0) },
        ] as [[Double]])
    func goodnessOfFit(weights: [Double]) throws {
        let total = weights.reduce(0, +)
        let distribution = weights.map { $0 / total }
        let setting = try setting([
            "source": ["kind": "table", "rows": [.list(distribution.map { .number($0) })]]
        ])
        let seedData = try setting.makeSeedData(seed: 3, stream: 0, initialSize: 0)
        let real = try setting.real(0..<300_001, in: seedData).cells
        #expect(abs(deviate(real, distribution)) < 4.9)
        let sampled = try draws(setting, from: [model(weights.map { $0 * 1_000 })], 300_000)
        #expect(abs(deviate(sampled, distribution)) < 4.9)
        #expect(sampled != Array(real.prefix(300_000)))
    }

    @Test("A real draw depends on its index alone", arguments: ["chain", "truth"])
    func realStream(contexts: SpecificationValue) throws {
        for order in [0, 1, 2] {
            let setting = try setting([
                "source": ["kind": "dirichlet", "vocabulary": 5, "order": .integer(order)],
                "contexts": contexts, "document-length": 37,
            ])
            let seedData = try setting.makeSeedData(seed: 5, stream: 0, initialSize: 0)
            let all = try setting.real(0..<3_000, in: seedData).cells
            for range in [0..<1, 1..<2, 36..<38, 1_023..<2_049, 2_500..<3_000] {
                #expect(try setting.real(range, in: seedData).cells == Array(all[range]))
            }
            let other = try setting.makeSeedData(seed: 5, stream: 1, initialSize: 0)
            #expect(try setting.real(0..<3_000, in: other).cells != all)
        }
    }

    @Test(
        "Pairs follow the stationary distribution of contexts, drawn from the truth or along a chain"
    )
    func contexts() throws {
        for contexts in ["chain", "truth"] as [SpecificationValue] {
            let setting = try setting([
                "source": ["kind": "dirichlet", "vocabulary": 4, "order": 2, "concentration": 2.0],
                "contexts": contexts,
            ])
            let source = setting.source
            #expect(abs(source.contextDistribution.reduce(0, +) - 1) < 1e-12)
            let cells = source.distribution.indices.map {
                source.contextDistribution[$0 / 4] * source.distribution[$0]
            }
            // Stationary: the distribution of the contexts after a cell is the distribution of
            // contexts.
            var after = Array(repeating: 0.0, count: 16)
            for (cell, p) in cells.enumerated() { after[cell % 16] += p }
            for (a, b) in zip(after, source.contextDistribution) { #expect(abs(a - b) < 1e-12) }
            let seedData = try setting.makeSeedData(seed: 8, stream: 0, initialSize: 0)
            let drawn = try setting.real(0..<400_000, in: seedData).cells
            if contexts == "truth" {
                #expect(abs(deviate(drawn, cells)) < 4.9)
            } else {
                for (first, second) in zip(drawn, drawn.dropFirst()).prefix(399) {
                    #expect(first % 16 == second / 4, "a context is made of the symbols before")
                }
            }
        }
    }

    @Test("Several parents draw in turn, so that a prefix has equal parts of each")
    func parents() throws {
        let setting = try setting(["source": ["kind": "uniform", "vocabulary": 3]])
        let cells = try draws(setting, from: [model([1, 0, 0]), model([0, 0, 7])], 9)
        #expect(cells == [0, 2, 0, 2, 0, 2, 0, 2, 0])
    }

    @Test("Temperature, top-k and top-p cut the distribution in this order")
    func decoding() throws {
        let counts = model([8, 4, 2, 1, 1])
        func distribution(_ keys: [String: SpecificationValue]) throws -> [Double] {
            var keys = keys
            keys["source"] = ["kind": "uniform", "vocabulary": 5]
            let cells = try draws(setting(keys), from: [counts], 200_000)
            return (0..<5).map { symbol in
                Double(cells.count { $0 == UInt32(symbol) }) / 200_000
            }
        }
        func expect(_ distribution: [Double], _ weights: [Double]) {
            let total = weights.reduce(0, +)
            for (share, weight) in zip(distribution, weights) {
                #expect(abs(share - weight / total) < 0.006, "\(distribution) for \(weights)")
                if weight == 0 { #expect(share == 0) }
            }
        }
        expect(try distribution(["temperature": 0.5]), [64, 16, 4, 1, 1])
        expect(try distribution(["temperature": 2.0]), [8, 4, 2, 1, 1].map { $0.squareRoot() })
        expect(try distribution(["top-k": 4]), [8, 4, 2, 1, 0])
        expect(try distribution(["top-p": 0.75]), [8, 4, 0, 0, 0])
        expect(try distribution(["top-p": 0.76]), [8, 4, 2, 0, 0])
        expect(
            try distribution(["top-k": 3, "top-p": 0.85, "temperature": 0.5]), [64, 16, 0, 0, 0])
    }

    // MARK: Learners

    @Test("Smoothing: relative frequencies, Lidstone's rule and absolute discounts")
    func smoothing() throws {
        let uniform: SpecificationValue = ["kind": "uniform", "vocabulary": 4]
        func squares(_ smoothing: SpecificationValue, _ counts: [Double]) throws -> Double {
            try #require(
                measure(
                    setting(["source": uniform, "smoothing": smoothing]), model(counts)
                )["sum_of_squares"])
        }
        func sum(_ distribution: [Double]) -> Double { distribution.reduce(0) { $0 + $1 * $1 } }
        #expect(abs(try squares(["kind": "none"], [3, 1, 0, 0]) - sum([0.75, 0.25])) < 1e-12)
        #expect(
            abs(
                try squares(["kind": "additive", "delta": 1.0], [3, 1, 0, 0])
                    - sum([4, 2, 1, 1].map { $0 / 8 })) < 1e-12)
        // 2 discounts of 0.5 free 1 of 4, a quarter of which goes to each symbol.
        #expect(
            abs(
                try squares(["kind": "absolute-discount", "discount": 0.5], [3, 1, 0, 0])
                    - sum([2.75, 0.75, 0.25, 0.25].map { $0 / 4 })) < 1e-12)
    }

    @Test("A context without data is followed by the frequencies of single symbols")
    func unseenContext() throws {
        let setting = try setting([
            "source": ["kind": "table", "rows": [[0.5, 0.5], [0.5, 0.5]]], "contexts": "truth",
        ])
        let cells = try draws(setting, from: [model([30, 10, 0, 0])], 40_000)
        // The second context is met half of the time and has 3/4 of the first symbol.
        let share = Double(cells.count { $0 == 2 }) / 40_000
        #expect(abs(share - 0.375) < 0.012)
        // Both rows are (3/4, 1/4).
        #expect(
            abs(try #require(measure(setting, model([30, 10, 0, 0]))["squared_error"]) - 0.125)
                < 1e-12)
    }

    @Test("Metrics of a small model by hand")
    func metrics() throws {
        let setting = try setting([
            "source": ["kind": "table", "rows": [[0.5, 0.25, 0.25]]]
        ])
        let values = try measure(setting, model([5, 3, 2]))
        let q = [0.5, 0.3, 0.2]
        #expect(abs(try #require(values["squared_error"]) - 0.005) < 1e-12)
        #expect(abs(try #require(values["chi_squared"]) - 0.02) < 1e-12)
        #expect(abs(try #require(values["total_variation"]) - 0.05) < 1e-12)
        #expect(abs(try #require(values["sum_of_squares"]) - 0.38) < 1e-12)
        let entropy = -q.reduce(0) { $0 + $1 * Elementary.log($1) }
        #expect(abs(try #require(values["entropy"]) - entropy) < 1e-12)
        let excess = 0.25 * (Elementary.log(0.25 / 0.3) + Elementary.log(0.25 / 0.2))
        #expect(abs(try #require(values["excess_cross_entropy"]) - excess) < 1e-12)
        #expect(values["alive"] == 3 && values["unseen_mass"] == 0 && values["collapsed"] == 0)
    }

    @Test("One symbol left is a result: infinite where it must be, finite where asked")
    func collapsed() throws {
        let source: SpecificationValue = ["kind": "uniform", "vocabulary": 4]
        let values = try measure(setting(["source": source]), model([0, 7, 0, 0]))
        #expect(values["collapsed"] == 1 && values["alive"] == 1 && values["entropy"] == 0)
        #expect(values["excess_cross_entropy"] == .infinity)
        #expect(values["unseen_mass"] == 0.75 && values["sum_of_squares"] == 1)
        let smooth = try measure(
            setting(["source": source, "scoring-smoothing": 0.5]), model([0, 7, 0, 0]))
        let excess =
            -Elementary.log(4) - (Elementary.log(7.5 / 9) + 3 * Elementary.log(0.5 / 9)) / 4
        #expect(abs(try #require(smooth["excess_cross_entropy"]) - excess) < 1e-12)
        #expect(smooth["sum_of_squares"] == 1, "the model itself is not smoothed")
    }

    @Test("A pool that grows and one that is counted at once give the same bits")
    func incremental() throws {
        let setting = try setting(["source": ["kind": "zipf", "vocabulary": 30]])
        let seedData = try setting.makeSeedData(seed: 2, stream: 0, initialSize: 0)
        let real = try setting.real(0..<50, in: seedData)
        let key = RandomKey(seed: 2, purpose: .test)
        let first = try setting.fit(
            TrainingData(pool: Pool(real, provenance: 0)), start: .scratch, seedData: seedData,
            key: key,
            work: work
        ).model
        let drawn = try setting.sample(
            from: [first], size: 70, conditions: nil, seedData: seedData, key: key, work: work)
        var pool = Pool(real, provenance: 0)
        pool.append(Pool(drawn, provenance: 1))
        let whole = try setting.fit(
            TrainingData(pool: pool, generation: 1), start: .scratch, seedData: seedData, key: key,
            work: work
        ).model
        var statistics = try setting.statistics(of: real, weights: nil, seedData: seedData)
        setting.merge(
            try setting.statistics(of: drawn, weights: nil, seedData: seedData), into: &statistics)
        let grown = try setting.fit(
            statistics, generation: 1, start: .scratch, seedData: seedData, key: key, work: work
        ).model
        #expect(whole.counts == grown.counts && whole.lineage == grown.lineage)
        #expect(grown.lineage.fits == 2)
        #expect(abs(grown.lineage.effectiveSample - (50 + 2_500 / 120.0)) < 1e-12)
        // A weight of 2 counts an example twice.
        let weighted = try setting.statistics(
            of: real, weights: Array(repeating: 2, count: 50), seedData: seedData)
        let doubled = try setting.fit(
            weighted, generation: 0, start: .scratch, seedData: seedData, key: key, work: work)
        #expect(doubled.model.counts == first.counts.map { $0 * 2 } && doubled.model.size == 100)
    }

    // MARK: Wrong specifications

    struct Wrong: Sendable, CustomTestStringConvertible {
        var keys: [String: SpecificationValue]
        var path: [String]
        var words: String
        var testDescription: String { words }
    }

    static let wrong: [Wrong] = [
        Wrong(
            keys: ["source": ["kind": "uniform", "vocabulary": 1]], path: ["source", "vocabulary"],
            words: "a source of 1 symbol has nothing to predict: give at least 2"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": []]], path: ["source", "rows"],
            words: "the table is empty: give the probabilities of the symbols"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": [[0.0, 0.0]]]],
            path: ["source", "rows", "0"],
            words: "row 0 has no symbol with a probability above 0: its support is empty"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": [[1.5, -0.5]]]],
            path: ["source", "rows", "0", "1"],
            words: "the probability -0.5 is negative: it must be 0 to 1"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": [[0.5, 0.25]]]],
            path: ["source", "rows", "0"],
            words: "row 0 adds up to 0.75, not to 1: divide it by 0.75"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": [[0.5, 0.5], [0.5, 0.5], [1.0, 0.0]]]],
            path: ["source", "rows"],
            words:
                "3 rows for 2 symbols: give 1 row (order 0), 2 rows (order 1, one context each) or 4 "
                + "rows (order 2)"),
        Wrong(
            keys: ["source": ["kind": "table", "rows": [[0.5, 0.5], [1.0]]]],
            path: ["source", "rows", "1"],
            words: "row 1 has 1 probabilities and row 0 has 2: every row has one for each symbol"),
        Wrong(
            keys: ["source": ["kind": "dirichlet", "vocabulary": 5, "support": 6]],
            path: ["source", "support"],
            words: "6 symbols with mass are more than the vocabulary of 5: lower support"),
        Wrong(
            keys: ["source": ["kind": "dirichlet", "vocabulary": 5_000, "order": 2]],
            path: ["source", "vocabulary"],
            words:
                "order 2 over 5000 symbols has more than the 4194304 n-grams that fit: lower "
                + "vocabulary or order"),
        Wrong(
            keys: ["source": ["kind": "uniform", "vocabulary": 3], "top-k": 4], path: ["top-k"],
            words: "top-k: 4 is more than the 3 symbols of the source: lower it or remove the key"),
    ]

    @Test("Wrong specifications are named with a remedy", arguments: wrong)
    func wrongSpecification(wrong: Wrong) throws {
        let found = try #require(issue(wrong.keys))
        #expect(found.path == wrong.path)
        #expect(found.message == wrong.words)
    }

    @Test("A distribution with its own seed is the same for every seed of the experiment")
    func dirichlet() throws {
        func distribution(_ seed: Int) throws -> [Double] {
            try setting([
                "source": [
                    "kind": "dirichlet", "vocabulary": 600, "support": 52, "concentration": 0.35,
                    "seed": .integer(seed),
                ]
            ]).source.distribution
        }
        #expect(try distribution(1) == distribution(1))
        #expect(try distribution(1) != distribution(2))
        #expect(try distribution(1)[52...].allSatisfy { $0 == 0 })
        // E sum p^2 = (1 + c)/(1 + K c) for K symbols of concentration c; averaged over 200
        // distributions.
        let norms = Summary(try (0..<200).map { try distribution($0).reduce(0) { $0 + $1 * $1 } })
        #expect(abs(norms.mean - 1.35 / 19.2) < 4 * norms.standardError)
    }
}
