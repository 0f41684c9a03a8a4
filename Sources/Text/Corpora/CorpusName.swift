import Support

/// The names that corpora may have: they are also the names of folders.
package enum CorpusName {
    /// Whether a name has 1 to 64 lower-case ASCII letters, digits and hyphens and begins with no
    /// hyphen.
    package static func isValid(_ name: String) -> Bool {
        guard (1...64).contains(name.utf8.count), name.utf8.first != 0x2D,
            !CheckedName.isReserved(name)
        else { return false }
        return name.utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2D
        }
    }

    /// A valid name that resembles `text`, or nil when nothing of it can stay.
    package static func derived(from text: String) -> String? {
        var name: [UInt8] = []
        for byte in text.lowercased().utf8.prefix(64) {
            let isPlain = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            if isPlain {
                name.append(byte)
            } else if let last = name.last, last != 0x2D {
                name.append(0x2D)
            }
        }
        while name.last == 0x2D { name.removeLast() }
        return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
    }

    static func problem(with name: String) -> String {
        CorpusError(.invalidName(name)).description
    }
}
