/// Words numbered in the order of their first appearance.
///
/// Words of up to 8 bytes, which most are, are found by comparing one integer; NUL is no letter, so
/// that an integer spells one word only.
struct NGramWordTable {
    private struct Slot {
        /// The bytes of a word of at most 8, the hash of a longer one.
        var key: UInt64
        var number: UInt32
        /// 0 in an empty slot.
        var length: UInt32
    }

    private var slots: [Slot]
    private var begins: [Int] = [0]
    private var spellings: [UInt8] = []

    init() {
        slots = Array(repeating: Slot(key: 0, number: 0, length: 0), count: 1 << 12)
    }

    var count: Int { begins.count - 1 }

    subscript(number: Int) -> ArraySlice<UInt8> { spellings[begins[number]..<begins[number + 1]] }

    /// The number of a word, if it is in the table.
    func find(_ word: [UInt8]) -> UInt32? {
        Self.withKey(of: word) { bytes, length, key in
            let slot = slots[position(of: bytes, length, key: key)]
            return slot.length == 0 ? nil : slot.number
        }
    }

    /// The number of a word, which is added if it is new.
    mutating func intern(_ word: some Collection<UInt8>) -> UInt32 {
        Self.withKey(of: word) { intern($0, $1, key: $2) }
    }

    /// The number of the word of `length` bytes at `word`, whose ``key(of:_:)`` is known.
    @inline(__always)
    mutating func intern(_ word: UnsafePointer<UInt8>, _ length: Int, key: UInt64) -> UInt32 {
        let position = position(of: word, length, key: key)
        return slots[position].length == 0
            ? add(word, length, key, at: position) : slots[position].number
    }

    /// The word's slot, or the empty one where it belongs.
    @inline(__always)
    private func position(of word: UnsafePointer<UInt8>, _ length: Int, key: UInt64) -> Int {
        let mask = slots.count &- 1
        var position = Self.hash(key) & mask
        while true {
            let slot = slots[position]
            if slot.length == 0 { return position }
            if slot.key == key, slot.length == length, length <= 8 || spells(slot, word) {
                return position
            }
            position = (position &+ 1) & mask
        }
    }

    private static func withKey<Result>(
        of word: some Collection<UInt8>,
        _ body: (_ word: UnsafePointer<UInt8>, _ length: Int, _ key: UInt64) -> Result
    ) -> Result {
        // A key reads a little beyond the word.
        let bytes = Array(word) + Array(repeating: 0, count: 8)
        return bytes.withUnsafeBufferPointer {
            let base = $0.baseAddress.unsafelyUnwrapped
            return body(base, bytes.count - 8, key(of: base, bytes.count - 8))
        }
    }

    /// What a word is looked up by. Reads 8 bytes from each 8th on, so a little beyond the word.
    @inline(__always)
    static func key(of word: UnsafePointer<UInt8>, _ length: Int) -> UInt64 {
        if length <= 8 { return bytes(word, length) }
        var hash = UInt64(truncatingIfNeeded: length)
        var position = 0
        while position < length {
            hash = mix(hash ^ bytes(word + position, min(8, length &- position)))
            position &+= 8
        }
        return hash
    }

    /// Up to 8 bytes as an integer, zeros above.
    @inline(__always)
    private static func bytes(_ word: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
        let bytes = UInt64(littleEndian: UnsafeRawPointer(word).loadUnaligned(as: UInt64.self))
        return count >= 8 ? bytes : bytes & (1 &<< UInt64(8 &* count) &- 1)
    }

    @inline(__always)
    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xD6E8_FEB8_6659_FD93).multipliedFullWidth(by: 0xA076_1D64_78BD_642F)
        return product.low ^ product.high
    }

    @inline(__always)
    private static func hash(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: mix(key) >> 1)
    }

    private func spells(_ slot: Slot, _ word: UnsafePointer<UInt8>) -> Bool {
        let begin = begins[Int(slot.number)]
        for index in 0..<Int(slot.length) where spellings[begin &+ index] != word[index] {
            return false
        }
        return true
    }

    @inline(never)
    private mutating func add(
        _ word: UnsafePointer<UInt8>, _ length: Int, _ key: UInt64, at position: Int
    ) -> UInt32 {
        let number = UInt32(count)
        slots[position] = Slot(key: key, number: number, length: UInt32(length))
        spellings.append(contentsOf: UnsafeBufferPointer(start: word, count: length))
        begins.append(spellings.count)
        if count * 2 > slots.count { grow() }
        return number
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(key: 0, number: 0, length: 0), count: old.count * 4)
        let mask = slots.count - 1
        for slot in old where slot.length > 0 {
            var position = Self.hash(slot.key) & mask
            while slots[position].length > 0 { position = (position + 1) & mask }
            slots[position] = slot
        }
    }
}
