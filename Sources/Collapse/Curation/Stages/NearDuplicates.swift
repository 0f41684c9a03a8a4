public import Support

/// Drops examples whose text is nearly that of another, by MinHash (Broder 1997): as corpora of
/// language models are cleaned (Lee et al. 2022).
///
/// Texts of an estimated Jaccard similarity at the threshold or above are near duplicates, and those
/// that a chain of them connects are a cluster. Of a cluster the first example stays; real examples
/// that are not judged stay too, and then none of its synthetic ones does.
public struct NearDuplicates: CurationStage {
    /// Words of a shingle, at least 1.
    public var shingleWords: Int
    /// Hash functions of a signature, at least 1.
    public var functions: Int
    /// The similarity from which examples are near duplicates, above 0 and at most 1.
    public var threshold: Double
    /// Which examples can be dropped.
    public var judged: JudgedExamples

    public static let name = "near-duplicates"
    public static let help =
        "Drop examples whose text shares most of its shingles with another's, by MinHash; the first "
        + "of each cluster stays, and every real one unless applies-to: all. Chains connect: a "
        + "cluster can hold texts less similar than the threshold."
    static let words = Key(
        "shingle-words", .integer(1...100), default: 5,
        help: "Words of a shingle; a text of fewer words is one shingle.")
    static let hashes = Key(
        "hashes", .integer(1...4_096), default: 128,
        help: "Hash functions; the standard error of an estimated similarity J is "
            + "sqrt(J (1 - J) / hashes).")
    static let similarity = Key(
        "threshold", .number(0.01...1), default: 0.8,
        help: "The estimated Jaccard similarity of two sets of shingles from which texts are near "
            + "duplicates. Pairs are found by bands of hashes that miss one in a hundred at the "
            + "threshold at most, and hardly any above.")
    static let appliesTo = JudgedExamples.key(default: .synthetic)

    @KeyList public static var keys: [KeyDeclaration] {
        words
        hashes
        similarity
        appliesTo
    }

    public init(
        shingleWords: Int = 5, functions: Int = 128, threshold: Double = 0.8,
        judged: JudgedExamples = .synthetic
    ) {
        self.shingleWords = shingleWords
        self.functions = functions
        self.threshold = threshold
        self.judged = judged
    }

    public init(_ value: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            shingleWords: try value[Self.words], functions: try value[Self.hashes],
            threshold: try value[Self.similarity], judged: try value[Self.appliesTo])
        guard hash.missed(byBandsOf: 1) <= MinHash.mostMissed else {
            throw SpecificationIssue(
                path: [Self.hashes.name],
                message: "\(functions) hash functions find too few of the pairs with a similarity "
                    + "of \(threshold): raise hashes or threshold")
        }
    }

    private var hash: MinHash {
        MinHash(shingleWords: shingleWords, functions: functions, threshold: threshold)
    }

    public var needs: Set<Capability> { [.text] }
    public var sparesGeneration0: Bool { judged == .synthetic }

    private static let duplicates = MetricDeclaration(
        "duplicates", title: "near duplicates", direction: .neither,
        help: "Examples that the stage dropped.")
    private static let copies = MetricDeclaration(
        "copies_of_real", title: "near duplicates of real examples", direction: .neither,
        help: "Synthetic examples in a cluster with a real one.")
    private static let clusters = MetricDeclaration(
        "clusters", title: "clusters", direction: .neither,
        help: "Clusters of two examples or more.")
    private static let largest = MetricDeclaration(
        "largest_cluster", title: "largest cluster", direction: .neither,
        help: "Examples of the largest cluster.")
    public static var metrics: [MetricDeclaration] { [duplicates, copies, clusters, largest] }

    public func apply<Setting: TaskSetting>(
        to data: TrainingData<Setting.Examples>, in context: CurationContext<Setting>
    ) throws -> CurationOutcome<Setting.Examples> {
        guard data.examples.count > 0, judged == .all || data.pool.hasSyntheticExamples else {
            return CurationOutcome(data: data)
        }
        let hash = hash
        let clusters = hash.clusters(
            of: try context.text(of: data.examples).map { hash.signature(of: $0) })
        let isReal = data.pool.provenance.map { $0 == 0 }
        var hasReal = Array(repeating: false, count: clusters.count)
        var sizes = Array(repeating: 0, count: clusters.count)
        for (index, cluster) in clusters.enumerated() {
            sizes[cluster] += 1
            if isReal[index] { hasReal[cluster] = true }
        }
        let kept = data.keeping { index in
            guard judged == .synthetic else { return clusters[index] == index }
            return isReal[index] || (clusters[index] == index && !hasReal[clusters[index]])
        }
        let copies = clusters.indices.count { !isReal[$0] && hasReal[clusters[$0]] }
        return CurationOutcome(
            data: kept,
            metrics: [
                Self.duplicates.value(Double(data.examples.count - kept.examples.count)),
                Self.copies.value(Double(copies)),
                Self.clusters.value(Double(sizes.count { $0 > 1 })),
                Self.largest.value(Double(sizes.max() ?? 0)),
            ])
    }
}
