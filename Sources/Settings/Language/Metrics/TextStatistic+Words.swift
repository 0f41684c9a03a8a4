/// Statistics of words and sentences.
extension TextStatistic {
    static let meanTextualDiversity = TextStatistic(
        name: "mtld", title: "textual lexical diversity", unit: "words",
        help:
            "MTLD: the mean length of runs of words whose type/token ratio stays above 0.72, forwards "
            + "and backwards (McCarthy and Jarvis 2010); words are split at white space.",
        measure: { sample, _ in
            let words = sample.words
            guard !words.isEmpty else { return .nan }
            return (lexicalDiversity(words) + lexicalDiversity(words.reversed())) / 2
        })

    /// The type/token ratio at which a run of words ends.
    private static let ratioOfRun = 0.72

    /// The words over the number of runs, of which the last may be a part of one.
    private static func lexicalDiversity(_ words: [Int]) -> Double {
        var lastSeenIn = Array(repeating: -1, count: (words.max() ?? 0) + 1)
        var runs = 0.0
        var (run, types, tokens) = (0, 0, 0)
        for word in words {
            tokens += 1
            if lastSeenIn[word] != run {
                lastSeenIn[word] = run
                types += 1
            }
            if Double(types) / Double(tokens) <= ratioOfRun {
                runs += 1
                run += 1
                (types, tokens) = (0, 0)
            }
        }
        if tokens > 0 {
            runs += (1 - Double(types) / Double(tokens)) / (1 - ratioOfRun)
        }
        // Where no word repeats, the whole text is one run.
        return Double(words.count) / (runs == 0 ? 1 : runs)
    }

    static let uniqueSentences = TextStatistic(
        name: "unique_sentences", title: "unique sentences",
        help:
            "Distinct sentences over all; a sentence ends at a line end, or at `.`, `!` or `?` before "
            + "white space.",
        measure: { sample, _ in
            let sentences = sample.sentences
            return sentences.isEmpty
                ? .nan : Double(Set(sentences).count) / Double(sentences.count)
        })
}
