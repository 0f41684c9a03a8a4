import Collapse
import LanguageModels
import Support
import Text

/// A base model that exists, in its folder, opened once for all arms.
struct ImportedModel: Sendable {
    /// The name that the folder's content gives it.
    private let name: String
    private let resources: SettingResources

    init(_ name: String, _ resources: SettingResources) {
        self.name = name
        self.resources = resources
    }

    private var folder: ImportedFolder { resources.imported(name) }

    /// Whether there is nothing that can be opened where none is needed: a recorded run can be looked
    /// at without its base.
    var isAway: Bool { !resources.mayFetch && (try? outline()) == nil }

    /// Shape, tokenizer and what is known of the training.
    ///
    /// - Throws: `SpecificationIssue` at the key of the folder.
    func outline() throws(SpecificationIssue) -> ModelOutline {
        do {
            return try resources.shared("model outline \(name)") {
                try ModelOutline(of: folder.path)
            }
        } catch {
            throw Self.issue(error)
        }
    }

    /// The model with its weights.
    ///
    /// - Throws: `SpecificationIssue` at the key of the folder.
    func model() throws(SpecificationIssue) -> TransformerModel {
        do {
            return try resources.shared("model \(name)") { try ModelFolder.read(folder.path).model }
        } catch {
            throw Self.issue(error)
        }
    }

    /// What a run reads of it.
    ///
    /// - Throws: `SpecificationIssue` where the weights cannot be read either.
    func source() throws -> DataSource {
        let configuration = try model().configuration
        let count = ParameterLayout(configuration).parameterCount
        return DataSource(
            kind: "base model", name: folder.title, sha256: name.contentDigits,
            unit: "parameters",
            parts: [.init(name: configuration.family.rawValue, count: count, bytes: 4 * count)])
    }

    private static func issue(_ error: any Error) -> SpecificationIssue {
        SpecificationIssue(
            path: [LanguageKeys.base.name, BaseSpecification.model.name], message: "\(error)")
    }
}

/// A tokenizer that exists, opened once for all arms.
struct ImportedTokenizer: Sendable {
    private let name: String
    private let resources: SettingResources

    init(_ name: String, _ resources: SettingResources) {
        self.name = name
        self.resources = resources
    }

    /// - Throws: `SpecificationIssue` at the key of the path.
    func tokenizer() throws(SpecificationIssue) -> any Tokenizer {
        do {
            return try resources.shared("tokenizer \(name)") {
                try StoredTokenizer(at: resources.imported(name).path)
            }.tokenizer
        } catch {
            throw SpecificationIssue(
                path: [LanguageKeys.tokenizer.name, TokenizerSpecification.path.name],
                message: "\(error)")
        }
    }

    /// What a run reads of it.
    func source() throws -> DataSource {
        let tokenizer = try tokenizer()
        return DataSource(
            kind: "tokenizer", name: resources.imported(name).title, sha256: name.contentDigits,
            unit: "tokens",
            parts: [
                .init(
                    name: tokenizer.kind.rawValue, count: tokenizer.vocabularyCount,
                    bytes: tokenizer.serialized().count)
            ])
    }
}

extension String {
    /// The last part of a name that follows from content: the content's sum.
    fileprivate var contentDigits: String {
        split(separator: "/").last.map(String.init) ?? self
    }
}
