import ArgumentParser
import Collapse
import Foundation
import Lab
import Settings
import Support
import Text

extension CollapseLab {
    /// `collapselab new`
    struct New: ParsableCommand {
        /// What an experiment with text trains.
        enum Model: String, ExpressibleByArgument, CaseIterable {
            case ngram, transformer
        }

        static let configuration = CommandConfiguration(
            abstract: "Begin an experiment: with your own text, a corpus, or a task setting.",
            discussion: """
                  collapselab new my-text.txt                      imports the text, and writes my-text.yaml for it
                  collapselab new --corpus austen --model transformer
                  collapselab new gaussian                         prints every key of a setting with its default
                """)

        @Argument(
            help: "A text file or a folder of them, or a task setting.",
            completion: .list(SettingRegistry.declarations.map(\.name)))
        var source: String?

        @Option(help: "A corpus that is here already.")
        var corpus: String?

        @Option(help: "What the experiment trains: ngram or transformer.")
        var model = Model.ngram

        @Option(help: "The name of the imported corpus (default: from the path).")
        var name: String?

        @Option(
            name: .shortAndLong,
            help: "The file (default: the corpus's name and .yaml; - is standard output).")
        var output: String?

        func validate() throws {
            guard corpus == nil || (source == nil && name == nil) else {
                throw ValidationError("name a text to import, or a --corpus that is here.")
            }
        }

        private var setting: SettingDeclaration? {
            guard corpus == nil else { return nil }
            let wanted = source ?? LanguageSetting.declaration.name
            return SettingRegistry.declarations.first { $0.name == wanted }
        }

        func run() throws {
            try reportingErrors {
                if let setting {
                    return try StandardOutput.write(ExperimentTemplate.text(for: setting))
                }
                let library = CorpusLibrary(root: Workplace.root)
                let text = try corpus.map(library.load) ?? imported(library)
                let file = output ?? text.name + ".yaml"
                try OutputPlace.check(file)
                guard file == "-" || !FileSystem.isNamed(file) else {
                    throw WrongInput("\(file) exists: name another --output.")
                }
                let sketch = try ExperimentSketch(
                    corpus: text, of: library.statistics(text.name), model: model)
                guard file != "-" else { return try StandardOutput.write(sketch.text(schema: nil)) }
                let schema = "collapselab.schema.json"
                let folder = FileSystem.parent(of: FileSystem.absolute(file))
                try AtomicFile.write(
                    Array(JSONSchema.text(settings: SettingRegistry.declarations).utf8),
                    to: folder + "/" + schema, staging: folder)
                try AtomicFile.write(
                    Array(sketch.text(schema: schema).utf8), to: file, staging: folder)
                try printLine(
                    "\(file): \(sketch.summary). `collapselab run \(ShellWord.quoted(file))` runs it."
                )
            }
        }

        private func imported(_ library: CorpusLibrary) throws -> Corpus {
            let source = source ?? ""
            guard FileSystem.exists(source) else {
                let names = SettingRegistry.declarations.map(\.name)
                throw WrongInput(
                    "there is neither a text nor a setting \(source); the settings are "
                        + "\(names.joined(separator: ", ")).")
            }
            return try library.importText(
                from: source, options: ImportOptions(name: name), report: note)
        }
    }
}
