import ArgumentParser
import Foundation
import Support
import Text

extension CollapseLab {
    /// `collapselab tokenizer`
    struct TokenizerCommand: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "tokenizer",
            abstract: "Train, use and look into tokenizers, on plain files.",
            discussion: """
                A tokenizer file is a Hugging Face tokenizer.json (byte-level BPE), or a file of the same name \
                that holds another kind. GPT-2's pair of vocab.json and merges.txt is read, too, and the folder \
                that either lies in, and a model that a run stored, RUN:ARM/SEED/GENERATION. A token file is nothing but little-endian ids, described by NAME.json:
                  numpy.fromfile("tokens.bin", "<u2")        # "<u4" above 65,536 ids

                  collapselab tokenizer train --vocabulary 4096 --output tokenizer.json text.txt
                  collapselab tokenizer encode --tokenizer tokenizer.json --output tokens.bin text.txt
                  collapselab tokenizer decode --tokenizer tokenizer.json tokens.bin
                """,
            subcommands: [
                TokenizerTrain.self, TokenizerEncode.self, TokenizerDecode.self,
                TokenizerInspect.self,
            ])

        /// Reads a tokenizer's file or folder, or that of a stored model by its short address;
        /// `boundary` names the token that stands between documents.
        static func read(_ argument: String, boundary: String? = nil) throws -> any Tokenizer {
            let path = try StoredModel.path(argument, of: nil)
            return try StoredTokenizer(at: path, boundary: boundary).tokenizer
        }
    }
}

extension TokenizerKind: ExpressibleByArgument {}
