/// Low-rank adapters (Hu et al. 2022): a chosen matrix W, seen as (outputs, inputs), is used as W +
/// (alpha / rank) B A, where B is (outputs, rank), A is (rank, inputs), and only A and B are
/// trained.
package struct AdapterConfiguration: Hashable, Sendable {
    /// At least 1, and at most the smaller dimension of each adapted matrix.
    package var rank: Int
    /// The scale of the sum, times the rank.
    package var alpha: Double
    /// The matrices, by parts of their names as in ``ParameterSelection``; nil for the projections
    /// to queries and values, which GPT-2 keeps in one matrix with the keys.
    package var targets: [String]?

    package init(rank: Int = 8, alpha: Double = 16, targets: [String]? = nil) {
        self.rank = rank
        self.alpha = alpha
        self.targets = targets
    }

    /// What multiplies B A.
    var scale: Float { Float(alpha / Double(rank)) }
}

/// Where the factors of each adapted matrix lie, in the matrix and in a flat array of their own.
struct AdapterLayout: Hashable, Sendable {
    struct Adapter: Hashable, Sendable {
        /// The adapted tensor.
        var tensor: ParameterLayout.Tensor
        var inputs: Int
        var outputs: Int
        /// Whether the tensor lies as (outputs, inputs) rather than (inputs, outputs).
        var isRowPerOutput: Bool
        /// Where A, (rank, inputs), and B, (outputs, rank), begin; multiples of 16.
        var a: Int
        var b: Int
        /// The tensor's name without the `weight` at its end.
        var module: String
    }

    let rank: Int
    private(set) var adapters: [Adapter] = []
    /// Elements of the flat array.
    private(set) var count = 0

    /// - Throws: ``TransformerError`` where a target is part of no linear layer's name.
    init(
        _ configuration: AdapterConfiguration, of model: TransformerConfiguration
    ) throws(TransformerError) {
        rank = configuration.rank
        let linear = ParameterLayout(model).tensors.filter(\.isLinear)
        let usual = ["c_attn", "q_proj", "v_proj"]
        let selection = ParameterSelection(configuration.targets ?? usual)
        if configuration.targets != nil {
            try selection.validate(key: "training.adapters.targets", names: linear.map(\.name))
        }
        for tensor in linear where selection.contains(tensor.name) {
            let isRowPerOutput = model.family.architecture.storesRowPerOutput
            let (rows, columns) = (tensor.shape[0], tensor.shape[1])
            let (outputs, inputs) = isRowPerOutput ? (rows, columns) : (columns, rows)
            guard rank <= min(inputs, outputs) else {
                throw TransformerError(
                    .configuration(
                        "training.adapters.rank is \(rank); \(tensor.name) has the shape "
                            + "\(tensor.shape), so that at most \(min(inputs, outputs)) makes sense"
                    ))
            }
            adapters.append(
                Adapter(
                    tensor: tensor, inputs: inputs, outputs: outputs,
                    isRowPerOutput: isRowPerOutput, a: take(rank * inputs),
                    b: take(outputs * rank),
                    module: String(tensor.name.dropLast(".weight".count))))
        }
    }

    private mutating func take(_ elements: Int) -> Int {
        let start = count
        count += (elements + 15) / 16 * 16
        return start
    }

    /// One of an adapter's two factors, under the name that PEFT gives it below the base model's.
    struct Factor {
        var name: String
        var shape: [Int]
        var offset: Int
    }

    /// A, then B.
    func factors(of adapter: Adapter) -> [Factor] {
        [
            Factor(
                name: adapter.module + ".lora_A.weight", shape: [rank, adapter.inputs],
                offset: adapter.a),
            Factor(
                name: adapter.module + ".lora_B.weight", shape: [adapter.outputs, rank],
                offset: adapter.b),
        ]
    }

    /// What the optimizer moves.
    var trainedTensors: [TrainedTensor] {
        adapters.flatMap { factors(of: $0) }.map {
            TrainedTensor(offset: $0.offset, count: $0.shape[0] * $0.shape[1], isDecayed: true)
        }
    }
}

extension ParameterLayout.Tensor {
    /// Whether it is the matrix of a linear layer inside a block.
    fileprivate var isLinear: Bool { layer != nil && shape.count == 2 }
}
