import Collapse
import Compute
import Testing

/// Values by scikit-learn; see scripts/fixtures/logistic-regression.py.
private struct Reference: Decodable {
    struct Fit: Decodable {
        var rows: [Double]
        var columns: Int
        var labels: [Bool]
        var sampleWeights: [Double]
        var penalty: Double
        var weights: [Double]
        var intercept: Double
        var logits: [Double]
    }

    struct Texts: Decodable {
        var texts: [String]
        var elements: [[Double]]
        var labels: [Bool]
        var sampleWeights: [Double]
        var penalty: Double
        var logits: [Double]
    }

    struct Area: Decodable {
        var above: [Double]
        var below: [Double]
        var area: Double
    }

    var fits: [Fit]
    var texts: Texts
    var areas: [Area]

    static func load() throws -> Reference {
        try fixture("LogisticRegression/fits.json", as: Reference.self)
    }
}

@Suite struct LogisticRegressionTests {
    private func expectEqual(_ found: [Double], _ expected: [Double], within tolerance: Double) {
        #expect(found.count == expected.count)
        for (left, right) in zip(found, expected) {
            #expect(abs(left - right) <= tolerance * max(1, abs(right)))
        }
    }

    @Test("Coefficients and logits are scikit-learn's")
    func fits() throws {
        for reference in try Reference.load().fits {
            let rows = SparseRows(
                Matrix(
                    rows: reference.labels.count, columns: reference.columns, reference.rows))
            let fit = LogisticRegression(
                rows, labels: reference.labels, sampleWeights: reference.sampleWeights,
                penalty: reference.penalty)
            expectEqual(fit.weights, reference.weights, within: 1e-7)
            expectEqual([fit.intercept], [reference.intercept], within: 1e-7)
            expectEqual(fit.logits(of: rows), reference.logits, within: 1e-7)
        }
    }

    @Test("N-grams of words and a fit to them are scikit-learn's")
    func texts() throws {
        let reference = try Reference.load().texts
        // So many buckets that no two n-grams of these texts share one.
        let rows = HashedNGrams(longest: 2, buckets: 1 << 16).rows(
            of: reference.texts.map { Array($0.utf8) })
        for (row, elements) in reference.elements.enumerated() {
            expectEqual(rows.row(row).map(\.value).sorted(), elements, within: 1e-11)
        }
        let fit = LogisticRegression(
            rows, labels: reference.labels, sampleWeights: reference.sampleWeights,
            penalty: reference.penalty)
        expectEqual(fit.logits(of: rows), reference.logits, within: 1e-7)
    }

    @Test("The area under the curve is scikit-learn's, and undefined without a class")
    func areas() throws {
        for reference in try Reference.load().areas {
            let area = RankArea.area(above: reference.above, below: reference.below)
            #expect(abs(area - reference.area) < 1e-12)
        }
        #expect(RankArea.area(above: [], below: [1]).isNaN)
    }

    @Test("N-grams: words, bytes, a text shorter than they are, and none")
    func ngrams() {
        func counts(_ ngrams: HashedNGrams, _ text: String) -> [Double] {
            let values = ngrams.rows(of: [Array(text.utf8)]).row(0).map(\.value)
            let least = values.min() ?? 1
            return values.map { ($0 / least).rounded() }.sorted()
        }
        let words = HashedNGrams(unit: .words, longest: 3, buckets: 1 << 20)
        // a, a b, a b a, b, b a, and a twice.
        #expect(counts(words, "a b a") == [1, 1, 1, 1, 2])
        #expect(counts(words, "well-known") == Array(repeating: 1, count: 3 + 2 + 1))
        #expect(counts(words, "one") == [1])
        #expect(counts(words, " \n\t") == [])
        let bytes = HashedNGrams(unit: .bytes, longest: 2, buckets: 1 << 20)
        #expect(counts(bytes, "aab") == [1, 1, 1, 2])
        // The order of words counts, and their bounds.
        let pair = words.rows(of: ["ab c", "a bc", "c ab", "ab c"].map { Array($0.utf8) })
        let columns = (0..<4).map { pair.row($0).map(\.column) }
        #expect(columns[0] == columns[3])
        #expect(Set(columns).count == 3)
    }

    @Test("A detector is measured on what it did not learn from")
    func detector() {
        var random = RandomStream(RandomKey(seed: 1, purpose: .test))
        func rows(_ count: Int, shift: Double) -> SparseRows {
            SparseRows(
                Matrix(
                    rows: count, columns: 30,
                    (0..<count * 30).map { _ in shift + random.normal() }))
        }
        func detector(_ shift: Double, counts: (Int, Int)) -> Detector {
            Detector(
                real: rows(counts.0, shift: 0), synthetic: rows(counts.1, shift: shift),
                heldOut: 0.5, penalty: 1e-3, isScaled: true,
                key: RandomKey(seed: 2, purpose: .test))
        }
        // With as many features as examples all that it learned from is told right; of the others,
        // none of which differ, half is. 200 + 100 examples: beyond 4 deviations of 0.04 with
        // probability 6e-5; the seed is fixed.
        let blind = detector(0, counts: (60, 60))
        #expect(abs(blind.area - 0.5) < 0.3)
        #expect(abs(blind.accuracy - 0.5) < 0.3)
        let sharp = detector(1, counts: (200, 80))
        #expect(sharp.area > 0.99 && sharp.accuracy > 0.95)
        // Classes of different sizes weigh the same, so that nothing known means 1/2.
        let tilted = Detector(
            real: SparseRows(Matrix(rows: 90, columns: 1, Array(repeating: 3, count: 90))),
            synthetic: SparseRows(Matrix(rows: 10, columns: 1, Array(repeating: 3, count: 10))),
            heldOut: 0.2, penalty: 1, isScaled: true, key: RandomKey(seed: 1, purpose: .test))
        let logits = tilted.logits(of: SparseRows(Matrix(rows: 1, columns: 1, [3])))
        #expect(abs(logits[0]) < 1e-9)
        #expect(tilted.area == 0.5)
        // One example of each is enough for a detector, and too few to measure it.
        let tiny = Detector(
            real: rows(1, shift: 0), synthetic: rows(1, shift: 1), heldOut: 0.2, penalty: 1,
            isScaled: true, key: RandomKey(seed: 1, purpose: .test))
        #expect(tiny.area.isNaN && tiny.accuracy.isNaN)
    }
}
