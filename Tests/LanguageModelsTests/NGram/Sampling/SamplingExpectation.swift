import Compute
import LanguageModels
import Testing
import Text

/// The definitions of the sampling options over a full distribution.
func adjusted(_ distribution: [Double], _ options: NGramSamplingOptions) -> [Double] {
    var weights = distribution
    if let forbidden = options.forbidden { weights[Int(forbidden)] = 0 }
    let ranking = weights.indices.filter { weights[$0] > 0 }.sorted {
        weights[$0] != weights[$1] ? weights[$0] > weights[$1] : $0 < $1
    }
    var kept = ranking.count
    if options.temperature == 0 {
        kept = min(kept, 1)
    } else {
        weights = weights.map {
            $0 > 0 ? Elementary.exp(Elementary.log($0) / options.temperature) : 0
        }
        kept = min(kept, options.topK ?? kept)
        if let topP = options.topP {
            let target = topP * ranking[..<kept].reduce(0) { $0 + weights[$1] }
            var sum = 0.0
            kept =
                ranking[..<kept].firstIndex { index in
                    sum += weights[index]
                    return sum >= target
                }.map { $0 + 1 } ?? kept
        }
    }
    for index in ranking[kept...] { weights[index] = 0 }
    let total = weights.reduce(0, +)
    return weights.map { $0 / total }
}

/// How often each token comes first after `prompt`.
func firstTokens(
    _ model: NGramModel, after prompt: [UInt32], options: NGramSamplingOptions, draws: Int,
    key: RandomKey
) -> [Int] {
    var options = options
    options.prompts = prompt.isEmpty ? [] : [prompt]
    options.includesPrompt = false
    options.maximumDocumentLength = 1
    let sample = model.sample(documents: draws, options: options, key: key)
    var counts = Array(repeating: 0, count: model.vocabularyCount)
    for document in 0..<draws {
        counts[Int(sample.dataset.document(document).first ?? model.boundary)] += 1
    }
    return counts
}
