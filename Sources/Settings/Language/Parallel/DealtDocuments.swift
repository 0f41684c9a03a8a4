import Collapse
import Compute
import Support
import Text

/// Documents dealt out in parts of about equal numbers of tokens: in a random order, each to the part
/// that has fewest.
struct DealtDocuments {
    private let parts: [(documents: TokenDataset, weights: [Double]?)]

    subscript(part: Int) -> (documents: TokenDataset, weights: [Double]?) { parts[part] }

    /// - Throws: `SpecificationIssue` where there are fewer documents than parts.
    init(
        _ data: TokenDataset, weights: [Double]?, parts count: Int, key: RandomKey
    ) throws(SpecificationIssue) {
        guard data.documentCount >= count else {
            throw Self.shortage(data.documentCount, of: Int(key.generation), parts: count)
        }
        var random = RandomStream(key)
        var members = Array(repeating: [Int](), count: count)
        var sizes = Array(repeating: 0, count: count)
        for document in random.permutation(of: data.documentCount) {
            // An empty part is filled first, however short the documents are.
            let part = sizes.indices.min {
                (members[$0].isEmpty ? 0 : 1, sizes[$0], $0)
                    < (members[$1].isEmpty ? 0 : 1, sizes[$1], $1)
            }
            guard let part else { break }
            members[part].append(document)
            sizes[part] += data.range(ofDocument: document).count
        }
        parts = members.map { documents in
            let documents = documents.sorted()
            return (data.selecting(documents), weights.map { all in documents.map { all[$0] } })
        }
    }

    /// What is said of a generation with too few documents.
    static func shortage(_ documents: Int, of generation: Int, parts: Int) -> SpecificationIssue {
        SpecificationIssue(
            path: [LanguageKeys.parallelModels.name],
            message: "generation \(generation) has \(documents) "
                + "\(documents == 1 ? "document" : "documents"), too few to deal them out to "
                + "\(parts) models: raise sample-size, shorten documents, or use fewer models")
    }
}
