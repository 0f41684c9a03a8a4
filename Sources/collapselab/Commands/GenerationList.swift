import ArgumentParser

/// Generations as an option names them: numbers and ranges with commas, such as `0,5,10..20`.
struct GenerationList: ExpressibleByArgument {
    /// In the order in which they were written.
    let generations: [Int]

    /// Longer lists are a slip of the keyboard.
    private static let most = 1_000_000

    init?(argument: String) {
        var generations: [Int] = []
        for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
            let text = part.trimmingPrefix { $0 == " " }
            if let number = Int(text), number >= 0 {
                generations.append(number)
                continue
            }
            guard let dots = text.firstRange(of: ".."), let first = Int(text[..<dots.lowerBound]),
                let last = Int(text[dots.upperBound...]), first >= 0, first <= last,
                last - first < Self.most
            else { return nil }
            generations += Array(first...last)
        }
        self.generations = generations
    }
}
