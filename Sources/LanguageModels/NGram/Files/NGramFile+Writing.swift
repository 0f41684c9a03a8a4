package import Support

extension NGramModel {
    /// The model's bytes for a run's store: counts where there are any, otherwise probabilities.
    package func encoded() -> [UInt8] {
        let writer = NGramFileWriter(
            self, vocabulary: nil,
            parts: evidence == nil ? .probabilities : .counts)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(writer.header.layout.byteCount)
        writer.write { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// Writes a file that ``NGramFile/init(mapping:)`` opens at once, whatever its size.
    ///
    /// - Parameters:
    ///   - path: Replaced whole or not at all.
    ///   - vocabulary: The spellings to go with it.
    ///   - keepsCounts: Whether the counts of a trained model are written too, so that data can be added to it.
    /// - Throws: What the file system refuses.
    package func write(
        to path: String, vocabulary: NGramVocabulary?, keepsCounts: Bool
    ) throws(FileError) {
        var parts: NGramFileHeader.Parts = .probabilities
        if keepsCounts, evidence != nil { parts.insert(.counts) }
        let writer = NGramFileWriter(self, vocabulary: vocabulary, parts: parts)
        var file = try AtomicFileWriter.begin(path)
        try writer.write { bytes throws(FileError) in try file.write(bytes) }
        try file.commit()
    }
}

private struct NGramFileWriter {
    private(set) var header: NGramFileHeader
    private let model: NGramModel
    private var wordStarts: [UInt64] = []
    private var spellings: [UInt8] = []

    init(_ model: NGramModel, vocabulary: NGramVocabulary?, parts: NGramFileHeader.Parts) {
        self.model = model
        header = NGramFileHeader(
            parts: parts, vocabularyCount: model.vocabularyCount, boundary: Int(model.boundary),
            unknown: vocabulary?.unknown.map { Int($0) }, levelBegin: model.trie.levelBegin)
        if model.isAdditive { header.parts.insert(.additive) }
        if parts.contains(.counts), let evidence = model.evidence {
            header.configuration = evidence.configuration
            header.discounts = evidence.discounts
            header.distinctUnigrams = evidence.distinctUnigrams
            if case .real = evidence.cumulative { header.parts.insert(.realCounts) }
        }
        if let vocabulary {
            precondition(
                vocabulary.count == model.vocabularyCount,
                "\(vocabulary.count) spellings for \(model.vocabularyCount) tokens")
            header.parts.insert(.words)
            wordStarts = [0]
            for id in 0..<UInt32(vocabulary.count) {
                spellings += vocabulary[id]
                wordStarts.append(UInt64(spellings.count))
            }
            header.wordBytes = spellings.count
        }
        var checksum = NGramChecksum()
        sections { checksum.add($0) }
        header.checksum = checksum.value
    }

    /// Hands out the whole file in parts.
    func write<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try pass(header.encoded(), to: body)
        try sections(body)
    }

    private func sections<Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try pass(model.trie.childBegin, to: body)
        try pass(model.trie.tokens, to: body)
        try pass(model.trie.suffixes, to: body)
        if header.parts.contains(.probabilities) {
            try pass(model.probabilities, to: body)
            try pass(model.backOffs, to: body)
        }
        if header.parts.contains(.counts) {
            switch model.evidence?.cumulative {
            case .whole(let counts): try pass(counts, to: body)
            case .real(let counts): try pass(counts, to: body)
            case nil: break
            }
        }
        if header.parts.contains(.words) {
            try pass(wordStarts, to: body)
            try pass(spellings, to: body)
        }
    }

    private func pass<Element, Failure: Error>(
        _ column: NGramColumn<Element>, to body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        defer { withExtendedLifetime(column) {} }
        let bytes = UnsafeRawBufferPointer(column.elements)
        // A checksum and a file are both made of whole words, so the last ones go with their
        // filling.
        let whole = bytes.count & ~63
        try body(UnsafeRawBufferPointer(rebasing: bytes[..<whole]))
        guard whole < bytes.count else { return }
        var last = [UInt8](bytes[whole...])
        last += [UInt8](repeating: 0, count: 64 - last.count)
        try last.withUnsafeBufferPointer { rest throws(Failure) in
            try body(UnsafeRawBufferPointer(rest))
        }
    }

    private func pass<Element: BitwiseCopyable & Hashable & Sendable, Failure: Error>(
        _ array: [Element], to body: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        try pass(NGramColumn(array), to: body)
    }
}
