/// Parameter tensors chosen by parts of their names.
///
/// A pattern is one or more of the words between a name's dots: `wte` chooses
/// `transformer.wte.weight`, `h.0` all of the first block, `mlp.c_fc.weight` that matrix of every
/// block.
struct ParameterSelection {
    private let patterns: [[Substring]]

    init(_ patterns: [String]) {
        self.patterns = patterns.map { $0.split(separator: ".", omittingEmptySubsequences: false) }
    }

    /// Whether some pattern chooses a tensor.
    func contains(_ name: String) -> Bool {
        let words = name.split(separator: ".")
        return patterns.contains { Self.occurs($0, in: words) }
    }

    /// Refuses patterns that choose nothing of `names`; `key` is the key of the specification that
    /// holds them.
    func validate(key: String, names: [String]) throws(TransformerError) {
        for pattern in patterns
        where !names.contains(where: { Self.occurs(pattern, in: $0.split(separator: ".")) }) {
            throw TransformerError(
                .configuration(
                    "\(key) has \(pattern.joined(separator: ".")), which is part of no parameter's "
                        + "name: names are such as \(names.prefix(4).joined(separator: ", "))"))
        }
    }

    private static func occurs(_ pattern: [Substring], in words: [Substring]) -> Bool {
        guard !pattern.isEmpty, pattern.count <= words.count else { return false }
        return (0...words.count - pattern.count).contains { start in
            words[start..<start + pattern.count].elementsEqual(pattern)
        }
    }
}
