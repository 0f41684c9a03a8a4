package import Compute
import Glibc

/// What was computed from the parameters of a network, and how gradients go back through it.
///
/// A tape remembers each operation with its result. `backward(_:)` goes back from results whose
/// gradients are known and adds up the gradient of the parameters (reverse-mode differentiation,
/// Griewank and Walther 2008). Everything is a row-major matrix; rows are examples. Memory is kept
/// from one pass to the next, so that a step of training allocates nothing after the first.
package final class Tape<Element: Scalar> {
    /// A matrix that was computed in the pass that is on.
    package struct Value: Hashable, Sendable {
        fileprivate let index: Int
        package let rows: Int
        package let columns: Int

        /// The number of elements.
        package var count: Int { rows * columns }
    }

    private enum Operation {
        case input
        case linear(Int, LinearLayer, adding: Int?)
        case activation(Int, Activation)
        case sum(Int, Int)
        case columns(Int, Int)
        case embedding(EmbeddingLayer, UnsafePointer<Int32>)
    }

    private struct Node {
        var value: Value
        var operation: Operation
        var elements: UnsafeMutablePointer<Element>
        /// Nil until something flows back.
        var gradient: UnsafeMutablePointer<Element>?
        /// Whether parameters had a part in it.
        var isTrained: Bool
    }

    private var nodes: [Node] = []
    private var memory = TapeMemory<Element>()
    private var indices = TapeMemory<Int32>()
    private var parameters: UnsafePointer<Element>?

    package init() {}

    /// Computes with a network's parameters. What an earlier pass computed is forgotten.
    ///
    /// - Parameters:
    ///   - parameters: As their ``NetworkLayout`` has them.
    ///   - body: Computes; values of the tape are valid inside only.
    /// - Returns: What `body` returns.
    package func pass<Result>(
        _ parameters: [Element], _ body: () throws -> Result
    ) rethrows -> Result {
        try parameters.withUnsafeBufferPointer { buffer in
            nodes.removeAll(keepingCapacity: true)
            memory.reset()
            indices.reset()
            self.parameters = buffer.baseAddress
            defer { self.parameters = nil }
            return try body()
        }
    }

    // MARK: Operations

    /// A matrix that is given.
    ///
    /// - Parameters:
    ///   - rows: Rows of the matrix.
    ///   - columns: Columns of the matrix.
    ///   - fill: Writes all its elements.
    /// - Returns: The matrix.
    package func input(
        rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<Element>) throws -> Void
    ) rethrows -> Value {
        let node = add(.input, rows, columns, isTrained: false)
        try fill(UnsafeMutableBufferPointer(start: node.elements, count: rows * columns))
        return node.value
    }

    /// A matrix that is given, row after row.
    package func input(_ elements: some Collection<Element>, columns: Int) -> Value {
        input(rows: elements.count / columns, columns: columns) { out in
            // What lies in memory as it is wanted is copied as a whole.
            let isCopied: Void? = elements.withContiguousStorageIfAvailable {
                _ = out.update(fromContentsOf: $0)
            }
            if isCopied == nil { _ = out.update(fromContentsOf: elements) }
        }
    }

    /// x W + b, or that and another matrix.
    package func linear(_ x: Value, _ layer: LinearLayer, adding other: Value? = nil) -> Value {
        precondition(
            x.columns == layer.inputs, "\(x.columns) columns for a layer of \(layer.inputs) inputs")
        let node = add(
            .linear(x.index, layer, adding: other?.index), x.rows, layer.outputs, isTrained: true)
        let parameters = trained
        multiply(
            view(x.index),
            MatrixView(
                reading: parameters + layer.weights, rows: layer.inputs, columns: layer.outputs),
            into: MatrixView(node.elements, rows: x.rows, columns: layer.outputs),
            base: other.map { view($0.index) }, bias: parameters + layer.bias)
        return node.value
    }

    /// An activation of each element.
    package func apply(_ activation: Activation, to x: Value) -> Value {
        let from = nodes[x.index]
        let node = add(
            .activation(x.index, activation), x.rows, x.columns, isTrained: from.isTrained)
        activation.forward(from.elements, into: node.elements, count: x.count)
        return node.value
    }

    /// The sum of two matrices of one shape.
    package func sum(_ x: Value, _ y: Value) -> Value {
        precondition(x.rows == y.rows && x.columns == y.columns, "a sum of two shapes")
        let node = add(
            .sum(x.index, y.index), x.rows, x.columns,
            isTrained: nodes[x.index].isTrained || nodes[y.index].isTrained)
        node.elements.update(from: nodes[x.index].elements, count: x.count)
        Element.kernels.add(node.elements, nodes[y.index].elements, x.count)
        return node.value
    }

    /// The columns of one matrix, then those of another.
    package func columns(_ x: Value, _ y: Value) -> Value {
        precondition(x.rows == y.rows, "\(x.rows) rows beside \(y.rows)")
        let node = add(
            .columns(x.index, y.index), x.rows, x.columns + y.columns,
            isTrained: nodes[x.index].isTrained || nodes[y.index].isTrained)
        let (left, right) = (nodes[x.index].elements, nodes[y.index].elements)
        for row in 0..<x.rows {
            let out = node.elements + row * node.value.columns
            out.update(from: left + row * x.columns, count: x.columns)
            (out + x.columns).update(from: right + row * y.columns, count: y.columns)
        }
        return node.value
    }

    /// The row of a table for each index.
    package func rows(of table: EmbeddingLayer, at chosen: some Collection<Int32>) -> Value {
        precondition(
            chosen.allSatisfy { (0..<Int32(table.rows)).contains($0) },
            "an index outside a table of \(table.rows) rows")
        let copy = indices.take(chosen.count)
        for (place, index) in chosen.enumerated() { copy[place] = index }
        let node = add(
            .embedding(table, copy), chosen.count, table.width, isTrained: true)
        Element.kernels.gatherRows(
            node.elements, trained + table.start, copy, chosen.count, table.width)
        return node.value
    }

    // MARK: Results

    /// The elements of a matrix, valid until the pass ends.
    package func elements(of value: Value) -> UnsafeBufferPointer<Element> {
        UnsafeBufferPointer(start: nodes[value.index].elements, count: value.count)
    }

    /// The gradient of a loss by a matrix, zero at first: what a loss adds to before
    /// `backward(_:)`.
    package func gradient(of value: Value) -> UnsafeMutableBufferPointer<Element> {
        UnsafeMutableBufferPointer(start: gradient(at: value.index), count: value.count)
    }

    /// Goes back from the matrices whose gradients were given, and adds the gradient of the parameters
    /// to `total`, an element for each.
    package func backward(_ total: inout [Element]) {
        total.withUnsafeMutableBufferPointer { total in
            guard let total = total.baseAddress else { return }
            for index in nodes.indices.reversed() {
                guard let gradient = nodes[index].gradient, nodes[index].isTrained else { continue }
                goBack(through: nodes[index], gradient, total)
            }
        }
    }

    private func goBack(
        through node: Node, _ gradient: UnsafeMutablePointer<Element>,
        _ total: UnsafeMutablePointer<Element>
    ) {
        let (rows, columns) = (node.value.rows, node.value.columns)
        let count = rows * columns
        switch node.operation {
        case .input: break
        case .linear(let x, let layer, let other):
            let slope = MatrixView(gradient, rows: rows, columns: columns)
            let weights = MatrixView(
                total + layer.weights, rows: layer.inputs, columns: layer.outputs)
            multiply(view(x).transposed, slope, into: weights, base: weights)
            Element.kernels.addColumnSums(total + layer.bias, gradient, rows, columns)
            if nodes[x].isTrained {
                let back = MatrixView(self.gradient(at: x), rows: rows, columns: layer.inputs)
                multiply(
                    slope,
                    MatrixView(
                        reading: trained + layer.weights, rows: layer.inputs,
                        columns: layer.outputs
                    ).transposed, into: back, base: back)
            }
            if let other { pass(gradient, to: other, count) }
        case .activation(let x, let activation):
            // The gradient of the output is needed no more.
            activation.backward(
                gradient, input: nodes[x].elements, output: node.elements, count: count)
            pass(gradient, to: x, count)
        case .sum(let x, let y):
            pass(gradient, to: x, count)
            pass(gradient, to: y, count)
        case .columns(let x, let y):
            var start = 0
            for part in [x, y] {
                let width = nodes[part].value.columns
                if nodes[part].isTrained {
                    let back = self.gradient(at: part)
                    for row in 0..<rows {
                        Element.kernels.add(
                            back + row * width, gradient + row * columns + start, width)
                    }
                }
                start += width
            }
        case .embedding(let table, let chosen):
            Element.kernels.scatterRows(total + table.start, gradient, chosen, rows, columns)
        }
    }

    private func pass(_ gradient: UnsafePointer<Element>, to index: Int, _ count: Int) {
        guard nodes[index].isTrained else { return }
        Element.kernels.add(self.gradient(at: index), gradient, count)
    }

    // MARK: Memory

    private var trained: UnsafePointer<Element> {
        guard let parameters else { preconditionFailure("a tape outside of a pass") }
        return parameters
    }

    private func view(_ index: Int) -> MatrixView<Element> {
        let node = nodes[index]
        return MatrixView(node.elements, rows: node.value.rows, columns: node.value.columns)
    }

    private func add(
        _ operation: Operation, _ rows: Int, _ columns: Int, isTrained: Bool
    ) -> Node {
        let node = Node(
            value: Value(index: nodes.count, rows: rows, columns: columns), operation: operation,
            elements: memory.take(rows * columns), isTrained: isTrained)
        nodes.append(node)
        return node
    }

    private func gradient(at index: Int) -> UnsafeMutablePointer<Element> {
        if let gradient = nodes[index].gradient { return gradient }
        let count = nodes[index].value.count
        let gradient = memory.take(count)
        // Zero bits are zero; a loop over elements of a type that is not known here takes long.
        memset(gradient, 0, count * MemoryLayout<Element>.stride)
        nodes[index].gradient = gradient
        return gradient
    }
}
