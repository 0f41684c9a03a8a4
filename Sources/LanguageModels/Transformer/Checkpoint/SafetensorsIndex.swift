import Support
import Text

/// `model.safetensors.index.json`: which file of several holds which tensor.
struct SafetensorsIndex {
    static let name = "model.safetensors.index.json"

    /// The index itself, for errors.
    let file: String
    /// The files in the folder, sorted, each once.
    let shards: [String]
    /// The names of the tensors of each shard.
    private let tensors: [String: [String]]

    init(_ bytes: [UInt8], file: String) throws(TransformerError) {
        self.file = file
        func problem(_ text: String) -> TransformerError {
            TransformerError(.checkpoint(file: file, tensor: nil, problem: text))
        }
        let tree = try ConfigurationFields.tree(of: bytes, file: file)
        guard case .object(let members)? = tree["weight_map"], !members.isEmpty else {
            throw problem("has no weight_map, which must name the file of every tensor")
        }
        var tensors: [String: [String]] = [:]
        for member in members {
            let tensor = String(decoding: member.key, as: UTF8.self)
            guard let shard = member.value.text, shard.hasSuffix(".safetensors"),
                !shard.contains("/")
            else {
                throw problem(
                    "has no name of a safetensors file in the same folder for tensor \(tensor)")
            }
            tensors[shard, default: []].append(tensor)
        }
        self.tensors = tensors
        shards = tensors.keys.sorted()
    }

    /// Checks that a shard has all tensors that are said to be there.
    func check(_ header: Safetensors, of shard: String) throws(TransformerError) {
        let found = Set(header.tensors.map(\.name))
        guard let missing = tensors[shard]?.first(where: { !found.contains($0) }) else { return }
        throw TransformerError(
            .checkpoint(
                file: header.file, tensor: missing,
                problem: "is missing; \(Self.name) says that it lies there"))
    }
}
