/// What n-gram counts are held in: whole numbers in 4 bytes, or any in 8.
protocol NGramCount: BitwiseCopyable, Hashable, Comparable, AdditiveArithmetic, Sendable {
    static var one: Self { get }
    init(weight: Double)
    var real: Double { get }
    /// The count as an index into discounts: 0, 1, 2, or 3 for three and more.
    var discountIndex: Int { get }
    /// Counts in the form that a model keeps.
    static func cumulative(_ column: NGramColumn<Self>) -> NGramCumulativeCounts
}

extension UInt32: NGramCount {
    static var one: UInt32 { 1 }
    init(weight: Double) { self = UInt32(weight) }
    var real: Double { Double(self) }
    var discountIndex: Int { self < 3 ? Int(self) : 3 }
    static func cumulative(_ column: NGramColumn<UInt32>) -> NGramCumulativeCounts {
        .whole(column)
    }
}

extension Double: NGramCount {
    static var one: Double { 1 }
    init(weight: Double) { self = weight }
    var real: Double { self }
    var discountIndex: Int { self >= 3 ? 3 : Int(self) }
    static func cumulative(_ column: NGramColumn<Double>) -> NGramCumulativeCounts {
        .real(column)
    }
}
