import Collapse
import Compute
import LanguageModels
import Support
import Synchronization
import Text

/// What is fixed for a seed of the language setting: the order in which it meets the real
/// documents, its tokenizer, and the held-out text.
package final class LanguageData: Sendable {
    let tokenizer: any Tokenizer
    /// What token files say of it.
    let vocabulary: TokenFileDescription.Vocabulary
    /// The documents of the train split in the seed's order.
    let stream: TokenDataset
    let heldOut: HeldOutText
    /// Held-out text of other corpora, by the corpus's content.
    let further = BoundedCache<String, HeldOutText>(capacity: 64)
    private let evaluation: EvaluationPlan
    private let frequencies: [Int]
    /// What samples are held against.
    let real: RealText
    /// Models of real text that arms share.
    let models = BoundedCache<String, LanguageModel>(capacity: 8)
    /// How generation 0 of each arm is smoothed for scoring, where it is.
    let interpolations = BoundedCache<String, NGramInterpolation?>(capacity: 1_024)
    /// What is measured of held-out text under models that arms share.
    let realValues = BoundedCache<String, [MetricValue]>(capacity: 64)
    /// Contexts of held-out text as vectors.
    let contextVectors = BoundedCache<String, Matrix?>(capacity: 8)
    /// Where next-token distributions are taken; nil where held-out text has too few contexts.
    let passages = BoundedCache<String, [Passage]?>(capacity: 8)
    let key: RandomKey
    private let initialSize: Int
    /// Where the documents of `secondSample(from:)` begin; nil where the train split has not twice
    /// as many tokens as generation 0.
    let secondSampleStart: Int?
    private let validationTexts: DocumentCollection
    private let validationTokens = Mutex<TokenDataset?>(nil)

    init(
        corpus: Corpus, tokenizer origin: TokenizerOrigin, evaluation: EvaluationPlan,
        context: Int?, key: RandomKey, initialSize: Int
    ) throws {
        self.key = key
        self.evaluation = evaluation
        self.initialSize = initialSize
        validationTexts = corpus.validation
        let train = corpus.train
        var random = RandomStream(key.with(purpose: .realOrder))
        let order = random.permutation(of: train.count)
        let documents = order.lazy.map { train.bytes(of: $0) }
        tokenizer =
            switch origin {
            case .exists(let tokenizer): tokenizer
            case .learns(let training): training.train(on: documents, initialSize: initialSize)
            }
        vocabulary = TokenFileDescription.Vocabulary(of: tokenizer)
        stream = tokenizer.encode(documents: documents)

        var frequencies = Array(repeating: 0, count: tokenizer.vocabularyCount)
        for token in stream.tokens.prefix(initialSize) { frequencies[Int(token)] += 1 }
        self.frequencies = frequencies
        heldOut = HeldOutText(
            of: corpus, evaluation, tokenizer: tokenizer, frequencies: frequencies)
        try LanguageData.check(
            corpus: corpus.name, train: stream, heldOut: heldOut.dataset,
            split: evaluation.split.rawValue, context: context ?? 2)
        let tokenizer = tokenizer
        real = RealText(
            sampleSize: evaluation.sampleTokens, heldOut: heldOut.dataset, train: stream,
            initialSize: initialSize, vocabularyCount: tokenizer.vocabularyCount,
            key: key.with(purpose: .evaluate), decode: { tokenizer.decode($0) })
        secondSampleStart = Self.start(
            ofLast: initialSize, of: stream, after: real.initial.documentCount)
    }

    /// As many tokens of real text as generation 0 has, and other ones: the last documents that the
    /// seed meets, which an arm reads only when it uses up the text. `start` is where they begin.
    func secondSample(from start: Int) -> TokenDataset {
        stream.selecting(Array(start..<stream.documentCount)).prefix(tokens: initialSize)
    }

    /// Where the last documents of `stream` begin that have `size` tokens together; nil where the
    /// first `used` are among them.
    private static func start(ofLast size: Int, of stream: TokenDataset, after used: Int) -> Int? {
        let start = stream.offsets.partitioningIndex { stream.tokens.count - $0 < size } - 1
        return start >= used ? start : nil
    }

    /// The documents of the validation split, tokenised when they are first asked for.
    func validation() -> TokenDataset {
        validationTokens.withLock { tokens in
            if let tokens { return tokens }
            let texts = validationTexts
            let encoded = tokenizer.encode(
                documents: (0..<texts.count).lazy.map { texts.bytes(of: $0) })
            tokens = encoded
            return encoded
        }
    }

    /// The held-out text of another corpus, cut as the corpus's own is.
    func heldOut(of other: Corpus) throws -> HeldOutText {
        try further.value(for: other.contentHash) {
            HeldOutText(of: other, evaluation, tokenizer: tokenizer, frequencies: frequencies)
        }
    }

    private static func check(
        corpus: String, train: TokenDataset, heldOut: TokenDataset, split: String, context: Int
    ) throws {
        for (part, dataset) in [("train", train), (split, heldOut)]
        where dataset.tokens.count < context {
            throw SpecificationIssue(
                path: [LanguageKeys.corpus.name],
                message:
                    "the \(part) part of corpus \(corpus) has \(dataset.tokens.count) tokens, less "
                    + "than one context of \(context): import more text or shorten the context")
        }
    }
}

extension HeldOutText {
    /// The held-out part of a corpus that a plan names, as tokens.
    fileprivate init(
        of corpus: Corpus, _ plan: EvaluationPlan, tokenizer: any Tokenizer, frequencies: [Int]
    ) {
        let split = plan.split == .test ? corpus.test : corpus.validation
        let count = min(split.count, plan.documents ?? split.count)
        let texts = (0..<count).map { split.bytes(of: $0) }
        let dataset = tokenizer.encode(documents: texts)
        self.init(
            dataset: dataset, byteCounts: texts.map(\.count), wordCounts: texts.map(Self.wordCount),
            decileOfToken: Self.deciles(frequencies: frequencies, heldOut: dataset),
            isLossless: tokenizer.isLossless,
            unknownRate: tokenizer.unknown == nil
                ? nil : UnknownRate(of: dataset, tokenizer: tokenizer).share)
    }

    /// Words are runs without white space.
    private static func wordCount(_ text: [UInt8]) -> Int {
        text.split(whereSeparator: TextSample.isSpace).count
    }
}
