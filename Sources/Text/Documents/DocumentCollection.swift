/// Documents as bytes: one flat array with offsets, so that a hundred thousand are two allocations.
///
/// Document `i` is `bytes[offsets[i] ..< offsets[i + 1]]`.
package struct DocumentCollection: Sendable, Hashable {
    /// All documents end to end.
    package private(set) var bytes: [UInt8]
    /// `count + 1` positions, from 0 to `bytes.count`, not decreasing.
    package private(set) var offsets: [Int]

    /// No documents.
    package init() {
        bytes = []
        offsets = [0]
    }

    /// Documents over existing storage. The offsets must run from 0 to `bytes.count` without
    /// decreasing.
    package init(bytes: [UInt8], offsets: [Int]) {
        precondition(
            offsets.first == 0 && offsets.last == bytes.count,
            "offsets must run from 0 to \(bytes.count)")
        precondition(
            zip(offsets, offsets.dropFirst()).allSatisfy { $0 <= $1 }, "offsets must not decrease")
        self.bytes = bytes
        self.offsets = offsets
    }

    package init(_ documents: some Sequence<[UInt8]>) {
        self.init()
        for document in documents { append(document) }
    }

    /// The number of documents.
    package var count: Int { offsets.count - 1 }
    /// Whether there are no documents; documents may themselves have no bytes.
    package var isEmpty: Bool { count == 0 }
    /// The number of bytes of all documents.
    package var byteCount: Int { bytes.count }

    /// Where document `index` lies in ``bytes``.
    package func range(of index: Int) -> Range<Int> {
        offsets[index]..<offsets[index + 1]
    }

    /// A copy of document `index`.
    package func bytes(of index: Int) -> [UInt8] {
        Array(bytes[range(of: index)])
    }

    /// Copies of all documents, in order.
    package var documents: [[UInt8]] {
        (0..<count).map { bytes(of: $0) }
    }

    /// Document `index` without a copy.
    package func slice(of index: Int) -> ArraySlice<UInt8> {
        bytes[range(of: index)]
    }

    /// Adds a document, which may be empty, behind the last.
    package mutating func append(_ document: some Collection<UInt8>) {
        bytes.append(contentsOf: document)
        offsets.append(bytes.count)
    }
}
