package import Compute

/// A classifier of synthetic against real examples, trained once on generation 0's data: its real
/// sample, and as much that its model drew.
///
/// Both classes weigh the same, however many examples they have: a probability of 1/2 says that the
/// features say nothing. It is measured on a share of both that it did not learn from.
package struct Detector: Sendable {
    private let classifier: LogisticRegression
    private let scaling: Scaling?
    /// The mean of the shares of real and of synthetic held-out examples that it tells right;
    /// undefined where a class has none.
    package let accuracy: Double
    /// The area under its receiver operating characteristic on held-out examples.
    package let area: Double

    /// Trains and measures a detector.
    ///
    /// - Parameters:
    ///   - real: Features of real examples; at least one.
    ///   - synthetic: Features of synthetic examples; at least one.
    ///   - heldOut: The share of each that is held out, at least one and never all where there are
    ///     two.
    ///   - penalty: That of ``LogisticRegression``.
    ///   - isScaled: Whether features are brought to a mean of 0 and a deviation of 1 first.
    ///   - key: The stream that decides what is held out.
    package init(
        real: SparseRows, synthetic: SparseRows, heldOut: Double, penalty: Double, isScaled: Bool,
        key: RandomKey
    ) {
        let (real, otherReal) = Self.split(real, heldOut, key.at(0))
        let (synthetic, otherSynthetic) = Self.split(synthetic, heldOut, key.at(1))
        let all = real.appending(synthetic)
        let scaling = isScaled ? Scaling(of: all) : nil
        let counts = (Double(real.count), Double(synthetic.count))
        let classifier = LogisticRegression(
            scaling?.scaled(all) ?? all,
            labels: Array(repeating: false, count: real.count)
                + Array(repeating: true, count: synthetic.count),
            sampleWeights: Array(
                repeating: (counts.0 + counts.1) / (2 * counts.0), count: real.count)
                + Array(
                    repeating: (counts.0 + counts.1) / (2 * counts.1), count: synthetic.count),
            penalty: penalty)
        let below = classifier.logits(of: scaling?.scaled(otherReal) ?? otherReal)
        let above = classifier.logits(of: scaling?.scaled(otherSynthetic) ?? otherSynthetic)
        self.scaling = scaling
        self.classifier = classifier
        area = RankArea.area(above: above, below: below)
        accuracy =
            (Double(below.count { $0 < 0 }) / Double(below.count)
                + Double(above.count { $0 >= 0 }) / Double(above.count)) / 2
    }

    /// log c / (1 - c) of the probability c that an example is synthetic.
    package func logits(of rows: SparseRows) -> [Double] {
        classifier.logits(of: scaling?.scaled(rows) ?? rows)
    }

    /// The probability that an example of a logit is synthetic.
    package static func probability(_ logit: Double) -> Double {
        1 / (1 + Elementary.exp(-logit))
    }

    /// log(1 - c): finite however sure the detector is.
    static func logOfComplement(_ logit: Double) -> Double {
        -(max(logit, 0) + Elementary.log(1 + Elementary.exp(-abs(logit))))
    }

    private static func split(
        _ rows: SparseRows, _ share: Double, _ key: RandomKey
    ) -> (training: SparseRows, heldOut: SparseRows) {
        let wanted = Int((share * Double(rows.count)).rounded(.toNearestOrEven))
        let count = rows.count < 2 ? 0 : min(max(wanted, 1), rows.count - 1)
        let chosen = RandomSubset.indices(count, of: rows.count, from: key)
        var isChosen = Array(repeating: false, count: rows.count)
        for index in chosen { isChosen[index] = true }
        return (
            rows.selecting(isChosen.indices.filter { !isChosen[$0] }), rows.selecting(chosen)
        )
    }
}

/// Features brought to one scale.
private struct Scaling: Sendable {
    let centre: [Double]
    let unit: [Double]

    init(of rows: SparseRows) {
        let count = Double(rows.count)
        var sum = [Double](repeating: 0, count: rows.columnCount)
        rows.addTransposed(times: Array(repeating: 1, count: rows.count), to: &sum)
        let centre = sum.map { $0 / count }
        let ones = [Double](repeating: 1, count: centre.count)
        let squares = rows.scaled(centre: centre, unit: ones).sumsOfSquares()
        self.centre = centre
        // A feature that varies by no more than rounding says nothing.
        unit = zip(squares, centre).map { square, centre in
            square / count > 1e-24 * centre * centre ? (square / count).squareRoot() : 1
        }
    }

    func scaled(_ rows: SparseRows) -> SparseRows { rows.scaled(centre: centre, unit: unit) }
}
