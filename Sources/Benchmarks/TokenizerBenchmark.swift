import Compute
import Support
import Text

/// Byte-level BPE on one text.
struct TokenizerBenchmark {
    var text: String
    var vocabularyCount: Int
    var workers: Int

    func run() throws -> [String: Double] {
        let bytes = try FileSystem.content(of: text)
        let trainer = TokenizerTrainer(kind: .bpe, vocabularyCount: vocabularyCount)
        let training = Stopwatch.best(of: 3) { _ = trainer.train(on: [bytes]) }
        let tokenizer = trainer.train(on: [bytes])
        let one = Stopwatch.best(of: 5) { _ = tokenizer.encode(bytes) }
        let tokens = tokenizer.encode(bytes)
        // As the peer's batches are: a line is a text.
        let lines = bytes.split(separator: 0x0A).map { Array($0) + [0x0A] }
        let pool = WorkerPool(count: workers)
        return [
            "train": training, "encode 1": one,
            "encode all": Stopwatch.best(of: 5) {
                _ = tokenizer.encode(documents: lines, pool: pool)
            },
            "decode": Stopwatch.best(of: 5) { _ = tokenizer.decode(tokens) },
            "memory copy": Stopwatch.memoryCopyRate(),
        ]
    }
}
