import Compute

/// Draws from full distributions, which costs O(vocabulary) a token and suits every model and
/// option.
struct NGramFullDraw {
    let model: NGramModel
    let options: NGramSamplingOptions

    /// The token after a history of `depth` tokens.
    ///
    /// Where the ban leaves no probability, the history is shortened; where nothing is left at all,
    /// the document ends.
    func token(from state: Int, depth: Int, _ random: inout RandomStream) -> UInt32 {
        var context = state
        var depth = depth
        while true {
            var weights = model.conditional(at: context, depth: depth)
            if let forbidden = options.forbidden { weights[Int(forbidden)] = 0 }
            if let token = Self.pick(&weights, options, &random) { return token }
            if context == 0 { return model.boundary }
            context = Int(model.trie.suffixes[context])
            depth = model.trie.depth(of: context)
        }
    }

    /// The token that a refusing context gets from the shorter one: any that it does not list
    /// itself.
    func token(
        refusedBy context: Int, _ random: inout RandomStream
    ) -> UInt32 {
        var weights = model.conditional(at: Int(model.trie.suffixes[context]), depth: 0)
        for node in model.trie.successors(of: context) {
            weights[Int(model.trie.tokens[node])] = 0
        }
        return Self.draw(weights, &random) ?? model.boundary
    }

    /// Draws an index after adjusting weights that need not sum to 1; `nil` if all are zero.
    static func pick(
        _ weights: inout [Double], _ options: NGramSamplingOptions, _ random: inout RandomStream
    ) -> UInt32? {
        guard let greatest = weights.max(), greatest > 0 else { return nil }
        if options.isGreedy { return weights.firstIndex(of: greatest).map { UInt32($0) } }
        if options.temperature != 1 {
            for index in weights.indices where weights[index] > 0 {
                weights[index] = Elementary.exp(
                    Elementary.log(weights[index] / greatest) / options.temperature)
            }
        }
        if options.truncates { truncate(&weights, options) }
        return draw(weights, &random)
    }

    private static func draw(_ weights: [Double], _ random: inout RandomStream) -> UInt32? {
        let draw = random.uniform() * weights.reduce(0, +)
        var sum = 0.0
        var last: UInt32?
        for index in weights.indices where weights[index] > 0 {
            sum += weights[index]
            last = UInt32(index)
            if sum > draw { break }
        }
        return last
    }

    private static func truncate(_ weights: inout [Double], _ options: NGramSamplingOptions) {
        let ranking = weights.indices.filter { weights[$0] > 0 }.sorted {
            weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1
        }
        var kept = min(options.topK ?? ranking.count, ranking.count)
        if let topP = options.topP {
            let target = topP * ranking[..<kept].reduce(0) { $0 + weights[$1] }
            var sum = 0.0
            // The smallest set that reaches the target; the last one in is kept.
            kept =
                ranking[..<kept].firstIndex { index in
                    sum += weights[index]
                    return sum >= target
                }.map { $0 + 1 } ?? kept
        }
        for index in ranking[kept...] { weights[index] = 0 }
    }
}
