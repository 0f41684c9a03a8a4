import ArgumentParser
import Collapse
import Lab
import LanguageModels
import Settings
import Support

/// A transformer's shape and training as commands name them: a preset and what differs from it.
struct TransformerPreset: ParsableArguments {
    @Option(
        name: .customLong("model"),
        help: "The model: a file such as models/nano.yaml, or the name of one in models/.")
    var model: String?

    @Option(
        name: .customLong("set"), parsing: .singleValue,
        help: ArgumentHelp(
            "Override a value of the model, such as training.learning-rate=1e-3; may be repeated.",
            valueName: "key=value"))
    var overrides: [String] = []

    /// The file of the preset.
    private func path() throws -> String? {
        guard let model else { return nil }
        return try Workplace.presets.file("models", model)?.path ?? model
    }

    /// Reads the preset.
    func specification() throws -> TransformerSpecification {
        let transformer = TaggedGroup(
            tag: "kind", variants: [.init("transformer", TransformerSpecification.keys, help: "")])
        let kind = model == nil ? ["kind=transformer"] : []
        let path = try path()
        let value = try ExperimentFile.value(
            path: path, as: .tagged(transformer), named: "model", overrides: kind + overrides)
        do {
            return try TransformerSpecification(value)
        } catch {
            let key = error.path.isEmpty ? "" : error.path.joined(separator: ".") + ": "
            throw WrongInput("\(path ?? "the model"): \(key)\(error.message)")
        }
    }
}
