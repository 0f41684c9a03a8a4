/// Where each parameter tensor lies in one flat array, under the name it has at Hugging Face.
package struct ParameterLayout: Hashable, Sendable {
    /// One named tensor.
    package struct Tensor: Hashable, Sendable {
        /// As in `model.safetensors`, such as `transformer.h.0.attn.c_attn.weight`.
        package var name: String
        /// The sizes of its dimensions; row-major.
        ///
        /// Matrices of linear layers are (inputs, outputs) in GPT-2 and (outputs, inputs) in Llama.
        package var shape: [Int]
        /// What the engine uses it for; the pieces of one part adjoin in memory.
        package var part: ParameterPart
        /// The block, counted from 0; nil outside the blocks.
        package var layer: Int?
        /// The first element in the flat array; for the first piece of a part a multiple of 16.
        package var offset: Int
        /// How a fresh model starts.
        package var start: Start

        /// The number of elements.
        package var count: Int { shape.reduce(1, *) }
        /// The elements in the flat array.
        package var range: Range<Int> { offset..<offset + count }
        /// Weight decay acts on matrices only.
        package var isDecayed: Bool { shape.count > 1 }
    }

    /// The distribution that a tensor is drawn from at first.
    package enum Start: Hashable, Sendable {
        case zeros
        case ones
        case normal(deviation: Double)
    }

    /// In the order of the flat array.
    package private(set) var tensors: [Tensor] = []
    /// Elements of the flat array, padding included.
    package private(set) var count = 0
    /// Elements that are trained.
    package var parameterCount: Int { tensors.reduce(0) { $0 + $1.count } }

    package init(_ configuration: TransformerConfiguration) {
        let plans = configuration.family.architecture.tensors(of: configuration)
        var end = 0
        for (index, plan) in plans.enumerated() {
            let isFurtherPiece =
                index > 0 && plans[index - 1].part == plan.part
                && plans[index - 1].layer == plan.layer
            if !isFurtherPiece { end = (end + 15) / 16 * 16 }
            let tensor = Tensor(
                name: plan.name, shape: plan.shape, part: plan.part, layer: plan.layer, offset: end,
                start: plan.start)
            tensors.append(tensor)
            end += tensor.count
            if plan.part == .tokenEmbedding || plan.part == .output {
                let padding = configuration.paddedVocabularyCount - configuration.vocabularyCount
                end += padding * configuration.width
            }
        }
        count = (end + 15) / 16 * 16
    }
}

extension ParameterPlan {
    /// The deviation of a fresh model's matrices.
    private static let deviation = 0.02

    /// A tensor that starts as normal noise; into the residual stream it shrinks with the number of
    /// terms that add up there (GPT-2).
    static func matrix(
        _ part: ParameterPart, _ name: String, _ shape: [Int], layer: Int? = nil,
        residualTerms: Int? = nil
    ) -> ParameterPlan {
        let share = residualTerms.map { 1 / Double($0).squareRoot() } ?? 1
        return ParameterPlan(
            part: part, layer: layer, name: name, shape: shape,
            start: .normal(deviation: deviation * share))
    }

    static func gain(
        _ part: ParameterPart, _ name: String, _ count: Int, layer: Int? = nil
    ) -> ParameterPlan {
        ParameterPlan(part: part, layer: layer, name: name, shape: [count], start: .ones)
    }

    static func bias(
        _ part: ParameterPart, _ name: String, _ count: Int, layer: Int? = nil
    ) -> ParameterPlan {
        ParameterPlan(part: part, layer: layer, name: name, shape: [count], start: .zeros)
    }
}
