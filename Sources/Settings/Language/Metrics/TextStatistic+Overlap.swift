import Compute

/// What a text has of real text.
extension TextStatistic {
    static let coverage = lengths.map { length in
        TextStatistic(
            name: "coverage_\(length)", title: "covered \(length)-grams",
            help: "Share of held-out \(length)-gram occurrences that the text contains.",
            realText: .initial,
            measure: { sample, real in
                real.heldOutGrams(length).share(coveredBy: sample.grams(length))
            })
    }

    static let divergence = (1...3).map { length in
        TextStatistic(
            name: "js_\(length)", title: "Jensen-Shannon divergence of \(length)-grams",
            unit: "nats",
            help:
                "Jensen-Shannon divergence between the frequencies of \(length)-grams in the text and "
                + "in all held-out text (Lin 1991); two samples of one source have one above 0.",
            realText: .initial,
            measure: { sample, real in
                sample.grams(length).divergence(from: real.heldOutGrams(length))
            })
    }

    /// One for each tenth of generation 0's types, the rarest first.
    static let survival = (1...10).map { tenth in
        TextStatistic(
            name: "survival_\(tenth)",
            title: tenth == 1
                ? "rarest types that occur"
                : tenth == 10
                    ? "commonest types that occur" : "types of tenth \(tenth) that occur",
            help:
                "Share of one tenth of the types of generation 0's real sample, ranked by frequency "
                + "(1 = rarest), that occur in the text.",
            measure: { sample, real in
                let types = real.typesByFrequency[tenth - 1]
                guard !types.isEmpty else { return .nan }
                return Double(types.count { sample.counts[Int($0)] > 0 }) / Double(types.count)
            })
    }

    static let memorised = [8, 13].map { length in
        TextStatistic(
            name: "memorised_\(length)", title: "memorised \(length)-grams",
            help: "Share of \(length)-gram occurrences that are in generation 0's real sample.",
            group: .overlap,
            measure: { sample, real in
                sample.grams(length).share(coveredBy: real.initialGrams(length))
            })
    }

    static let invented = [8, 13].map { length in
        TextStatistic(
            name: "invented_\(length)", title: "invented \(length)-grams",
            help:
                "Share of \(length)-gram occurrences that are nowhere in the train split; of real text "
                + "without end nothing is.",
            group: .overlap,
            measure: { sample, real in
                real.trainGrams(length).map { 1 - sample.grams(length).share(coveredBy: $0) }
            })
    }
}
