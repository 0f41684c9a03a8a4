import Collapse

/// Points of a space, row by row; each has size 1.
package struct Points: ExampleCollection, Hashable {
    /// 0 only for the empty collection that has not met a point yet.
    package private(set) var dimension: Int
    /// `count * dimension` coordinates.
    package private(set) var coordinates: [Double]

    package init() {
        dimension = 0
        coordinates = []
    }

    package init(dimension: Int, _ coordinates: [Double]) {
        precondition(
            dimension > 0 && coordinates.count % dimension == 0,
            "\(coordinates.count) coordinates are no points of dimension \(dimension)")
        self.dimension = dimension
        self.coordinates = coordinates
    }

    package static var hasUnitSizes: Bool { true }
    /// The number of points.
    package var count: Int { dimension == 0 ? 0 : coordinates.count / dimension }
    package var totalSize: Int { count }
    package func size(at index: Int) -> Int { 1 }

    /// The coordinates of one point.
    package subscript(index: Int) -> ArraySlice<Double> {
        coordinates[index * dimension..<(index + 1) * dimension]
    }

    package func selecting(_ indices: [Int]) -> Points {
        var selected = Points()
        selected.dimension = dimension
        selected.coordinates.reserveCapacity(indices.count * dimension)
        for index in indices { selected.coordinates.append(contentsOf: self[index]) }
        return selected
    }

    package func prefix(size: Int) -> Points {
        guard size < count else { return self }
        var start = Points()
        start.dimension = dimension
        start.coordinates = Array(coordinates.prefix(size * dimension))
        return start
    }

    /// Adds points of the same dimension at the end; the empty collection takes on any dimension.
    package mutating func append(_ other: Points) {
        guard other.count > 0 else { return }
        precondition(
            dimension == 0 || dimension == other.dimension,
            "points of dimension \(other.dimension) among points of dimension \(dimension)")
        dimension = other.dimension
        coordinates.append(contentsOf: other.coordinates)
    }

    package func contentKey(at index: Int) -> [UInt8] {
        self[index].flatMap { value in
            withUnsafeBytes(of: value.bitPattern.littleEndian) { Array($0) }
        }
    }

    /// A point as a person reads it.
    func text(at index: Int) -> String {
        "(" + self[index].map { "\($0)" }.joined(separator: ", ") + ")"
    }
}
