import Compute
import Glibc
import LanguageModels
import Text

/// A GPT-2 of one shape at work on random tokens, and what the machine's matrix products would
/// allow.
struct TransformerBenchmark {
    enum Work: String, CaseIterable {
        case train
        /// 256 documents of 128 tokens at temperature 1.
        case sample
        case evaluate
        /// All three, a million tokens trained on, a million sampled, a hundred thousand evaluated.
        case generation
        /// Products of the machine's BLAS, or of ours in bfloat16.
        case limit
    }

    private let work: Work
    private let configuration: TransformerConfiguration
    private let batchSize: Int
    private let precision: Precision
    private let seconds: Double
    private let pool: WorkerPool

    static let usage =
        "transformer WORK LAYERS HEADS WIDTH CONTEXT VOCABULARY BATCH PRECISION WORKERS SECONDS"

    /// Nil where the arguments are not those of ``usage``.
    init?(_ arguments: ArraySlice<String>) {
        let words = Array(arguments)
        guard words.count == 10, let work = Work(rawValue: words[0]),
            let precision = Precision(rawValue: words[7]), let seconds = Double(words[9])
        else { return nil }
        let numbers = (words[1...6] + words[8...8]).compactMap { Int($0) }
        guard numbers.count == 7 else { return nil }
        self.work = work
        configuration = TransformerConfiguration(
            layers: numbers[0], heads: numbers[1], width: numbers[2], contextLength: numbers[3],
            vocabularyCount: numbers[4])
        batchSize = numbers[5]
        self.precision = precision
        self.seconds = seconds
        pool = WorkerPool(count: numbers[6])
    }

    /// Tokens or operations a second, or the seconds of a generation; and the peak memory.
    func run() throws -> [String: Double] {
        var result: [String: Double]
        switch work {
        case .train: result = ["tokens per second": try training()]
        case .sample: result = ["tokens per second": try sampling()]
        case .evaluate: result = ["tokens per second": try evaluation()]
        case .generation: result = try generation()
        case .limit: result = ["operations per second": products()]
        }
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        result["peak MiB"] = Double(usage.ru_maxrss) / 1024
        return result
    }

    private let key = RandomKey(seed: 1, purpose: .test)
    private let boundary: UInt32 = 0

    private func model() throws -> TransformerModel {
        try TransformerModel.initial(configuration, key: key)
    }

    private func text(tokens: Int, documentLength: Int) -> TokenDataset {
        var random = RandomStream(key)
        var dataset = TokenDataset()
        for _ in 0..<(tokens + documentLength - 1) / documentLength {
            dataset.append(
                document: (0..<documentLength).map { _ in
                    UInt32(1 + random.below(configuration.vocabularyCount - 1))
                })
        }
        return dataset
    }

    private func trainer(tokens: Int, steps: Int) throws -> TransformerTrainer {
        try TransformerTrainer(
            from: model(),
            on: TokenStream(text(tokens: tokens, documentLength: 1000), boundary: boundary),
            configuration: TransformerTrainingConfiguration(
                batchSize: batchSize, precision: precision), steps: steps, key: key, pool: pool)
    }

    private func training() throws -> Double {
        let trainer = try trainer(tokens: 1 << 20, steps: 1 << 20)
        try trainer.run(until: 2)
        return try rate {
            try trainer.run(until: trainer.step + 1)
            return batchSize * configuration.contextLength
        }
    }

    private func sample(_ model: TransformerModel, tokens: Int, length: Int) throws -> Int {
        try TransformerSampler(
            model, boundary: boundary, rule: SamplingRule(forbidden: [boundary]),
            configuration: TransformerSamplingConfiguration(precision: precision)
        ).sample(
            SamplingRequest(.tokens(tokens), maximumDocumentLength: length), key: key, pool: pool
        ).documents.tokens.count
    }

    private func sampling() throws -> Double {
        let model = try model()
        let length = min(128, configuration.contextLength)
        return try rate { try sample(model, tokens: 256 * length, length: length) }
    }

    private func evaluate(_ model: TransformerModel, _ text: TokenDataset) throws -> Int {
        let length = configuration.contextLength
        return try TransformerScorer(
            model, contextLength: length, stride: length, precision: precision
        ).score(text, boundary: boundary, pool: pool).count
    }

    private func evaluation() throws -> Double {
        let model = try model()
        let text = text(tokens: 1 << 14, documentLength: 1 << 14)
        return try rate { try evaluate(model, text) }
    }

    private func generation() throws -> [String: Double] {
        let clock = ContinuousClock()
        let tokens = 1_000_000
        let begin = clock.now
        let trainer = try trainer(
            tokens: tokens, steps: tokens / (batchSize * configuration.contextLength))
        try trainer.run()
        let trained = clock.now
        let model = trainer.model()
        _ = try sample(model, tokens: tokens, length: configuration.contextLength)
        let sampled = clock.now
        _ = try evaluate(model, text(tokens: tokens / 10, documentLength: tokens / 10))
        let end = clock.now
        return [
            "train": (trained - begin) / .seconds(1), "sample": (sampled - trained) / .seconds(1),
            "evaluate": (end - sampled) / .seconds(1), "total": (end - begin) / .seconds(1),
        ]
    }

    /// Operations a second of products of the feed-forward layer's shape, one call per worker at a
    /// time.
    private func products() -> Double {
        let (rows, inner, columns) = (1024, configuration.width, 4 * configuration.width)
        let left = Buffer<Float>(count: rows * inner)
        let right = Buffer<Float>(count: inner * columns)
        let results = (0..<pool.count).map { _ in
            SharedBuffer(Buffer<Float>(count: rows * columns))
        }
        return rate {
            pool.perform(tasks: pool.count) { task, _ in
                let a = MatrixView(left.base, rows: rows, columns: inner)
                let b = MatrixView(right.base, rows: inner, columns: columns)
                let c = MatrixView(
                    UnsafeMutablePointer(mutating: results[task].base), rows: rows,
                    columns: columns)
                switch precision {
                case .float32: multiply(a, b, into: c, scale: 1)
                case .bfloat16: multiply(a, b, into: c, precision: .bfloat16)
                }
            }
            return 2 * rows * inner * columns * pool.count
        }
    }

    /// What `work` counts, a second: the median of pieces of at least half a second.
    private func rate(_ work: () throws -> Int) rethrows -> Double {
        let clock = ContinuousClock()
        _ = try work()
        var rates: [Double] = []
        let begin = clock.now
        while rates.count < 3 || clock.now - begin < .seconds(seconds) {
            let start = clock.now
            var count = 0
            while clock.now - start < .seconds(0.5) { count += try work() }
            rates.append(Double(count) / ((clock.now - start) / .seconds(1)))
        }
        return rates.sorted()[rates.count / 2]
    }
}
