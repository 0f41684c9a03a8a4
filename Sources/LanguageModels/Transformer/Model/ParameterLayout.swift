/// Where each parameter tensor lies in one flat array, under the names Hugging Face's GPT-2 uses.
///
/// Linear layers store their matrix as (in, out), as GPT-2's `Conv1D` does.
package struct ParameterLayout: Hashable, Sendable {
    /// One named tensor.
    package struct Tensor: Hashable, Sendable {
        package var name: String
        package var shape: [Int]
        /// The first element in the flat array; a multiple of 16.
        package var offset: Int
        /// How a fresh model starts.
        package var start: Start

        /// The number of elements.
        package var count: Int { shape.reduce(1, *) }
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
        let d = configuration.width
        // GPT-2's initialisation: residual projections shrink with the number of terms that add up.
        let normal = Start.normal(deviation: 0.02)
        let residual = Start.normal(
            deviation: 0.02 / Double(2 * configuration.layers).squareRoot())
        add(
            "wte.weight", [configuration.vocabularyCount, d], normal,
            rows: configuration.paddedVocabularyCount)
        add("wpe.weight", [configuration.contextLength, d], normal)
        for layer in 0..<configuration.layers {
            let block = "h.\(layer)."
            add(block + "ln_1.weight", [d], .ones)
            add(block + "ln_1.bias", [d], .zeros)
            add(block + "attn.c_attn.weight", [d, 3 * d], normal)
            add(block + "attn.c_attn.bias", [3 * d], .zeros)
            add(block + "attn.c_proj.weight", [d, d], residual)
            add(block + "attn.c_proj.bias", [d], .zeros)
            add(block + "ln_2.weight", [d], .ones)
            add(block + "ln_2.bias", [d], .zeros)
            add(block + "mlp.c_fc.weight", [d, configuration.innerWidth], normal)
            add(block + "mlp.c_fc.bias", [configuration.innerWidth], .zeros)
            add(block + "mlp.c_proj.weight", [configuration.innerWidth, d], residual)
            add(block + "mlp.c_proj.bias", [d], .zeros)
        }
        add("ln_f.weight", [d], .ones)
        add("ln_f.bias", [d], .zeros)
    }

    /// Tensors of one block, in the order above.
    static let tensorsPerBlock = 12

    private mutating func add(_ name: String, _ shape: [Int], _ start: Start, rows: Int? = nil) {
        tensors.append(
            Tensor(name: "transformer." + name, shape: shape, offset: count, start: start))
        let stored = (rows ?? shape[0]) * shape.dropFirst().reduce(1, *)
        count += (stored + 15) / 16 * 16
    }
}
