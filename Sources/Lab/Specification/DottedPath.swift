/// A dotted key such as `arms.mixture.real-fraction`.
enum DottedPath {
    /// The keys of a dotted path. Dots inside quotes or brackets do not separate, because the arms
    /// that a sweep makes have names such as `mixture[real-fraction=0.1]`.
    ///
    /// - Returns: nil when a key is empty, a quote stays open or a bracket does not close.
    static func keys(of text: Substring) -> [String]? {
        var keys: [String] = []
        var key = ""
        var quote: Character?
        var depth = 0
        var wasQuoted = false
        for character in text {
            if let open = quote {
                if character == open { quote = nil } else { key.append(character) }
                continue
            }
            switch character {
            case "\"", "'":
                quote = character
                wasQuoted = true
            case ".":
                if depth > 0 {
                    key.append(character)
                } else {
                    guard !key.isEmpty || wasQuoted else { return nil }
                    keys.append(key)
                    key = ""
                    wasQuoted = false
                }
            default:
                if character == "[" { depth += 1 }
                if character == "]" { depth -= 1 }
                key.append(character)
            }
        }
        guard quote == nil, depth == 0, !key.isEmpty || wasQuoted else { return nil }
        return keys + [key]
    }

    /// Joins keys again, for messages.
    static func text(_ keys: [String]) -> String {
        keys.joined(separator: ".")
    }

    /// Rejoins the name of an arm that contains dots: the longest run of keys after `arms` that is
    /// one of `names`.
    static func joiningArmName(_ keys: [String], names: Set<String>) -> [String] {
        guard keys.count > 2, keys[0] == "arms" else { return keys }
        for end in stride(from: keys.count, to: 2, by: -1) {
            let name = keys[1..<end].joined(separator: ".")
            if names.contains(name) { return ["arms", name] + keys[end...] }
        }
        return keys
    }

    /// The position of the `=` that ends the key of an override.
    static func assignment(in text: String) -> String.Index? {
        var quote: Character?
        var depth = 0
        for index in text.indices {
            let character = text[index]
            if let open = quote {
                if character == open { quote = nil }
                continue
            }
            switch character {
            case "\"", "'": quote = character
            case "[": depth += 1
            case "]": depth -= 1
            case "=" where depth == 0: return index
            default: break
            }
        }
        return nil
    }
}
