/// The distinct strings of a text with their counts, in order of first appearance.
struct CountedStrings: Sendable {
    private(set) var strings = ByteStringTable(minimumCapacity: 1 << 14)
    private(set) var counts: [Int] = []

    @inline(__always)
    mutating func add(_ bytes: Span<UInt8>, _ range: Range<Int>) {
        let number = strings.intern(bytes, range)
        if number == counts.count { counts.append(0) }
        counts[number] += 1
    }

    /// Counts a string as if it had never been there.
    mutating func forget(_ string: [UInt8]) {
        if let number = strings.find(string) { counts[number] = 0 }
    }
}
