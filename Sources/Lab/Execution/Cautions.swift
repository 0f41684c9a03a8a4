package import Collapse

/// What makes the figures of an experiment unreliable though nothing is wrong with it.
package enum Cautions {
    /// Fewer documents than this say little: a mean over them moves with each of them.
    package static let fewDocuments = 50

    /// Sentences about text of too few documents.
    ///
    /// - Parameters:
    ///   - sources: The real data.
    ///   - smallest: The number of documents in the smallest generation of each arm; ignored where
    ///     no source is of documents.
    /// - Returns: A sentence for each part of a corpus, and one for all arms.
    package static func of(
        sources: [DataSource], smallest: [(arm: String, documents: Int)]
    ) -> [String] {
        let texts = sources.filter { $0.unit == "documents" }
        guard !texts.isEmpty else { return [] }
        let parts = texts.flatMap { source in
            source.parts.filter { $0.name != "train" && $0.count < fewDocuments }.map { part in
                "The \(part.name) part of the \(source.kind) \(source.name) has only "
                    + "\(counted(part.count)), so that figures on it depend on each of them: "
                    + "import more text, or cut it into shorter passages (corpus import "
                    + "--documents)."
            }
        }
        let small = smallest.filter { $0.documents < fewDocuments }
        guard let least = small.map(\.documents).min() else { return parts }
        let names = small.prefix(4).map(\.arm).joined(separator: ", ")
        let more = small.count > 4 ? " and \(small.count - 4) more" : ""
        return parts + [
            "Generations of \(small.count == 1 ? "the arm" : "the arms") \(names)\(more) train on as "
                + "few as \(counted(least)): raise sample-size, or cut the text into shorter "
                + "passages."
        ]
    }

    private static func counted(_ documents: Int) -> String {
        documents == 1 ? "1 document" : "\(documents) documents"
    }
}

extension PreparedExperiment {
    /// What ``Cautions`` has to say before anything runs, from the first seed's real data.
    package func cautions() throws -> [String] {
        let sources = try sources()
        guard !sources.isEmpty, let seed = seeds.first else { return [] }
        let smallest = try arms.map { arm in
            let seedData = try seedData(of: arm, seed: seed)
            let size = try arm.specification.sampleSizes(generations: generations).min() ?? 0
            return (
                arm: arm.specification.name,
                documents: documents(of: arm.setting, in: seedData, size: size)
            )
        }
        return Cautions.of(sources: sources, smallest: smallest)
    }

    /// How many examples of the real stream make up a size.
    private func documents(
        of setting: Setting, in seedData: Setting.SeedData, size: Int
    ) -> Int {
        let most = setting.realCount(in: seedData) ?? size
        var (count, sum) = (0, 0)
        while count < most, sum < size {
            sum += setting.realSize(at: count, in: seedData)
            count += 1
        }
        return count
    }
}
