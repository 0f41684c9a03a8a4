/// The strings of a vocabulary by number, with their numbers by string: equal when the strings are.
struct ByteStringVocabulary: Sendable, Hashable {
    private var table: ByteStringTable

    init() {
        table = ByteStringTable()
    }

    /// The distinct strings in the given order; `nil` if one occurs twice.
    init?(distinct strings: some Sequence<[UInt8]>) {
        table = ByteStringTable()
        for string in strings {
            let count = table.count
            guard table.intern(string) == count else { return nil }
        }
    }

    /// Counted strings by falling count, ties by rising bytes, dropping the rare and the surplus.
    init(counting strings: CountedStrings, minimumCount: Int, maximumCount: Int?) {
        let (spellings, counts) = (strings.strings, strings.counts)
        let kept = counts.indices.filter { counts[$0] >= minimumCount }.sorted { left, right in
            if counts[left] != counts[right] { return counts[left] > counts[right] }
            return spellings[left].lexicographicallyPrecedes(spellings[right])
        }
        table = ByteStringTable(minimumCapacity: kept.count)
        for number in kept.prefix(maximumCount ?? kept.count) {
            _ = table.intern(spellings[number])
        }
    }

    var count: Int { table.count }

    subscript(number: Int) -> ArraySlice<UInt8> { table[number] }

    @inline(__always)
    func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? { table.find(bytes, range) }

    static func == (left: Self, right: Self) -> Bool {
        left.count == right.count && (0..<left.count).allSatisfy { left[$0] == right[$0] }
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for number in 0..<count { hasher.combine(table[number]) }
    }
}
