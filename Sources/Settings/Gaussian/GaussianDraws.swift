import Collapse

/// Draws of a scalar; each has size 1.
package struct GaussianDraws: ExampleCollection, Hashable {
    package private(set) var values: [Double]

    package init() { values = [] }
    package init(_ values: [Double]) { self.values = values }

    package var count: Int { values.count }
    package var totalSize: Int { values.count }
    package static var hasUnitSizes: Bool { true }
    package func size(at index: Int) -> Int { 1 }

    package func selecting(_ indices: [Int]) -> GaussianDraws {
        GaussianDraws(indices.map { values[$0] })
    }

    package func prefix(size: Int) -> GaussianDraws {
        size >= values.count ? self : GaussianDraws(Array(values.prefix(size)))
    }

    package mutating func append(_ other: GaussianDraws) {
        values.append(contentsOf: other.values)
    }

    package func contentKey(at index: Int) -> [UInt8] {
        withUnsafeBytes(of: values[index].bitPattern.littleEndian) { Array($0) }
    }
}

extension GaussianDraws {
    /// A file of draws that is not a whole number of doubles.
    struct Damaged: Error {}

    /// Little-endian doubles.
    var bytes: [UInt8] {
        values.flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    init(bytes: [UInt8]) throws {
        guard bytes.count % 8 == 0 else { throw Damaged() }
        values = stride(from: 0, to: bytes.count, by: 8).map { start in
            var pattern: UInt64 = 0
            for offset in 0..<8 { pattern |= UInt64(bytes[start + offset]) << (8 * offset) }
            return Double(bitPattern: pattern)
        }
    }
}
