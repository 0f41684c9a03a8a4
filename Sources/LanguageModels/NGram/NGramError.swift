/// Why an n-gram model cannot be trained, sampled, read or written.
package struct NGramError: Error, Hashable, CustomStringConvertible {
    /// What is wrong; documents and positions in them are counted from 0.
    package enum Kind: Sendable, Hashable {
        /// No document has a positive weight.
        case noData
        case weightCount(weights: Int, documents: Int)
        /// A weight that is negative, infinite or not a number.
        case invalidWeight(document: Int, weight: Double)
        /// Kneser-Ney counts distinct contexts, which a fraction of a document does not have.
        case fractionalWeight(document: Int, weight: Double)
        /// An incremental model holds whole documents.
        case partialDocument(document: Int, weight: Double)
        /// A document that is to be removed so many times was not added so often.
        case notHeld(document: Int, copies: Int)
        case tokenOutOfRange(document: Int, position: Int, token: UInt32, vocabularyCount: Int)
        case boundaryInside(document: Int, position: Int, boundary: UInt32)
        /// More tokens or n-grams than 32-bit indices can name, or more weight than counts can
        /// hold.
        case tooLarge(what: String, limit: Int)
        /// Sampling reached no token in this many documents.
        case onlyEmptyDocuments(drawn: Int)
        /// The smoothing has no form as probabilities with back-off weights.
        case noBackOffForm(NGramSmoothing)
        /// A token's spelling cannot stand in an ARPA file.
        case unwritableSpelling(token: UInt32)
        /// A token is spelled `<s>` or `</s>`, which is the document boundary's spelling in ARPA
        /// files and in text.
        case reservedSpelling(token: UInt32)
        /// Two tokens have the same spelling.
        case duplicateSpelling(first: UInt32, second: UInt32)
        /// A model whose counts are not known, where they are asked for.
        case noCounts
        /// A vocabulary without a token for unknown words, where text of words is to be scored.
        case noUnknownWord
        /// A binary file of a model alone, where spellings are needed.
        case noSpellings
        /// A tokenizer with other tokens than the model's.
        case otherTokenizer(tokens: Int, known: Int)
        /// Models of different words cannot be compared.
        case wordOfOneModel([UInt8])
        /// An ARPA file that is none; what the line, counted from 1, has.
        case arpa(line: Int, problem: String)
        /// A text holds `<s>`, `</s>` or `<unk>`.
        case reservedWord(line: Int, word: String)
        /// Pruning thresholds that are negative or descend.
        case invalidThresholds([Int])
        /// The counts of counts determine no discounts, and no fallback was given.
        case noDiscounts(order: Int)
        /// Bytes that are no model; what they have or lack.
        case damaged(String)
    }

    /// What is wrong; ``description`` follows from it.
    package var kind: Kind

    package init(_ kind: Kind) {
        self.kind = kind
    }

    package var description: String {
        switch kind {
        case .noData:
            "there is no document with a positive weight to count; give at least one"
        case .weightCount(let weights, let documents):
            "\(weights) weights for \(documents) documents; give one weight a document"
        case .invalidWeight(let document, let weight):
            "document \(document) has weight \(weight); use a finite number that is at least 0"
        case .fractionalWeight(let document, let weight):
            "document \(document) has weight \(weight), but modified-kneser-ney takes whole numbers; "
                + "round the weights, or use witten-bell, add-k or maximum-likelihood"
        case .partialDocument(let document, let weight):
            "document \(document) has weight \(weight), but documents are added and removed whole; "
                + "round the weights, or train a model from scratch"
        case .notHeld(let document, let copies):
            "document \(document) is to be removed \(copies == 1 ? "once" : "\(copies) times") but was not added "
                + "so often; remove documents with the very tokens that they were added with"
        case .tokenOutOfRange(let document, let position, let token, let vocabularyCount):
            "token \(token) at position \(position) of document \(document) is beyond the vocabulary of "
                + "\(vocabularyCount); tokenise with the model's tokenizer"
        case .boundaryInside(let document, let position, let boundary):
            "document \(document) holds the boundary token \(boundary) at position \(position); "
                + "cut the document there"
        case .tooLarge(let what, let limit):
            "more than \(limit) \(what); use a lower order, less data or smaller weights"
        case .onlyEmptyDocuments(let drawn):
            "\(drawn) documents in a row were drawn empty; the model ends a document before it begins: "
                + "train it on documents with tokens, or give prompts"
        case .noBackOffForm(let smoothing):
            "\(smoothing.rawValue) cannot be written as ARPA, because its unseen tokens do not back off; "
                + "use another smoothing"
        case .unwritableSpelling(let token):
            "token \(token) has a spelling that is empty or holds a separator, which ARPA cannot hold; "
                + "give a spelling without"
        case .reservedSpelling(let token):
            "token \(token) is spelled <s> or </s>, which only the document boundary may be; "
                + "give another spelling"
        case .duplicateSpelling(let first, let second):
            "tokens \(first) and \(second) have the same spelling; give each token one of its own"
        case .noCounts:
            "the model has no counts; give one that was trained here, or a file that keeps them"
        case .wordOfOneModel(let word):
            "only one of the models knows \"\(String(decoding: word, as: UTF8.self))\": compare models of "
                + "the same words, such as those of one tokenizer"
        case .noUnknownWord:
            "the text has words that the model does not know, and no token of the model stands for "
                + "unknown words; encode the text with the model's tokenizer"
        case .noSpellings:
            "n-gram model: has no spellings of its tokens, and no tokenizer.json lies beside it: put the "
                + "one there that the model was trained with"
        case .otherTokenizer(let tokens, let known):
            "the tokenizer beside the model has \(tokens) tokens, and the model knows \(known), or their "
                + "document boundaries differ: put the one there that the model was trained with"
        case .arpa(let line, let problem):
            "line \(line) of the ARPA file \(problem); mend the file or write it again"
        case .reservedWord(let line, let word):
            "line \(line) of the text holds the word \(word), which stands for the start, the end or "
                + "the unknown word; take it out, or have such words skipped"
        case .invalidThresholds(let thresholds):
            "pruning thresholds \(thresholds) are negative or descend; give one for each order, each "
                + "at least the one before"
        case .noDiscounts(let order):
            "the counts of \(order)-grams determine no Kneser-Ney discounts (small or artificial data?); "
                + "give fallback discounts, or remove duplicates"
        case .damaged(let problem):
            "n-gram model: \(problem); the file is damaged or of another kind: write it again"
        }
    }
}
