import Compute

extension NGramModel {
    /// The model as an ARPA back-off file, which KenLM and SRILM load.
    ///
    /// The boundary is written as `<s>` where it is context and as `</s>` where it is the event. All V tokens
    /// are unigrams, seen or not. Probability zero is written as -99, as is customary.
    ///
    /// - Parameter spelling: The bytes of each token but the boundary; `<unk>` for the unknown token. KenLM
    ///   wants one.
    /// - Returns: The bytes of the file, one n-gram a line, log10 probabilities in the shortest form that gives the
    ///   same binary32.
    /// - Throws: For add-k, which has no back-off form, and for a spelling with white space.
    package func arpa(spelling: (UInt32) -> [UInt8]) throws(NGramError) -> [UInt8] {
        if isAdditive { throw NGramError(.noBackOffForm(.addK)) }
        var words: [[UInt8]] = []
        for token in 0..<UInt32(vocabularyCount) {
            let word = token == boundary ? Array("</s>".utf8) : spelling(token)
            guard !word.isEmpty, !word.contains(where: Self.separators.contains) else {
                throw NGramError(.unwritableSpelling(token: token))
            }
            words.append(word)
        }
        var output = Array("\\data\\\n".utf8)
        output.reserveCapacity(trie.nodeCount * 48)
        for length in 1...order {
            // One unigram more: the boundary stands there twice.
            let count = trie.level(length).count + (length == 1 ? 1 : 0)
            output += "ngram \(length)=\(count)\n".utf8
        }
        for length in 1...order {
            output += "\n\\\(length)-grams:\n".utf8
            if length == 1 {
                output += "0\t<s>".utf8
                appendBackOff(of: 1 + Int(boundary), to: &output)
            }
            appendLevel(length, words: words, to: &output)
        }
        output += "\n\\end\\\n".utf8
        return output
    }

    /// What separates words in an ARPA file, and NUL, at which lmplz cuts its input. Other control characters are
    /// letters to both: a form feed is a word.
    private static let separators: [UInt8] = [0x00, 0x09, 0x0A, 0x0D, 0x20]

    private func appendLevel(_ length: Int, words: [[UInt8]], to output: inout [UInt8]) {
        let start = Array("<s>".utf8)
        // The node of each prefix of the current n-gram; all of them only move forward.
        var path = (0...length).map { trie.levelBegin[$0] }
        for node in trie.level(length) {
            path[length] = node
            for depth in (0..<length).reversed() {
                while Int(trie.childBegin[path[depth] + 1]) <= path[depth + 1] { path[depth] += 1 }
            }
            output += Self.log10Text(probabilities[node]).utf8
            output.append(0x09)
            for depth in 1...length {
                if depth > 1 { output.append(0x20) }
                let token = trie.tokens[path[depth]]
                let isStart = token == boundary && depth < length
                output += isStart ? start : words[Int(token)]
            }
            if length == 1, node == 1 + Int(boundary) {
                // `</s>` is no context; the boundary's weight stands beside `<s>`.
                output += (order > 1 ? "\t0\n" : "\n").utf8
            } else {
                appendBackOff(of: node, to: &output)
            }
        }
    }

    private func appendBackOff(of node: Int, to output: inout [UInt8]) {
        if node < trie.contextCount {
            output.append(0x09)
            output += Self.log10Text(backOffs[node]).utf8
        }
        output.append(0x0A)
    }

    private static func log10Text(_ value: Double) -> String {
        if value == 0 { return "-99" }
        if value == 1 { return "0" }
        // 1 / ln 10.
        return "\(Float(Elementary.log(value) * 0.434_294_481_903_251_8))"
    }
}
