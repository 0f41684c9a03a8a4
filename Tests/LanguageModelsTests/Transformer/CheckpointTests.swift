import Compute
import LanguageModels
import Testing

@Suite struct CheckpointTests {
    private static let weights = "model.safetensors"

    @Test func whatIsWrittenIsRead() throws {
        let model = try Toy.model()
        let files = TransformerFiles.files(of: model, boundary: 0)
        let copy = try TransformerFiles.read(files)
        #expect(copy.configuration == model.configuration)
        #expect(copy.parameters.array() == model.parameters.array())
        #expect(TransformerFiles.files(of: copy, boundary: 0) == files)
    }

    @Test func headerIsAligned() throws {
        let bytes = try #require(TransformerFiles.files(of: try Toy.model())[Self.weights])
        var length = 0
        for byte in bytes[..<8].reversed() { length = length << 8 | Int(byte) }
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
            testDescription: "type", old: "\"dtype\":\"F32\"", new: "\"dtype\":\"I32\"",
            words: ["transformer.wte.weight", "I32", "F32, F16, BF16"]),
        Damage(
            testDescription: "name", old: "transformer.ln_f.bias", new: "transformer.ln_g.bias",
            words: ["transformer.ln_f.bias", "is missing", "2 layers"]),
        Damage(
            testDescription: "offsets", old: "[0,2944]", new: "[8,2952]",
            words: ["transformer.wte.weight", "begins at byte 8", "ends at 0"]),
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
            new: "\"n_embd\": 99999999", words: ["width is 99999999"]),
        Damage(
            testDescription: "family", file: "config.json", old: "\"gpt2\"", new: "\"bert\"",
            words: ["model_type bert"]),
        Damage(
            testDescription: "activation", file: "config.json", old: "gelu_new", new: "relu",
            words: ["activation_function relu"]),
        Damage(
            testDescription: "untied", file: "config.json",
            old: "\"tie_word_embeddings\": true", new: "\"tie_word_embeddings\": false",
            words: ["unties"]),
    ])
    func damageIsNamed(_ damage: Damage) throws {
        var files = TransformerFiles.files(of: try Toy.model())
        let bytes = try #require(files[damage.file])
        let place = try #require(position(of: Array(damage.old.utf8), in: bytes))
        var changed = bytes
        changed.replaceSubrange(
            place..<place + damage.old.utf8.count, with: Array(damage.new.utf8))
        files[damage.file] = changed
        let error = #expect(throws: TransformerError.self) {
            _ = try TransformerFiles.read(files, folder: "models/x")
        }
        let message = error?.description ?? ""
        for word in damage.words + ["models/x/"] {
            #expect(message.contains(word), "\"\(message)\" lacks \"\(word)\"")
        }
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

    /// Whatever happens to the bytes, reading ends in a model or in an error of ours.
    @Test func mutatedBytesNeverTrap() throws {
        let files = TransformerFiles.files(of: try Toy.model(layers: 1, width: 8, vocabulary: 7))
        var refused = 0
        for seed in 0..<600 {
            var random = RandomStream(RandomKey(seed: UInt64(seed), purpose: .test))
            var damaged = files
            let name = seed % 4 == 0 ? "config.json" : Self.weights
            var bytes = try #require(files[name])
            // Mostly in the header, where it hurts.
            let reach = random.below(5) == 0 ? bytes.count : min(bytes.count, 600)
            for _ in 0...random.below(4) {
                let place = random.below(reach)
                switch random.below(4) {
                case 0: bytes[place] = UInt8(random.below(256))
                case 1: bytes[place] = UInt8(0x30 + random.below(10))
                case 2: bytes.remove(at: place)
                default: bytes.insert(bytes[random.below(reach)], at: place)
                }
            }
            damaged[name] = bytes
            do {
                _ = try TransformerFiles.read(damaged)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 300)
    }

    private func position(of part: [UInt8], in bytes: [UInt8]) -> Int? {
        (0...bytes.count - part.count).first { bytes[$0..<$0 + part.count].elementsEqual(part) }
    }
}
