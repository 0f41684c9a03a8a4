import Support

/// A model in its binary file, little-endian throughout, whose columns are used where they lie.
///
/// | bytes | content |
/// | --- | --- |
/// | 0 ..< 512 | ``NGramFileHeader`` |
/// | 512 ..< | sections, each filled with zeros to a multiple of 64 |
///
/// The sections, nodes being as in ``NGramTrie``: the first successor of each context and the end;
/// the last token of each node; the suffix of each node (4 bytes each); where the header says so
/// the probability of each node and the back-off weight of each context (8 bytes each); where it
/// says so the count of each node, summed up within its block (4 or 8 bytes); where it says so the
/// start of each spelling and the end (8 bytes each), then the spellings end to end.
///
/// A file without probabilities has counts, from which they are computed again.
package struct NGramFile: Sendable {
    /// The model; a mapped one reads from disk what is asked for.
    package let model: NGramModel
    private let header: NGramFileHeader
    private let content: NGramFileContent

    /// Maps a file: only the header is read and checked, unless its probabilities must be computed.
    ///
    /// A file damaged after its header gives wrong answers or a crash: call ``check()`` where it
    /// may be.
    package init(mapping path: String) throws {
        let file = try MappedFile(path)
        try self.init(NGramFileContent(bytes: file.bytes, owner: file))
    }

    /// Reads bytes and checks all of them.
    package init(decoding bytes: [UInt8]) throws(NGramError) {
        let column = NGramColumn(bytes)
        try self.init(
            NGramFileContent(bytes: UnsafeRawBufferPointer(column.elements), owner: column.owner))
        try check()
    }

    private init(_ content: NGramFileContent) throws(NGramError) {
        let header = try NGramFileHeader(content.bytes)
        let layout = header.layout
        self.header = header
        self.content = content
        let trie = NGramTrie(
            vocabularyCount: header.vocabularyCount, boundary: UInt32(header.boundary),
            levelBegin: header.levelBegin, tokens: content.column(layout.tokens),
            suffixes: content.column(layout.suffixes),
            childBegin: content.column(layout.childBegin))
        var cumulative: NGramCumulativeCounts?
        if let counts = layout.counts {
            cumulative =
                header.parts.contains(.realCounts)
                ? .real(content.column(counts)) : .whole(content.column(counts))
        }
        guard let probabilities = layout.probabilities, let backOffs = layout.backOffs else {
            guard let cumulative, let configuration = header.configuration else {
                throw NGramError(.damaged("has neither probabilities nor counts"))
            }
            try content.check(against: header)
            try Self.require(trie.inconsistency ?? trie.inconsistency(of: cumulative, header))
            model = NGramModel(
                configuration: configuration, trie: trie,
                cumulative: cumulative, discounts: header.discounts)
            return
        }
        let evidence = cumulative.flatMap { cumulative in
            header.configuration.map {
                NGramEvidence(
                    configuration: $0, discounts: header.discounts,
                    distinctUnigrams: header.distinctUnigrams, cumulative: cumulative)
            }
        }
        model = NGramModel(
            trie: trie, probabilities: content.column(probabilities),
            backOffs: content.column(backOffs), isAdditive: header.parts.contains(.additive),
            evidence: evidence)
    }

    /// Reads the whole file and compares it with its checksum and with what a model must be.
    package func check() throws(NGramError) {
        try content.check(against: header)
        try Self.require(model.trie.inconsistency ?? model.inconsistency)
        if let evidence = model.evidence {
            try Self.require(model.trie.inconsistency(of: evidence.cumulative, header))
        }
        _ = try vocabulary()
    }

    /// The spellings of the tokens, where the file holds them.
    package func vocabulary() throws(NGramError) -> NGramVocabulary? {
        guard let starts = header.layout.wordStarts, let spellings = header.layout.words else {
            return nil
        }
        let begin: NGramColumn<UInt64> = content.column(starts)
        let bytes: NGramColumn<UInt8> = content.column(spellings)
        guard begin.first == 0, begin.last == UInt64(bytes.count),
            zip(begin, begin.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw NGramError(.damaged("has spellings that do not follow each other")) }
        let words = (0..<header.vocabularyCount).map {
            Array(bytes.elements[Int(begin[$0])..<Int(begin[$0 + 1])])
        }
        return try NGramVocabulary(
            words: words, boundary: UInt32(header.boundary),
            unknown: header.unknown.map { UInt32($0) })
    }

    private static func require(_ problem: String?) throws(NGramError) {
        if let problem { throw NGramError(.damaged(problem)) }
    }
}

/// The bytes of a file and what keeps them.
private struct NGramFileContent: Sendable {
    nonisolated(unsafe) let bytes: UnsafeRawBufferPointer
    let owner: any AnyObject & Sendable

    /// A section's numbers. The header was checked against the file's size.
    func column<Element>(_ section: NGramFileLayout.Section) -> NGramColumn<Element> {
        precondition(section.stride == MemoryLayout<Element>.stride, "\(section) as numbers")
        let part = UnsafeRawBufferPointer(rebasing: bytes[section.bytes])
        return NGramColumn(part.bindMemory(to: Element.self), of: owner)
    }

    func check(against header: NGramFileHeader) throws(NGramError) {
        var checksum = NGramChecksum()
        checksum.add(UnsafeRawBufferPointer(rebasing: bytes[NGramFileHeader.byteCount...]))
        guard checksum.value == header.checksum else {
            throw NGramError(.damaged("does not match its checksum"))
        }
    }
}

extension NGramModel {
    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: What the bytes have or lack. Everything is checked before it is used: nothing that
    ///   disagrees with itself becomes a model.
    package init(decoding bytes: [UInt8]) throws(NGramError) {
        self = try NGramFile(decoding: bytes).model
    }
}
