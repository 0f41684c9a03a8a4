/// The binary form of a model, little-endian throughout. It holds counts; probabilities are computed again.
///
/// | bytes | content |
/// | --- | --- |
/// | 0 ..< 8 | `CLNGRAMS` |
/// | 8 ..< 12 | version, 1 |
/// | 12 ..< 16 | order n |
/// | 16 ..< 20 | smoothing: its place in `NGramSmoothing.allCases` |
/// | 20 ..< 24 | counts of counts: likewise in `NGramCountsOfCounts.allCases` |
/// | 24 ..< 32 | k of add-k (binary64) |
/// | 32 ..< 40 | vocabulary count V |
/// | 40 ..< 48 | boundary id |
/// | 48 ..< 56 | bytes per count: 4 (whole numbers) or 8 (binary64) |
/// | 56 ..< 64 | checksum of all other bytes, as in a token file |
/// | 64 ..< | sections, each filled with zeros to a multiple of 8 |
///
/// The sections: n x (D1, D2, D3+, 1 if fallback else 0) in 8 bytes each, zeros unless Kneser-Ney; the n + 2 first
/// nodes of the levels (8 bytes); the first successor of each context and the end (4 bytes each); then, for each node from the
/// first bigram on, its last token, and in a section of its own its suffix (4 bytes each); then for each node its count, summed
/// up within its block. Nodes are as in ``NGramTrie``.
extension NGramModel {
    private static let magic = Array("CLNGRAMS".utf8)
    private static let formatVersion = 1
    private static let headerCount = 64
    private static let checksumPosition = 56

    /// The model's bytes.
    package func encoded() -> [UInt8] {
        var writer = LittleEndianWriter()
        writer.bytes.reserveCapacity(trie.nodeCount * 24)
        writer.bytes.append(contentsOf: Self.magic)
        writer.append(UInt32(Self.formatVersion))
        writer.append(UInt32(order))
        writer.append(
            UInt32(NGramSmoothing.allCases.firstIndex(of: configuration.smoothing) ?? 0))
        writer.append(
            UInt32(NGramCountsOfCounts.allCases.firstIndex(of: configuration.countsOfCounts) ?? 0))
        writer.append(configuration.k.bitPattern)
        writer.append(UInt64(vocabularyCount))
        writer.append(UInt64(boundary))
        writer.append(UInt64(cumulative.isWhole ? 4 : 8))
        writer.append(UInt64(0))
        for length in 1...order {
            let discount = discounts.isEmpty ? nil : discounts[length - 1]
            writer.append((discount?.one ?? 0).bitPattern)
            writer.append((discount?.two ?? 0).bitPattern)
            writer.append((discount?.threeOrMore ?? 0).bitPattern)
            writer.append(UInt64(discount?.isFallback == true ? 1 : 0))
        }
        writer.append(section: trie.levelBegin.map { UInt64($0) })
        writer.append(section: trie.childBegin)
        let firstStored = vocabularyCount + 1
        writer.append(section: trie.tokens[firstStored...])
        writer.append(section: trie.suffixes[firstStored...])
        if cumulative.isWhole {
            writer.append(section: cumulative.whole)
        } else {
            writer.append(section: cumulative.real.map { $0.bitPattern })
        }
        writer.seal(checksumAt: Self.checksumPosition)
        return writer.bytes
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: What the bytes have or lack. Everything is checked before it is used: nothing that disagrees
    ///   with itself becomes a model.
    package init(decoding bytes: [UInt8]) throws(NGramError) {
        func require(
            _ condition: Bool, _ problem: @autoclosure () -> String
        ) throws(NGramError) {
            if !condition { throw NGramError(.damaged(problem())) }
        }
        try require(
            bytes.count >= Self.headerCount,
            "has \(bytes.count) bytes, fewer than the header's \(Self.headerCount)")
        try require(bytes.starts(with: Self.magic), "does not begin with CLNGRAMS")
        var reader = LittleEndianReader(bytes, position: Self.magic.count)
        let version = Int(try reader.word32())
        try require(
            version == Self.formatVersion, "has version \(version), not \(Self.formatVersion)")
        try require(
            LittleEndianWriter.checksum(bytes, skipping: Self.checksumPosition)
                == LittleEndianReader.word64(bytes, Self.checksumPosition),
            "does not match its checksum")
        let order = Int(try reader.word32())
        try require(
            NGramConfiguration.orders.contains(order),
            "has order \(order), outside \(NGramConfiguration.orders)")
        let smoothingCode = Int(try reader.word32())
        try require(
            smoothingCode < NGramSmoothing.allCases.count, "has smoothing code \(smoothingCode)")
        let statisticsCode = Int(try reader.word32())
        try require(
            statisticsCode < NGramCountsOfCounts.allCases.count,
            "has counts-of-counts code \(statisticsCode)")
        let k = Double(bitPattern: try reader.word64())
        try require(k > 0 && k.isFinite, "has a pseudo-count of \(k)")
        let configuration = NGramConfiguration(
            order: order, smoothing: NGramSmoothing.allCases[smoothingCode], k: k,
            countsOfCounts: NGramCountsOfCounts.allCases[statisticsCode])
        let vocabularyCount = try reader.count("vocabulary count")
        let boundary = try reader.count("boundary")
        try require(
            vocabularyCount >= 1 && boundary < vocabularyCount,
            "has boundary \(boundary) in a vocabulary of \(vocabularyCount)")
        let countWidth = try reader.word64()
        try require(countWidth == 4 || countWidth == 8, "has \(countWidth) bytes per count")
        _ = try reader.word64()

        var discounts: [NGramDiscounts] = []
        for length in 1...order {
            var values: [Double] = []
            for _ in 0..<3 { values.append(Double(bitPattern: try reader.word64())) }
            let fallback = try reader.word64()
            let isValid = zip(1...3, values).allSatisfy { $1 >= 0 && $1 <= Double($0) }
            try require(isValid && fallback <= 1, "has no valid discounts for order \(length)")
            discounts.append(
                NGramDiscounts(
                    one: values[0], two: values[1], threeOrMore: values[2],
                    isFallback: fallback == 1))
        }
        var levelBegin: [Int] = []
        for _ in 0..<order + 2 { levelBegin.append(try reader.count("level")) }
        try require(
            levelBegin[0] == 0 && levelBegin[1] == 1 && levelBegin[2] == vocabularyCount + 1
                && zip(levelBegin, levelBegin.dropFirst()).allSatisfy { $0 <= $1 },
            "has levels that do not follow each other")
        let nodeCount = levelBegin[order + 1]
        let contextCount = levelBegin[order]
        let stored = nodeCount - vocabularyCount - 1
        let padded = { (count: Int) in (count * 4 + 7) / 8 * 8 }
        let expected =
            reader.position + padded(contextCount + 1) + 2 * padded(stored)
            + (countWidth == 4 ? padded(nodeCount) : nodeCount * 8)
        try require(
            bytes.count == expected,
            "has \(bytes.count) bytes where \(nodeCount) n-grams take \(expected)")

        let childBegin = reader.section32(contextCount + 1)
        let tokens = [0] + (0..<UInt32(vocabularyCount)) + reader.section32(stored)
        let suffixes = Array(repeating: 0, count: vocabularyCount + 1) + reader.section32(stored)
        let trie = NGramTrie(
            vocabularyCount: vocabularyCount, boundary: UInt32(boundary), levelBegin: levelBegin,
            tokens: tokens, suffixes: suffixes, childBegin: childBegin)
        if let problem = trie.inconsistency { throw NGramError(.damaged(problem)) }
        let cumulative =
            countWidth == 4
            ? NGramCountColumn(reader.section32(nodeCount))
            : NGramCountColumn(reader.section64(nodeCount).map { Double(bitPattern: $0) })
        let isKneserNey = configuration.smoothing == .modifiedKneserNey
        let problem = trie.inconsistency(of: cumulative, areWhole: isKneserNey)
        if let problem { throw NGramError(.damaged(problem)) }
        self.init(
            configuration: configuration, trie: trie, cumulative: cumulative,
            discounts: isKneserNey ? discounts : [])
    }
}

extension NGramTrie {
    /// What keeps arrays of the right sizes from being a trie.
    fileprivate var inconsistency: String? {
        guard childBegin[0] == 1, Int(childBegin[contextCount]) == nodeCount else {
            return "has successors that do not cover its n-grams"
        }
        for context in 0..<contextCount where childBegin[context] > childBegin[context + 1] {
            return "has successors of n-gram \(context) that end before they begin"
        }
        for length in 0..<order where Int(childBegin[levelBegin[length]]) != levelBegin[length + 1]
        {
            return "has successors of the \(length)-grams outside the \(length + 1)-grams"
        }
        for context in 1..<max(contextCount, 1) {
            let shorter = successors(of: Int(suffixes[context]))
            var previous = -1
            for node in successors(of: context) {
                let token = Int(tokens[node])
                guard token > previous, token < vocabularyCount else {
                    return "has the successors of n-gram \(context) out of order or range"
                }
                previous = token
                // The parent's suffix was checked before, because parents come first.
                guard shorter.contains(Int(suffixes[node])),
                    tokens[Int(suffixes[node])] == tokens[node]
                else {
                    return "has n-gram \(node) without the n-gram that it ends with"
                }
            }
        }
        return nil
    }

    fileprivate func inconsistency(of cumulative: NGramCountColumn, areWhole: Bool) -> String? {
        for context in 0..<contextCount {
            var sum = 0.0
            for node in successors(of: context) {
                let next = cumulative[node]
                // A unigram need not have been seen; a longer n-gram is there because it was.
                guard next.isFinite, context == 0 ? next >= sum : next > sum,
                    !areWhole || next == next.rounded()
                else {
                    return "has a count of \(next - sum) for n-gram \(node)"
                }
                sum = next
            }
            if context == 0, !(sum > 0) { return "has no counts" }
        }
        return nil
    }
}

/// Whole numbers as little-endian bytes.
private struct LittleEndianWriter {
    var bytes: [UInt8] = []

    mutating func append(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func append(section values: some Sequence<some FixedWidthInteger>) {
        for value in values { append(value) }
        while bytes.count % 8 != 0 { bytes.append(0) }
    }

    mutating func seal(checksumAt position: Int) {
        let checksum = Self.checksum(bytes, skipping: position)
        for index in 0..<8 {
            bytes[position + index] = UInt8(truncatingIfNeeded: checksum >> (8 * UInt64(index)))
        }
    }

    /// FNV-1a over 8-byte words; bytes beyond the last whole word are taken one by one.
    static func checksum(_ bytes: [UInt8], skipping: Int) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        let whole = bytes.count / 8 * 8
        for position in stride(from: 0, to: whole, by: 8) where position != skipping {
            hash = (hash ^ LittleEndianReader.word64(bytes, position)) &* 0x100_0000_01B3
        }
        for position in whole..<bytes.count {
            hash = (hash ^ UInt64(bytes[position])) &* 0x100_0000_01B3
        }
        return hash
    }
}

/// Whole numbers from little-endian bytes. Sections are read after the total size has been checked.
private struct LittleEndianReader {
    private let bytes: [UInt8]
    private(set) var position: Int

    init(_ bytes: [UInt8], position: Int) {
        self.bytes = bytes
        self.position = position
    }

    static func word64(_ bytes: [UInt8], _ position: Int) -> UInt64 {
        precondition(position + 8 <= bytes.count, "byte \(position) of \(bytes.count)")
        return bytes.withUnsafeBytes {
            UInt64(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt64.self))
        }
    }

    private static func word32(_ bytes: [UInt8], _ position: Int) -> UInt32 {
        precondition(position + 4 <= bytes.count, "byte \(position) of \(bytes.count)")
        return bytes.withUnsafeBytes {
            UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: position, as: UInt32.self))
        }
    }

    private mutating func advance(_ count: Int) throws(NGramError) -> Int {
        guard position + count <= bytes.count else {
            throw NGramError(.damaged("ends at byte \(bytes.count), inside its header"))
        }
        defer { position += count }
        return position
    }

    mutating func word32() throws(NGramError) -> UInt32 {
        Self.word32(bytes, try advance(4))
    }

    mutating func word64() throws(NGramError) -> UInt64 {
        Self.word64(bytes, try advance(8))
    }

    /// A number that must be small enough to index with.
    mutating func count(_ name: String) throws(NGramError) -> Int {
        let value = try word64()
        guard value < UInt64(UInt32.max) else {
            throw NGramError(.damaged("has a \(name) of \(value)"))
        }
        return Int(value)
    }

    mutating func section32(_ count: Int) -> [UInt32] {
        let values = (0..<count).map { Self.word32(bytes, position + 4 * $0) }
        position += (4 * count + 7) / 8 * 8
        return values
    }

    mutating func section64(_ count: Int) -> [UInt64] {
        let values = (0..<count).map { Self.word64(bytes, position + 8 * $0) }
        position += 8 * count
        return values
    }
}
