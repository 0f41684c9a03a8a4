/// The package of a public archive that a corpus is extracted from.
package struct CorpusPackage: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The archives that packages come from.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A Debian package, from the archive that apt is set up for.
        case debian
        /// A source distribution or a wheel of the Python package index.
        case pypi
    }

    /// The keys of the package's JSON object; others are refused, and only `python` and `platform`
    /// may be absent.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case kind
        case name
        case version
        case sha256
        case python
        case platform
    }

    /// The archive.
    package var kind: Kind
    /// The package's name in its archive.
    ///
    /// It goes onto a command line: decoding allows ASCII letters, digits and `+-.:~_` only, in
    /// ``version``, ``python`` and ``platform`` too.
    package var name: String
    /// The exact version, as the archive spells it.
    package var version: String
    /// The SHA-256 of the package file, 64 hexadecimal digits.
    package var sha256: String
    /// The Python and the platform of a compiled wheel, such as `3.11` and `manylinux_2_28_x86_64`,
    /// which need not be those of this machine: only data are taken out of it. Nil for packages
    /// that suit all.
    package var python: String?
    /// The platform of a compiled wheel, see ``python``; nil for packages that suit all.
    package var platform: String?

    package init(kind: Kind, name: String, version: String, sha256: String) {
        self.kind = kind
        self.name = name
        self.version = version
        self.sha256 = sha256
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        self.init(
            kind: try container.decodeChoice(Kind.self, forKey: .kind),
            name: try container.decodeWord(forKey: .name),
            version: try container.decodeWord(forKey: .version),
            sha256: try container.decodeSum(forKey: .sha256))
        python = try container.decodeWordIfPresent(forKey: .python)
        platform = try container.decodeWordIfPresent(forKey: .platform)
    }

    package var description: String {
        switch kind {
        case .debian: "the Debian package \(name) \(version)"
        case .pypi: "the Python package \(name) \(version)"
        }
    }
}

extension KeyedDecodingContainer {
    fileprivate func decodeWordIfPresent(forKey key: Key) throws -> String? {
        contains(key) ? try decodeWord(forKey: key) : nil
    }

    /// A string that goes onto a command line: not empty, and of harmless characters.
    fileprivate func decodeWord(forKey key: Key) throws -> String {
        let word = try decode(String.self, forKey: key)
        let isHarmless = word.utf8.allSatisfy { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: "+-.:~_".utf8.contains(byte)
            }
        }
        guard isHarmless, let first = word.utf8.first, first != 0x2D else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\"\(word)\" is not a package's name or version")
        }
        return word
    }

    /// A SHA-256 in lower-case hexadecimal.
    func decodeSum(forKey key: Key) throws -> String {
        let sum = try decode(String.self, forKey: key)
        let isHexadecimal = sum.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
        }
        guard sum.utf8.count == 64, isHexadecimal else {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\"\(sum)\" is not a SHA-256 of 64 lower-case hexadecimal digits")
        }
        return sum
    }
}
