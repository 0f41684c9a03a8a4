/// Why a transformer could not be made, trained, read or used.
package struct TransformerError: Error, Hashable, CustomStringConvertible {
    /// What is wrong; strings are parts of the message.
    package enum Kind: Hashable, Sendable {
        /// A shape that no model can have.
        case configuration(String)
        /// Nothing to train on.
        case emptyData
        /// The loss, the gradient or a parameter is not a finite number.
        case diverged(Divergence)
        /// A file of a checkpoint that is missing or contradicts itself or the others.
        case checkpoint(file: String, tensor: String?, problem: String)
        /// A request that the model cannot serve.
        case request(String)
    }

    /// What is wrong; ``description`` follows from it and the context.
    package var kind: Kind
    /// What was being done, innermost first.
    package var context: [String] = []

    package init(_ kind: Kind) {
        self.kind = kind
    }

    /// Whether other input would mend it; a fit that diverges is a result.
    package var isWrongInput: Bool {
        if case .diverged = kind { false } else { true }
    }

    package var description: String {
        let message =
            switch kind {
            case .configuration(let problem): "the transformer's \(problem)"
            case .emptyData: "there is no document to train on: give at least one"
            case .diverged(let divergence): divergence.description
            case .checkpoint(let file, let tensor, let problem):
                "\(file): " + (tensor.map { "tensor \($0) " } ?? "") + problem
            case .request(let problem): problem
            }
        return ([message] + context).joined(separator: "; while ")
    }
}
