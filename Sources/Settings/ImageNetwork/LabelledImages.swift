import Collapse

/// Images of a set, by their position in it, with labels that may be wrong; each has size 1.
package struct LabelledImages: ExampleCollection, Hashable {
    /// The index of each image in the set, from 0.
    package private(set) var images: [Int32]
    /// The class given to each of ``images``, from 0.
    package private(set) var labels: [UInt8]

    package init() { self.init(images: [], labels: []) }

    package init(images: [Int32], labels: [UInt8]) {
        precondition(
            images.count == labels.count, "\(images.count) images with \(labels.count) labels")
        self.images = images
        self.labels = labels
    }

    package static var hasUnitSizes: Bool { true }
    /// The number of labelled images, of which several may show the same one.
    package var count: Int { labels.count }
    package var totalSize: Int { count }
    package func size(at index: Int) -> Int { 1 }

    package func selecting(_ indices: [Int]) -> LabelledImages {
        LabelledImages(images: indices.map { images[$0] }, labels: indices.map { labels[$0] })
    }

    package func prefix(size: Int) -> LabelledImages {
        LabelledImages(images: Array(images.prefix(size)), labels: Array(labels.prefix(size)))
    }

    /// Adds labelled images of the same set at the end.
    package mutating func append(_ other: LabelledImages) {
        images += other.images
        labels += other.labels
    }

    package func contentKey(at index: Int) -> [UInt8] {
        withUnsafeBytes(of: images[index].littleEndian) { Array($0) } + [labels[index]]
    }
}

extension LabelledImages {
    /// For each image its position, 32-bit little-endian, and its label.
    var bytes: [UInt8] { (0..<count).flatMap { contentKey(at: $0) } }

    init(bytes: [UInt8]) throws {
        guard bytes.count % 5 == 0 else {
            throw DamagedFile(description: "labels.bin ends within an image")
        }
        self.init()
        for start in stride(from: 0, to: bytes.count, by: 5) {
            images.append((0..<4).reduce(0) { $0 | Int32(bytes[start + $1]) << (8 * Int32($1)) })
            labels.append(bytes[start + 4])
        }
    }
}
