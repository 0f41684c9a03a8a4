import ArgumentParser
import Compute
import LanguageModels

/// An n-gram model as commands name it.
struct ModelArguments: ParsableArguments {
    @Option(
        name: [.customLong("arpa"), .customLong("model")],
        help: "The model: an ARPA file, or what `collapselab ngram convert` made of one.")
    var path: String

    @OptionGroup var parallel: WorkerArguments

    func model(pool: WorkerPool) throws -> NGramTextModel {
        try Self.model(at: path, pool: pool)
    }

    /// Reads or maps a model; what is wrong with it is reported with its path.
    static func model(at path: String, pool: WorkerPool) throws -> NGramTextModel {
        do {
            return try NGramTextModel(contentsOf: path, pool: pool)
        } catch let error as NGramError {
            throw WrongInput("\(path): \(error)")
        }
    }
}
