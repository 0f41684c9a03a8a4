import Compute

/// Draws tokens from rows of logits. One per worker: it keeps room for sorting.
struct TokenChooser: ~Copyable {
    private let rule: SamplingRule
    private let vocabulary: Int
    private let weights: Buffer<Float>
    private let heap: Buffer<Int32>

    init(rule: SamplingRule, configuration: TransformerConfiguration) {
        self.rule = rule
        vocabulary = configuration.vocabularyCount
        weights = Buffer(count: configuration.paddedVocabularyCount)
        heap = Buffer(count: configuration.paddedVocabularyCount)
    }

    /// The token that `uniform`, a number in [0, 1), picks; `logits`, a padded row, is overwritten. `excluded` is a token
    /// that may not be drawn here, beside the forbidden ones.
    func choose(
        _ logits: UnsafeMutablePointer<Float>, excluding excluded: Int?, uniform: Double
    ) -> Int {
        for token in rule.forbidden { logits[Int(token)] = -.infinity }
        if let excluded { logits[excluded] = -.infinity }
        if rule.temperature == 0 { return likeliest(logits) }
        let inverse = Float(1 / rule.temperature)
        let topK = min(rule.topK ?? vocabulary, vocabulary)
        let topP = rule.topP ?? 1
        if topK < vocabulary || topP < 1 {
            truncate(logits, topK: topK, topP: topP, inverse: inverse)
        }
        return Float.kernels.draw(logits, vocabulary, inverse, uniform)
    }

    private func likeliest(_ logits: UnsafeMutablePointer<Float>) -> Int {
        var best = 0
        for token in 1..<max(1, vocabulary) where logits[token] > logits[best] { best = token }
        return best
    }

    /// Leaves the `topK` likeliest tokens, and of those the fewest that hold a share `topP` of their probability; of
    /// equally likely tokens those of smaller ids.
    private func truncate(
        _ logits: UnsafeMutablePointer<Float>, topK: Int, topP: Double, inverse: Float
    ) {
        let (weights, heap) = (weights.base, heap.base)
        weights.update(from: logits, count: vocabulary)
        // A draw leaves the unnormalised probabilities behind.
        _ = Float.kernels.draw(weights, vocabulary, inverse, 0)
        for token in 0..<vocabulary { heap[token] = Int32(truncatingIfNeeded: token) }
        for place in stride(from: vocabulary / 2 - 1, through: 0, by: -1) {
            sink(place, of: vocabulary, weights)
        }
        // Tokens come off the heap in falling order and gather behind its end, the likeliest last.
        var end = vocabulary
        func pop() -> Double {
            end -= 1
            (heap[0], heap[end]) = (heap[end], heap[0])
            sink(0, of: end, weights)
            return Double(weights[Int(heap[end])])
        }
        if topK < vocabulary {
            var mass = 0.0
            for _ in 0..<topK { mass += pop() }
            // What top-p drops of these lies nearest to the heap.
            mass *= topP
            var held = 0.0
            var place = vocabulary - 1
            while place > end, topP < 1 {
                held += Double(weights[Int(heap[place])])
                if held >= mass { break }
                place -= 1
            }
            if topP < 1 { end = place }
        } else {
            var mass = 0.0
            for token in 0..<vocabulary { mass += Double(weights[token]) }
            mass *= topP
            var held = 0.0
            while end > 0, held < mass { held += pop() }
        }
        for place in 0..<end { logits[Int(heap[place])] = -.infinity }
    }

    /// Restores the heap below `place`: no token is likelier than the one above it.
    private func sink(_ place: Int, of count: Int, _ weights: UnsafeMutablePointer<Float>) {
        let heap = heap.base
        func isBefore(_ a: Int32, _ b: Int32) -> Bool {
            let (x, y) = (weights[Int(a)], weights[Int(b)])
            return x > y || (x == y && a < b)
        }
        var place = place
        let token = heap[place]
        while 2 * place + 1 < count {
            var child = 2 * place + 1
            if child + 1 < count, isBefore(heap[child + 1], heap[child]) { child += 1 }
            if !isBefore(heap[child], token) { break }
            heap[place] = heap[child]
            place = child
        }
        heap[place] = token
    }
}
