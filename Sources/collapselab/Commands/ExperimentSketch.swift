import Collapse
import Lab
import Text

/// An experiment that suits a corpus: how large a generation may be, so that every control has fresh
/// real text to the end, and how fine its tokens.
struct ExperimentSketch {
    private let corpus: String
    private let model: CollapseLab.New.Model
    private let generations: Int
    private let vocabulary: Int
    private let sampleSize: Int
    /// Tokens of the text that is trained on, about.
    private let tokens: Int

    /// The parts of a text that its controls read, in samples: each arm of ``text(schema:)`` reads at
    /// most one fresh sample in each generation.
    private var samples: Int { generations + 1 }

    init(
        corpus: Corpus, of statistics: CorpusStatistics, model: CollapseLab.New.Model
    ) throws {
        self.corpus = corpus.name
        self.model = model
        generations = model == .ngram ? 5 : 3
        let bytes = statistics.parts.first { $0.split == .train }?.bytes ?? 0
        // Tokens of English text, measured: 2.5 bytes each at 512 of them and 3.6 at 4096.
        let sizes = [(200_000, 512, 2.5), (1_000_000, 1_024, 2.9), (5_000_000, 2_048, 3.3)]
        let (_, vocabulary, width) =
            sizes.first { bytes < $0.0 } ?? (0, 4_096, 3.6)
        self.vocabulary = vocabulary
        // A model that exists brings its own tokens.
        tokens = Int(Double(bytes) / (model == .ngram ? width : 3.0))
        let most = model == .ngram ? 200_000 : 45_000
        // A tenth is left, for tokens that are longer and documents that are cut.
        let fitting = Int(0.9 * Double(tokens) / Double(generations + 1))
        sampleSize = Self.rounded(min(most, fitting))
        guard sampleSize >= Self.least else {
            throw WrongInput(
                "\(corpus.name) has about \(tokens) tokens to train on, and an experiment of "
                    + "\(generations) generations with controls needs \(Self.least * (generations + 1)): "
                    + "import more text.")
        }
    }

    /// Less than this is no text to learn from.
    private static let least = 500

    /// Two significant digits, downwards.
    private static func rounded(_ value: Int) -> Int {
        var unit = 1
        while value / unit >= 100 { unit *= 10 }
        return value / unit * unit
    }

    var summary: String {
        "\(generations) generations of \(sampleSize) tokens, 3 arms with their controls, 5 seeds"
    }

    /// The file; `schema` is where editors find what may stand in it.
    func text(schema: String?) -> String {
        let models =
            switch model {
            case .ngram:
                """
                tokenizer: {kind: bpe, vocabulary: \(vocabulary)}
                model: {kind: ngram, order: 3}
                """
            case .transformer:
                """
                # A small model that has read other English text; any Hugging Face directory of GPT-2 or Llama will do.
                base: {model: english-nano}
                start-from: base
                model: {training: {learning-rate: 3e-4, batch-size: 8}}
                budget: {unit: epochs, amount: 1}
                sampling: {maximum-document-length: 900}
                """
            }
        return (schema.map { "# yaml-language-server: $schema=\($0)\n" } ?? "") + """
            # `collapselab validate` shows every value; `collapselab new language` has all keys with their meaning.
            name: \(corpus)
            setting: language
            corpus: \(corpus)
            \(models)
            # n_t, the tokens that one generation draws. The text has about \(tokens) to train on: enough for
            # each control to read fresh ones in all \(generations + 1) generations.
            sample-size: \(sampleSize)
            generations: \(generations)
            seeds: 0..4
            # To each arm its control: the same with fresh real text in the place of every sample.
            controls: true
            arms:
              replace: {workflow: replace}          # trains on the newest samples alone
              accumulate: {workflow: accumulate}    # on real text and all samples so far
              mixture:                              # on samples and as much fresh real text
                workflow: mixture
                real-fraction: 0.5
                real-data: fresh

            """
    }
}
