import ArgumentParser
import Compute
import Foundation
import LanguageModels
import Settings
import Support
import Text

extension CollapseLab {
    /// `collapselab train`
    struct Train: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Train a transformer on a token file.",
            discussion: """
                DIR becomes a Hugging Face directory: config.json, model.safetensors and, with --tokenizer, \
                tokenizer.json. Beside them lie the log, training.csv and a TensorBoard event file. Stopped \
                anywhere, the same command goes on from DIR's last checkpoint to the same bits.

                  collapselab train --model models/nano.yaml --tokens tokens.bin --steps 1000 --output out
                  collapselab train --init out --tokens more.bin --steps 200 --set 'training.adapters={rank: 8}' \
                --output tuned
                """)

        @OptionGroup var preset: TransformerPreset

        @Option(
            name: .customLong("init"),
            help: ArgumentHelp(
                "Begin with the model in this Hugging Face directory instead of a fresh one; also "
                    + "\(StoredModel.address).", valueName: "dir"))
        var start: String?

        @Option(help: "The token file to train on, from `collapselab tokenizer encode`.")
        var tokens: String

        @Option(help: "A token file whose loss early stopping watches.")
        var validation: String?

        @Option(help: "The tokenizer of the token file, to lie with the model.")
        var tokenizer: String?

        @Option(CommandKeys.count("steps", "Steps of the optimizer."))
        var steps: Int

        @Option(
            CommandKeys.seed, help: "The seed of the initial weights, the data's order and dropout."
        )
        var seed = 0

        @Option(name: .shortAndLong, help: "The directory to write.")
        var output: String

        @Option(
            CommandKeys.count(
                "checkpoint-interval", from: 0, "Steps between checkpoints; 0 for none."))
        var checkpointInterval = 1_000

        @Option(CommandKeys.count("log-interval", "Steps between lines of the log."))
        var logInterval = 10

        @Flag(help: "Print JSON.")
        var json = false

        @Flag(name: .shortAndLong, help: "Say nothing but errors and the result.")
        var quiet = false

        @OptionGroup var parallel: WorkerArguments

        private struct Result: Encodable {
            var output: String
            var parameters: Int
            var steps: Int
            var stepsMade: Int
            var tokens: Int
            @OrNull var nats: Double?
            @OrNull var validationNats: Double?
            @OrNull var tokensPerSecond: Double?
        }

        func validate() throws {
            guard preset.model != nil || start != nil else {
                throw ValidationError(
                    "Give --model for a fresh model, or --init for one to begin with.")
            }
        }

        func run() throws {
            try reportingErrors {
                try OutputPlace.check(output)
                let specification = try preset.specification()
                let data = try TokenFile(reading: tokens)
                guard !data.dataset.tokens.isEmpty else { throw TransformerFolder.empty(tokens) }
                let vocabulary = data.description.vocabulary
                let held = try validation.map { try tokens($0, like: vocabulary) }
                let first = try startingModel(specification, vocabulary)
                try FileSystem.createFolder(output)
                let job = TransformerTrainingJob(
                    start: first.model, documents: data.dataset, boundary: vocabulary.boundary,
                    configuration: specification.training, steps: steps, validation: held?.dataset,
                    key: RandomKey(seed: UInt64(seed), purpose: .shuffle), output: output,
                    checkpointInterval: checkpointInterval == 0 ? nil : checkpointInterval,
                    reportInterval: logInterval, companions: first.companions)
                let reporter = TrainingReporter(isQuiet: quiet)
                Termination.note()
                let trained = try job.run(
                    pool: parallel.pool, report: reporter.report,
                    isCancelled: { Termination.isWanted })
                reporter.end()
                guard let trained else {
                    note("Interrupted; the checkpoint is written: run the same command to go on.")
                    throw ExitCode(Termination.status)
                }
                try tell(trained, reporter)
            }
        }

        /// The weights to begin with, and what lies beside the result.
        private func startingModel(
            _ specification: TransformerSpecification, _ vocabulary: TokenFileDescription.Vocabulary
        ) throws -> (model: TransformerModel, companions: [(name: String, bytes: [UInt8])]) {
            var companions = [(TransformerFolder.vocabularyFile, try vocabulary.serialized())]
            if let tokenizer {
                let stored = try StoredTokenizer(at: tokenizer)
                let found = TokenFileDescription.Vocabulary(of: stored.tokenizer)
                guard found.sha256 == vocabulary.sha256 else {
                    throw WrongInput(
                        "\(tokens) was not made with \(tokenizer): vocabulary \(vocabulary.count) "
                            + "and \(found.count), SHA-256 \(vocabulary.sha256.prefix(12))... and "
                            + "\(found.sha256.prefix(12))...: give the tokenizer it was made with.")
                }
                companions = [(TransformerFiles.tokenizerFile, stored.file)]
            }
            guard let start else {
                var shape = specification.shape
                shape.vocabularyCount = vocabulary.count
                let key = RandomKey(seed: UInt64(seed), purpose: .initialise)
                return (
                    try TransformerModel.initial(
                        shape, initialisation: specification.initialisation, key: key), companions
                )
            }
            let folder = try TransformerFolder(start)
            try requireShape(of: folder.model, specification)
            guard vocabulary.count <= folder.model.configuration.vocabularyCount else {
                throw WrongInput(
                    "\(tokens) has a vocabulary of \(vocabulary.count), more than the "
                        + "\(folder.model.configuration.vocabularyCount) of \(start): tokenise with the "
                        + "model's tokenizer.")
            }
            if let known = folder.vocabulary, known.sha256 != vocabulary.sha256 {
                warn("\(tokens) was made with another tokenizer than the one of \(start).")
            } else if tokenizer == nil, let bytes = folder.folder.tokenizer?.serialized() {
                companions = [(TransformerFiles.tokenizerFile, bytes)]
            }
            return (folder.model, companions)
        }

        /// A preset that is given beside a model must be of its shape: a fit of another shape is
        /// not what was asked for.
        private func requireShape(
            of model: TransformerModel, _ specification: TransformerSpecification
        ) throws {
            if preset.model == nil {
                if let key = preset.overrides.first(where: {
                    !$0.hasPrefix("training.") && !$0.hasPrefix("precision")
                }) {
                    throw WrongInput(
                        "--set \(key) is not of the training: the shape is that of --init.")
                }
                return
            }
            let (wanted, found) = (specification.shape, model.configuration)
            let differences = [
                ("family", wanted.family.rawValue, found.family.rawValue),
                ("layers", "\(wanted.layers)", "\(found.layers)"),
                ("heads", "\(wanted.heads)", "\(found.heads)"),
                ("key-value-heads", "\(wanted.keyValueHeads)", "\(found.keyValueHeads)"),
                ("width", "\(wanted.width)", "\(found.width)"),
                ("inner-width", "\(wanted.innerWidth)", "\(found.innerWidth)"),
                ("context-length", "\(wanted.contextLength)", "\(found.contextLength)"),
            ]
            guard let (key, preset, file) = differences.first(where: { $0.1 != $0.2 }) else {
                return
            }
            throw WrongInput(
                "\(self.preset.model ?? "") has \(key) \(preset), \(start ?? "") has \(file): leave out "
                    + "--model, or give the one it was trained with.")
        }

        private func tokens(
            _ file: String, like vocabulary: TokenFileDescription.Vocabulary
        ) throws -> TokenFile {
            let data = try TokenFile(reading: file)
            guard data.description.vocabulary.sha256 == vocabulary.sha256 else {
                throw WrongInput("\(file) and \(tokens) were made with different tokenizers.")
            }
            return data
        }

        private func tell(_ model: TransformerModel, _ reporter: TrainingReporter) throws {
            let result = Result(
                output: output, parameters: model.layout.parameterCount, steps: steps,
                stepsMade: reporter.last?.step ?? 0, tokens: reporter.last?.tokens ?? 0,
                nats: reporter.last?.meanNats, validationNats: reporter.last?.validationNats,
                tokensPerSecond: reporter.rate)
            guard !json else { return try printLine(jsonText(result)) }
            let loss = result.nats.map { ", \(TerminalNumber.significant($0)) nats" } ?? ""
            try printLine(
                "\(output): \(result.parameters) parameters, \(result.stepsMade) steps, "
                    + "\(result.tokens) tokens\(loss)")
        }
    }
}
