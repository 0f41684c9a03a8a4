import Compute
import Foundation
import LanguageModels
import Support
import TestSupport
import Testing
import Text

@Suite struct ModelFolderTests {
    private func fixture(_ name: String, _ part: String = "model") -> String {
        TransformerFixture.folder(name).appending(path: part).path
    }

    @Test(arguments: TransformerFixture.names)
    func huggingFaceFoldersAreRead(name: String) throws {
        let folder = try ModelFolder.read(fixture(name))
        let model = try TransformerFixture.model(name)
        #expect(folder.model.configuration == model.configuration)
        #expect(folder.model.parameters.array() == model.parameters.array())
        #expect(folder.boundary == 28)
        #expect(folder.tokenizer == nil)
    }

    @Test func summariesSayWhatIsThere() throws {
        let summary = try ModelFolder.summary(of: fixture("llama", "bfloat16"))
        let configuration = summary.configuration
        #expect(configuration.family == .llama && !configuration.tiesEmbedding)
        #expect(configuration.keyValueHeads == 2 && configuration.ropeTheta == 500)
        #expect(summary.formats == [.bf16])
        // 2 x 29 x 16 at the ends; in each block 16 (16 + 8 + 8 + 16), three times 16 x 24, two
        // gains; one gain more.
        #expect(summary.parameterCount == 2 * 29 * 16 + 2 * (16 * 48 + 3 * 16 * 24 + 32) + 16)
        #expect(summary.tensors.count == 21)
        #expect(
            summary.tensors.contains {
                $0.name == "model.layers.1.self_attn.k_proj.weight" && $0.shape == [8, 16]
            })
        #expect(summary.weightsBytes == 11_768)
        #expect(summary.weightsSHA256.count == 64)
        let decoded = try JSONDecoder().decode(
            ModelSummary.self, from: JSONEncoder().encode(summary))
        #expect(decoded == summary)
    }

    @Test func conversionKeepsModelAndTokenizer() throws {
        let temporary = try TemporaryFolder()
        let tokenizer = ByteTokenizer()
        let model = try Toy.model(vocabulary: tokenizer.vocabularyCount)
        let (first, second) = (temporary / "first", temporary / "second")
        try ModelFolder(model, tokenizer: tokenizer).write(to: first)
        let summary = try ModelFolder.convert(first, to: second)
        #expect(summary.tokenizerKind == .byte)
        #expect(summary.tokenizerVocabularyCount == tokenizer.vocabularyCount)
        #expect(summary.boundary == tokenizer.documentBoundary)
        for name in ["config.json", "model.safetensors", "tokenizer.json"] {
            #expect(
                try FileSystem.content(of: first + "/" + name)
                    == FileSystem.content(of: second + "/" + name))
        }
        #expect(throws: TransformerError.self) { try ModelFolder.convert(first, to: second) }
    }

    @Test func largerTokenizersAreRefused() throws {
        let temporary = try TemporaryFolder()
        let tokenizer = ByteTokenizer()
        let path = temporary / "model"
        try ModelFolder(try Toy.model(vocabulary: 50), tokenizer: nil).write(to: path)
        try AtomicFile.write(tokenizer.serialized(), to: path + "/tokenizer.json")
        let error = #expect(throws: TransformerError.self) { _ = try ModelFolder.read(path) }
        let message = error?.description ?? ""
        for word in ["tokenizer.json", "\(tokenizer.vocabularyCount)", "50"] {
            #expect(message.contains(word), "\"\(message)\" lacks \"\(word)\"")
        }
    }

    @Test(arguments: [
        ("model.safetensors.index.json", "split"), ("pytorch_model.bin", "pickle"),
        ("other", "model.safetensors: is missing"),
    ])
    func otherWeightsAreExplained(file: String, word: String) throws {
        let temporary = try TemporaryFolder()
        let path = temporary / "model"
        try ModelFolder(try Toy.model(), tokenizer: nil).write(to: path)
        try FileSystem.move(path + "/model.safetensors", to: path + "/" + file)
        let error = #expect(throws: TransformerError.self) { _ = try ModelFolder.read(path) }
        #expect(error?.description.contains(word) ?? false, "\(error?.description ?? "")")
    }
}
