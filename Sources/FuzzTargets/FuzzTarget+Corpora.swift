import Support
import Text

extension FuzzTarget {
    static let corpora = [
        manifest, imageManifest, featureManifest, corpusRecord, jsonLines, jsonLinesText, rData,
        dataFrame,
        lazyLoad, sword, osis, inflation, html, markdown,
    ]

    private static let sum = String(repeating: "0", count: 64)
    private static let rules = """
        "normalisation": {"form": "nfc"},
        "documents": {"kind": "passages", "characters": 2000},
        "split": {"validation": 0.05, "test": 0.12}
        """

    /// A corpus's manifest.
    private static let manifest = FuzzTarget(
        name: "manifest",
        seeds: {
            [
                #"{"kind": "r-lazy-load", "database": "data/Rdata", "variables": ["emma"]}"#,
                #"{"kind": "markdown", "folder": "doc", "prefixes": ["sec"]}"#,
                #"{"kind": "html-pages", "folder": "doc", "languages": ["en-US"], "#
                    + #""paragraphs": "para", "original": "fr-FR"}"#,
                #"{"kind": "text-files", "paths": ["a/b.txt"], "prose": ["a/b.txt"]}"#,
                #"{"kind": "r-data-frame", "path": "a.rda", "variable": "books", "text": "text", "#
                    + #""part": "title", "parts": ["One"], "omit": ["x"]}"#,
                #"{"kind": "json-lines", "path": "a.jsonl", "text": "text", "part": "book", "#
                    + #""paragraph": "chapter"}"#,
                #"{"kind": "sword", "folder": "a/b"}"#,
            ].map { extraction in
                Array(
                    """
                    {"name": "own", "title": "A text", "licence": "none",
                    "package": {"kind": "debian", "name": "own", "version": "1.0-1", "sha256": "\(sum)"},
                    "extraction": \(extraction), "text-sha256": "\(sum)",
                    \(rules), "notes": "é"}
                    """.utf8)
            } + [
                Array(
                    #"{"name": "own", "title": "Texts", "licence": "none", "corpora": ["a", "b"]}"#
                        .utf8)
            ]
        },
        read: { _ = try CorpusManifest(reading: $0, file: "own.json") })

    /// The manifest of a set of images.
    private static let imageManifest = FuzzTarget(
        name: "image-manifest",
        seeds: {
            [
                Array(
                    """
                    {"name": "own", "title": "Images", "licence": "none", "package": {"kind": "pypi",
                    "name": "own", "version": "1.0", "sha256": "\(sum)", "python": "3.11",
                    "platform": "any"}, "table": "data/own.csv.gz", "width": 8, "height": 8,
                    "brightest": 16, "classes": 10, "images-sha256": "\(sum)"}
                    """.utf8)
            ]
        },
        read: { _ = try ImageManifest(reading: $0, file: "own.images.json") })

    /// The manifest of a set of rows with several views.
    private static let featureManifest = FuzzTarget(
        name: "feature-manifest",
        seeds: {
            [
                Array(
                    """
                    {"name": "own", "title": "Views", "licence": "none", "package": {"kind": "pypi",
                    "name": "own", "version": "1.0", "sha256": "\(sum)"}, "views": [
                    {"name": "one", "table": "own/a.csv", "columns": 2},
                    {"name": "two", "table": "own/b.csv.gz", "columns": 1}], "rows": 2, "classes": 2,
                    "features-sha256": "\(sum)", "notes": "none"}
                    """.utf8)
            ]
        },
        read: { _ = try FeatureManifest(reading: $0, file: "own.features.json") })

    /// `corpus.json` beside a corpus's documents.
    private static let corpusRecord = FuzzTarget(
        name: "corpus-record",
        seeds: {
            let parts = ["train", "validation", "test"]
                .map { #"{"split": "\#($0)", "documents": 3, "bytes": 30}"# }
            return [
                Array(
                    """
                    {"format": 1, "name": "own", "title": "A text", "licence": "none",
                    "imported-from": "own.txt", "text-sha256": "\(sum)", "text-bytes": 90,
                    \(rules), "content-hash": "\(sum)",
                    "parts": [\(parts.joined(separator: ", "))], "duplicates": 0}
                    """.utf8),
                Array(
                    """
                    {"format": 1, "name": "own", "title": "Texts", "licence": "none",
                    "corpora": [{"name": "a", "content-hash": "\(sum)"}],
                    \(rules), "content-hash": "\(sum)",
                    "parts": [\(parts.joined(separator: ", "))], "duplicates": 0}
                    """.utf8),
            ]
        },
        read: { _ = try CorpusRecord(reading: $0, file: "corpus.json") })

    /// A `.jsonl` file that is imported.
    private static let jsonLines = FuzzTarget(
        name: "json-lines",
        seeds: {
            [
                Array(
                    "{\"text\": \"a\\u00e9\\ud83d\\ude00\\r\\nb\"}\n{\"id\": [1, 2e3], \"text\": \"\"}\n\n"
                        .utf8)
            ]
        },
        read: { _ = try TextFile.jsonLines(in: $0, file: "own.jsonl", allowsNUL: false) })

    /// A file of JSON lines inside a package.
    private static let jsonLinesText = FuzzTarget(
        name: "json-lines-text",
        seeds: {
            [
                Array(
                    "{\"t\": \"a\\nb\", \"p\": \"A\", \"q\": 1}\n{\"t\": \"\", \"p\": 2, \"q\": 1}\n\n"
                        .utf8)
            ]
        },
        read: {
            _ = try JSONLinesText.parts(
                in: $0, keys: JSONLinesText.Keys(text: "t", part: "p", paragraph: "q"),
                file: "own.jsonl")
        })

    /// A serialised value of R.
    private static let rData = FuzzTarget(
        name: "r-data", seeds: { [SerializedR.everything, SerializedR.index, SerializedR.lines] },
        read: { input in
            let value = try RSerialization.read(input)
            _ = value.names
            _ = value["variables"]
        })

    /// A data file of R, uncompressed and without the mark at its beginning.
    private static let dataFrame = FuzzTarget(
        name: "data-frame", seeds: { [SerializedR.dataFrame] },
        read: { input in
            let frame = try RDataFrame(
                of: ArchiveWriter.gzip(Array("RDX3\n".utf8) + input),
                variable: SerializedR.variable, file: "own.rda")
            _ = try frame.lines(ofColumn: "text", where: "part", is: "A")
        })

    /// A testament of a SWORD module: a byte each with the number of blocks and of entries, both
    /// lists, and the blocks.
    private static let sword = FuzzTarget(
        name: "sword",
        seeds: {
            let block = ArchiveWriter.zlib(Array("One.Two.".utf8))
            let numbers: [UInt8] = [0, 0, 0, 0, UInt8(block.count), 0, 0, 0, 8, 0, 0, 0]
            let entries: [UInt8] = [0, 0, 0, 0, 4, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0]
            return [[1, 2] + numbers + entries + block]
        },
        read: { input in
            let limit = 1 << 16
            let lists = input.dropFirst(2)
            let blocks = lists.prefix(12 * Int(input.first ?? 0))
            let entries = lists.dropFirst(blocks.count).prefix(
                10 * Int(input.dropFirst().first ?? 0))
            let text = try SwordModule(
                blocks: Array(blocks), entries: Array(entries),
                compressed: Array(lists.dropFirst(blocks.count + entries.count)), file: "own",
                limit: limit
            ).text()
            precondition(text.count <= limit, "\(text.count) bytes")
        })

    /// A text in OSIS.
    private static let osis = FuzzTarget(
        name: "osis",
        seeds: {
            [
                Array(
                    """
                    <div sID="a" type="book"/><title>T</title><div sID="b" type="x-p"/>
                    <w lemma="x">One</w>,<note>n</note>two &amp; <lg sID="c"/><l sID="d"/>three
                    <l eID="d"/><lb/><lg eID="c"/><div sID="e" type="glossary"/>f
                    <div eID="e" type="glossary"/><div eID="a" type="book"/>
                    """.utf8)
            ]
        },
        read: { _ = OSISText.books(in: $0) })

    /// R's lazy-load database: two bytes with the length of the index, the index and the one
    /// record, all uncompressed. Zeros at the end make the record as long as the index has it.
    private static let lazyLoad = FuzzTarget(
        name: "lazy-load",
        seeds: {
            let index = SerializedR.index
            return [
                [UInt8(index.count >> 8), UInt8(index.count & 0xFF)] + index + SerializedR.lines
            ]
        },
        read: { input in
            let count = input.prefix(2).reduce(0) { $0 << 8 | Int($1) }
            let index = input.dropFirst(2).prefix(count)
            let content = Array(input.dropFirst(2 + count))
            let length = (0..<4).map { UInt8(truncatingIfNeeded: content.count >> (24 - 8 * $0)) }
            let record = length + ArchiveWriter.zlib(content)
            let padding = max(0, SerializedR.recordByteCount - record.count)
            let database = try RLazyLoadDatabase(
                index: ArchiveWriter.zlib(Array(index)),
                records: record + [UInt8](repeating: 0, count: padding), file: "own")
            _ = try database.lines(ofVariable: SerializedR.variable)
        })

    /// A zlib stream or a gzip file.
    private static let inflation = FuzzTarget(
        name: "inflation",
        seeds: {
            let text = Array(String(repeating: "abcabcabd\n", count: 30).utf8)
            return [ArchiveWriter.zlib(text), ArchiveWriter.gzip(text)]
        },
        read: { input in
            let limit = 1 << 16
            let bytes = try Inflation.inflate(input, limit: limit)
            precondition(bytes.count <= limit, "\(bytes.count) bytes")
        })

    /// A page of HTML.
    private static let html = FuzzTarget(
        name: "html",
        seeds: {
            [
                Array(
                    "<html><!-- c --><div class=\"para x\">a&amp;&#233;<pre>b</pre> <div>c</div></div></html>"
                        .utf8)
            ]
        },
        read: { _ = HTMLParagraphs.texts(in: $0, ofClass: "para") })

    /// A page of Markdown.
    private static let markdown = FuzzTarget(
        name: "markdown",
        seeds: {
            [
                Array(
                    "# A_b_\n\n> **c** `d` [e](f_g) ![h](i)\n  * j\\*k\n12. l co-\nm <b>n</b>\n"
                        .utf8)
            ]
        },
        read: { _ = MarkdownText.paragraphs(of: $0) })
}
