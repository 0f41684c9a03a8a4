public import Support

extension PathKind {
    /// A word of a command line: a file where there is one, and else the word itself.
    public static let word = PathKind(name: "program or argument", isWord: true) { path in
        guard FileSystem.isFolder(path) else { return [File(name: name(of: path), path: path)] }
        // A run's copy lies beside its description.
        return try FileSystem.names(in: path).filter { $0 != "object.json" }.prefix(1).map {
            File(name: $0, path: "\(path)/\($0)")
        }
    }

    /// The file's own name, which programs look at, where it is a plain one.
    private static func name(of path: String) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let isPlain = name.utf8.allSatisfy { byte in
            UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte
                || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20
                || "._-+".utf8.contains(byte)
        }
        return isPlain && !name.hasPrefix(".") && name.utf8.count <= 200 && name != "object.json"
            ? name : "program"
    }
}
