import ArgumentParser
import Compute
import LanguageModels
import Support

extension CollapseLab.NGramCommand {
    /// `collapselab ngram convert`
    struct NGramConvert: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "convert",
            abstract:
                "Turn an ARPA file into a binary one, which is mapped instead of read, or back.",
            discussion: "An output that ends in .arpa is an ARPA file, any other a binary one.")

        @Argument(help: "An ARPA file, a binary one, or \(StoredModel.address).")
        var model: String

        @Option(name: .shortAndLong, help: "The file to write.")
        var output: String

        @Option(
            ifGiven: Key(
                "entropy-threshold", .number(1e-300...1e9),
                help:
                    "Leave out n-grams whose loss raises the model's perplexity by less than this "
                    + "share, such as 1e-8."))
        var entropyThreshold: Double?

        @OptionGroup var parallel: WorkerArguments

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let pool = parallel.pool
                let whole = try OpenedNGramModel(model, pool: pool).model
                let model =
                    try entropyThreshold.map {
                        try NGramTextModel(
                            model: whole.model.pruned(threshold: $0), vocabulary: whole.vocabulary)
                    } ?? whole
                guard output.hasSuffix(".arpa") else {
                    try model.model.write(
                        to: output, vocabulary: model.vocabulary, keepsCounts: false)
                    return
                }
                var file = try AtomicFileWriter.begin(output)
                try model.model.writeARPA(vocabulary: model.vocabulary, pool: pool) {
                    try file.write($0)
                }
                try file.commit()
            }
        }
    }
}
