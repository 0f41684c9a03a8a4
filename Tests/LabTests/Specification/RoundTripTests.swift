import Collapse
import Compute
import Lab
import Support
import Testing

@Suite struct RoundTripTests {
    @Test func writesValuesOnce() throws {
        let written = Imaginary.pair + "sweep:\n  arms.mixture.real-fraction: [0, 1]\n"
        let experiment = try Imaginary.load(written)
        var provenance = RunProvenance(
            program: "1.0", environment: "kernels", setting: experiment.setting,
            sources: [
                DataSource(
                    kind: "corpus", name: "mine", sha256: "ab12", unit: "documents",
                    parts: [.init(name: "train", count: 90, bytes: 1234)])
            ],
            specificationHash: "0123")
        provenance.cautions = ["The arm a: there is too little.", "b"]
        let text = experiment.yamlText(provenance: provenance)
        #expect(
            text.hasPrefix(
                """
                # Every value of the experiment, defaults included. This file can be run again.
                format: 1
                name: experiment
                description: ""
                setting: imaginary
                generations: 3
                seeds: 0..4
                controls: false
                checkpoints: last
                tolerance: 0.05
                verdict: null
                compare: []

                # Common to all arms.
                sample-size: 100
                parts: null
                subsample: null
                generator-size: null
                control: false
                start-from: scratch
                optimizer-state: restart
                sample-from: previous
                parents: 1
                curate: []
                stream: 0
                corpus: austen
                tokenizer:
                  kind: bpe
                  vocabulary: 1000
                  trained-on: real
                model:
                  kind: ngram
                  order: 2
                  smoothing: none
                shuffle: true
                prompts: []
                bins: [10]
                phases: []

                arms:
                  replace:
                    workflow: replace
                    real-fraction: null
                    real-data: null
                    sampling:
                      temperature: 0.5
                      top-k: 40
                  "mixture[real-fraction=0]":
                    workflow: mixture
                    real-fraction: 0
                    real-data: fresh
                    sampling:
                      temperature: 0.7
                      top-k: 40
                    swept:
                      real-fraction: 0.0
                  "mixture[real-fraction=1]":
                    workflow: mixture
                    real-fraction: 1
                    real-data: fresh
                    sampling:
                      temperature: 0.7
                      top-k: 40
                    swept:
                      real-fraction: 1.0

                # What made the results; another run does not read it.
                provenance:
                  collapselab: "1.0"
                  environment: kernels
                  records: \(GenerationRecord.version)
                  setting-version: \(experiment.setting.version)
                  evaluations:
                """))
        #expect(
            text.contains(
                """
                  sources:
                    mine:
                      kind: corpus
                      sha256: ab12
                      unit: documents
                      parts:
                        train:
                          count: 90
                          bytes: 1234
                  cautions: ["The arm a: there is too little.", b]
                  specification-sha256: "0123"
                  text-sha256:
                """))
        #expect(try Imaginary.load(text).provenance == provenance)
    }

    /// Any experiment loads again from what is written of it, values, names and coordinates alike.
    @Test func loadsWhatItWrites() throws {
        for seed in 0..<200 {
            var generator = RandomExperiment(seed: UInt64(seed))
            let text = generator.text()
            let first = try Imaginary.load(text)
            let written = first.yamlText(
                provenance: RunProvenance(
                    program: "a b: c", environment: "#\u{85}\u{2028}é", setting: first.setting,
                    sources: [], specificationHash: "0123"))
            let second: ResolvedExperiment
            do {
                second = try Imaginary.load(written)
            } catch {
                Issue.record("seed \(seed): \(error)\n\(text)\n\(written)")
                continue
            }
            let difference = ResolvedExperiment.firstDifference(between: first, and: second)
            #expect(difference == nil, "seed \(seed)\n\(text)\n\(written)")
            #expect(second.value == first.value, "seed \(seed)")
            #expect(second.yamlText() == first.yamlText(), "seed \(seed)")
        }
    }

    @Test func aResolvedExperimentCanBeSweptAgain() throws {
        let text = Imaginary.pair + "sweep:\n  arms.mixture.real-fraction: [0, 1]\n"
        let resolved = try Imaginary.load(text).yamlText()
        let again = try Imaginary.load(
            resolved, "sweep.stream=[1, 2]", "arms.mixture[real-fraction=0].corpus=x")
        #expect(
            again.arms.map(\.name) == [
                "replace[stream=1]", "replace[stream=2]", "mixture[real-fraction=0][stream=1]",
                "mixture[real-fraction=0][stream=2]", "mixture[real-fraction=1][stream=1]",
                "mixture[real-fraction=1][stream=2]",
            ])
        #expect(again.arms[2].coordinates.map(\.key) == ["real-fraction", "stream"])
        #expect(again.arms[2].values["corpus"] == .text("x"))
    }
}

/// Writes experiments at random, with awkward text and numbers.
private struct RandomExperiment {
    var stream: RandomStream

    init(seed: UInt64) {
        stream = RandomStream(RandomKey(seed: seed, purpose: .test))
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[Int(stream.next() % UInt64(elements.count))]
    }

    mutating func number() -> String {
        pick([
            "0", "1", "0.1", "1e-5", "0.30000000000000004", "5e-324", "1.0e-7",
            "0.3333333333333333",
            "1e0", "2.2250738585072014e-308",
        ])
    }

    mutating func quotedText() -> String {
        pick([
            "austen", "\"\"", "\"null\"", "\"1e5\"", "\"a: b # c\"", "\"line\\nline\\n\"",
            "\"tab\\t \\\\ \\\"q\\\"\"", "'é ü 文'", "\"\\u0085\\u2028\\uFEFF\\x7F\"", "\"- x\"",
            "yes", "\"~\"", "\" padded \"", "0.1.2", "\"0..4\"", "\"\\U0001F600\"",
        ])
    }

    mutating func schedule() -> String {
        pick([
            number(), "{schedule: constant, value: \(number())}",
            "{schedule: linear, from: \(number()), to: \(number()), horizon: 7}",
            "{schedule: step, values: [\(number()), \(number()), 1], at: [1, 3]}",
            "{schedule: table, values: [\(number()), \(number())]}",
        ])
    }

    mutating func model() -> String {
        pick([
            "trigram", "tiny", "{preset: tiny, training: {rate: \(number())}}",
            "{kind: ngram, order: 4}", "{kind: network, layers: 9}",
        ])
    }

    mutating func line() -> String {
        switch stream.next() % 9 {
        case 0: "real-fraction: \(schedule())"
        case 1: "model: \(model())"
        case 2: "prompts: [\(quotedText()), \(quotedText())]"
        case 3: "sampling: {temperature: \(number())}"
        case 4: "curate: [exact-duplicates, {stage: top-fraction, fraction: \(number())}]"
        case 5: "tokenizer: \(pick(["byte", "{kind: bpe, vocabulary: 300}"]))"
        case 6: "bins: \(pick(["[]", "[3]", "[3, 4]", "3..9", "[5, 4, 3]"]))"
        case 7: "curate: [{stage: score-threshold, minimum: -\(number())}]"
        default: "corpus: \(quotedText())"
        }
    }

    mutating func lines(indent: String) -> String {
        var text = ""
        var keys: Set<Substring> = []
        for _ in 0..<4 {
            let line = line()
            if keys.insert(line.prefix { $0 != ":" }).inserted { text += indent + line + "\n" }
        }
        return text
    }

    mutating func text() -> String {
        let shared = lines(indent: "")
        var text = "setting: imaginary\ngenerations: 2\nsample-size: 1e3\n"
        text += "description: \(quotedText())\nseeds: \(pick(["[0]", "0..3", "[3, 1]"]))\n"
        text += shared
        if !shared.contains("corpus:") { text += "corpus: \(quotedText())\n" }
        text += "arms:\n"
        for name in ["a", "b-1.5", "c_2"].prefix(Int(stream.next() % 3) + 1) {
            text += "  \(name):\n    workflow: replace\n" + lines(indent: "    ")
        }
        if stream.next() % 2 == 0 {
            text += "sweep:\n  real-fraction: [\(schedule()), 0.5, \(schedule())]\n"
            text += "  arms.a.corpus: [\(quotedText()), x/y]\n"
        }
        return text
    }
}
