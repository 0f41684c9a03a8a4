import Compute

/// The factors of low-rank adapters for one base model.
package final class LowRankAdapters: Sendable {
    package let configuration: AdapterConfiguration
    let layout: AdapterLayout
    /// All factors, laid out as `layout` says.
    let factors: SharedBuffer<Float>

    init(
        _ configuration: AdapterConfiguration, layout: AdapterLayout, factors: SharedBuffer<Float>
    ) {
        self.configuration = configuration
        self.layout = layout
        self.factors = factors
    }

    /// The base model with the adapters added to its weights.
    package func merged(into base: TransformerModel) -> TransformerModel {
        let parameters = base.parameters.copy()
        AdapterArithmetic(layout, scale: configuration.scale).compose(
            factors.base, base: base.parameters.base, into: parameters.base,
            pool: WorkerPool(count: 1))
        return TransformerModel(configuration: base.configuration, parameters: parameters)
    }
}

/// The products between adapters' factors and the matrices they adapt. One matrix is one task, so
/// that the bits do not depend on the workers.
struct AdapterArithmetic {
    private let layout: AdapterLayout
    private let scale: Float

    init(_ layout: AdapterLayout, scale: Float) {
        self.layout = layout
        self.scale = scale
    }

    /// A is uniform within 1 / sqrt(inputs) and B zero, so that training begins at the base model;
    /// adapter i draws from the key's index plus i.
    func start(_ factors: UnsafeMutablePointer<Float>, key: RandomKey) {
        for (index, adapter) in layout.adapters.enumerated() {
            var random = RandomStream(
                key.with(purpose: .adapters).at(Int(key.index) + index))
            let bound = 1 / Double(adapter.inputs).squareRoot()
            for i in 0..<layout.rank * adapter.inputs {
                factors[adapter.a + i] = Float((2 * random.uniform() - 1) * bound)
            }
            (factors + adapter.b).update(repeating: 0, count: adapter.outputs * layout.rank)
        }
    }

    /// The adapted matrices: base + scale B A, written into `parameters`.
    func compose(
        _ factors: UnsafePointer<Float>, base: UnsafePointer<Float>,
        into parameters: UnsafeMutablePointer<Float>, pool: WorkerPool
    ) {
        let (layout, scale) = (self.layout, self.scale)
        pool.perform(tasks: layout.adapters.count) { index, _ in
            let adapter = layout.adapters[index]
            let offset = adapter.tensor.offset
            (parameters + offset).update(from: base + offset, count: adapter.tensor.count)
            let (a, b) = Self.views(of: factors, adapter, layout.rank)
            let target = Self.matrix(parameters, adapter)
            if adapter.isRowPerOutput {
                multiply(b, a, into: target, scale: scale, adding: true)
            } else {
                multiply(a.transposed, b.transposed, into: target, scale: scale, adding: true)
            }
        }
    }

    /// The factors' gradient from the matrices': with G that of W, seen as (outputs, inputs), dB =
    /// scale G A^T and dA = scale B^T G.
    func gradient(
        of factors: UnsafePointer<Float>, from full: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>, pool: WorkerPool
    ) {
        let (layout, scale) = (self.layout, self.scale)
        pool.perform(tasks: layout.adapters.count) { index, _ in
            let adapter = layout.adapters[index]
            let (a, b) = Self.views(of: factors, adapter, layout.rank)
            let (da, db) = Self.views(of: UnsafePointer(gradient), adapter, layout.rank)
            let stored = Self.matrix(UnsafeMutablePointer(mutating: full), adapter)
            let g = adapter.isRowPerOutput ? stored : stored.transposed
            multiply(g, a.transposed, into: db, scale: scale)
            multiply(b.transposed, g, into: da, scale: scale)
        }
    }

    private static func views(
        of factors: UnsafePointer<Float>, _ adapter: AdapterLayout.Adapter, _ rank: Int
    ) -> (a: MatrixView<Float>, b: MatrixView<Float>) {
        (
            MatrixView(reading: factors + adapter.a, rows: rank, columns: adapter.inputs),
            MatrixView(reading: factors + adapter.b, rows: adapter.outputs, columns: rank)
        )
    }

    private static func matrix(
        _ parameters: UnsafeMutablePointer<Float>, _ adapter: AdapterLayout.Adapter
    ) -> MatrixView<Float> {
        MatrixView(
            parameters + adapter.tensor.offset, rows: adapter.tensor.shape[0],
            columns: adapter.tensor.shape[1])
    }
}
