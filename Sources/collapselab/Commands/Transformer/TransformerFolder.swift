import Foundation
import LanguageModels
import Support
import Text

/// A model's folder with the vocabulary that its tokens have.
struct TransformerFolder {
    /// Beside a model that was trained on a token file alone: what the file said of its vocabulary.
    static let vocabularyFile = "vocabulary.json"

    let path: String
    let folder: ModelFolder
    /// Nil where neither a tokenizer that can be used nor a vocabulary lies with the model.
    let vocabulary: TokenFileDescription.Vocabulary?

    /// - Parameter argument: The folder's path, or the short address of a stored model.
    /// - Throws: What is wrong with the address or with what lies there.
    init(_ argument: String) throws {
        path = try StoredModel.path(argument, of: .transformer)
        folder = try ModelFolder.read(path)
        if let tokenizer = folder.tokenizer {
            vocabulary = .init(of: tokenizer)
        } else {
            let file = path + "/" + Self.vocabularyFile
            vocabulary = try FileSystem.read(file).map {
                try TokenFileDescription.Vocabulary(serialized: $0, file: file)
            }
        }
    }

    var model: TransformerModel { folder.model }

    /// The vocabulary, which the command cannot do without.
    func requiredVocabulary() throws -> TokenFileDescription.Vocabulary {
        if let vocabulary { return vocabulary }
        throw folder.tokenizerProblem ?? StoredTokenizer.absence(in: path)
    }

    /// The token that ends documents, for a command that needs no more of the vocabulary.
    func requiredBoundary() throws -> UInt32 {
        if let boundary = vocabulary?.boundary ?? folder.boundary { return boundary }
        throw WrongInput(
            "\(path) has no tokenizer, and its config.json no eos_token_id, so that no token ends a "
                + "sequence: put the tokenizer there, or set eos_token_id")
    }

    /// Reads tokens that are meant for the model.
    ///
    /// A vocabulary other than the model's is reported; ids beyond it are refused where they are
    /// used.
    func tokens(_ file: String) throws -> TokenFile {
        let tokens = try TokenFile(reading: file)
        guard !tokens.dataset.tokens.isEmpty else { throw Self.empty(file) }
        if let vocabulary, vocabulary.sha256 != tokens.description.vocabulary.sha256 {
            warn("\(file) was made with another tokenizer than the one of \(path).")
        }
        return tokens
    }

    /// A token file that holds nothing to learn from, to score or to continue.
    static func empty(_ file: String) -> WrongInput {
        WrongInput("\(file) holds no tokens: encode a text that is not empty")
    }
}
