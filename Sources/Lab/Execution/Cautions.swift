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
        let isDrawn = sources.contains { $0.kind == "truth" }
        guard !texts.isEmpty || isDrawn else { return [] }
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
        return parts + [
            "\(named(small.map(\.arm))): generations train on as few as \(counted(least)): raise "
                + "sample-size, or "
                + (isDrawn
                    ? "lower corpus.maximum-document-length."
                    : "cut the text into shorter passages.")
        ]
    }

    /// Each sentence once, with the arms that it holds for unless it holds for all.
    package static func merging(_ cautions: [(arm: String, cautions: [String])]) -> [String] {
        var sentences: [String] = []
        for sentence in cautions.flatMap(\.cautions) where !sentences.contains(sentence) {
            sentences.append(sentence)
        }
        return sentences.map { sentence in
            let arms = cautions.filter { $0.cautions.contains(sentence) }.map(\.arm)
            guard arms.count < cautions.count else {
                return sentence.prefix(1).uppercased() + sentence.dropFirst()
            }
            return "\(named(arms)): \(sentence)"
        }
    }

    /// A sentence where arms are measured on different data.
    package static func comparing(_ data: [(arm: String, measuredOn: String?)]) -> [String] {
        var groups: [(data: String, arms: [String])] = []
        for case (let arm, let data?) in data {
            if let known = groups.firstIndex(where: { $0.data == data }) {
                groups[known].arms.append(arm)
            } else {
                groups.append((data, [arm]))
            }
        }
        guard groups.count > 1 else { return [] }
        let words = groups.map { "\(named($0.arms)): \($0.data)" }.joined(separator: "; ")
        return [
            "Arms are measured on different data, so that a difference between them is not of their "
                + "models alone. \(words)."
        ]
    }

    /// Sentences about arms whose first fit, on real data, lost what their base model knew.
    ///
    /// - Parameters:
    ///   - metric: The headline.
    ///   - values: The mean of each arm's base and of its generation 0.
    /// - Returns: At most one sentence, with the arms that it holds for.
    package static func afterBase(
        _ metric: MetricDeclaration, _ values: [(arm: String, base: Double, first: Double)]
    ) -> [String] {
        merging(
            values.map { value in
                let isWorse =
                    switch metric.direction {
                    case .lowerIsBetter: value.first > value.base
                    case .higherIsBetter: value.first < value.base
                    case .nearerToReference, .neither: false
                    }
                guard isWorse else { return (value.arm, []) }
                return (
                    value.arm,
                    [
                        "generation 0 is worse than the base model that it begins from, though it "
                            + "trains on real data: it unlearns more than it learns. Lower "
                            + "model.training.learning-rate, or train on more."
                    ]
                )
            })
    }

    /// The first few of some arms.
    private static func named(_ arms: [String]) -> String {
        "\(arms.count == 1 ? "The arm" : "The arms") \(arms.prefix(4).joined(separator: ", "))"
            + (arms.count > 4 ? " and \(arms.count - 4) more" : "")
    }

    private static func counted(_ documents: Int) -> String {
        documents == 1 ? "1 document" : "\(documents) documents"
    }
}

extension PreparedExperiment {
    /// What ``Cautions`` has to say before anything runs, from the first seed's real data.
    ///
    /// - Returns: Those about documents, which results tell too, and those of the setting.
    package func cautions() throws -> (documents: [String], special: [String]) {
        let sources = try sources()
        guard !sources.isEmpty, let seed = seeds.first else { return ([], []) }
        var smallest: [(arm: String, documents: Int)] = []
        var special: [(arm: String, cautions: [String])] = []
        var measuredOn: [(arm: String, measuredOn: String?)] = []
        for arm in arms {
            let name = arm.specification.name
            let seedData = try seedData(of: arm, seed: seed)
            let plan = try plan(of: arm, in: seedData)
            // The last samples are of no generation.
            let size = plan.sampleSizes.dropLast().min() ?? 0
            smallest.append((name, documents(of: arm.setting, in: seedData, size: size)))
            let unreached = arm.specification.phases.filter { $0.from > generations }.map {
                "its phase from generation \($0.from) on never comes, since the last generation is "
                    + "\(generations): raise generations, or begin the phase earlier."
            }
            special.append((name, arm.setting.cautions(in: seedData, plan: plan) + unreached))
            measuredOn.append((name, arm.setting.measuredOn(in: seedData)))
        }
        return (
            Cautions.of(sources: sources, smallest: smallest),
            Cautions.merging(special) + Cautions.comparing(measuredOn)
        )
    }

    /// What the settings of the arms have to say of their real data.
    func remarks() -> [String] {
        Cautions.merging(
            arms.map { arm in
                let name = arm.specification.name
                let commands = commands.remarks.filter { $0.arms.contains(name) }
                return (name, arm.setting.remarks + commands.map(\.sentence))
            })
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
