import Collapse
import LanguageModels
import Support
import Text

/// Where the tokenizer of a seed comes from.
enum TokenizerOrigin {
    case exists(any Tokenizer)
    case learns(TokenizerTraining)
}

/// The tokenizer of an arm, which is that of the models that exist where there are any.
struct SettledTokenizer: Sendable {
    private enum Origin: Sendable {
        case training(TokenizerTraining)
        case file(ImportedTokenizer)
    }

    /// Nil for that of the models.
    private let own: Origin?
    private let models: [ImportedModel]

    /// - Parameters:
    ///   - specification: What is written.
    ///   - models: The base model and the truth, as far as they exist.
    ///   - resources: Where files lie.
    /// - Throws: What contradicts the models, in the keys of the tokenizer.
    init(
        _ specification: TokenizerSpecification, models: [ImportedModel],
        _ resources: SettingResources
    ) throws(SpecificationIssue) {
        self.models = models
        switch (specification.origin, models.isEmpty) {
        case (.base, true):
            throw SpecificationIssue(
                path: [TokenizerSpecification.kind.name],
                message: "this is the tokenizer of a model that exists, and there is neither "
                    + "base.model nor corpus.model: give one, or choose another kind")
        case (.training, false):
            throw SpecificationIssue(
                path: [TokenizerSpecification.kind.name],
                message: "a model that exists knows the tokens of its own tokenizer only: leave "
                    + "out `tokenizer`")
        case (.base, false): own = nil
        case (.training(let training), true): own = .training(training)
        case (.file(let name), _): own = .file(ImportedTokenizer(name, resources))
        }
    }

    /// - Throws: `SpecificationIssue` where a file cannot be used, or where tokenizers differ that must
    ///   be one.
    func origin() throws(SpecificationIssue) -> TokenizerOrigin {
        switch own {
        case .training(let training): return .learns(training)
        case .file(let file):
            let tokenizer = try file.tokenizer()
            guard try agree(with: tokenizer) else {
                throw SpecificationIssue(
                    path: [LanguageKeys.tokenizer.name, TokenizerSpecification.path.name],
                    message:
                        "the model that exists has another tokenizer, and knows the tokens of its "
                        + "own only: leave out `tokenizer`")
            }
            return .exists(tokenizer)
        case nil:
            let tokenizer = try models[0].outline().tokenizer
            guard try agree(with: tokenizer) else {
                throw SpecificationIssue(
                    path: [LanguageKeys.base.name],
                    message:
                        "the base has another tokenizer than the model that draws real text, and "
                        + "neither knows the other's tokens: choose models of one tokenizer")
            }
            return .exists(tokenizer)
        }
    }

    private func agree(with tokenizer: any Tokenizer) throws(SpecificationIssue) -> Bool {
        for model in models
        where try model.outline().tokenizer.serialized() != tokenizer.serialized() {
            return false
        }
        return true
    }

    /// What a run reads beside the models.
    func sources() throws -> [DataSource] {
        guard case .file(let file)? = own else { return [] }
        // What lies there must be what the experiment can use.
        _ = try origin()
        return [try file.source()]
    }
}
