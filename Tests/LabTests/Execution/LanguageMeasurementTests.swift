import Collapse
import Foundation
import Lab
import Settings
import Testing

/// What the language setting measures of whole chains.
@Suite struct LanguageMeasurementTests {
    private static func experiment(_ lines: String, size: Int = 1_500) -> String {
        """
        setting: language
        corpus: made-up
        tokenizer: {kind: word, minimum-count: 1}
        sample-size: \(size)
        seeds: 0..2

        """ + lines
    }

    /// Before, the end that a cut document was taken to have made documents shorter from generation
    /// to generation.
    @Test("Documents that are cut at the greatest length do not get shorter and shorter")
    func cutDocuments() throws {
        let (values, _) = try Workshop().measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                sampling: {maximum-document-length: 15}
                generations: 6
                arms:
                  replace: {workflow: replace}
                """))
        let lengths = try #require(values["samples.mean_length"]?["replace"])
        let first = try #require(lengths[0]).reduce(0, +) / 3
        let last = try #require(lengths[6]).reduce(0, +) / 3
        #expect(last > 0.8 * first, "\(first) to \(last)")
    }

    @Test("A maximum-likelihood chain is scored smoothed and sampled unsmoothed")
    func scoringSmoothing() throws {
        func text(_ smoothing: String) -> String {
            Self.experiment(
                """
                model: {kind: ngram, order: 3, smoothing: maximum-likelihood}
                evaluation: {scoring-smoothing: \(smoothing), contexts: 60}
                generations: 3
                arms:
                  replace: {workflow: replace}
                """)
        }
        let workshop = try Workshop()
        let (plain, _) = try workshop.measured(text("none"), "plain")
        let (smoothed, _) = try workshop.measured(text("interpolated"), "smoothed")
        func all(_ metric: String, _ values: [String: [String: [Int: [Double]]]]) -> [Double] {
            (0...3).flatMap { values[metric]?["replace"]?[$0] ?? [] }
        }
        #expect(all("heldout.nats_per_token", plain).allSatisfy { $0 == .infinity })
        #expect(
            all("heldout.unsmoothed_nats_per_token", smoothed)
                == all("heldout.nats_per_token", plain))
        #expect(
            all("heldout.zero_probability_share", smoothed)
                == all("heldout.zero_probability_share", plain))
        for metric in [
            "heldout.nats_per_token", "samples.reference_nats_per_token",
            "samples.generation0_nats_per_token", "next_token.kl_generation0",
            "next_token.entropy", "heldout.calibration_error",
        ] {
            #expect(all(metric, smoothed).count == 12, "\(metric)")
            #expect(all(metric, smoothed).allSatisfy { $0.isFinite }, "\(metric)")
        }
        for metric in ["samples.types", "samples.distinct_2", "samples.mean_length"] {
            #expect(all(metric, smoothed) == all(metric, plain), "\(metric)")
        }
        #expect(all("heldout.unsmoothed_nats_per_token", plain).isEmpty)
    }

    @Test("Arms whose models differ have base models of their own")
    func baseModels() throws {
        func text(_ arms: String) -> String {
            Self.experiment(
                """
                sample-from: base
                base: {corpus: made-up, size: 2000}
                generations: 1
                arms:
                \(arms)
                """)
        }
        let unigram =
            "  short: {workflow: replace, model: {kind: ngram, order: 1, smoothing: witten-bell}}"
        let trigram =
            "  long: {workflow: replace, model: {kind: ngram, order: 3, smoothing: witten-bell}}"
        let workshop = try Workshop()
        let (both, _) = try workshop.measured(text(unigram + "\n" + trigram), "both")
        let (alone, _) = try workshop.measured(text(trigram), "alone")
        #expect(both["samples.distinct_2"]?["long"] == alone["samples.distinct_2"]?["long"])
        #expect(both["samples.distinct_2"]?["short"] != both["samples.distinct_2"]?["long"])
    }

    @Test("Statistics of the samples of one model do not depend on how many are drawn")
    func oneSize() throws {
        func text(_ size: Int) -> String {
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                sample-from: base
                base: {corpus: made-up, size: 2000}
                evaluation: {sample-tokens: 700}
                generations: 1
                arms:
                  replace:
                    workflow: replace
                    sample-size: {schedule: table, values: [1500, \(size)]}
                """)
        }
        let workshop = try Workshop()
        let (small, _) = try workshop.measured(text(1_000), "small")
        let (large, _) = try workshop.measured(text(8_000), "large")
        for statistic in ["types", "distinct_1", "distinct_2", "coverage_2", "longest_repeat"] {
            let metric = "samples.\(statistic)"
            #expect(small[metric]?["replace"]?[0]?.count == 3)
            #expect(small[metric]?["replace"]?[0] == large[metric]?["replace"]?[0], "\(metric)")
        }
    }

    @Test("A control's samples are as likely in generation 1 as in generation 0")
    func steadyControl() throws {
        let (values, _) = try Workshop().measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: modified-kneser-ney}
                generations: 2
                controls: true
                metrics: frontier
                arms:
                  replace: {workflow: replace}
                  cold: {workflow: replace, sampling: {temperature: 0.2}}
                """))
        let perplexity = try #require(values["samples.reference_perplexity"]?["control-of-replace"])
        for (before, after) in zip(try #require(perplexity[0]), try #require(perplexity[2])) {
            #expect(abs(after / before - 1) < 0.15, "\(before) to \(after)")
        }
        let entropy = try #require(values["next_token.entropy"]?["control-of-replace"])
        let real = try #require(values["next_token.entropy_real"]?["control-of-replace"])
        for (own, other) in zip(try #require(entropy[2]), try #require(real[2])) {
            #expect(abs(own - other) < 0.2)
        }
        let area = try #require(values["samples.frontier_area"])
        let realArea = try #require(values["heldout.frontier_area"]?["control-of-replace"]?[2])
        for seed in 0..<3 {
            let control = try #require(area["control-of-replace"]?[2]?[seed])
            #expect(abs(control - realArea[seed]) < 0.1)
            #expect(try #require(area["cold"]?[2]?[seed]) < control - 0.1)
        }
    }

    @Test("What the text cannot show is said before the run, recorded, and not measured")
    func cautions() throws {
        let (values, specification) = try Workshop().measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: maximum-likelihood}
                evaluation: {sample-tokens: 5000, contexts: 1000000}
                generations: 1
                arms:
                  replace: {workflow: replace}
                  less: {workflow: replace, sample-size: {schedule: table, values: [20000, 2000]}}
                """, size: 20_000))
        for words in [
            "cautions:", "where only 2000 are drawn none is measured", "less than the 5000",
            "evaluation.contexts asks for 1000000",
            "cross-entropies are infinite", "The arm less:",
        ] {
            #expect(specification.contains(words), "\(words)")
        }
        #expect(specification.contains("less than twice the tokens of generation 0"))
        #expect(values["samples.types"]?["less"]?[0] == nil)
        #expect(values["samples.types"]?["replace"]?[0]?.count == 3)
        #expect(values["heldout.types"] == nil)
        #expect(values["next_token.entropy"] == nil)
        #expect(values["samples.reference_perplexity"] == nil)
        #expect(values["samples.generation0_perplexity"] != nil)
    }

    @Test("What the reference model has read is not scored by it")
    func readByTheControl() throws {
        let (values, specification) = try Workshop().measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 3, smoothing: witten-bell}
                generations: 12
                controls: true
                arms:
                  replace: {workflow: replace}
                """, size: 2_000))
        let control = "control-of-replace"
        let perplexity = try #require(values["samples.reference_nats_per_token"]?[control])
        let measured = try #require(values["heldout.nats_per_token"]?[control])
        #expect(specification.contains("train on the text of the second real sample"))
        #expect(perplexity.count >= 3 && perplexity.count < measured.count)
        #expect(Set(perplexity.keys) == Set(0..<perplexity.count))
        // Generation 0 is what the tokenizer was made of.
        let first = try #require(perplexity[1])
        for (generation, later) in perplexity where generation > 0 {
            for (before, after) in zip(first, later) { #expect(abs(after - before) < 0.15) }
        }
        #expect(values["samples.reference_nats_per_token"]?["replace"]?.count == 13)
    }

    @Test("Text that is tokenised again is as long as was asked for")
    func passedAsText() throws {
        let (values, _) = try Workshop().measured(
            Self.experiment(
                """
                tokenizer: {kind: bpe, vocabulary: 300}
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                sampling: {pass-as: text}
                generations: 2
                parents: 2
                arms:
                  replace: {workflow: replace}
                """
            ).replacingOccurrences(of: "tokenizer: {kind: word, minimum-count: 1}\n", with: ""))
        for generation in 1...2 {
            #expect(values["data.size"]?["replace"]?[generation] == [1_500, 1_500, 1_500])
            #expect(values["samples.types"]?["replace"]?[generation]?.count == 3)
        }
    }

    @Test("What takes longer is measured beside the standard metrics, and what is left out is said")
    func metricGroups() throws {
        let (values, _) = try Workshop().measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                metrics: [self-bleu]
                generations: 1
                arms:
                  replace: {workflow: replace}
                """))
        #expect(values["samples.self_bleu_4"]?["replace"]?[1]?.count == 3)
        #expect(values["samples.distinct_2"]?["replace"]?[1]?.count == 3)
        #expect(values["samples.frontier_area"] == nil)
    }

    @Test("The corpus itself under another name is scored alike where evaluation.also names it")
    func furtherCorpora() throws {
        let workshop = try Workshop()
        try workshop.importMadeUp(as: "copy")
        let (values, specification) = try workshop.measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                evaluation: {also: [copy]}
                generations: 1
                arms:
                  replace: {workflow: replace}
                """))
        for metric in ["nats_per_token", "nats_per_token.low", "bits_per_byte", "unknown_rate"] {
            #expect(
                values["also.copy.\(metric)"]?["replace"]
                    == values["heldout.\(metric)"]?["replace"], "\(metric)")
        }
        #expect(values["also.copy.perplexity"] != nil)
        #expect(specification.contains("also: [copy]"))
    }

    @Test("Parallel models take turns: the same model among others changes nothing, and goes on")
    func parallelModels() throws {
        func text(_ lines: String, generations: Int = 2) -> String {
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                parallel-models: 3
                generations: \(generations)
                \(lines)
                arms:
                  replace: {workflow: replace}
                """)
        }
        let workshop = try Workshop()
        let (plain, _) = try workshop.measured(text(""), "plain")
        let (same, _) = try workshop.measured(
            text("other-models: [{kind: ngram, order: 2, smoothing: witten-bell}]"), "same",
            workers: 1)
        let (mixed, _) = try workshop.measured(
            text("other-models: [{kind: ngram, order: 1, smoothing: witten-bell}]"), "mixed")
        _ = try workshop.measured(text("", generations: 1), "extended")
        let (extended, _) = try workshop.measured(text(""), "extended")
        let metric = "heldout.nats_per_token"
        #expect(plain[metric] == same[metric])
        #expect(plain[metric] != mixed[metric])
        #expect(plain == extended)
        // The parts are disjoint and all there is.
        #expect(plain["fit.tokens"]?["replace"]?[2] == [1_500, 1_500, 1_500])
        let single = try workshop.measured(
            text("").replacingOccurrences(of: "parallel-models: 3", with: ""), "single"
        ).values
        let (one, three) = (single[metric]?["replace"]?[0], plain[metric]?["replace"]?[0])
        #expect(zip(try #require(one), try #require(three)).allSatisfy { $0 < $1 })
    }

    /// Values of real text are measured once for all generations that are specified alike, by whoever
    /// comes first.
    @Test("What phases measure of real text is the same at any order of workers and arms")
    func phasesInAnyOrder() throws {
        func text(_ arms: [String], generations: Int = 3) -> String {
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                sampling: {maximum-document-length: 30}
                evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}
                generations: \(generations)
                arms:
                \(arms.map { "  \($0)" }.joined(separator: "\n"))
                """, size: 600)
        }
        let arms = [
            "plain: {workflow: replace}",
            "sharper: {workflow: replace, phases: [{from: 2, sampling: {temperature: 0.5}}]}",
            "other: {workflow: replace, phases: [{from: 1, model: {order: 1}}, {from: 3, model: {order: 3}}]}",
            "several: {workflow: replace, parallel-models: 2, phases: [{from: 2, model: {order: 1}}]}",
        ]
        let workshop = try Workshop()
        // Bits, since what is undefined equals nothing.
        func bits(
            _ text: String, _ name: String, workers: Int
        ) throws -> [String: [String: [Int: [UInt64]]]] {
            try workshop.measured(text, name, workers: workers).values.mapValues {
                $0.mapValues { $0.mapValues { $0.map(\.bitPattern) } }
            }
        }
        let values = try bits(text(arms), "one", workers: 1)
        let real = try #require(values["next_token.kl_real"]?["other"])
        #expect(Set([0, 1, 3].map { real[$0] }).count == 3)
        #expect(try bits(text(arms.reversed()), "two", workers: 4) == values)
        for arm in arms {
            let name = String(arm.prefix { $0 != ":" })
            for (metric, alone) in try bits(text([arm]), name, workers: 3) {
                #expect(alone[name] == values[metric]?[name], "\(name) \(metric)")
            }
        }
        // A run that goes on comes to a phase first.
        _ = try bits(text(arms, generations: 1), "extended", workers: 2)
        #expect(try bits(text(arms), "extended", workers: 2) == values)
    }

    @Test("Parallel models that have too few documents are refused before anything runs")
    func tooFewToDeal() throws {
        let workshop = try Workshop()
        func problem(_ lines: String) throws -> String? {
            let resolved = try ExperimentFile.load(
                text: Self.experiment(
                    """
                    model: {kind: ngram, order: 2, smoothing: witten-bell}
                    generations: 2
                    arms:
                      replace: {workflow: replace, \(lines)}
                    """), path: "test.yaml", overrides: [], settings: [LanguageSetting.declaration])
            do {
                try PreparedExperiment<LanguageSetting>(resolved, execution: workshop.execution())
                    .checkPlans()
                return nil
            } catch { return "\(error)" }
        }
        #expect(try problem("parallel-models: 5") == nil)
        let message = try #require(try problem("parallel-models: 200"))
        #expect(message.hasPrefix("test.yaml:9:"), "\(message)")
        #expect(message.contains("`arms.replace.parallel-models`"), "\(message)")
        #expect(message.contains("too few to deal them out to 200 models"), "\(message)")
    }

    @Test("The report says how many models a generation has")
    func traits() throws {
        let workshop = try Workshop()
        _ = try workshop.measured(
            Self.experiment(
                """
                model: {kind: ngram, order: 2, smoothing: witten-bell}
                evaluation: {bootstrap: 0, contexts: 20, sample-tokens: 300}
                generations: 0
                arms:
                  three: {workflow: replace, parallel-models: 3}
                  one: {workflow: replace}
                """))
        let path = workshop.root + "/run"
        let resolved = try #require(
            try ExperimentFile.recorded(in: path, settings: [LanguageSetting.declaration]))
        let arms = try RecordedRun<LanguageSetting>(resolved, execution: workshop.execution())
            .results(in: RunDirectory(reading: path)).arms
        #expect(arms[0].summary == arms[1].summary + "; 3 models in parallel")
    }

    @Test("Models with too little to deal out are refused with the generation")
    func tooFewDocuments() throws {
        #expect {
            try Workshop().measured(
                Self.experiment(
                    """
                    model: {kind: ngram, order: 2, smoothing: witten-bell}
                    parallel-models: 200
                    generations: 1
                    arms:
                      replace: {workflow: replace}
                    """))
        } throws: { error in
            "\(error)".contains("documents, too few to deal them out to 200 models")
        }
    }
}
