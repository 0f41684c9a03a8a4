import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Support
import Text

extension CollapseLab {
    /// `collapselab model`
    struct ModelCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "model",
            abstract: "Look into transformers, and exchange them with Hugging Face's libraries.",
            discussion: """
                A model is a Hugging Face directory: config.json, model.safetensors (one file, or several with their \
                index) and, where there is one, the tokenizer: tokenizer.json, or vocab.json with merges.txt. GPT-2 and Llama are known; weights may be float32, float16 or bfloat16.
                """,
            subcommands: [ModelImport.self, ModelExport.self, ModelInspect.self])
    }
}

extension CollapseLab.ModelCommand {
    /// `collapselab model inspect`
    struct ModelInspect: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect", abstract: "Check a model's files and say what they hold.")

        @Argument(help: "A Hugging Face directory, or \(StoredModel.address).")
        var directory: String

        @Flag(help: "List every tensor.")
        var tensors = false

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            try reportingErrors {
                let path = try StoredModel.path(directory, of: .transformer)
                try ModelReport(ModelFolder.summary(of: path)).show(json: json, tensors: tensors)
            }
        }
    }

    /// `collapselab model import`
    struct ModelImport: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import",
            abstract: "Check a Hugging Face model whole and take it over, its weights as float32.",
            discussion: """
                The result is what `collapselab train --init`, `sample` and `perplexity` read; without --output the \
                model is only checked.
                """)

        @Argument(help: "A Hugging Face directory, or \(StoredModel.address).")
        var directory: String

        @Option(name: .shortAndLong, help: "The directory to write; must not exist.")
        var output: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let path = try StoredModel.path(directory, of: .transformer)
                let summary =
                    if let output {
                        try ModelFolder.convert(path, to: output)
                    } else {
                        try ModelFolder.summary(of: path)
                    }
                try ModelReport(summary).show(json: json)
            }
        }
    }

    /// `collapselab model export`
    struct ModelExport: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export",
            abstract: "Write a model for Hugging Face's transformers, with its tokenizer.",
            discussion: """
                The model is what `collapselab train` wrote, or one that a run stored.

                  collapselab model export out --tokenizer tokenizer.json --output for-transformers
                  collapselab model export runs/mine:replace/0/5 --output for-transformers
                """)

        @Argument(help: "The model's directory, or \(StoredModel.address).")
        var directory: String

        @Option(help: "The tokenizer to lie with it, where the model has none.")
        var tokenizer: String?

        @Option(
            name: .shortAndLong,
            help:
                "The directory to write; must not exist (default: DIR-export; needed for a model of a run)."
        )
        var output: String?

        @Flag(help: "Print JSON.")
        var json = false

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let source = try StoredModel.path(directory, of: .transformer)
                guard output != nil || source == directory else {
                    throw WrongInput("say with --output where the model of a run is written to.")
                }
                let output = output ?? path(besides: directory)
                if let tokenizer {
                    let model = try ModelFolder.read(source).model
                    let file = try CollapseLab.TokenizerCommand.read(tokenizer)
                    try ModelFolder(model, tokenizer: file).write(to: output)
                } else {
                    try ModelFolder.convert(source, to: output)
                }
                try ModelReport(ModelFolder.summary(of: output)).show(json: json)
                note("Written to \(output).")
            }
        }

        private func path(besides directory: String) -> String {
            var path = directory
            while path.count > 1, path.hasSuffix("/") { path.removeLast() }
            return path + "-export"
        }
    }
}

/// What a model is, for people and programs.
private struct ModelReport {
    let summary: ModelSummary

    init(_ summary: ModelSummary) { self.summary = summary }

    func show(json: Bool, tensors: Bool = false) throws {
        guard !json else { return try printLine(jsonText(summary)) }
        let shape = summary.configuration
        try printLine("family        \(shape.family.rawValue)")
        try printLine("parameters    \(summary.parameterCount)")
        try printLine("layers        \(shape.layers)")
        try printLine(
            "heads         \(shape.heads) (\(shape.keyValueHeads) of keys and values)")
        try printLine(
            "width         \(shape.width), inside the feed-forward layer \(shape.innerWidth)")
        try printLine("context       \(shape.contextLength)")
        try printLine("vocabulary    \(shape.vocabularyCount)")
        try printLine("embedding     \(shape.tiesEmbedding ? "tied" : "untied")")
        try printLine(
            "weights       \(summary.formats.map(\.rawValue).joined(separator: ", ")), "
                + "\(summary.weightsBytes) bytes, SHA-256 \(summary.weightsSHA256)")
        if let kind = summary.tokenizerKind, let count = summary.tokenizerVocabularyCount {
            try printLine("tokenizer     \(kind.rawValue), \(count) ids")
        }
        if let problem = summary.tokenizerProblem {
            try printLine("tokenizer     not usable: \(problem)")
        }
        if let boundary = summary.boundary {
            try printLine("boundary      \(boundary)")
        }
        guard tensors else { return }
        for tensor in summary.tensors {
            let shape = tensor.shape.map(String.init).joined(separator: " x ")
            try printLine("\(tensor.name)  \(tensor.format.rawValue)  \(shape)")
        }
    }
}
