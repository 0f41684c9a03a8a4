/// The one of `words` that was probably meant: within two edits, the first of equals.
///
/// An edit inserts, removes or replaces a scalar; letter case does not count.
package func nearest(to word: String, among words: [String]) -> String? {
    let wanted = Array(word.lowercased().unicodeScalars)
    var best: (distance: Int, word: String)?
    for candidate in words {
        var row = Array(0...wanted.count)
        for scalar in candidate.lowercased().unicodeScalars {
            var diagonal = row[0]
            row[0] += 1
            for index in wanted.indices {
                let replaced = diagonal + (wanted[index] == scalar ? 0 : 1)
                diagonal = row[index + 1]
                row[index + 1] = min(replaced, row[index] + 1, diagonal + 1)
            }
        }
        if row[wanted.count] <= min(2, wanted.count / 2), row[wanted.count] < best?.distance ?? .max
        {
            best = (row[wanted.count], candidate)
        }
    }
    return best?.word
}
