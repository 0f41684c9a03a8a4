package import Collapse

/// What `object.json` says of an object: what it is, what determined it, and the sums of its files.
package struct ObjectDescription: Hashable, Sendable {
    /// One file of an object.
    package struct File: Hashable, Sendable {
        package var name: String
        package var length: Int
        /// In lower-case hexadecimal digits.
        package var sha256: String
    }

    package static let fileName = "object.json"
    private static let version = 1

    package var kind: ObjectKind
    /// The text whose SHA-256 the object's key is.
    package var description: String
    /// Sorted by the bytes of the name.
    package var files: [File]

    init(kind: ObjectKind, description: String, files: [File]) {
        self.kind = kind
        self.description = description
        self.files = files
    }

    var sealed: [UInt8] {
        var text = JSONWriter()
        text.raw("{")
        text.field("v")
        text.number(ObjectDescription.version)
        text.field("kind")
        text.string(kind.rawValue)
        text.field("description")
        text.string(description)
        text.field("files")
        text.array(files) { text, file in
            text.raw("\n{")
            text.field("name")
            text.string(file.name)
            text.field("length")
            text.number(file.length)
            text.field("sha256")
            text.string(file.sha256)
            text.raw("}")
        }
        return SealedJSON.seal(text)
    }

    /// Reads `object.json`.
    ///
    /// - Throws: A `StoreError` for `path` when the text is not what was written.
    init(sealed bytes: [UInt8], path: String) throws(StoreError) {
        guard var scanner = SealedJSON.open(bytes) else {
            throw StoreError(
                .damagedObject("its content does not match the sum at its end"), path: path)
        }
        do {
            try self.init(&scanner)
        } catch {
            throw StoreError(
                .damagedObject("\(error.description); it may come from a newer version"), path: path
            )
        }
    }

    private init(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
        try scanner.expect(UInt8(ascii: "{"))
        try scanner.field("v", isFirst: true)
        guard try scanner.unsigned(Int.self) == ObjectDescription.version else {
            throw JSONScanner.Failure(offset: scanner.position, expected: "version 1")
        }
        try scanner.field("kind")
        guard let kind = ObjectKind(rawValue: try scanner.string()) else {
            throw JSONScanner.Failure(offset: scanner.position, expected: "a known kind of object")
        }
        try scanner.field("description")
        let description = try scanner.string()
        try scanner.field("files")
        var files: [File] = []
        try scanner.array { scanner throws(JSONScanner.Failure) in
            try scanner.expect(UInt8(ascii: "{"))
            try scanner.field("name", isFirst: true)
            let name = try scanner.string()
            try scanner.field("length")
            let length = try scanner.unsigned(Int.self)
            try scanner.field("sha256")
            files.append(File(name: name, length: length, sha256: try scanner.string()))
            try scanner.expect(UInt8(ascii: "}"))
        }
        self.init(kind: kind, description: description, files: files)
    }
}
