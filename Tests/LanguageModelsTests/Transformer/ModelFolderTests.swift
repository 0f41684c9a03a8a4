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

    @Test("Weights in several files are the same model")
    func shards() throws {
        let folder = try ModelFolder.read(fixture("llama", "sharded"))
        #expect(
            folder.model.parameters.array()
                == (try TransformerFixture.model("llama").parameters.array()))
        let summary = try ModelFolder.summary(of: fixture("llama", "sharded"))
        let whole = try ModelFolder.summary(of: fixture("llama"))
        #expect(summary.parameterCount == whole.parameterCount)
        #expect(
            Set(summary.tensors.map(\.name)) == Set(whole.tensors.map { "_orig_mod." + $0.name }))
        let temporary = try TemporaryFolder()
        try ModelFolder.convert(fixture("llama"), to: temporary / "whole")
        try ModelFolder.convert(fixture("llama", "sharded"), to: temporary / "joined")
        #expect(
            try temporary.bytes("joined/model.safetensors")
                == temporary.bytes("whole/model.safetensors"))
    }

    /// Each change of the index or of the files, and what the error must name.
    @Test(
        arguments: [
            ("model-00002-of-00003.safetensors", "", ["is missing, one of the 3 files"]),
            (
                "model.safetensors.index.json", "",
                ["model-00001-of-00003.safetensors", "index.json"]
            ),
            ("model.safetensors.index.json", "[", ["index.json: is not JSON: line 1"]),
            (
                "config.json", "version https://git-lfs.github.com/spec/v1\n",
                ["config.json: is a Git LFS pointer", "git lfs pull"]
            ),
            ("model.safetensors.index.json", "{\"weight_map\": {}}", ["has no weight_map"]),
            (
                "model.safetensors.index.json", "{\"weight_map\": {\"a\": \"../model\"}}",
                ["no name of a safetensors file in the same folder for tensor a"]
            ),
            (
                "model.safetensors.index.json",
                "{\"weight_map\": {\"a\": \"model-00001-of-00003.safetensors\"}}",
                ["model-00001-of-00003.safetensors: tensor a is missing", "index.json"]
            ),
            (
                "model-00002-of-00003.safetensors", "version https://git-lfs.github.com/spec/v1\n",
                ["model-00002-of-00003.safetensors: is a Git LFS pointer", "git lfs pull"]
            ),
        ] as [(String, String, [String])])
    func damagedShardsAreNamed(file: String, content: String, words: [String]) throws {
        let temporary = try TemporaryFolder()
        let path = fixture("llama", "sharded")
        for name in try FileSystem.names(in: path) where name != file {
            try temporary.write(FileSystem.content(of: path + "/" + name), name)
        }
        if !content.isEmpty { try temporary.write(content, file) }
        let error = try #require(throws: TransformerError.self) {
            _ = try ModelFolder.read(temporary.path)
        }
        for word in words { #expect(error.description.contains(word), "\(error)") }
    }

    private static let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\n"

    /// Files that lie in the place of a model's, and what the error must name.
    @Test(
        arguments: [
            ([], ["is empty"]),
            (["config.json", "model.safetensors"], ["model.safetensors: is a Git LFS pointer"]),
            (
                ["config.json", "pytorch_model.bin"],
                ["pytorch_model.bin: is a pickle", "save_pretrained"]
            ),
            (["config.json", "pytorch_model.bin.index.json"], ["is a pickle"]),
            (["ckpt.pt"], ["ckpt.pt: is a pickle"]),
            (["config.json", "training_args.bin"], ["model.safetensors: is missing"]),
            (["llama-q4.gguf"], ["llama-q4.gguf: is a GGUF model"]),
            (["config.json", "tf_model.h5"], ["tf_model.h5: is of another framework"]),
            (["config.json", "weights.safetensors"], ["call them model.safetensors"]),
            (
                ["adapter_config.json", "adapter_model.safetensors"],
                ["adapter of gpt2", "merge_and_unload"]
            ),
            (["adapter_model.bin"], ["adapter_model.bin: belongs to an adapter"]),
            (["tokenizer.json", "tokenizer_config.json"], ["holds a tokenizer and no model"]),
            (["snapshots/abc/config.json"], ["snapshots/abc: holds a model"]),
            (["checkpoint-500/config.json"], ["checkpoint-500: holds a model"]),
            (["model.safetensors"], ["config.json: is missing"]),
            (["readme.md"], ["config.json: is missing: a model needs"]),
        ] as [([String], [String])])
    func whatLiesThereIsNamed(files: [String], words: [String]) throws {
        let temporary = try TemporaryFolder()
        let configuration = try FileSystem.content(of: fixture("llama") + "/config.json")
        for file in files {
            switch file {
            case "adapter_config.json":
                try temporary.write("{\"base_model_name_or_path\": \"gpt2\"}", file)
            case _ where file.hasSuffix("config.json"): try temporary.write(configuration, file)
            default: try temporary.write(Self.pointer, file)
            }
        }
        let error = try #require(throws: TransformerError.self) {
            _ = try ModelFolder.read(temporary.path)
        }
        #expect(error.description.hasPrefix(temporary.path))
        for word in words { #expect(error.description.contains(word), "\(error)") }
    }

    @Test func pathsThatAreNoFoldersAreNamed() throws {
        let temporary = try TemporaryFolder()
        let file = try temporary.write("", "model.safetensors")
        for (path, word) in [(file, "is a file: give the folder"), (file + "x", "no such folder")] {
            let error = #expect(throws: TransformerError.self) { _ = try ModelFolder.read(path) }
            #expect(error?.description.contains(word) ?? false)
        }
    }

    @Test("A model whose tokenizer is of another kind is read without it")
    func foreignTokenizers() throws {
        let temporary = try TemporaryFolder()
        let path = temporary / "model"
        try ModelFolder(try Toy.model(), tokenizer: nil).write(to: path)
        try temporary.write("{\"model\": {\"type\": \"Unigram\"}}", "model/tokenizer.json")
        let folder = try ModelFolder.read(path)
        #expect(folder.tokenizer == nil)
        #expect(folder.tokenizerProblem?.description.contains("Unigram") ?? false)
        let summary = try ModelFolder.convert(path, to: temporary / "copy")
        #expect(summary.tokenizerProblem == folder.tokenizerProblem?.description)
        #expect(
            try temporary.bytes("copy/tokenizer.json") == temporary.bytes("model/tokenizer.json"))
        try temporary.write(Self.pointer, "model/tokenizer.json")
        #expect(throws: TokenizerFileError.self) { _ = try ModelFolder.read(path) }
    }

    @Test("GPT-2's pair of files comes along as tokenizer.json")
    func pairs() throws {
        let temporary = try TemporaryFolder()
        let path = temporary / "model"
        try ModelFolder(try Toy.model(vocabulary: 5), tokenizer: nil).write(to: path)
        try temporary.write(
            "{\"<|endoftext|>\": 0, \"a\": 1, \"b\": 2, \"ab\": 3}", "model/vocab.json")
        try temporary.write("#version: 0.2\na b\n", "model/merges.txt")
        let tokenizer = try #require(try ModelFolder.read(path).tokenizer)
        #expect(tokenizer.encode(Array("abba".utf8)) == [3, 2, 1])
        try ModelFolder.convert(path, to: temporary / "copy")
        #expect(try temporary.bytes("copy/tokenizer.json") == tokenizer.serialized())
    }

    @Test("Keys without a value are null")
    func summariesHaveAllKeys() throws {
        let json = try JSONEncoder().encode(ModelFolder.summary(of: fixture("llama")))
        let object = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        for key in ["tokenizerKind", "tokenizerVocabularyCount", "tokenizerProblem"] {
            #expect(object[key] is NSNull, "\(key)")
        }
        #expect(object["boundary"] as? Int == 28)
    }
}
