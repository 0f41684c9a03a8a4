/// Top-k and top-p as a test of single tokens: a draw from the whole distribution that passes is a
/// draw from the truncated one, and most pass.
struct NGramTruncation {
    private let ranking: NGramRanking
    private let options: NGramSamplingOptions
    private let tables: NGramTables
    /// The probability of the k most probable tokens after contexts that were met before.
    private var topMasses: [Int: Double] = [:]

    /// How many contexts are remembered.
    private static let capacity = 1 << 16

    init(_ ranking: NGramRanking, _ options: NGramSamplingOptions, _ tables: NGramTables) {
        self.ranking = ranking
        self.options = options
        self.tables = tables
    }

    /// Whether a token is among those that may be drawn after `state`.
    mutating func keeps(_ token: UInt32, after state: Int) -> Bool {
        let probability = tables.step(token, from: state).probability
        let better = share(
            before: NGramRanking.Rank(probability: probability, token: token), after: state)
        if let topK = options.topK, better.count >= topK { return false }
        guard let topP = options.topP else { return true }
        return better.mass < topP * mass(after: state)
    }

    /// The tokens before an index, without the forbidden one.
    private func share(before rank: NGramRanking.Rank, after state: Int) -> NGramRanking.Share {
        var share = ranking.share(before: rank, after: state, tables)
        guard let forbidden = options.forbidden else { return share }
        let probability = tables.step(forbidden, from: state).probability
        if rank.follows(probability, forbidden) {
            share.count -= 1
            share.mass -= probability
        }
        return share
    }

    /// What top-p takes its part of: the probability of all tokens, or of the k most probable.
    private mutating func mass(after state: Int) -> Double {
        let all = share(
            before: NGramRanking.Rank(probability: -1, token: 0), after: state)
        guard let topK = options.topK, topK < all.count else { return all.mass }
        if let mass = topMasses[state] { return mass }
        if topMasses.count >= Self.capacity { topMasses.removeAll(keepingCapacity: true) }
        let mass = topMass(topK, after: state)
        topMasses[state] = mass
        return mass
    }

    /// The probability of the k most probable tokens: bisection over the numbers for the k-th
    /// probability.
    private func topMass(_ topK: Int, after state: Int) -> Double {
        // As many tokens have at least `low`, fewer have `high`. The bits of positive numbers are
        // in their order.
        var high = (2 / Double(topK)).bitPattern
        var low = high
        repeat {
            high = low
            low = (Double(bitPattern: low) / 4).bitPattern
        } while low > 0
            && share(
                before: NGramRanking.Rank(probability: Double(bitPattern: low), token: .max),
                after: state
            ).count < topK
        while high - low > 1 {
            let middle = low + (high - low) / 2
            let share = share(
                before: NGramRanking.Rank(
                    probability: Double(bitPattern: middle), token: .max), after: state)
            if share.count == topK { return share.mass }
            if share.count > topK { low = middle } else { high = middle }
        }
        // Several tokens share the k-th probability.
        let probability = Double(bitPattern: low)
        let above = share(
            before: NGramRanking.Rank(probability: probability, token: 0), after: state)
        return above.mass + Double(topK - above.count) * probability
    }
}
