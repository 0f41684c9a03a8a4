/// Byte strings numbered in order of first appearance: an open-addressing hash over one flat store.
///
/// The numbering depends on the order of insertion only, so walking `0 ..< count` is deterministic.
package struct ByteStringTable: Sendable {
    @usableFromInline
    struct Entry: Sendable {
        @usableFromInline var hash: UInt64
        @usableFromInline var start: Int
        @usableFromInline var length: Int

        @inlinable
        init(hash: UInt64, start: Int, length: Int) {
            self.hash = hash
            self.start = start
            self.length = length
        }
    }

    /// Entry number plus one in each slot; zero is an empty slot. The count is a power of two.
    @usableFromInline var slots: [UInt32]
    @usableFromInline var entries: [Entry] = []
    @usableFromInline var storage: [UInt8] = []

    @inlinable
    package init(minimumCapacity: Int = 0) {
        var capacity = 64
        while capacity < minimumCapacity * 2 { capacity *= 2 }
        slots = [UInt32](repeating: 0, count: capacity)
    }

    /// The number of different strings; their numbers are `0 ..< count`.
    @inlinable package var count: Int { entries.count }

    /// The bytes held by all strings together.
    @inlinable package var byteCount: Int { storage.count }

    /// The string with the given number.
    @inlinable
    package subscript(number: Int) -> ArraySlice<UInt8> {
        let entry = entries[number]
        return storage[entry.start..<entry.start + entry.length]
    }

    /// The number of a string, if it is in the table.
    @inlinable
    @inline(__always)
    package func find(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int? {
        find(bytes, range, hash: Self.hash(bytes, range))
    }

    /// The number of a string whose ``hash(_:_:)`` is known.
    @inlinable
    @inline(__always)
    package func find(_ bytes: Span<UInt8>, _ range: Range<Int>, hash: UInt64) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while true {
            let found = slots[slot]
            if found == 0 { return nil }
            let number = Int(found) - 1
            if matches(entries[number], bytes, range, hash) { return number }
            slot = (slot + 1) & mask
        }
    }

    /// The number of a string, which is added if it is new.
    @inlinable
    @inline(__always)
    package mutating func intern(_ bytes: Span<UInt8>, _ range: Range<Int>) -> Int {
        let hash = Self.hash(bytes, range)
        return find(bytes, range, hash: hash) ?? append(bytes, range, hash: hash)
    }

    /// Adds a string that is known to be absent.
    @inline(never)
    @discardableResult
    package mutating func append(_ bytes: Span<UInt8>, _ range: Range<Int>, hash: UInt64) -> Int {
        if (entries.count + 1) * 2 > slots.count { grow() }
        let entry = Entry(hash: hash, start: storage.count, length: range.count)
        for index in range { storage.append(bytes[index]) }
        entries.append(entry)
        place(number: entries.count - 1, hash: hash)
        return entries.count - 1
    }

    /// The number of a string, which is added if it is new.
    @inlinable
    package mutating func intern(_ bytes: some Collection<UInt8>) -> Int {
        let array = Array(bytes)
        return intern(array.span, 0..<array.count)
    }

    /// The number of a string; nil if it is not in the table.
    @inlinable
    package func find(_ bytes: some Collection<UInt8>) -> Int? {
        let array = Array(bytes)
        return find(array.span, 0..<array.count)
    }

    /// A 64-bit hash of the bytes, eight at a time, with a multiply-and-fold finish.
    @inlinable
    @inline(__always)
    package static func hash(_ bytes: Span<UInt8>, _ range: Range<Int>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: range.count) &* 0x9E37_79B9_7F4A_7C15
        var position = range.lowerBound
        while range.upperBound - position >= 8 {
            hash = mix(hash ^ word(bytes, position, 8))
            position += 8
        }
        if position < range.upperBound {
            hash = mix(hash ^ word(bytes, position, range.upperBound - position))
        }
        return hash
    }

    /// Up to eight bytes as a little-endian word.
    @inlinable
    @inline(__always)
    static func word(_ bytes: Span<UInt8>, _ position: Int, _ count: Int) -> UInt64 {
        var word: UInt64 = 0
        for index in 0..<count {
            word |= UInt64(bytes[position &+ index]) &<< UInt64(index &* 8)
        }
        return word
    }

    @inlinable
    @inline(__always)
    static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.low ^ product.high
    }

    @inlinable
    @inline(__always)
    func matches(
        _ entry: Entry, _ bytes: Span<UInt8>, _ range: Range<Int>, _ hash: UInt64
    ) -> Bool {
        guard entry.hash == hash, entry.length == range.count else { return false }
        for index in 0..<entry.length
        where storage[entry.start &+ index] != bytes[range.lowerBound &+ index] {
            return false
        }
        return true
    }

    private mutating func grow() {
        slots = [UInt32](repeating: 0, count: slots.count * 2)
        for number in entries.indices { place(number: number, hash: entries[number].hash) }
    }

    private mutating func place(number: Int, hash: UInt64) {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt32(number + 1)
    }
}
