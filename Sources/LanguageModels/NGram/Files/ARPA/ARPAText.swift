/// The lines of one block, put together from parts that repeat.
struct ARPAText: ~Copyable {
    private(set) var text = ARPABuffer(capacity: 1 << 19)
    /// The words that all n-grams at hand begin with, each followed by a space.
    private var prefix = ARPABuffer(capacity: 256)
    /// Where the prefix of each length ends.
    private var ends: [Int]
    private let number = ARPANumber()

    init(length: Int) {
        ends = Array(repeating: 0, count: length)
    }

    mutating func begin() { text.count = 0 }

    mutating func keepPrefix(of length: Int) { prefix.count = ends[length] }

    mutating func extendPrefix(to length: Int, by word: Int, _ words: borrowing ARPAWords) {
        let position = prefix.reserve(words.count(of: word) + ARPAWords.slack)
        let count = words.copy(word, to: position)
        position[count] = 0x20
        prefix.count += count + 1
        ends[length] = prefix.count
    }

    @inline(__always)
    mutating func append(
        _ probability: Double, backOff: Double?, word: Int, _ words: borrowing ARPAWords
    ) {
        let begin = text.reserve(
            prefix.count + words.count(of: word) + 2 * ARPANumber.longest
                + 2 * ARPAWords.slack)
        var position = begin + number.write(logarithmOf: probability, to: begin)
        position[0] = 0x09
        position += 1
        var copied = 0
        while copied < prefix.count {
            let chunk = UnsafeRawPointer(prefix.base + copied).loadUnaligned(as: SIMD16<UInt8>.self)
            UnsafeMutableRawPointer(position + copied).storeBytes(of: chunk, as: SIMD16<UInt8>.self)
            copied += 16
        }
        position += prefix.count
        position += words.copy(word, to: position)
        if let backOff {
            position[0] = 0x09
            position += 1 + number.write(logarithmOf: backOff, to: position + 1)
        }
        position[0] = 0x0A
        text.count += position + 1 - begin
    }
}

/// One worker's text.
final class ARPATextOwner {
    private var text: ARPAText

    init(length: Int) {
        text = ARPAText(length: length)
    }

    func withText<Failure>(
        _ body: (inout ARPAText) throws(Failure) -> Void
    ) throws(Failure) {
        try body(&text)
    }
}

/// Text under construction, in memory that is used again.
struct ARPABuffer: ~Copyable {
    private(set) var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// The next byte's position, with space for `size` more bytes.
    @inline(__always)
    mutating func reserve(_ size: Int) -> UnsafeMutablePointer<UInt8> {
        if count &+ size > capacity { grow(size) }
        return base + count
    }

    @inline(never)
    private mutating func grow(_ size: Int) {
        capacity = max(2 * capacity, count + size)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
    }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }
}
