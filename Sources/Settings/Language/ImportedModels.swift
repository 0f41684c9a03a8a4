import Collapse
package import LanguageModels
import Support
import Text

/// A model that exists, with its weights.
package enum ExistingModel: Sendable {
    case transformer(TransformerModel)
    case ngram(NGramModel)
}

/// A model that exists, in its folder, opened once for all arms.
struct ImportedModel: Sendable {
    /// The name that the folder's content gives it.
    private let name: String
    private let resources: SettingResources

    init(_ name: String, _ resources: SettingResources) {
        self.name = name
        self.resources = resources
    }

    private var folder: ImportedFolder { resources.imported(name) }

    /// What people call it.
    var title: String { folder.title }

    /// Whether there is nothing that can be opened where none is needed: a recorded run can be looked
    /// at without its base.
    var isAway: Bool { !resources.mayFetch && (try? outline()) == nil }

    /// What is known of it without its weights.
    struct Outline: Sendable {
        let shape: BaseShape
        let tokenizer: any Tokenizer
        /// What it was trained on, as far as its folder tells.
        let training: TrainingText?

        fileprivate init(of folder: ImportedFolder) throws {
            let path = folder.path
            let told = try folder.contents[TrainingText.fileName].map {
                try TrainingText(serialized: $0, file: path + "/" + TrainingText.fileName)
            }
            if NGramFolder.isThere(path) {
                let folder = try NGramFolder(path)
                (shape, tokenizer) = (.ngram, folder.tokenizer)
                training = try told ?? TrainingText(in: path)
            } else {
                let outline = try ModelOutline(of: path)
                (shape, tokenizer) = (.transformer(outline.configuration), outline.tokenizer)
                training = told ?? outline.training
            }
        }
    }

    /// Shape, tokenizer and what is known of the training.
    ///
    /// - Throws: `SpecificationIssue` at the key that names the model.
    func outline() throws(SpecificationIssue) -> Outline {
        do {
            return try resources.shared("model outline \(name)") { try Outline(of: folder) }
        } catch {
            throw issue(error)
        }
    }

    /// The model that the folder holds.
    ///
    /// - Throws: `SpecificationIssue` at the key that names the model.
    func opened() throws(SpecificationIssue) -> ExistingModel {
        do {
            return try resources.shared("model \(name)") {
                try NGramFolder.isThere(folder.path)
                    ? .ngram(NGramFolder(folder.path).model)
                    : .transformer(ModelFolder.read(folder.path).model)
            }
        } catch {
            throw issue(error)
        }
    }

    /// The model with its weights.
    ///
    /// - Throws: `SpecificationIssue` at the key that names the model.
    func model() throws(SpecificationIssue) -> LanguageModel {
        switch try opened() {
        case .transformer(let model): LanguageModel(model)
        case .ngram(let model): LanguageModel(model)
        }
    }

    /// The object of a run that holds its copy.
    var object: ContentKey { ContentKey(digits: name.contentDigits) }

    /// What a run reads of it.
    ///
    /// - Parameter kind: What it is to the run, such as `base model`.
    /// - Returns: The model by its content.
    /// - Throws: `SpecificationIssue` where the weights cannot be read either.
    func source(as kind: String) throws -> DataSource {
        func source(_ unit: String, _ part: DataSource.Part) -> DataSource {
            DataSource(
                kind: kind, name: folder.title, sha256: name.contentDigits, unit: unit,
                parts: [part])
        }
        switch try opened() {
        case .transformer(let model):
            let count = ParameterLayout(model.configuration).parameterCount
            return source(
                "parameters",
                .init(
                    name: model.configuration.family.rawValue, count: count, bytes: 4 * count))
        case .ngram(let model):
            return source(
                "n-grams",
                .init(
                    name: "ngram", count: model.trie.nodeCount - 1, bytes: model.encoded().count))
        }
    }

    private func issue(_ error: any Error) -> SpecificationIssue {
        let key = folder.key
        return SpecificationIssue(
            path: key.isEmpty
                ? [LanguageKeys.base.name, BaseSpecification.existing.model.name] : key,
            message: "\(error)")
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
