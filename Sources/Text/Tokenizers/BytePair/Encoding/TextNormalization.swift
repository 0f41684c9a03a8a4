/// The normalisation forms that a tokenizer applies to text, one after another. Malformed bytes
/// stay as they are.
///
/// By the tables of Unicode 15.0; Hugging Face's are older, so that marks which they do not know
/// yet are put into another order there.
struct TextNormalization: Sendable, Hashable {
    let forms: [UnicodeNormalizer.Form]

    var isEmpty: Bool { forms.isEmpty }

    func callAsFunction(_ text: some Collection<UInt8>) -> [UInt8] {
        var bytes = Array(text)
        for form in forms { bytes = Self.normalize(bytes, UnicodeNormalizer(form: form)) }
        return bytes
    }

    private static func normalize(_ bytes: [UInt8], _ normalizer: UnicodeNormalizer) -> [UInt8] {
        if let normalized = try? normalizer.normalize(bytes) { return normalized }
        var result: [UInt8] = []
        var start = 0
        var position = 0
        while position <= bytes.count {
            let step =
                position < bytes.count
                ? ScalarStep(bytes.span, at: position, limit: bytes.count) : nil
            if step?.scalar == nil {
                let run = Array(bytes[start..<position])
                result += (try? normalizer.normalize(run)) ?? run
                if position < bytes.count { result.append(bytes[position]) }
                start = position + 1
            }
            position += step?.length ?? 1
        }
        return result
    }
}
