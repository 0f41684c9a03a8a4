import Collapse
import LanguageModels
import Support
import Text

/// Where the tokenizer of a seed comes from.
enum TokenizerOrigin {
    case exists(any Tokenizer)
    case learns(TokenizerTraining)
}

/// The tokenizer of an arm, which is its base model's where one exists.
struct SettledTokenizer: Sendable {
    private enum Origin: Sendable {
        case training(TokenizerTraining)
        case file(ImportedTokenizer)
    }

    /// Nil for the base's.
    private let own: Origin?
    private let base: ImportedModel?

    /// - Throws: What contradicts the base, in the keys of the tokenizer.
    init(
        _ specification: TokenizerSpecification, base: ImportedModel?, _ resources: SettingResources
    ) throws(SpecificationIssue) {
        self.base = base
        switch (specification.origin, base) {
        case (.base, nil):
            throw SpecificationIssue(
                path: [TokenizerSpecification.kind.name],
                message: "this is the tokenizer of a base model that exists, and there is no "
                    + "base.model: give it, or choose another kind")
        case (.training, _?):
            throw SpecificationIssue(
                path: [TokenizerSpecification.kind.name],
                message: "the base model knows the tokens of its own tokenizer only: leave out "
                    + "`tokenizer`")
        case (.base, _?): own = nil
        case (.training(let training), nil): own = .training(training)
        case (.file(let name), _): own = .file(ImportedTokenizer(name, resources))
        }
    }

    /// - Throws: `SpecificationIssue` where a file cannot be used, or is not the base's tokenizer.
    func origin() throws(SpecificationIssue) -> TokenizerOrigin {
        switch own {
        case .training(let training): return .learns(training)
        case .file(let file):
            let tokenizer = try file.tokenizer()
            if let base, try base.outline().tokenizer.serialized() != tokenizer.serialized() {
                throw SpecificationIssue(
                    path: [LanguageKeys.tokenizer.name, TokenizerSpecification.path.name],
                    message:
                        "the base model has another tokenizer, and knows the tokens of its own "
                        + "only: leave out `tokenizer`")
            }
            return .exists(tokenizer)
        case nil:
            guard let base else { preconditionFailure("a base's tokenizer without a base") }
            return .exists(try base.outline().tokenizer)
        }
    }

    /// What a run reads beside the base.
    func sources() throws -> [DataSource] {
        guard case .file(let file)? = own else { return [] }
        // What lies there must be what the experiment can use.
        _ = try origin()
        return [try file.source()]
    }
}
