import Collapse
import Lab
import Support

/// A setting that exists for these tests alone, with a key of every kind.
enum Imaginary {
    static let keys: [KeyDeclaration] = [
        KeyDeclaration("corpus", .text, default: nil, help: "The corpus."),
        KeyDeclaration(
            "tokenizer",
            .tagged(
                TaggedGroup(
                    tag: "kind",
                    variants: [
                        .init("byte", [], help: "Bytes."),
                        .init(
                            "bpe",
                            [
                                KeyDeclaration(
                                    "vocabulary", .integer(256...65_536), default: .integer(1_000),
                                    help: "Entries."),
                                KeyDeclaration(
                                    "trained-on", .choice(["real", "all"]), default: .text("real"),
                                    help: "What it is trained on."),
                            ], help: "Byte pairs."),
                    ])), default: .map([.init("kind", .text("bpe"))]), help: "The tokenizer."),
        KeyDeclaration("model", .tagged(model), default: .text("bigram"), help: "The model."),
        KeyDeclaration(
            "sampling",
            .group([
                KeyDeclaration(
                    "temperature", .number(0...100), default: .number(1), help: "Divides logits."),
                KeyDeclaration(
                    "top-k", .optional(.integer(1...100_000)), default: .null, help: "Candidates."),
            ]), default: nil, help: "How a model is sampled."),
        KeyDeclaration("shuffle", .boolean, default: .boolean(true), help: "Shuffle."),
        KeyDeclaration("prompts", .list(.text), default: .list([]), help: "Prompts."),
        KeyDeclaration(
            "bins", .list(.integer(0...1_000)), default: .list([.integer(10)]), help: "Bins."),
    ]

    static let model = TaggedGroup(
        tag: "kind",
        variants: [
            .init(
                "ngram",
                [
                    KeyDeclaration("order", .integer(1...8), default: nil, help: "The order."),
                    KeyDeclaration(
                        "smoothing", .choice(["none", "add-k"]), default: .text("none"),
                        help: "Smoothing."),
                ], help: "Counts."),
            .init(
                "network",
                [
                    KeyDeclaration("layers", .integer(1...100), default: nil, help: "Layers."),
                    KeyDeclaration(
                        "training",
                        .group([
                            KeyDeclaration(
                                "epochs", .number(0...1e6), default: .number(1), help: "Epochs."),
                            KeyDeclaration(
                                "rate", .number(0...1), default: .number(0.001), help: "Step size."),
                        ]), default: nil, help: "Training."),
                ], help: "Layers."),
        ], presetFolder: "models")

    private static let loss = MetricDeclaration(
        "loss", title: "loss", direction: .lowerIsBetter, help: "")

    static let setting = SettingDeclaration(
        name: "imaginary", summary: "A setting for tests.", version: 1, sizeUnit: "tokens",
        keys: keys, changingKeys: ["sampling"], evaluations: [], metrics: [], headline: loss,
        panels: [], recordUnit: .generation)

    static let other = SettingDeclaration(
        name: "other", summary: "Another setting.", version: 1, sizeUnit: "draws",
        keys: [KeyDeclaration("variance", .number(0...1e6), default: .number(1), help: "sigma^2.")],
        evaluations: [], metrics: [], headline: loss, panels: [], recordUnit: .generation)

    private static let presetTexts = [
        "bigram": "kind: ngram\norder: 2\n",
        "trigram": "kind: ngram\norder: 3\nsmoothing: add-k\n",
        "tiny": "kind: network\nlayers: 2\ntraining:\n  epochs: 4\n",
        "broken": "kind: ngram\nordre: 2\n",
    ]

    static let presets = PresetLibrary(
        names: { folder in folder == "models" ? presetTexts.keys.sorted() : [] },
        file: { folder, name in
            guard folder == "models", let text = presetTexts[name] else { return nil }
            return .init(path: "models/\(name).yaml", text: text)
        })

    static func load(
        _ text: String, _ overrides: String...
    ) throws(SpecificationError)
        -> ResolvedExperiment
    {
        try ExperimentFile.load(
            text: text, path: "e.yaml", overrides: overrides, settings: [setting, other],
            presets: presets)
    }

    /// The shortest complete experiment.
    static let minimal = """
        setting: imaginary
        generations: 3
        corpus: austen
        sample-size: 100
        workflow: replace

        """

    /// Two arms that share most.
    static let pair = """
        setting: imaginary
        generations: 3
        seeds: 0..4
        corpus: austen
        sample-size: 100
        sampling: {temperature: 0.5, top-k: 40}
        arms:
          replace:
            workflow: replace
          mixture:
            workflow: mixture
            real-fraction: 0.25
            real-data: fresh
            sampling: {temperature: 0.7}

        """
}

extension ResolvedExperiment {
    /// The value at a path inside an arm.
    func value(_ arm: String, _ path: String...) -> SpecificationValue? {
        var value = arms.first { $0.name == arm }?.values
        for key in path { value = value?[key] }
        return value
    }
}
