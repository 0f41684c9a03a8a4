import Support

/// The files of a corpus that has been built.
///
/// | file | content |
/// | --- | --- |
/// | `corpus.json` | the ``CorpusRecord`` |
/// | `documents.txt` | all documents end to end: train, then validation, then test |
/// | `offsets.bin` | where each document begins in `documents.txt`, and its end: 64-bit little-endian |
/// | `text.txt` | the text before normalisation and cutting; only for corpora from packages |
///
/// In numpy: `numpy.fromfile("offsets.bin", "<u8")`.
struct CorpusFolder {
    let path: String

    private static let recordName = "corpus.json"
    private static let documentsName = "documents.txt"
    private static let offsetsName = "offsets.bin"
    private static let textName = "text.txt"

    /// Writes a corpus into this folder, which must not exist yet.
    func write(
        _ corpus: Corpus, record: CorpusRecord, text: [UInt8]?
    ) throws {
        try FileSystem.createFolder(path)
        if let text { try AtomicFile.write(text, to: path + "/" + Self.textName) }
        var documents: [UInt8] = []
        var offsets: [UInt8] = []
        func append(_ offset: Int) {
            for shift in stride(from: 0, to: 64, by: 8) {
                offsets.append(UInt8(truncatingIfNeeded: offset >> shift))
            }
        }
        append(0)
        for split in Split.allCases {
            let collection = corpus[split]
            for end in collection.offsets.dropFirst() { append(documents.count + end) }
            documents.append(contentsOf: collection.bytes)
        }
        try AtomicFile.write(documents, to: path + "/" + Self.documentsName)
        try AtomicFile.write(offsets, to: path + "/" + Self.offsetsName)
        let json = try CorpusJSON.encode(record, file: Self.recordName)
        try AtomicFile.write(json, to: path + "/" + Self.recordName)
    }

    /// The description of the corpus, or nil when there is none.
    func record() throws -> CorpusRecord? {
        let file = path + "/" + Self.recordName
        guard FileSystem.isFile(file) else { return nil }
        return try CorpusRecord(reading: try FileSystem.content(of: file), file: file)
    }

    /// The text before cutting, or nil when it is not kept.
    func text() throws -> [UInt8]? {
        let file = path + "/" + Self.textName
        return FileSystem.isFile(file) ? try FileSystem.content(of: file) : nil
    }

    /// The corpus that `record` describes; every byte of the documents is checked.
    func corpus(_ record: CorpusRecord) throws -> Corpus {
        func damaged(_ problem: String) -> CorpusError {
            CorpusError(.damaged(name: record.name, problem: problem))
        }
        for name in [Self.documentsName, Self.offsetsName]
        where !FileSystem.isFile(path + "/" + name) {
            throw damaged("\(name) is missing")
        }
        let bytes = try FileSystem.content(of: path + "/" + Self.documentsName)
        let raw = try FileSystem.content(of: path + "/" + Self.offsetsName)
        let count = record.parts.map(\.documents).reduce(0, +)
        guard raw.count == 8 * (count + 1) else {
            throw damaged("\(Self.offsetsName) has \(raw.count) bytes, not \(8 * (count + 1))")
        }
        let offsets = (0...count).map { index in
            (0..<8).reduce(0) { $0 | Int(raw[8 * index + $1]) << (8 * $1) }
        }
        guard offsets[0] == 0, offsets[count] == bytes.count,
            zip(offsets, offsets.dropFirst()).allSatisfy({ $0 <= $1 })
        else { throw damaged("\(Self.offsetsName) does not fit \(Self.documentsName)") }
        var first = 0
        let collections = record.parts.map { part in
            defer { first += part.documents }
            let (start, end) = (offsets[first], offsets[first + part.documents])
            return DocumentCollection(
                bytes: Array(bytes[start..<end]),
                offsets: offsets[first...first + part.documents].map { $0 - start })
        }
        let corpus = Corpus(
            name: record.name, title: record.title, licence: record.licence, rules: record.rules,
            documents: SplitDocuments(
                train: collections[0], validation: collections[1], test: collections[2],
                duplicates: record.duplicates))
        guard corpus.contentHash == record.contentHash else {
            throw damaged("\(Self.documentsName) does not match its hash")
        }
        return corpus
    }
}
