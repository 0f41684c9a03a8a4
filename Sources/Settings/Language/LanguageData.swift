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
    /// The real documents in the seed's order.
    let documents: RealDocuments
    let heldOut: HeldOutText
    /// The truth, where a model plays the real world.
    let truth: TruthText?
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
    let passages = BoundedCache<String, [DocumentPassage]?>(capacity: 8)
    let key: RandomKey
    /// Where the documents of `secondSample()` begin among the documents; nil where there is no
    /// second sample.
    let secondSampleStart: Int?
    private let drawSecondSample: @Sendable () throws -> TokenDataset
    private let readValidation: @Sendable () throws -> TokenDataset
    private let validationTokens = Mutex<TokenDataset?>(nil)

    /// The data of a seed whose real text is a corpus.
    ///
    /// - Throws: `SpecificationIssue` where a split is shorter than one context.
    init(
        corpus: Corpus, tokenizer origin: TokenizerOrigin, evaluation: EvaluationPlan,
        context: Int?, key: RandomKey, initialSize: Int
    ) throws {
        let train = corpus.train
        var random = RandomStream(key.with(purpose: .realOrder))
        let order = random.permutation(of: train.count)
        let texts = order.lazy.map { train.bytes(of: $0) }
        let tokenizer: any Tokenizer =
            switch origin {
            case .exists(let tokenizer): tokenizer
            case .learns(let training): training.train(on: texts, initialSize: initialSize)
            }
        let stream = tokenizer.encode(documents: texts)
        let frequencies = Self.frequencies(
            of: stream.tokens.prefix(initialSize), tokenizer.vocabularyCount)
        heldOut = HeldOutText(
            of: corpus, evaluation, tokenizer: tokenizer, frequencies: frequencies)
        try Self.check(
            corpus: corpus.name, train: stream, heldOut: heldOut.dataset,
            split: evaluation.split.rawValue, context: context ?? 2)
        real = RealText(
            sampleSize: evaluation.sampleTokens, heldOut: heldOut.dataset,
            initial: stream.prefix(tokens: initialSize), train: stream,
            vocabularyCount: tokenizer.vocabularyCount, key: key.with(purpose: .evaluate),
            decode: { tokenizer.decode($0) })
        // As much real text as generation 0 has, and other text: the last documents that the seed
        // meets, which an arm reads only when it uses up the corpus.
        let start = Self.start(
            ofLast: initialSize, of: stream, after: real.initial.documentCount)
        secondSampleStart = start
        drawSecondSample = {
            stream.selecting(Array((start ?? 0)..<stream.documentCount)).prefix(tokens: initialSize)
        }
        let validation = corpus.validation
        readValidation = {
            tokenizer.encode(
                documents: (0..<validation.count).lazy.map { validation.bytes(of: $0) })
        }
        (self.tokenizer, vocabulary) = (tokenizer, TokenFileDescription.Vocabulary(of: tokenizer))
        (documents, truth) = (.corpus(stream), nil)
        (self.key, self.evaluation, self.frequencies) = (key, evaluation, frequencies)
    }

    /// The data of a seed whose real text a model draws.
    ///
    /// - Throws: What prevents the draw.
    init(
        truth: TruthText, evaluation: EvaluationPlan, key: RandomKey, initialSize: Int
    ) throws {
        let tokenizer = truth.model.tokenizer
        let documents = DrawnDocuments(of: truth.model, key: key.with(purpose: .realDraw))
        let initial = try documents.prefix(tokens: initialSize)
        let frequencies = Self.frequencies(of: initial.tokens[...], tokenizer.vocabularyCount)
        heldOut = HeldOutText(
            truth.heldOut, tokenizer: tokenizer, frequencies: frequencies)
        real = RealText(
            sampleSize: evaluation.sampleTokens, heldOut: truth.heldOut, initial: initial,
            train: nil, vocabularyCount: tokenizer.vocabularyCount,
            key: key.with(purpose: .evaluate), decode: { tokenizer.decode($0) })
        secondSampleStart = .max
        drawSecondSample = {
            try DrawnDocuments(of: truth.model, key: key.with(purpose: .secondSample))
                .prefix(tokens: initialSize)
        }
        readValidation = { try truth.validation() }
        (self.tokenizer, vocabulary) = (tokenizer, TokenFileDescription.Vocabulary(of: tokenizer))
        (self.documents, self.truth) = (.drawn(documents), truth)
        (self.key, self.evaluation, self.frequencies) = (key, evaluation, frequencies)
    }

    /// As many tokens of real text as generation 0 has, and other ones than any generation reads.
    ///
    /// - Throws: What prevents a draw.
    func secondSample() throws -> TokenDataset { try drawSecondSample() }

    private static func frequencies(of tokens: ArraySlice<UInt32>, _ count: Int) -> [Int] {
        var frequencies = Array(repeating: 0, count: count)
        for token in tokens { frequencies[Int(token)] += 1 }
        return frequencies
    }

    /// Where the last documents of `stream` begin that have `size` tokens together; nil where the
    /// first `used` are among them.
    private static func start(ofLast size: Int, of stream: TokenDataset, after used: Int) -> Int? {
        let start = stream.offsets.partitioningIndex { stream.tokens.count - $0 < size } - 1
        return start >= used ? start : nil
    }

    /// The documents of the validation split, read when they are first asked for.
    ///
    /// - Throws: What prevents a draw.
    func validation() throws -> TokenDataset {
        try validationTokens.withLock { tokens in
            if let tokens { return tokens }
            let read = try readValidation()
            tokens = read
            return read
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
        self.init(
            tokenizer.encode(documents: texts), texts: texts, tokenizer: tokenizer,
            frequencies: frequencies)
    }

    /// Documents that were drawn as tokens.
    fileprivate init(_ dataset: TokenDataset, tokenizer: any Tokenizer, frequencies: [Int]) {
        self.init(
            dataset, texts: tokenizer.decode(documents: dataset), tokenizer: tokenizer,
            frequencies: frequencies)
    }

    private init(
        _ dataset: TokenDataset, texts: [[UInt8]], tokenizer: any Tokenizer, frequencies: [Int]
    ) {
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
