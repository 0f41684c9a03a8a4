/// Real data that a setting reads beside its specification.
///
/// It is recorded with the results, so that other data under the same name does not pass for it.
public struct DataSource: Hashable, Sendable {
    /// A part of the data that a run uses.
    public struct Part: Hashable, Sendable {
        /// The part's name, such as `train`.
        public var name: String
        /// The number of documents, or of images.
        public var count: Int
        /// The bytes of all of them.
        public var bytes: Int

        public init(name: String, count: Int, bytes: Int) {
            self.name = name
            self.count = count
            self.bytes = bytes
        }
    }

    /// What it is, such as `corpus`.
    public var kind: String
    /// The name by which specifications call it.
    public var name: String
    /// SHA-256 of the content, in 64 hexadecimal digits: equal digits mean equal data.
    public var sha256: String
    /// What the counts are of, such as `documents`.
    public var unit: String
    /// The parts that are used, train first.
    public var parts: [Part]

    public init(kind: String, name: String, sha256: String, unit: String, parts: [Part]) {
        self.kind = kind
        self.name = name
        self.sha256 = sha256
        self.unit = unit
        self.parts = parts
    }

    /// The sources of several arms, each once with all parts that any of them uses.
    public static func joining(_ sources: [DataSource]) -> [DataSource] {
        var joined: [DataSource] = []
        for source in sources {
            let same = joined.firstIndex {
                ($0.kind, $0.name, $0.sha256) == (source.kind, source.name, source.sha256)
            }
            guard let known = same else {
                joined.append(source)
                continue
            }
            for part in source.parts where !joined[known].parts.contains(part) {
                joined[known].parts.append(part)
            }
        }
        return joined
    }

    /// The size in words, such as `120 documents (80412 bytes) in train, 15 (9031) in test`.
    public var summary: String {
        let sizes = parts.enumerated().map { index, part in
            index == 0
                ? "\(part.count) \(unit) (\(part.bytes) bytes) in \(part.name)"
                : "\(part.count) (\(part.bytes)) in \(part.name)"
        }
        return sizes.joined(separator: ", ")
    }
}
