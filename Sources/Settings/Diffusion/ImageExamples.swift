import Collapse

/// Images with their pixels, between -1 and 1, and their labels; each has size 1.
package struct ImageExamples: ExampleCollection, Hashable {
    /// Image by image; empty where there is none.
    package private(set) var pixels: [Float]
    /// The class of each, from 0.
    package private(set) var labels: [UInt8]

    package init() { self.init(pixels: [], labels: []) }

    package init(pixels: [Float], labels: [UInt8]) {
        precondition(
            labels.isEmpty ? pixels.isEmpty : pixels.count % labels.count == 0,
            "\(pixels.count) pixels of \(labels.count) images")
        self.pixels = pixels
        self.labels = labels
    }

    package static var hasUnitSizes: Bool { true }
    package var count: Int { labels.count }
    package var totalSize: Int { count }
    package func size(at index: Int) -> Int { 1 }

    /// Pixels of one image; 0 where there is none.
    var imageSize: Int { labels.isEmpty ? 0 : pixels.count / labels.count }

    /// The pixels of one image.
    func pixels(at index: Int) -> ArraySlice<Float> {
        pixels[index * imageSize..<(index + 1) * imageSize]
    }

    package func selecting(_ indices: [Int]) -> ImageExamples {
        var chosen: [Float] = []
        chosen.reserveCapacity(indices.count * imageSize)
        for index in indices { chosen += pixels(at: index) }
        return ImageExamples(pixels: chosen, labels: indices.map { labels[$0] })
    }

    package func prefix(size: Int) -> ImageExamples {
        ImageExamples(
            pixels: Array(pixels.prefix(size * imageSize)), labels: Array(labels.prefix(size)))
    }

    package mutating func append(_ other: ImageExamples) {
        pixels += other.pixels
        labels += other.labels
    }

    package func contentKey(at index: Int) -> [UInt8] {
        [labels[index]]
            + pixels(at: index).flatMap { pixel in
                withUnsafeBytes(of: pixel.bitPattern.littleEndian) { Array($0) }
            }
    }
}
