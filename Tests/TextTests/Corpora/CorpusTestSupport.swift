/// The words of the error that `body` throws; nil if it throws none.
func message(of body: () throws -> Void) -> String? {
    do {
        try body()
        return nil
    } catch {
        return "\(error)"
    }
}

/// Text of `count` paragraphs that differ.
func paragraphs(_ count: Int, of words: Int = 30) -> String {
    (0..<count).map { index in
        (0..<words).map { "word\(index)x\($0)" }.joined(separator: " ")
    }.joined(separator: "\n\n")
}
