public import Support

/// The n-grams of a text as the features of a linear classifier: how often those of each bucket
/// occur, over the Euclidean length of all counts, so that long and short texts compare.
///
/// An n-gram belongs to the bucket of its hash (Weinberger et al. 2009), as in scikit-learn's
/// `HashingVectorizer` with `alternate_sign=False`.
public struct HashedNGrams: KeyGroup, Hashable {
    /// What n-grams are made of.
    public enum Unit: String, CaseIterable, Sendable {
        case words, bytes
    }

    /// What n-grams are made of.
    public var unit: Unit
    /// The length of the longest; all shorter ones count too.
    public var longest: Int
    /// The number of features.
    public var buckets: Int

    static let of = Key<Unit>(
        "of", .choice, default: .words,
        help: "What n-grams are made of: words (runs of letters and digits, and every other "
            + "character by itself) or bytes.")
    static let order = Key(
        "longest", .integer(1...16), default: 2,
        help: "The length of the longest n-grams; all shorter ones count too.")
    static let bucketCount = Key(
        "buckets", .integer(2...16_777_216), default: 262_144,
        help: "To how many features n-grams are hashed.")

    @KeyList public static var keys: [KeyDeclaration] {
        of
        order
        bucketCount
    }

    public init(unit: Unit = .words, longest: Int = 2, buckets: Int = 262_144) {
        self.unit = unit
        self.longest = longest
        self.buckets = buckets
    }

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            unit: try values[Self.of], longest: try values[Self.order],
            buckets: try values[Self.bucketCount])
    }

    /// A row of features for each text.
    package func rows(of texts: [[UInt8]]) -> SparseRows {
        var rows = SparseRows(columnCount: buckets)
        for text in texts {
            let found = bucketsOfNGrams(in: text).sorted()
            var columns: [Int] = []
            var counts: [Double] = []
            for bucket in found {
                if columns.last == bucket {
                    counts[counts.count - 1] += 1
                } else {
                    columns.append(bucket)
                    counts.append(1)
                }
            }
            let length = counts.reduce(0) { $0 + $1 * $1 }.squareRoot()
            rows.append(columns: columns, values: counts.map { $0 / length })
        }
        return rows
    }

    private func bucketsOfNGrams(in text: [UInt8]) -> [Int] {
        let units =
            switch unit {
            case .words: ByteWords.hashes(in: text)
            case .bytes: text.map { StableHash.mixed(UInt64($0) + 1) }
            }
        var found: [Int] = []
        found.reserveCapacity(units.count * longest)
        for length in stride(from: 1, through: min(longest, units.count), by: 1) {
            for start in 0...units.count - length {
                let hash = StableHash.hash(ofHashes: units[start..<start + length])
                found.append(Int(hash % UInt64(buckets)))
            }
        }
        return found
    }
}
