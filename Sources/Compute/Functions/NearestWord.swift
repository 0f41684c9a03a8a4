/// Finds the word that was probably meant, for messages.
package enum NearestWord {
    /// The closest of `words` within two edits (one for words of up to five letters); the
    /// first of equals. Letter case and the separators `-`, `_`, `.` do not count as edits.
    package static func find(_ word: String, in words: [String]) -> String? {
        let wanted = folded(word)
        let limit = wanted.count <= 5 ? 1 : 2
        var best: (distance: Int, word: String)?
        for candidate in words {
            let distance = distance(wanted, folded(candidate))
            if distance <= limit, distance < best?.distance ?? .max {
                best = (distance, candidate)
            }
        }
        return best?.word
    }

    private static func folded(_ word: String) -> [Unicode.Scalar] {
        var scalars: [Unicode.Scalar] = []
        for scalar in word.unicodeScalars where scalar != "-" && scalar != "_" && scalar != "." {
            scalars.append(contentsOf: scalar.properties.lowercaseMapping.unicodeScalars)
        }
        return scalars
    }

    /// Damerau's distance with adjacent transpositions (optimal string alignment).
    private static func distance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        for i in 0..<a.count {
            var row = [i + 1] + [Int](repeating: 0, count: b.count)
            for j in 0..<b.count {
                row[j + 1] = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    row[j + 1] = min(row[j + 1], beforeLast[j - 1] + 1)
                }
            }
            beforeLast = last
            last = row
        }
        return last[b.count]
    }
}
