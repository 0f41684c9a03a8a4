package import Compute

/// What an optimizer remembers between steps, so that a later fit can carry it over.
package struct OptimizerState: Sendable {
    /// Named as ``OptimizerConfiguration/moments``, laid out as the parameters.
    package let moments: [(name: String, values: SharedBuffer<Float>)]
    /// The updates made so far.
    package let updates: Int

    package init(moments: [(name: String, values: SharedBuffer<Float>)], updates: Int) {
        self.moments = moments
        self.updates = updates
    }

    /// The bytes of a safetensors file.
    package func serialized() -> [UInt8] {
        ArrayFile(
            moments.map { ArrayFile.Entry($0.name, $0.values) },
            metadata: [("updates", "\(updates)")]
        ).serialized
    }

    /// Reads what ``serialized()`` wrote; `file` names it in errors.
    package init(serialized bytes: [UInt8], file: String) throws(TransformerError) {
        let contents = try ArrayFile(serialized: bytes, keys: ["updates"], file: file)
        guard let updates = contents.text("updates").flatMap({ Int($0) }), updates >= 0 else {
            throw TransformerError(
                .checkpoint(
                    file: file, tensor: nil,
                    problem:
                        "has updates \(contents.text("updates") ?? "missing") in its metadata; it "
                        + "must be a whole number"))
        }
        self.init(moments: contents.entries.map { ($0.name, $0.values) }, updates: updates)
    }
}

extension TransformerOptimizer {
    /// What it remembers now.
    var state: OptimizerState {
        OptimizerState(
            moments: zip(configuration.moments, moments).map { ($0, $1.snapshot()) },
            updates: updates)
    }

    /// Goes on from a state.
    ///
    /// - Throws: ``TransformerError`` for the state of another optimizer or of another model.
    func restore(_ state: OptimizerState) throws(TransformerError) {
        for (name, box) in zip(configuration.moments, moments) {
            guard let values = state.moments.first(where: { $0.name == name })?.values else {
                let known = state.moments.map(\.name).joined(separator: ", ")
                throw TransformerError(
                    .request(
                        "the optimizer's state has \(known) and no \(name): it is another "
                            + "optimizer's; begin without it"))
            }
            guard values.count == box.count else {
                throw TransformerError(
                    .request(
                        "the optimizer's \(name) has \(values.count) elements; what is trained has "
                            + "\(box.count)"))
            }
            box.base.update(from: values.base, count: box.count)
        }
        updates = state.updates
    }
}
