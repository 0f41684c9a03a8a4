import Compute
import Foundation
import LanguageModels
import TestSupport
import Testing
import Text

@Suite struct NGramPruningTests {
    private func model(seed: UInt64, order: Int = 3) throws -> NGramModel {
        try NGramModel(
            training: randomDocuments(seed: seed, documents: 60, vocabularyCount: 9),
            vocabularyCount: 10, boundary: 0,
            configuration: NGramConfiguration(
                order: order, smoothing: seed % 2 == 0 ? .modifiedKneserNey : .wittenBell))
    }

    /// Every n-gram of a length with its history, in the order of the nodes.
    private func ngrams(_ model: NGramModel, _ length: Int) -> [[UInt32]] {
        guard length > 0 else { return [[]] }
        let shorter = ngrams(model, length - 1)
        return zip(model.trie.level(length - 1), shorter).flatMap { context, ngram in
            model.trie.successors(of: context).map { ngram + [model.trie.tokens[$0]] }
        }
    }

    /// exp D - 1, where D is the relative entropy of what is left when one n-gram backs off and all
    /// its companions stay: from full distributions, term by term.
    private func rise(_ model: NGramModel, _ ngram: [UInt32], _ companions: [UInt32]) -> Double {
        let history = Array(ngram.dropLast())
        let own = model.conditional(after: history)
        let shorter = model.conditional(after: Array(history.dropFirst()))
        let kept = companions.filter { $0 != ngram[ngram.count - 1] }
        let left = kept.reduce(1) { $0 - own[Int($1)] }
        let shorterLeft = kept.reduce(1) { $0 - shorter[Int($1)] }
        var pruned = shorter.map { $0 * left / shorterLeft }
        for token in kept { pruned[Int(token)] = own[Int(token)] }
        #expect(abs(pruned.reduce(0, +) - 1) < 1e-9)
        // p(h): the model's probabilities of its tokens, the first as a unigram.
        let weight = history.indices.reduce(1.0) {
            $0 * model.conditional(after: Array(history[..<$1]))[Int(history[$1])]
        }
        let relativeEntropy = zip(own, pruned).reduce(0.0) {
            $0 + ($1.0 > 0 ? $1.0 * Foundation.log($1.0 / $1.1) : 0)
        }
        return Foundation.exp(weight * relativeEntropy) - 1
    }

    @Test(arguments: 0..<6 as Range<UInt64>, [1e-5, 1e-4, 1e-3])
    func whatIsPrunedIsWhatTheDefinitionPrunes(seed: UInt64, threshold: Double) throws {
        let model = try model(seed: seed)
        let pruned = try model.pruned(threshold: threshold)
        // From the longest down, what begins a longer n-gram stays.
        var kept: Set<[UInt32]> = []
        for length in stride(from: 3, to: 1, by: -1) {
            let all = ngrams(model, length)
            let blocks = Dictionary(grouping: all) { Array($0.dropLast()) }
            let prefixes = Set(kept.map { Array($0.prefix(length)) })
            for ngram in all {
                let companions = blocks[Array(ngram.dropLast())]?.map { $0[length - 1] } ?? []
                let rise = rise(model, ngram, companions)
                // Too near to the threshold to tell by sums in another order.
                try #require(abs(rise - threshold) > 1e-9 * threshold)
                if prefixes.contains(ngram) || rise >= threshold { kept.insert(ngram) }
            }
        }
        let listed = (2...max(2, pruned.order)).flatMap { length in
            pruned.order < length ? [] : ngrams(pruned, length)
        }
        #expect(kept.isSubset(of: listed))
        for ngram in kept {
            let probability = pruned.probability(
                of: ngram[ngram.count - 1], after: ngram.dropLast())
            #expect(
                probability
                    == model.probability(of: ngram[ngram.count - 1], after: ngram.dropLast()))
        }
        // Anything else is there because a longer one ends with it, or with one that it begins.
        let implied = Set(listed).subtracting(kept)
        for ngram in implied {
            let needed = listed.contains {
                $0.count > ngram.count && $0.dropFirst().starts(with: ngram)
            }
            #expect(needed)
        }
        // What was left out backs off.
        for ngram in ngrams(model, 3).filter({ !kept.contains($0) }) {
            let token = ngram[2]
            let context = Array(ngram[..<2])
            let companions = kept.filter { $0.count == 3 && $0.starts(with: context) }.map { $0[2] }
            guard !companions.isEmpty else { continue }
            let shorter = pruned.conditional(after: [context[1]])
            let own = model.conditional(after: context)
            let weight =
                companions.reduce(1) { $0 - own[Int($1)] }
                / companions.reduce(1) { $0 - shorter[Int($1)] }
            let found = pruned.probability(of: token, after: context[...])
            #expect(abs(found - weight * shorter[Int(token)]) < 1e-12)
        }
    }

    @Test(arguments: 0..<8 as Range<UInt64>)
    func prunedModelsSumToOneAndRoundTrip(seed: UInt64) throws {
        let model = try model(seed: seed, order: 2 + Int(seed % 4))
        var sizes = [model.trie.nodeCount]
        for threshold in [1e-7, 1e-5, 1e-3, 1e-1, 10] {
            let pruned = try model.pruned(threshold: threshold)
            sizes.append(pruned.trie.nodeCount)
            let dataset = randomDocuments(seed: seed, documents: 60, vocabularyCount: 9)
            for context in randomContexts(
                seed: seed, count: 40, dataset: dataset, vocabularyCount: 10)
            {
                #expect(abs(pruned.conditional(after: context).reduce(0, +) - 1) < 1e-9)
            }
            #expect(try NGramModel(decoding: pruned.encoded()) == pruned)
        }
        #expect(sizes == sizes.sorted(by: >))
        // Without longer n-grams a model of order 1 is left.
        #expect(try model.pruned(threshold: 10).order == 1)
    }

    @Test func whatDoesNotBackOffCannotBePruned() throws {
        let model = try NGramModel(
            training: randomDocuments(seed: 5), vocabularyCount: 24, boundary: 0,
            configuration: NGramConfiguration(order: 2, smoothing: .addK))
        #expect(throws: NGramError(.noBackOffForm(.addK))) { try model.pruned(threshold: 1e-8) }
    }
}
