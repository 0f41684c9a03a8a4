import Foundation

/// The back-off definition word for word, over a dictionary: what every reader of ARPA files must
/// give.
struct ARPADefinition {
    /// log10 of the probability and of the back-off weight of each listed n-gram.
    var entries: [[String]: (probability: Double, backOff: Double)] = [:]
    var order = 0

    init(_ text: String) {
        for line in text.split(whereSeparator: \.isNewline) {
            let fields = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
            if fields.count == 1, fields[0].hasSuffix("-grams:") {
                order = Int(fields[0].dropFirst().prefix { $0.isNumber }) ?? 0
            } else if order > 0, fields.count > order, let probability = Double(fields[0]) {
                entries[Array(fields[1...order])] = (
                    probability, fields.count > order + 1 ? Double(fields[order + 1]) ?? 0 : 0
                )
            }
        }
    }

    /// log10 p(word | context); -100 for a word outside the vocabulary of a file without `<unk>`,
    /// as in KenLM.
    func log10(_ word: String, after context: [String]) -> Double {
        let context = Array(context.suffix(order - 1))
        if let entry = entries[context + [word]] { return entry.probability }
        guard !context.isEmpty else { return word == "<unk>" ? -100 : .nan }
        return (entries[context]?.backOff ?? 0) + log10(word, after: Array(context.dropFirst()))
    }
}
