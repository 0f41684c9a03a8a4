extension ArmSpecification {
    /// One line for the report: `traits` are what the arm's setting says of it.
    public func summary(traits: [String] = []) -> String {
        var sentences = [
            isControl
                ? "the control of: \(workflow.summary), with fresh real data for all samples"
                : workflow.summary
        ]
        sentences += traits + features
        for (before, phase) in zip(stretches, phases) where !phase.changedKeys.isEmpty {
            let words = ([phase.arm.workflow.summary] + phase.arm.features).filter {
                $0 != before.workflow.summary && !before.features.contains($0)
            }
            sentences.append(
                "from generation \(phase.from) with another "
                    + phase.changedKeys.joined(separator: ", ")
                    + (words.isEmpty ? "" : ": " + words.joined(separator: ", ")))
        }
        return sentences.joined(separator: "; ")
    }

    /// What is said of the arm beside its workflow, where it is not as usual.
    private var features: [String] {
        var features: [String] = []
        if startFrom != .scratch {
            features.append("fits start from the \(startFrom.rawValue) model")
        }
        switch sampleFrom {
        case .previous: break
        case .base: features.append("samples of the base model")
        case .baseThenPrevious: features.append("samples of the base model first")
        }
        if parents > 1 { features.append("\(parents) parent models") }
        // A control has real data alone, which most stages leave as it is.
        let acting = curation.filter { !isControl || !$0.sparesGeneration0 }
        if !acting.isEmpty {
            features.append("curated by " + acting.map(\.title).joined(separator: ", "))
        }
        return features
    }
}
