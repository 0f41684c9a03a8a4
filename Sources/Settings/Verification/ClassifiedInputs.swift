import Collapse

/// Inputs of several coordinates, each with a label.
package struct ClassifiedInputs: ExampleCollection, Hashable {
    private(set) var dimension: Int
    /// Row by row.
    private(set) var inputs: [Double]
    private(set) var labels: [Bool]

    package init() {
        dimension = 0
        inputs = []
        labels = []
    }

    /// Labels each input as `label` says, in order.
    init(dimension: Int, inputs: [Double], label: (ArraySlice<Double>) -> Bool) {
        self.dimension = dimension
        self.inputs = inputs
        labels = stride(from: 0, to: inputs.count, by: dimension).map {
            label(inputs[$0..<$0 + dimension])
        }
    }

    /// The number of labelled inputs.
    package var count: Int { labels.count }
    package var totalSize: Int { labels.count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    func input(_ index: Int) -> ArraySlice<Double> {
        inputs[index * dimension..<(index + 1) * dimension]
    }

    package func selecting(_ indices: [Int]) -> ClassifiedInputs {
        var result = ClassifiedInputs()
        result.dimension = dimension
        result.labels = indices.map { labels[$0] }
        result.inputs.reserveCapacity(indices.count * dimension)
        for index in indices { result.inputs += input(index) }
        return result
    }

    package func prefix(size: Int) -> ClassifiedInputs {
        guard size < count else { return self }
        var result = self
        result.labels = Array(labels.prefix(size))
        result.inputs = Array(inputs.prefix(size * dimension))
        return result
    }

    /// Adds examples of the same dimension at the end.
    package mutating func append(_ other: ClassifiedInputs) {
        dimension = max(dimension, other.dimension)
        inputs += other.inputs
        labels += other.labels
    }

    package func contentKey(at index: Int) -> [UInt8] {
        input(index).flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        } + [labels[index] ? 1 : 0]
    }
}
