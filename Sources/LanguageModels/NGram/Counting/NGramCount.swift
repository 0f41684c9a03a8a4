/// What n-gram counts are held in: whole numbers in 4 bytes, or any in 8.
protocol NGramCount: BitwiseCopyable, Hashable, Comparable, AdditiveArithmetic, Sendable {
    static var one: Self { get }
    init(weight: Double)
    var real: Double { get }
    /// A whole count as an index, `limit` if it is more.
    func index(atMost limit: Int) -> Int
    /// Counts in the form that a model keeps.
    static func cumulative(_ column: NGramColumn<Self>) -> NGramCumulativeCounts
}

extension UInt32: NGramCount {
    static var one: UInt32 { 1 }
    init(weight: Double) { self = UInt32(weight) }
    var real: Double { Double(self) }
    @inline(__always)
    func index(atMost limit: Int) -> Int { Swift.min(Int(self), limit) }
    static func cumulative(_ column: NGramColumn<UInt32>) -> NGramCumulativeCounts {
        .whole(column)
    }
}

extension Double: NGramCount {
    static var one: Double { 1 }
    init(weight: Double) { self = weight }
    var real: Double { self }
    func index(atMost limit: Int) -> Int { self < Double(limit) ? Int(self) : limit }
    static func cumulative(_ column: NGramColumn<Double>) -> NGramCumulativeCounts {
        .real(column)
    }
}
