/// What is wrong with a page as XML: tags that do not nest, attributes without quotes, bare
/// ampersands. What stands in a script is text up to the script's end.
func markupFault(_ page: String) -> String? {
    var open: [Substring] = []
    var rest = page[...]
    if rest.hasPrefix("<!DOCTYPE html>") { rest = rest.dropFirst("<!DOCTYPE html>".count) }
    while let start = rest.firstIndex(where: { $0 == "<" || $0 == "&" }) {
        rest = rest[start...]
        if rest.first == "&" {
            guard rest.prefixMatch(of: /&(amp|lt|gt|quot|#39);/) != nil else {
                return "bare ampersand: \(rest.prefix(20))"
            }
            rest = rest.dropFirst()
            continue
        }
        let tag =
            /<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:\s+[a-zA-Z:-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>/
        guard let match = rest.prefixMatch(of: tag) else { return "no tag: \(rest.prefix(60))" }
        if !match.1.isEmpty {
            guard open.popLast() == match.2 else { return "</\(match.2)> closes nothing" }
        } else if match.4.isEmpty {
            open.append(match.2)
        }
        rest = rest[match.range.upperBound...]
        if match.2 == "script", match.1.isEmpty, let end = rest.firstRange(of: "</script>") {
            rest = rest[end.lowerBound...]
        }
    }
    return open.isEmpty ? nil : "<\(open[0])> is never closed"
}
