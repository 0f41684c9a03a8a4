import Compute
import LanguageModels
import Text

extension FuzzTarget {
    static let languageModels = [arpa, ngram, transformer]

    private static let pool = WorkerPool(count: 1)

    private static func model(
        _ smoothing: NGramSmoothing, order: Int = 3
    ) throws -> NGramModel {
        var dataset = TokenDataset()
        for document: [UInt32] in [[1, 2, 3, 1, 2], [], [2, 3, 3, 1, 2, 4]] {
            dataset.append(document: document)
        }
        return try NGramModel(
            training: dataset, vocabularyCount: 6, boundary: 0,
            configuration: NGramConfiguration(order: order, smoothing: smoothing))
    }

    /// Asks a model what its files cannot be trusted to make safe.
    private static func use(_ model: NGramModel) {
        let tokens = (0..<UInt32(min(model.vocabularyCount, 8)))
        for first in tokens {
            for second in tokens {
                _ = model.probability(of: first, after: [second, first, second])
            }
        }
        _ = model.conditional(after: [model.boundary])
    }

    /// An ARPA file.
    private static let arpa = FuzzTarget(
        name: "arpa",
        seeds: {
            let words = ["<s>", "<unk>", "a", "b", "c", "d"].map { Array($0.utf8) }
            let vocabulary = try NGramVocabulary(words: words, boundary: 0, unknown: 1)
            return try [NGramSmoothing.modifiedKneserNey, .wittenBell, .maximumLikelihood].map {
                try model($0).arpa(vocabulary: vocabulary)
            }
        },
        read: { input in
            let text = try NGramTextModel(arpa: input, pool: pool)
            use(text.model)
            let written = text.model.encoded()
            precondition(
                (try? NGramModel(decoding: written))?.encoded() == written,
                "the model written out is another")
        })

    /// A binary n-gram model; its checksums are put right.
    private static let ngram = FuzzTarget(
        name: "ngram",
        seeds: {
            try NGramSmoothing.allCases.flatMap { smoothing in
                try [1, 3].map { try model(smoothing, order: $0).encoded() }
            }
        },
        read: { input in
            let model = try NGramModel(decoding: withChecksums(input))
            use(model)
            let written = model.encoded()
            precondition(
                (try? NGramModel(decoding: written))?.encoded() == written,
                "the model written out is another")
        })

    /// The file with the checksums of its content and of its header, which stand in the last words
    /// but 51 and in the last word of the first 512 bytes.
    private static func withChecksums(_ input: [UInt8]) -> [UInt8] {
        let headerCount = 512
        guard input.count > headerCount else { return input }
        var file = input
        func put(_ range: Range<Int>, at position: Int) {
            guard range.count % 8 == 0 else { return }
            var sum = NGramChecksum()
            file[range].withUnsafeBytes { sum.add($0) }
            for index in 0..<8 {
                file[position + index] = UInt8(truncatingIfNeeded: sum.value >> (8 * index))
            }
        }
        put(headerCount..<file.count, at: 88)
        put(0..<headerCount - 8, at: headerCount - 8)
        return file
    }

    /// `config.json` and `model.safetensors` of a transformer.
    private static let transformer = FuzzTarget(
        name: "transformer",
        seeds: {
            try TransformerFamily.allCases.map { family in
                let model = try TransformerModel.initial(
                    TransformerConfiguration(
                        family: family, layers: 1, heads: 1, width: 2, innerWidth: 2,
                        contextLength: 2, vocabularyCount: 3),
                    key: RandomKey(seed: 1, purpose: .initialise))
                let files = TransformerFiles.files(of: model, boundary: 0)
                return InputParts.joined([
                    files["config.json"] ?? [], files["model.safetensors"] ?? [],
                ])
            }
        },
        read: { input in
            let parts = InputParts(input, count: 2)
            let model = try TransformerFiles.read([
                "config.json": parts[0], "model.safetensors": parts[1],
            ])
            let written = TransformerFiles.files(of: model)
            let again = (try? TransformerFiles.read(written)).map { TransformerFiles.files(of: $0) }
            precondition(again == written, "the model written out is another")
        })
}
