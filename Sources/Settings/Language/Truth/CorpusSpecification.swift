import LanguageModels
import Support

/// What is taken for real text: a corpus, or what a model draws.
enum CorpusSpecification: Sendable {
    case corpus(String)
    case model(TruthSpecification)

    /// The model, where one plays the real world.
    var truth: TruthSpecification? {
        if case .model(let truth) = self { truth } else { nil }
    }
}

extension Shape where Value == CorpusSpecification {
    /// The name of a corpus, or a group in its place.
    static var corpusOrModel: Shape {
        Shape(
            .textOrGroup(TruthSpecification.keys),
            read: { value throws(SpecificationIssue) in
                if case .text(let name) = value { return .corpus(name) }
                return .model(try TruthSpecification(value))
            })
    }
}

/// A model that plays the real world, and how it draws.
struct TruthSpecification: KeyGroup {
    static let existing = ModelKeys(of: "corpus", storedIs: "the truth")
    static let temperature = Key(
        "temperature", .number(0.01...100), default: 1,
        help:
            "What the truth draws at; its distribution after a context is the model's to the power "
            + "of one over this, normalised.")
    static let maximumDocumentLength = Key<Int?>(
        "maximum-document-length", .optional(.integer(1...65_536)), default: .some(nil),
        help: "A document of the truth that has not ended by itself is cut after this many tokens; "
            + "2,000 unless given, or a transformer's context less the boundary where that is less."
    )

    @KeyList static var keys: [KeyDeclaration] {
        existing.all
        temperature
        maximumDocumentLength
    }

    /// The name of the model's folder.
    let folder: String
    let temperature: Double
    let maximumDocumentLength: Int?

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        guard let folder = try Self.existing.folder(in: values) else {
            throw SpecificationIssue(
                path: [],
                message:
                    "say which model plays the real world: `model` with the folder of one, or `run` "
                    + "with a run that stored one; or write the name of a corpus in place of the group"
            )
        }
        self.folder = folder
        temperature = try values[Self.temperature]
        maximumDocumentLength = try values[Self.maximumDocumentLength]
    }
}
