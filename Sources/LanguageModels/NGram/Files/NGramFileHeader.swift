/// The first 512 bytes of a model's file: everything but the columns.
///
/// | bytes | content |
/// | --- | --- |
/// | 0 ..< 8 | `CLNGRAMS` |
/// | 8 ..< 12 | version, 2 |
/// | 12 ..< 16 | order n |
/// | 16 ..< 20 | ``Parts`` |
/// | 20 ..< 24 | smoothing: its index in `NGramSmoothing.allCases`; 0 without counts, as for all that belongs to them |
/// | 24 ..< 32 | counts of counts: likewise in `NGramCountsOfCounts.allCases` |
/// | 32 ..< 40 | k of add-k (binary64) |
/// | 40 ..< 48 | vocabulary count V |
/// | 48 ..< 56 | boundary id |
/// | 56 ..< 64 | id of the unknown word; V without one |
/// | 64 ..< 72 | unigrams with a positive count |
/// | 72 ..< 80 | bytes of all spellings together |
/// | 80 ..< 88 | bytes of the file |
/// | 88 ..< 96 | ``NGramChecksum`` of all that follows the header |
/// | 96 ..< 176 | first node of each level: n + 2 numbers, then zeros |
/// | 176 ..< 432 | n x (D1, D2, D3+, 1 if fallback else 0) under Kneser-Ney, then zeros |
/// | 504 ..< 512 | ``NGramChecksum`` of the bytes before |
struct NGramFileHeader {
    /// What a file holds beside the trie.
    struct Parts: OptionSet {
        let rawValue: UInt32

        static let probabilities = Parts(rawValue: 1)
        static let counts = Parts(rawValue: 2)
        /// The counts are binary64, not whole numbers of 32 bits.
        static let realCounts = Parts(rawValue: 4)
        static let words = Parts(rawValue: 8)
        /// ``NGramModel/isAdditive``
        static let additive = Parts(rawValue: 16)
    }

    var parts: Parts
    var vocabularyCount: Int
    var boundary: Int
    var unknown: Int?
    var levelBegin: [Int]
    /// How the counts become probabilities; with counts only.
    var configuration: NGramConfiguration?
    var discounts: [NGramDiscounts] = []
    var distinctUnigrams = 0
    /// Bytes of all spellings together.
    var wordBytes = 0
    /// Of all that follows the header.
    var checksum: UInt64 = 0

    static let byteCount = 512
    private static let magic = Array("CLNGRAMS".utf8)
    private static let version = 2
    private static let checksumPosition = 504

    var order: Int { levelBegin.count - 2 }
    var layout: NGramFileLayout { NGramFileLayout(self) }
}

/// Where the sections of a file lie.
struct NGramFileLayout {
    struct Section {
        var bytes: Range<Int>
        var stride: Int
    }

    private(set) var byteCount = NGramFileHeader.byteCount
    let childBegin: Section
    let tokens: Section
    let suffixes: Section
    private(set) var probabilities: Section?
    private(set) var backOffs: Section?
    private(set) var counts: Section?
    private(set) var wordStarts: Section?
    private(set) var words: Section?

    init(_ header: NGramFileHeader) {
        var end = NGramFileHeader.byteCount
        func section(_ count: Int, _ stride: Int) -> Section {
            let begin = end
            end += (count * stride + 63) / 64 * 64
            return Section(bytes: begin..<begin + count * stride, stride: stride)
        }
        let contextCount = header.levelBegin[header.order]
        let nodeCount = header.levelBegin[header.order + 1]
        childBegin = section(contextCount + 1, 4)
        tokens = section(nodeCount, 4)
        suffixes = section(nodeCount, 4)
        if header.parts.contains(.probabilities) {
            probabilities = section(nodeCount, 8)
            backOffs = section(contextCount, 8)
        }
        if header.parts.contains(.counts) {
            counts = section(nodeCount, header.parts.contains(.realCounts) ? 8 : 4)
        }
        if header.parts.contains(.words) {
            wordStarts = section(header.vocabularyCount + 1, 8)
            words = section(header.wordBytes, 1)
        }
        byteCount = end
    }
}

extension NGramFileHeader {
    /// The header's bytes.
    func encoded() -> [UInt8] {
        var words = [UInt64](repeating: 0, count: Self.byteCount / 8)
        words[0] = Self.magic.reversed().reduce(0) { $0 << 8 | UInt64($1) }
        words[1] = UInt64(Self.version) | UInt64(order) << 32
        words[2] = UInt64(parts.rawValue)
        if let configuration {
            let smoothing = NGramSmoothing.allCases.firstIndex(of: configuration.smoothing) ?? 0
            let statistics =
                NGramCountsOfCounts.allCases.firstIndex(of: configuration.countsOfCounts) ?? 0
            words[2] |= UInt64(smoothing) << 32
            words[3] = UInt64(statistics)
            words[4] = configuration.k.bitPattern
        }
        words[5] = UInt64(vocabularyCount)
        words[6] = UInt64(boundary)
        words[7] = UInt64(unknown ?? vocabularyCount)
        words[8] = UInt64(distinctUnigrams)
        words[9] = UInt64(wordBytes)
        words[10] = UInt64(layout.byteCount)
        words[11] = checksum
        for (index, begin) in levelBegin.enumerated() { words[12 + index] = UInt64(begin) }
        for (index, discount) in discounts.enumerated() {
            let offset = 22 + 4 * index
            words[offset] = discount.one.bitPattern
            words[offset + 1] = discount.two.bitPattern
            words[offset + 2] = discount.threeOrMore.bitPattern
            words[offset + 3] = discount.isFallback ? 1 : 0
        }
        var sum = NGramChecksum()
        words.dropLast().withUnsafeBytes { sum.add($0) }
        words[words.count - 1] = sum.value
        return words.withUnsafeBytes { Array($0) }
    }

    /// Reads and checks the header of a file.
    init(_ file: UnsafeRawBufferPointer) throws(NGramError) {
        func require(
            _ condition: Bool, _ problem: @autoclosure () -> String
        ) throws(NGramError) {
            if !condition { throw NGramError(.damaged(problem())) }
        }
        try require(
            file.count >= Self.byteCount,
            "has \(file.count) bytes, fewer than the header's \(Self.byteCount)")
        try require(file.starts(with: Self.magic), "does not begin with CLNGRAMS")
        let bytes = UnsafeRawBufferPointer(rebasing: file[..<Self.byteCount])
        func word(_ index: Int) -> UInt64 {
            bytes.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self)
        }
        /// A number that must be small enough to index with.
        func count(_ index: Int, _ name: String) throws(NGramError) -> Int {
            let value = word(index)
            try require(value < UInt64(UInt32.max), "has a \(name) of \(value)")
            return Int(value)
        }
        let version = word(1) & 0xFFFF_FFFF
        try require(
            version == Self.version, "has version \(version), not \(Self.version)")
        var sum = NGramChecksum()
        sum.add(UnsafeRawBufferPointer(rebasing: bytes[..<Self.checksumPosition]))
        try require(sum.value == word(63), "does not match its header's checksum")

        let order = Int(word(1) >> 32)
        try require(
            NGramConfiguration.orders.contains(order),
            "has order \(order), outside \(NGramConfiguration.orders)")
        parts = Parts(rawValue: UInt32(truncatingIfNeeded: word(2)))
        vocabularyCount = try count(5, "vocabulary count")
        boundary = try count(6, "boundary")
        try require(
            boundary < vocabularyCount,
            "has boundary \(boundary) in a vocabulary of \(vocabularyCount)")
        let unknown = try count(7, "unknown word")
        try require(
            unknown <= vocabularyCount && unknown != boundary,
            "has unknown word \(unknown) in a vocabulary of \(vocabularyCount)")
        self.unknown = unknown == vocabularyCount ? nil : unknown
        distinctUnigrams = try count(8, "number of unigrams")
        wordBytes = try count(9, "size of its spellings")
        checksum = word(11)
        levelBegin = []
        for index in 0..<order + 2 { levelBegin.append(try count(12 + index, "level")) }
        try require(
            levelBegin[0] == 0 && levelBegin[1] == 1 && levelBegin[2] == vocabularyCount + 1
                && zip(levelBegin, levelBegin.dropFirst()).allSatisfy { $0 <= $1 },
            "has levels that do not follow each other")
        if parts.contains(.counts) {
            let smoothing = Int(word(2) >> 32)
            let statistics = Int(truncatingIfNeeded: word(3))
            let k = Double(bitPattern: word(4))
            try require(
                smoothing < NGramSmoothing.allCases.count, "has smoothing code \(smoothing)")
            try require(
                NGramCountsOfCounts.allCases.indices.contains(statistics),
                "has counts-of-counts code \(statistics)")
            try require(k > 0 && k.isFinite, "has a pseudo-count of \(k)")
            let configuration = NGramConfiguration(
                order: order, smoothing: NGramSmoothing.allCases[smoothing], k: k,
                countsOfCounts: NGramCountsOfCounts.allCases[statistics])
            self.configuration = configuration
            try require(
                parts.contains(.additive) == (configuration.smoothing == .addK)
                    && (configuration.smoothing != .modifiedKneserNey
                        || !parts.contains(.realCounts)),
                "has parts that do not go with \(configuration.smoothing.rawValue)")
            if configuration.smoothing == .modifiedKneserNey {
                for length in 1...order {
                    let offset = 18 + 4 * length
                    let values = (0..<3).map { Double(bitPattern: word(offset + $0)) }
                    let fallback = word(offset + 3)
                    let isValid = zip(1...3, values).allSatisfy { $1 >= 0 && $1 <= Double($0) }
                    try require(
                        isValid && fallback <= 1, "has no valid discounts for order \(length)")
                    discounts.append(
                        NGramDiscounts(
                            one: values[0], two: values[1], threeOrMore: values[2],
                            isFallback: fallback == 1))
                }
            }
        }
        try require(
            parts.contains(.probabilities) || parts.contains(.counts),
            "has neither probabilities nor counts")
        let expected = layout.byteCount
        try require(
            file.count == expected && word(10) == UInt64(expected),
            "has \(file.count) bytes where \(levelBegin[order + 1]) n-grams take \(expected)")
    }
}

/// FNV-1a (64 bits) taken over 8-byte words: any one changed word changes it.
package struct NGramChecksum {
    /// Of all that was added.
    package private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    package init() {}

    /// Adds whole words.
    package mutating func add(_ bytes: UnsafeRawBufferPointer) {
        precondition(bytes.count % 8 == 0, "a checksum over \(bytes.count) bytes")
        var hash = value
        for position in stride(from: 0, to: bytes.count, by: 8) {
            let word = bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            hash = (hash ^ word) &* 0x100_0000_01B3
        }
        value = hash
    }
}
