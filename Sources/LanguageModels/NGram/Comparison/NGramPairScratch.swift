import Compute

/// The logarithms of a model's unigram probabilities.
struct NGramUnigramLogarithms {
    let values: [Double]

    init(_ tables: NGramTables) {
        values = (0..<tables.vocabularyCount).map { Elementary.log(tables.probabilities[1 + $0]) }
    }
}

/// One model after one last token: its full distribution there, and what longer contexts list
/// beside.
///
/// p(w | h) = W p(w | last token) for all w but those that a context between h and its last token
/// lists.
private struct NGramSide {
    let tables: NGramTables
    let unigrams: NGramUnigramLogarithms
    /// p(w | last token) and its logarithm for every w.
    var base: [Double]
    var baseLogarithm: [Double]
    /// p(w | h) where `stamp` says that it was listed for the present h.
    var listed: [Double]
    var stamp: [Int]
    /// W.
    var weight = 1.0
    var logarithm = 0.0

    init(_ tables: NGramTables, _ unigrams: NGramUnigramLogarithms) {
        self.tables = tables
        self.unigrams = unigrams
        base = Array(repeating: 0, count: tables.vocabularyCount)
        baseLogarithm = base
        listed = base
        stamp = Array(repeating: 0, count: tables.vocabularyCount)
    }

    /// The context of the last token alone.
    func root(_ token: UInt32) -> Int {
        tables.contextCount > 1 ? 1 + Int(token) : 0
    }

    mutating func begin(_ token: UInt32) {
        let root = root(token)
        let weight = root == 0 ? 1 : tables.backOffs[root]
        let logarithm = Elementary.log(weight)
        for token in base.indices {
            base[token] = weight * tables.probabilities[1 &+ token]
            baseLogarithm[token] = logarithm + unigrams.values[token]
        }
        guard root > 0 else { return }
        for node in tables.successors(of: root) {
            let token = Int(tables.tokens[node])
            base[token] = tables.probabilities[node]
            baseLogarithm[token] = Elementary.log(base[token])
        }
    }

    /// Lists what the contexts of `state` above the last token list; `touch` is called for each
    /// token, again for some.
    mutating func list(
        _ state: Int, _ token: UInt32, round: Int, touch: (Int) -> Void
    ) {
        let root = root(token)
        weight = 1
        var context = state
        while context != root {
            for node in tables.successors(of: context) {
                let token = Int(tables.tokens[node])
                // The longest context comes first, and it decides.
                guard stamp[token] != round else { continue }
                stamp[token] = round
                listed[token] = weight * tables.probabilities[node]
                touch(token)
            }
            weight *= tables.backOffs[context]
            context = Int(tables.suffixes[context])
        }
        logarithm = Elementary.log(weight)
    }

    /// p(w | h) and its logarithm.
    @inline(__always)
    func value(_ token: Int, round: Int) -> (probability: Double, logarithm: Double) {
        if stamp[token] == round { return (listed[token], Elementary.log(listed[token])) }
        return (weight * base[token], logarithm + baseLogarithm[token])
    }
}

/// A worker's memory for comparing two models after contexts that end in the same token.
final class NGramPairScratch {
    private var first: NGramSide
    private var second: NGramSide
    /// Sums over the vocabulary after the last token alone.
    private var base = Sums()
    private var touched: [Int] = []
    private var isTouched: [Int]
    private var round = 0

    /// Sums over tokens w, with p and q as scaled distributions P and Q: what is left of them under
    /// other weights.
    private struct Sums {
        /// p log p, p log q where both are positive; p where q is.
        var ownLogarithm = 0.0
        var otherLogarithm = 0.0
        var covered = 0.0
        var mass = 0.0
        /// Tokens with p > 0, and those of them with q = 0.
        var possible = 0
        var excluded = 0

        mutating func add(_ p: Double, _ logP: Double, _ q: Double, _ logQ: Double, sign: Int) {
            guard p > 0 else { return }
            possible += sign
            mass += Double(sign) * p
            ownLogarithm += Double(sign) * p * logP
            if q > 0 {
                covered += Double(sign) * p
                otherLogarithm += Double(sign) * p * logQ
            } else {
                excluded += sign
            }
        }
    }

    init(
        _ first: NGramTables, _ firstUnigrams: NGramUnigramLogarithms, _ second: NGramTables,
        _ secondUnigrams: NGramUnigramLogarithms
    ) {
        self.first = NGramSide(first, firstUnigrams)
        self.second = NGramSide(second, secondUnigrams)
        isTouched = Array(repeating: 0, count: first.vocabularyCount)
    }

    func compare(
        _ pairs: [NGramContextPairs.Pair], _ group: Range<Int>,
        _ store: (Int, NGramDivergence) -> Void
    ) {
        let token = pairs[group.lowerBound].token
        first.begin(token)
        second.begin(token)
        base = Sums()
        for token in first.base.indices {
            base.add(
                first.base[token], first.baseLogarithm[token], second.base[token],
                second.baseLogarithm[token], sign: 1)
        }
        for index in group { store(index, compare(pairs[index])) }
    }

    private func compare(_ pair: NGramContextPairs.Pair) -> NGramDivergence {
        round += 1
        touched.removeAll(keepingCapacity: true)
        let touch = { [self] (token: Int) in
            guard isTouched[token] != round else { return }
            isTouched[token] = round
            touched.append(token)
        }
        first.list(Int(pair.first), pair.token, round: round, touch: touch)
        second.list(Int(pair.second), pair.token, round: round, touch: touch)
        // The whole vocabulary as if nothing were listed, then the listed tokens once less and once
        // as they are.
        var rest = base
        var listed = Sums()
        var difference = distance(first.base, first.weight, second.base, second.weight)
        for token in touched {
            rest.add(
                first.base[token], first.baseLogarithm[token], second.base[token],
                second.baseLogarithm[token], sign: -1)
            let (p, logP) = first.value(token, round: round)
            let (q, logQ) = second.value(token, round: round)
            listed.add(p, logP, q, logQ, sign: 1)
            difference -= abs(
                first.weight * first.base[token] - second.weight * second.base[token])
            difference += abs(p - q)
        }
        var entropy = -listed.ownLogarithm
        var crossEntropy = -listed.otherLogarithm
        var excluded = listed.excluded
        if first.weight > 0 {
            entropy -= first.weight * (first.logarithm * rest.mass + rest.ownLogarithm)
            if second.weight > 0 {
                crossEntropy -=
                    first.weight * (second.logarithm * rest.covered + rest.otherLogarithm)
                excluded += rest.excluded
            } else {
                excluded += rest.possible
            }
        }
        return NGramDivergence(
            entropy: max(0, entropy), crossEntropy: excluded > 0 ? .infinity : crossEntropy,
            totalVariation: max(0, 0.5 * difference))
    }

    /// The sum of |a p - b q|, in a fixed order of eight lanes.
    private func distance(_ p: [Double], _ a: Double, _ q: [Double], _ b: Double) -> Double {
        p.withUnsafeBufferPointer { p in
            q.withUnsafeBufferPointer { q in
                var lanes = SIMD8<Double>.zero
                let whole = p.count & ~7
                var index = 0
                while index < whole {
                    let left = UnsafeRawBufferPointer(p).loadUnaligned(
                        fromByteOffset: index &* 8, as: SIMD8<Double>.self)
                    let right = UnsafeRawBufferPointer(q).loadUnaligned(
                        fromByteOffset: index &* 8, as: SIMD8<Double>.self)
                    let difference = a * left - b * right
                    lanes += difference.replacing(with: -difference, where: difference .< 0)
                    index &+= 8
                }
                var sum = lanes.sum()
                for index in whole..<p.count { sum += abs(a * p[index] - b * q[index]) }
                return sum
            }
        }
    }
}
