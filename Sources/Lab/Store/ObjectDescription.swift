package import Collapse
import Support

/// What `object.json` says of an object: what it is, what determined it, and the sums of its files.
package struct ObjectDescription: Hashable, Sendable {
    /// One file of an object.
    package struct File: Hashable, Sendable {
        /// The file's name inside the object's folder.
        package var name: String
        /// In bytes.
        package var length: Int
        /// In lower-case hexadecimal digits.
        package var sha256: String

        /// Whether an object can hold a file of this name: it may not lead out of the object's
        /// folder, be hidden, or take the description's place.
        static func isName(_ name: String) -> Bool {
            !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 255
                && name != ObjectDescription.fileName
                && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 < 0x20 || $0 == 0x7F }
        }
    }

    /// The name of the description inside the object's folder.
    package static let fileName = "object.json"
    private static let version = 1

    /// Whether the object is a model, samples or an evaluation.
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

    /// The text of `object.json`.
    package var sealed: [UInt8] {
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
            text.raw("\n")
            text.value(
                .object([
                    "name": .text(file.name), "length": .integer(file.length),
                    "sha256": .text(file.sha256),
                ]))
        }
        return SealedJSON.seal(text)
    }

    /// Reads `object.json`.
    ///
    /// - Throws: A `StoreError` for `path` when the text is not what was written.
    package init(sealed bytes: [UInt8], path: String) throws(StoreError) {
        guard SealedJSON.isWhole(bytes) else {
            throw StoreError(
                .damagedObject("its content does not match the sum at its end"), path: path)
        }
        let problem: String
        do {
            let value = try JSONReader.read(bytes)
            if let object = ObjectDescription(value) {
                self = object
                return
            }
            problem = "it describes no object of version \(ObjectDescription.version)"
        } catch {
            problem = error.description
        }
        throw StoreError(
            .damagedObject("\(problem); it may come from a newer version"), path: path)
    }

    private init?(_ value: JSONValue) {
        guard value["v"]?.wholeNumber == ObjectDescription.version,
            let kind = value["kind"]?.text.flatMap(ObjectKind.init(rawValue:)),
            let description = value["description"]?.text, let list = value["files"]?.elements
        else { return nil }
        var files: [File] = []
        for element in list {
            guard let name = element["name"]?.text, File.isName(name),
                let length = element["length"]?.wholeNumber, let sha256 = element["sha256"]?.text
            else { return nil }
            files.append(File(name: name, length: length, sha256: sha256))
        }
        self.init(kind: kind, description: description, files: files)
    }
}
