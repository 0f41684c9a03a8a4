import Collapse
import Lab
import Support
import Testing

@Suite struct ResolutionTests {
    @Test func fillsDefaultsInTheOrderOfDeclaration() throws {
        let experiment = try Imaginary.load(Imaginary.minimal)
        #expect(experiment.arms.map(\.name) == ["replace"])
        #expect(
            experiment.experiment.canonicalText
                == #"{"name":"experiment","description":"","setting":"imaginary","generations":3,"#
                + #""seeds":[0],"controls":false,"checkpoints":"last","tolerance":0.05,"#
                + #""verdict":null,"compare":[]}"#)
        #expect(
            experiment.arms[0].values.canonicalText
                == #"{"workflow":"replace","sample-size":{"schedule":"constant","value":100.0},"#
                + #""real-fraction":null,"real-data":null,"parts":null,"subsample":null,"#
                + #""generator-size":null,"control":false,"start-from":"scratch","#
                + #""optimizer-state":"restart","sample-from":"previous","parents":1,"curate":[],"stream":0,"#
                + #""corpus":"austen","tokenizer":{"kind":"bpe","vocabulary":1000,"#
                + #""trained-on":"real"},"model":{"kind":"ngram","order":2,"smoothing":"none"},"#
                + #""sampling":{"temperature":1.0,"top-k":null},"shuffle":true,"prompts":[],"#
                + #""bins":[10],"phases":[]}"#)
    }

    @Test func mergesGroupsKeyByKey() throws {
        let experiment = try Imaginary.load(Imaginary.pair)
        #expect(experiment.value("replace", "sampling", "temperature") == .number(0.5))
        #expect(experiment.value("mixture", "sampling", "temperature") == .number(0.7))
        #expect(experiment.value("mixture", "sampling", "top-k") == .integer(40))
        #expect(
            experiment.experiment["seeds"] == .list((0...4).map { .integer($0) }))
    }

    @Test func aNewTagDropsInheritedKeys() throws {
        let text = """
            setting: imaginary
            generations: 1
            corpus: c
            sample-size: {schedule: linear, from: 10, to: 20, horizon: 5}
            model: {kind: ngram, order: 4, smoothing: add-k}
            arms:
              a: {workflow: replace, sample-size: {to: 30}, model: {order: 5}}
              b: {workflow: replace, sample-size: 7, model: {kind: network, layers: 3}}
              c: {workflow: replace, sample-size: {schedule: cosine, from: 1, to: 2, horizon: 3}}
            """
        let experiment = try Imaginary.load(text)
        #expect(
            experiment.value("a", "sample-size")?.canonicalText
                == #"{"schedule":"linear","from":10.0,"to":30.0,"horizon":5}"#)
        #expect(
            experiment.value("a", "model")?.canonicalText
                == #"{"kind":"ngram","order":5,"smoothing":"add-k"}"#)
        #expect(
            experiment.value("b", "sample-size")?.canonicalText
                == #"{"schedule":"constant","value":7.0}"#)
        #expect(
            experiment.value("b", "model")?.canonicalText
                == #"{"kind":"network","layers":3,"training":{"epochs":1.0,"rate":0.001}}"#)
        #expect(
            experiment.value("c", "sample-size", "horizon") == .integer(3))
    }

    @Test(arguments: [
        ("model: trigram", #"{"kind":"ngram","order":3,"smoothing":"add-k"}"#),
        ("model: {preset: trigram, order: 4}", #"{"kind":"ngram","order":4,"smoothing":"add-k"}"#),
        (
            "model: {preset: tiny, training: {rate: 0.5}}",
            #"{"kind":"network","layers":2,"training":{"epochs":4.0,"rate":0.5}}"#
        ),
        // The default is the preset `bigram`.
        ("model: {smoothing: add-k}", #"{"kind":"ngram","order":2,"smoothing":"add-k"}"#),
    ])
    func readsPresets(line: String, expected: String) throws {
        let experiment = try Imaginary.load(Imaginary.minimal + line)
        #expect(experiment.value("replace", "model")?.canonicalText == expected)
    }

    @Test func keysThatWereWrittenOverrideAPresetOfAnyLayer() throws {
        let text =
            Imaginary.minimal.replacing("workflow: replace", with: "") + """
                model: {preset: bigram, order: 5}
                arms:
                  a: {workflow: replace, model: trigram}
                  b: {workflow: replace, model: tiny}
                """
        let experiment = try Imaginary.load(text)
        #expect(
            experiment.value("a", "model")?.canonicalText
                == #"{"kind":"ngram","order":5,"smoothing":"add-k"}"#)
        #expect(experiment.value("b", "model", "layers") == .integer(2))
    }

    @Test(arguments: [
        ("bins: [1, 2]", "bins", "[1,2]"), ("bins: 2..4", "bins", "[2,3,4]"),
        ("bins: [1e2]", "bins", "[100]"), ("shuffle: false", "shuffle", "false"),
        ("tokenizer: byte", "tokenizer", #"{"kind":"byte"}"#),
        (
            "tokenizer: {vocabulary: 300}", "tokenizer",
            #"{"kind":"bpe","vocabulary":300,"trained-on":"real"}"#
        ),
        ("curate: [exact-duplicates]", "curate", #"[{"stage":"exact-duplicates"}]"#),
        ("real-fraction: 0", "real-fraction", #"{"schedule":"constant","value":0.0}"#),
        ("real-fraction: -0.0", "real-fraction", #"{"schedule":"constant","value":0.0}"#),
        ("real-fraction: null", "real-fraction", "null"),
        ("prompts: [\"1\", 'two', \"null\"]", "prompts", #"["1","two","null"]"#),
        ("prompts: &p [a]", "prompts", #"["a"]"#),
    ])
    func readsValues(line: String, key: String, expected: String) throws {
        let experiment = try Imaginary.load(Imaginary.minimal + line)
        #expect(experiment.value("replace", key)?.canonicalText == expected)
    }

    @Test func readsAliases() throws {
        let text = """
            setting: imaginary
            generations: 1
            corpus: c
            sample-size: &size {schedule: linear, from: 1, to: 2, horizon: 3}
            arms:
              a: {workflow: replace}
              b: {workflow: mixture, sample-size: *size}
            """
        let experiment = try Imaginary.load(text)
        #expect(experiment.value("a", "sample-size") == experiment.value("b", "sample-size"))
    }

    // MARK: Overrides

    @Test(arguments: [
        ("generations=7", ["generations"], "7"),
        ("seeds=3..5", ["seeds"], "[3,4,5]"),
        ("arms.mixture.real-fraction=0.5", ["mixture", "real-fraction", "value"], "0.5"),
        ("arms.mixture.real-fraction.value=0.5", ["mixture", "real-fraction", "value"], "0.5"),
        (
            "arms.mixture.real-fraction={schedule: power, scale: 1, exponent: 2}",
            ["mixture", "real-fraction"], #"{"schedule":"power","scale":1.0,"exponent":2.0}"#
        ),
        ("sampling.top-k=null", ["replace", "sampling", "top-k"], "null"),
        ("sampling={top-k: 9}", ["replace", "sampling", "temperature"], "1.0"),
        ("arms.mixture.model.order=3", ["mixture", "model", "order"], "3"),
        ("arms.mixture={workflow: accumulate}", ["mixture", "real-fraction"], "null"),
        ("arms.new={workflow: accumulate}", ["new", "workflow"], #""accumulate""#),
        ("arms.new.workflow=accumulate", ["new", "workflow"], #""accumulate""#),
        (" corpus = 'a=b' ", ["mixture", "corpus"], #""a=b""#),
        ("description=", ["description"], #""""#),
    ])
    func appliesOverrides(override: String, path: [String], expected: String) throws {
        let override = override == "description=" ? "description=''" : override
        let experiment = try Imaginary.load(Imaginary.pair, override)
        let root = experiment.experiment[path[0]]
        let armValues = experiment.arms.first { $0.name == path[0] }?.values
        var value = root ?? armValues
        for key in path.dropFirst() { value = value?[key] }
        #expect(value?.canonicalText == expected)
    }

    @Test func anOverrideOfTheTagDropsTheFilesKeys() throws {
        let text = Imaginary.minimal + "model: {kind: ngram, order: 4}\n"
        let experiment = try Imaginary.load(text, "model.layers=6", "model.kind=network")
        #expect(
            experiment.value("replace", "model")?.canonicalText
                == #"{"kind":"network","layers":6,"training":{"epochs":1.0,"rate":0.001}}"#)
    }

    @Test func anOverrideReachesBelowAPresetsName() throws {
        let text = Imaginary.minimal + "model: tiny\n"
        let experiment = try Imaginary.load(text, "model.training.epochs=9", "model.layers=3")
        #expect(
            experiment.value("replace", "model")?.canonicalText
                == #"{"kind":"network","layers":3,"training":{"epochs":9.0,"rate":0.001}}"#)
    }

    @Test func anOverrideReachesIntoAList() throws {
        let text =
            Imaginary.minimal + """
                curate:
                  - exact-duplicates
                  - {stage: top-fraction, fraction: 0.5}
                """
        let experiment = try Imaginary.load(text, "curate.1.fraction=0.25")
        #expect(
            experiment.value("replace", "curate")?.canonicalText
                == #"[{"stage":"exact-duplicates"},"#
                + #"{"stage":"top-fraction","under":"generation-0","fraction":0.25}]"#)
    }

    @Test func anOverrideFindsArmsWithDotsInTheirNames() throws {
        let text = Imaginary.pair.replacing("  mixture:", with: "  mix-0.5:")
        let experiment = try Imaginary.load(text, "arms.mix-0.5.sampling.temperature=2")
        #expect(experiment.value("mix-0.5", "sampling", "temperature") == .number(2))
    }

    @Test(
        "A key of text takes all that follows the = of an override, quotes aside",
        arguments: [
            ("run #3 of 5", "run #3 of 5"), ("a: b", "a: b"), ("[half", "[half"), ("  x ", "x"),
            ("123", "123"), ("true", "true"), ("1e3", "1e3"), ("\"quoted #1\"", "quoted #1"),
            ("'it''s'", "it's"), ("*star", "*star"), ("", ""), ("\"a\" # b", "\"a\" # b"),
        ])
    func overridesOfText(written: String, text: String) throws {
        let experiment = try Imaginary.load(Imaginary.pair, "description=\(written)")
        #expect(experiment.experiment["description"] == .text(text))
    }

    @Test("A plain scalar is text where text is expected", arguments: ["12", "0x1F", "true", "-3"])
    func plainScalarsAsText(written: String) throws {
        let experiment = try Imaginary.load(Imaginary.minimal + "description: \(written)\n")
        #expect(experiment.experiment["description"] == .text(written))
    }

    @Test(
        "What would be lost as a comment, or is no YAML, is refused for other keys",
        arguments: [
            ("generations=2 # x", "would lose what follows the `#`"),
            ("seeds=[1, 2", "not valid YAML"),
            ("tolerance=#1", "would lose what follows the `#`"),
        ])
    func lostComments(override: String, message: String) throws {
        let error = try #require(throws: SpecificationError.self) {
            try Imaginary.load(Imaginary.pair, override)
        }
        #expect(error.description.contains(message), "\(error)")
    }

    // MARK: Sweeps

    @Test("Zipped keys are walked together, inside what is swept beside them")
    func zipsLists() throws {
        let text =
            Imaginary.pair + """
                sweep: {stream: [0, 1]}
                zip:
                  arms.mixture.real-fraction: [0.1, 0.2, 0.3]
                  arms.mixture.sample-size: [10, 20, 30]
                """
        let arms = try Imaginary.load(text).arms
        #expect(
            arms.map(\.name).filter { $0.hasPrefix("replace") } == [
                "replace[stream=0]", "replace[stream=1]",
            ])
        let mixtures = arms.filter { $0.name.hasPrefix("mixture") }
        #expect(mixtures.count == 6)
        #expect(mixtures[1].name == "mixture[stream=0,real-fraction=0.2,sample-size=20]")
        #expect(mixtures[1].values["real-fraction"]?["value"] == .number(0.2))
        #expect(mixtures[1].values["sample-size"]?["value"] == .number(20))
        #expect(mixtures[1].coordinates.map(\.key) == ["stream", "real-fraction", "sample-size"])
    }

    @Test("Zipped lists of other lengths are refused, and a key that is swept as well")
    func unequalZips() {
        for (zip, words) in [
            (
                "{arms.mixture.real-fraction: [0.1, 0.2], arms.mixture.stream: [1]}",
                "`zip.arms.mixture.stream` has 1 value and `arms.mixture.real-fraction` has 2"
            ),
            ("{stream: [1, 2], nonsense: [1, 2]}", "`zip.nonsense`"),
            ("{sampling.temperature: [1]}", "swept twice"),
        ] {
            let error = #expect(throws: SpecificationError.self) {
                try Imaginary.load(
                    Imaginary.pair + "sweep: {sampling.temperature: [1]}\nzip: \(zip)\n")
            }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
        }
    }

    @Test func expandsTheGridLastKeyFastest() throws {
        let text =
            Imaginary.pair + """
                sweep:
                  arms.mixture.real-fraction: [0, .01]
                  sampling.temperature: [1, 2]
                """
        let experiment = try Imaginary.load(text)
        #expect(
            experiment.arms.map(\.name) == [
                "replace[temperature=1]", "replace[temperature=2]",
                "mixture[real-fraction=0,temperature=1]", "mixture[real-fraction=0,temperature=2]",
                "mixture[real-fraction=.01,temperature=1]",
                "mixture[real-fraction=.01,temperature=2]",
            ])
        let last = experiment.arms[5]
        #expect(last.coordinates.map(\.key) == ["real-fraction", "sampling.temperature"])
        #expect(last.coordinates.map(\.value) == [.number(0.01), .number(2)])
        #expect(last.values["real-fraction"]?["value"] == .number(0.01))
        #expect(last.values["sampling"]?.canonicalText == #"{"temperature":2.0,"top-k":40}"#)
    }

    @Test func sweepsGroupsPresetsWordsAndRanges() throws {
        let text =
            Imaginary.pair + """
                sweep:
                  arms.mixture.real-fraction: [0.1, {schedule: exponential, initial: 1, factor: 0.5}]
                  arms.replace.model: [bigram, tiny]
                  arms.replace.stream: 0..1
                """
        let experiment = try Imaginary.load(text)
        #expect(
            experiment.arms.map(\.name) == [
                "replace[model=bigram,stream=0]", "replace[model=bigram,stream=1]",
                "replace[model=tiny,stream=0]", "replace[model=tiny,stream=1]",
                "mixture[real-fraction=0.1]", "mixture[real-fraction=exponential:1:0.5]",
            ])
        #expect(experiment.arms[3].values["model"]?["layers"] == .integer(2))
        #expect(experiment.arms[3].coordinates.map(\.value) == [.text("tiny"), .integer(1)])
        #expect(experiment.arms[5].values["real-fraction"]?["factor"] == .number(0.5))
    }

    @Test func overridesSweeps() throws {
        let experiment = try Imaginary.load(
            Imaginary.pair, "sweep.arms.mixture.real-fraction=[0.5, 1]")
        #expect(
            experiment.arms.map(\.name) == [
                "replace", "mixture[real-fraction=0.5]", "mixture[real-fraction=1]",
            ])
    }

    // MARK: EvaluationPoints

    @Test(arguments: [
        (["generations"], "e.yaml:2:14"), (["arms", "mixture"], "e.yaml:10:3"),
        (["arms", "mixture", "real-fraction"], "e.yaml:12:20"),
        (["arms", "mixture", "real-fraction", "value"], "e.yaml:12:20"),
        (["arms", "mixture", "sampling", "temperature"], "e.yaml:14:29"),
        // Inherited from the top level.
        (["arms", "mixture", "sampling", "top-k"], "e.yaml:6:37"),
        (["arms", "mixture", "corpus"], "e.yaml:4:9"), (["corpus"], "e.yaml:4:9"),
        // Filled in.
        (["arms", "mixture", "curate", "0"], "e.yaml:10:3"), (["checkpoints"], "e.yaml:1:1"),
        (["seeds", "3"], "e.yaml:3:8"),
    ])
    func locates(path: [String], location: String) throws {
        let experiment = try Imaginary.load(Imaginary.pair)
        #expect(experiment.locate(path)?.description == location)
    }

    @Test func placesIssuesFoundLater() throws {
        let experiment = try Imaginary.load(Imaginary.pair, "arms.mixture.real-data=replayed")
        let issue = SpecificationIssue(
            path: ["arms", "mixture", "real-fraction"], message: "too small")
        #expect(
            experiment.error(for: issue).description
                == "e.yaml:12:20: `arms.mixture.real-fraction`: too small.")
        let second = SpecificationIssue(path: ["arms", "mixture", "real-data"], message: "no.")
        #expect(
            experiment.error(for: second).description
                == "--set arms.mixture.real-data=replayed: `arms.mixture.real-data`: no.")
    }

    @Test("Many arms share what they do not write, keep what they do, and have their own sweeps")
    func manyArms() throws {
        let arms = (0..<300).map { number in
            "  a\(number): {workflow: replace, sample-size: \(number + 1)}\n"
        }
        let text =
            "name: many\nsetting: \(Imaginary.setting.name)\nmodel: {kind: ngram, order: 2}\n"
            + "generations: 2\nseeds: 0..1\nsample-size: 7\ncorpus: c\narms:\n" + arms.joined()
            + "sweep: {arms.a7.stream: [1, 2], shuffle: [true, false]}\n"
        let experiment = try Imaginary.load(
            text, "arms.a9.model.order=3", "arms.a11.sample-size=50")
        #expect(experiment.arms.count == 602)
        func value(_ arm: String, _ keys: String...) -> SpecificationValue? {
            var value = experiment.arms.first { $0.name == arm }?.values
            for key in keys { value = value?[key] }
            return value
        }
        #expect(
            value("a8[shuffle=true]", "sample-size") == value("a8[shuffle=false]", "sample-size"))
        #expect(value("a8[shuffle=false]", "shuffle") == .boolean(false))
        #expect(value("a7[stream=2,shuffle=true]", "stream") == .integer(2))
        #expect(value("a8[shuffle=true]", "stream") == .integer(0))
        #expect(value("a8[shuffle=true]", "model", "order") == .integer(2))
        #expect(value("a9[shuffle=true]", "model", "order") == .integer(3))
        #expect(value("a10[shuffle=true]", "model", "order") == .integer(2))
        #expect(
            experiment.locate(["arms", "a10[shuffle=true]", "model"])?.description == "e.yaml:3:1")
        #expect(experiment.arms.allSatisfy { $0.values["corpus"] == .text("c") })
    }

    @Test("Controls are added where arms lack them, once for arms that share one")
    func addsControls() throws {
        let text = """
            setting: imaginary
            generations: 3
            corpus: austen
            sample-size: 100
            controls: true
            arms:
              replace: {workflow: replace}
              fresh: {workflow: mixture, real-fraction: 0.1, real-data: fresh}
              accumulate: {workflow: accumulate}

            """
        let experiment = try Imaginary.load(text)
        #expect(
            experiment.arms.map(\.name) == [
                "replace", "fresh", "accumulate", "control-of-replace", "control-of-accumulate",
            ])
        #expect(experiment.value("control-of-accumulate", "control") == .boolean(true))
        #expect(experiment.value("control-of-accumulate", "workflow") == .text("accumulate"))
        // What was written out is read as the same arms.
        let again = try Imaginary.load(experiment.yamlText(provenance: nil))
        #expect(again.arms.map(\.name) == experiment.arms.map(\.name))
        let without = try Imaginary.load(text, "controls=false")
        #expect(without.arms.count == 3)
        #expect(experiment.extends(without))
        let clash = #expect(throws: SpecificationError.self) {
            try Imaginary.load(text + "  control-of-replace: {workflow: replace, sample-size: 7}\n")
        }
        #expect(clash?.description.contains("rename it") == true)
    }

    @Test("Along a sweep a control stands where all arms that share it stand")
    func controlsOfSweeps() throws {
        let experiment = try Imaginary.load(
            """
            setting: imaginary
            generations: 2
            corpus: austen
            controls: true
            workflow: mixture
            real-data: fresh
            sweep:
              sample-size: [50, 100]
              real-fraction: [0, 0.5]

            """)
        let controls = experiment.arms.filter { $0.name.hasPrefix("control-of-") }
        #expect(controls.map { $0.coordinates.map(\.key) } == [["sample-size"], ["sample-size"]])
    }
}
