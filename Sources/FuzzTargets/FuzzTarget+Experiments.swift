import Collapse
import Lab
import Settings
import Support

extension FuzzTarget {
    static let experiments = [experiment, preset]

    /// Settings that between them have keys of every kind.
    private static let settings: [SettingDeclaration] = [
        GaussianSetting.declaration, DiscreteSetting.declaration,
        LinearRegressionSetting.declaration, GaussianMixtureSetting.declaration,
        LanguageSetting.declaration,
    ]

    /// An experiment file, the text of every preset and, a line each, overrides.
    private static let experiment = FuzzTarget(
        name: "experiment",
        seeds: {
            let preset = Array("kind: ngram\norder: 3\n".utf8)
            let recipes = RecipeLibrary.all().filter { recipe in
                settings.contains { recipe.text.contains("setting: \($0.name)\n") }
            }
            return settings.map {
                InputParts.joined([
                    Array(ExperimentTemplate.text(for: $0).utf8), preset,
                    Array("seeds=0..1\ngenerations=3".utf8),
                ])
            } + recipes.map { InputParts.joined([Array($0.text.utf8), preset]) }
        },
        read: { input in
            let parts = InputParts(input, count: 3)
            let preset = parts.text(1)
            let overrides = parts.text(2).split(separator: "\n").map(String.init)
            let experiment = try ExperimentFile.load(
                text: parts.text(0), path: "experiment.yaml", overrides: overrides,
                settings: settings,
                presets: PresetLibrary(
                    names: { _ in ["preset"] },
                    file: { _, name in PresetLibrary.File(path: name, text: preset) }))
            guard experiment.arms.count <= 50 else { return }
            let text = experiment.yamlText()
            let again = try? ExperimentFile.load(
                text: text, path: "resolved.yaml", settings: settings)
            precondition(
                again?.yamlText() == text, "the experiment written out is another:\n\(text)")
        })

    /// The file of a transformer's preset.
    private static let preset = FuzzTarget(
        name: "preset",
        seeds: {
            [
                "kind: transformer\n",
                "kind: transformer\nfamily: llama\nlayers: 3\nheads: 4\nkey-value-heads: 2\n"
                    + "width: 32\ntraining: {batch-size: 8, learning-rate: 1e-3}\n",
            ].map { Array($0.utf8) }
        },
        read: { input in
            let transformer = TaggedGroup(
                tag: "kind",
                variants: [.init("transformer", TransformerSpecification.keys, help: "")])
            let value = try ExperimentFile.value(
                String(decoding: input, as: UTF8.self), as: .tagged(transformer), named: "model")
            _ = try TransformerSpecification(value)
        })
}
