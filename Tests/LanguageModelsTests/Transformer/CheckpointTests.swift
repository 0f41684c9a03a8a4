import Compute
import LanguageModels
import Testing

@Suite struct CheckpointTests {
    private static let weights = "model.safetensors"

    @Test(arguments: TransformerFamily.allCases, [true, false])
    func whatIsWrittenIsRead(family: TransformerFamily, isTied: Bool) throws {
        let model = try TransformerModel.initial(
            TransformerConfiguration(
                family: family, layers: 2, heads: 4, keyValueHeads: family == .llama ? 2 : nil,
                width: 32, innerWidth: 40, contextLength: 16, vocabularyCount: 23,
                normEpsilon: 1e-6, ropeTheta: family == .llama ? 500 : 10_000, tiesEmbedding: isTied
            ), key: Toy.key)
        let files = TransformerFiles.files(of: model, boundary: 0)
        let copy = try TransformerFiles.read(files)
        #expect(copy.configuration == model.configuration)
        #expect(copy.parameters.array() == model.parameters.array())
        #expect(TransformerFiles.files(of: copy, boundary: 0) == files)
    }

    @Test func headerIsAligned() throws {
        let bytes = try #require(TransformerFiles.files(of: try Toy.model())[Self.weights])
        let length = headerLength(bytes)
        #expect(length > 0 && length % 8 == 0)
    }

    @Test func huggingFaceFilesAreRead() throws {
        let model = try TransformerFixture.model()
        #expect(
            model.configuration
                == TransformerConfiguration(
                    layers: 2, heads: 2, width: 16, contextLength: 12, vocabularyCount: 29))
        #expect(model.tensor("transformer.h.1.mlp.c_fc.weight")?.count == 16 * 64)
        #expect(model.tensor("transformer.h.2.mlp.c_fc.weight") == nil)
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var family = TransformerFamily.gpt2
        /// Replaces text in a file; the same length, so that offsets stay.
        var file = "model.safetensors"
        var old: String
        var new: String
        /// What the message must contain.
        var words: [String]
    }

    @Test(arguments: [
        Damage(
            testDescription: "shape", old: "\"shape\":[96]", new: "\"shape\":[95]",
            words: ["h.0.attn.c_attn.bias", "384 bytes", "380"]),
        Damage(
            testDescription: "other shape of equal size", old: "\"shape\":[32,96]",
            new: "\"shape\":[96,32]", words: ["h.0.attn.c_attn.weight", "[96, 32]", "[32, 96]"]),
        Damage(
            testDescription: "shape that overflows", old: "\"shape\":[32,96]",
            new: "\"shape\":[4611686018427387904,96]",
            words: ["h.0.attn.c_attn.weight", "the shape [4611686018427387904, 96]"]),
        Damage(
            testDescription: "negative shape", old: "\"shape\":[96]", new: "\"shape\":[-96]",
            words: ["h.0.attn.c_attn.bias", "[-96]"]),
        Damage(
            testDescription: "type of another kind", old: "\"dtype\":\"F32\"",
            new: "\"dtype\":\"I32\"", words: ["transformer.wte.weight", "I32", "F32, F16, BF16"]),
        Damage(
            testDescription: "type that nobody knows", old: "\"dtype\":\"F32\"",
            new: "\"dtype\":\"F31\"", words: ["transformer.wte.weight", "F31", "F32, F16, BF16"]),
        Damage(
            testDescription: "type of another size", old: "\"dtype\":\"F32\"",
            new: "\"dtype\":\"F16\"", words: ["transformer.wte.weight", "2944 bytes", "1472"]),
        Damage(
            testDescription: "name", old: "transformer.ln_f.bias", new: "transformer.ln_g.bias",
            words: ["transformer.ln_f.bias", "is missing", "2 layers"]),
        Damage(
            testDescription: "name twice", old: "transformer.ln_f.bias",
            new: "transformer.ln_f.weight", words: ["\"transformer.ln_f.weight\" occurs twice"]),
        Damage(
            testDescription: "name twice, once without its prefix", old: "transformer.ln_f.bias",
            new: "ln_f.weight", words: ["transformer.ln_f.weight", "occurs twice"]),
        Damage(
            testDescription: "a hole", old: "[0,2944]", new: "[8,2952]",
            words: ["transformer.wte.weight", "begins at byte 8", "ends at 0"]),
        Damage(
            testDescription: "an overlap", old: "[2944,4992]", new: "[2880,4928]",
            words: ["transformer.wpe.weight", "begins at byte 2880", "ends at 2944"]),
        Damage(
            testDescription: "out of range", old: "[0,2944]", new: "[0,99999999]",
            words: ["transformer.wte.weight", "bytes 0 to 99999999 of"]),
        Damage(
            testDescription: "backwards", old: "[0,2944]", new: "[2944,0]",
            words: ["transformer.wte.weight", "bytes 2944 to 0"]),
        Damage(
            testDescription: "three offsets", old: "[0,2944]", new: "[0,9,2944]",
            words: ["transformer.wte.weight", "3 offsets"]),
        Damage(
            testDescription: "no offsets", old: "data_offsets", new: "data_offzets",
            words: ["transformer.wte.weight", "data_offsets"]),
        Damage(
            testDescription: "JSON", old: "{\"__metadata__\"", new: "[\"__metadata__\"",
            words: ["not JSON"]),
        Damage(
            testDescription: "layers", file: "config.json", old: "\"n_layer\": 2",
            new: "\"n_layer\": 3", words: ["transformer.h.2.ln_1.weight", "3 layers"]),
        Damage(
            testDescription: "fewer layers", file: "config.json", old: "\"n_layer\": 2",
            new: "\"n_layer\": 1", words: ["transformer.h.1.attn.c_attn.bias", "not part"]),
        Damage(
            testDescription: "vocabulary", file: "config.json", old: "\"vocab_size\": 23",
            new: "\"vocab_size\": 24", words: ["transformer.wte.weight", "[23, 32]", "[24, 32]"]),
        Damage(
            testDescription: "heads", file: "config.json", old: "\"n_head\": 2",
            new: "\"n_head\": 5", words: ["width 32", "5 heads"]),
        Damage(
            testDescription: "huge", file: "config.json", old: "\"n_embd\": 32",
            new: "\"n_embd\": 9223372036854775807", words: ["width is 9223372036854775807"]),
        Damage(
            testDescription: "a fraction", file: "config.json", old: "\"n_embd\": 32",
            new: "\"n_embd\": 32.5", words: ["n_embd 32.5", "whole number"]),
        Damage(
            testDescription: "nothing", file: "config.json", old: "\"n_embd\": 32",
            new: "\"n_embe\": 32", words: ["no n_embd"]),
        Damage(
            testDescription: "family", file: "config.json", old: "\"gpt2\"", new: "\"bert\"",
            words: ["model_type bert", "gpt2 and llama"]),
        Damage(
            testDescription: "activation", file: "config.json", old: "gelu_new", new: "relu",
            words: ["activation_function relu"]),
        Damage(
            testDescription: "untied", file: "config.json",
            old: "\"tie_word_embeddings\": true", new: "\"tie_word_embeddings\": false",
            words: ["lm_head.weight", "is missing", "tie_word_embeddings false"]),
        Damage(
            testDescription: "boundary", file: "config.json", old: "\"bos_token_id\": null",
            new: "\"bos_token_id\": 23", words: ["bos_token_id 23", "vocab_size 23"]),
        Damage(
            testDescription: "quantised", file: "config.json", old: "\"use_cache\": true",
            new: "\"quantization_config\": {}", words: ["quantization_config an object"]),
        Damage(
            testDescription: "tied", family: .llama, file: "config.json",
            old: "\"tie_word_embeddings\": false", new: "\"tie_word_embeddings\": true",
            words: ["lm_head.weight", "at element 0", "token embedding"]),
        Damage(
            testDescription: "grouped", family: .llama, file: "config.json",
            old: "\"num_key_value_heads\": 2", new: "\"num_key_value_heads\": 1",
            words: ["layers.0.self_attn.k_proj.weight", "[32, 32]", "[16, 32]"]),
        Damage(
            testDescription: "biases", family: .llama, file: "config.json",
            old: "\"attention_bias\": false", new: "\"attention_bias\": true",
            words: ["attention_bias true", "only false"]),
        Damage(
            testDescription: "stretched angles", family: .llama, file: "config.json",
            old: "\"use_cache\": true", new: "\"rope_scaling\": {\"type\": \"linear\"}",
            words: ["rope_scaling.type linear", "only default"]),
        Damage(
            testDescription: "other angles", family: .llama, file: "config.json",
            old: "\"rope_type\": \"default\"", new: "\"rope_type\": \"yarn\"",
            words: ["rope_parameters.rope_type yarn"]),
        Damage(
            testDescription: "two bases", family: .llama, file: "config.json",
            old: "\"rope_theta\": 10000.0,", new: "\"rope_theta\": 1000000.0,",
            words: ["rope_theta 10000.0", "1000000.0"]),
        Damage(
            testDescription: "windows", family: .llama, file: "config.json",
            old: "\"use_cache\": true", new: "\"sliding_window\": 4096",
            words: ["sliding_window 4096"]),
        Damage(
            testDescription: "odd heads", family: .llama, file: "config.json",
            old: "\"head_dim\": 16", new: "\"head_dim\": 15", words: ["head width 15", "odd"]),
        Damage(
            testDescription: "activation", family: .llama, file: "config.json", old: "\"silu\"",
            new: "\"gelu\"", words: ["hidden_act gelu", "only silu"]),
    ])
    func damageIsNamed(_ damage: Damage) throws {
        var files = TransformerFiles.files(of: try Toy.model(damage.family))
        let bytes = try #require(files[damage.file])
        let offset = try #require(position(of: Array(damage.old.utf8), in: bytes))
        var changed = bytes
        changed.replaceSubrange(
            offset..<offset + damage.old.utf8.count, with: Array(damage.new.utf8))
        if damage.file == Self.weights, changed.count != bytes.count {
            let length =
                headerLength(bytes) &+ UInt64(bitPattern: Int64(changed.count - bytes.count))
            for index in 0..<8 { changed[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        }
        files[damage.file] = changed
        let error = #expect(throws: TransformerError.self) {
            _ = try TransformerFiles.read(files, folder: "models/x")
        }
        let message = error?.description ?? ""
        for word in damage.words + ["models/x/"] {
            #expect(message.contains(word), "\"\(message)\" lacks \"\(word)\"")
        }
    }

    @Test(
        "What wrappers put before every tensor's name is left out",
        arguments: ["_orig_mod.", "module.", "module._orig_mod."])
    func wrapperPrefixes(prefix: String) throws {
        let model = try Toy.model()
        var files = TransformerFiles.files(of: model)
        let bytes = try #require(files[Self.weights])
        let end = 8 + Int(headerLength(bytes))
        let header = String(decoding: bytes[8..<end], as: UTF8.self)
            .replacing(/"([\w.]+\.(weight|bias))":/) { "\"\(prefix)\($0.output.1)\":" }
        #expect(header.contains(prefix))
        let length = (0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }
        files[Self.weights] = length + Array(header.utf8) + bytes[end...]
        let read = TransformerFiles.files(of: try TransformerFiles.read(files))
        #expect(read[Self.weights] == bytes)
        // A prefix of some names only is another model's.
        let some = header.replacing(prefix + "wte", with: "wte")
        if some != header {
            let length = (0..<8).map { UInt8(truncatingIfNeeded: some.utf8.count >> (8 * $0)) }
            files[Self.weights] = length + Array(some.utf8) + bytes[end...]
            #expect(throws: TransformerError.self) { _ = try TransformerFiles.read(files) }
        }
    }

    private func headerLength(_ bytes: [UInt8]) -> UInt64 {
        bytes[..<8].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test func missingFilesAndCutOnesAreNamed() throws {
        let files = TransformerFiles.files(of: try Toy.model())
        for name in ["config.json", Self.weights] {
            var some = files
            some[name] = nil
            let error = #expect(throws: TransformerError.self) {
                _ = try TransformerFiles.read(some)
            }
            #expect(error?.description.hasPrefix("\(name): is missing") ?? false)
        }
        let bytes = try #require(files[Self.weights])
        for count in [0, 7, 8, 100, bytes.count - 1] {
            var some = files
            some[Self.weights] = Array(bytes[..<count])
            #expect(throws: TransformerError.self) { _ = try TransformerFiles.read(some) }
        }
        var some = files
        some[Self.weights] = bytes + [0, 0]
        #expect(throws: TransformerError.self) { _ = try TransformerFiles.read(some) }
    }

    @Test func notANumberIsNamed() throws {
        let model = try Toy.model()
        var parameters = model.parameters.copy()
        let tensor = try #require(
            model.layout.tensors.first { $0.name == "transformer.h.1.ln_2.weight" })
        parameters[tensor.offset + 4] = .nan
        let files = TransformerFiles.files(
            of: TransformerModel(configuration: model.configuration, parameters: parameters))
        let error = #expect(throws: TransformerError.self) { _ = try TransformerFiles.read(files) }
        #expect(
            error?.description
                == "model.safetensors: tensor transformer.h.1.ln_2.weight is nan at element 4")
    }

    @Test(arguments: [0, 1, UInt64.max >> 1, .max])
    func lyingHeaderLengthsAreNamed(length: UInt64) throws {
        var files = TransformerFiles.files(of: try Toy.model())
        var bytes = try #require(files[Self.weights])
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: length >> (8 * index)) }
        files[Self.weights] = bytes
        let error = #expect(throws: TransformerError.self) { _ = try TransformerFiles.read(files) }
        #expect(error?.description.hasPrefix(Self.weights) ?? false)
    }

    /// Whatever happens to the bytes, reading ends in a model or in an error of ours that names the
    /// file.
    @Test(arguments: TransformerFamily.allCases)
    func mutatedBytesNeverTrap(family: TransformerFamily) throws {
        let files = TransformerFiles.files(
            of: try Toy.model(family, layers: 1, width: 8, vocabulary: 7))
        var refused = 0
        for seed in 0..<400 {
            var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
            var damaged = files
            let name = seed % 4 == 0 ? "config.json" : Self.weights
            var bytes = try #require(files[name])
            // Mostly in the header, where it hurts.
            let most = random.below(5) == 0 ? bytes.count : 600
            for _ in 0...random.below(4) where !bytes.isEmpty {
                let reach = min(bytes.count, most)
                let offset = random.below(reach)
                switch random.below(5) {
                case 0: bytes[offset] = UInt8(random.below(256))
                case 1: bytes[offset] = UInt8(0x30 + random.below(10))
                case 2: bytes.remove(at: offset)
                case 3: bytes.removeSubrange(offset..<min(bytes.count, offset + random.below(64)))
                default: bytes.insert(bytes[random.below(reach)], at: offset)
                }
            }
            damaged[name] = bytes
            do {
                _ = try TransformerFiles.read(damaged, folder: "folder")
            } catch {
                refused += 1
                #expect(error.description.hasPrefix("folder/"), "seed \(seed): \(error)")
            }
        }
        #expect(refused > 200)
    }

    private func position(of part: [UInt8], in bytes: [UInt8]) -> Int? {
        (0...bytes.count - part.count).first { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }
}
