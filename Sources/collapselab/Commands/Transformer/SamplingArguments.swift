import ArgumentParser
import LanguageModels

/// How the next token is chosen.
struct SamplingArguments: ParsableArguments {
    @Option(help: "Probabilities are raised to 1 / temperature; 0 takes the most probable.")
    var temperature = 1.0

    @Flag(help: "Take the most probable token: temperature 0.")
    var greedy = false

    @Option(help: "Draw from the k most probable tokens only.")
    var topK: Int?

    @Option(help: "Draw from the most probable tokens that together reach this probability.")
    var topP: Double?

    @Option(help: "Draw from tokens at least this share as probable as the most probable.")
    var minP: Double?

    @Option(help: "Draw from the most typical tokens that together reach this probability.")
    var typical: Double?

    @Option(help: "Divides the scores of tokens that have occurred; above 1 they get rarer.")
    var repetitionPenalty = 1.0

    @Option(help: "Search with so many beams instead of drawing.")
    var beams = 1

    @Option(help: "A continuation of n tokens is scored log p / n^penalty in beam search.")
    var lengthPenalty = 1.0

    var rule: SamplingRule {
        SamplingRule(
            temperature: greedy ? 0 : temperature, topK: topK, topP: topP, minP: minP,
            typical: typical, repetitionPenalty: repetitionPenalty)
    }
}
