import Compute

extension Decoder {
    /// A keyed container that refuses keys which nobody reads, naming the one that was meant.
    func strictContainer<Key: CodingKey & CaseIterable>(
        keyedBy type: Key.Type
    ) throws -> KeyedDecodingContainer<Key> {
        let known = Key.allCases.map(\.stringValue)
        // The order of a container's keys is a hash table's; the smallest makes the message steady.
        let unknown = try container(keyedBy: AnyKey.self).allKeys.map(\.stringValue)
            .filter { !known.contains($0) }.min()
        if let unknown {
            let meant =
                NearestWord.find(unknown, in: known).map { "; did you mean \($0)?" }
                ?? "; the keys here are \(known.joined(separator: ", "))"
            throw DecodingError.dataCorrupted(
                .init(codingPath: codingPath, debugDescription: "unknown key \(unknown)\(meant)"))
        }
        return try container(keyedBy: type)
    }
}

/// Any key whatever.
struct AnyKey: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }

    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

extension KeyedDecodingContainer {
    /// One of an enumeration's words; the error lists them all.
    func decodeChoice<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type, forKey key: Key
    ) throws -> Choice {
        let word = try decode(String.self, forKey: key)
        guard let choice = Choice(rawValue: word) else {
            let words = Choice.allCases.map(\.rawValue)
            let meant = NearestWord.find(word, in: words).map { "; did you mean \($0)?" } ?? ""
            throw DecodingError.dataCorruptedError(
                forKey: key, in: self,
                debugDescription: "\"\(word)\" is none of \(words.joined(separator: ", "))\(meant)")
        }
        return choice
    }
}
