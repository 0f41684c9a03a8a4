extension ChainPlan {
    /// The mean number of generations between a generation's data and real data, by the plan: 0 for
    /// real data, and of samples one more than of what their model was fitted to.
    public var meanAges: [Double] {
        var ages: [Double] = []
        // Samples of a provenance are of models' ages; several parents give equal parts.
        func age(ofProvenance provenance: Int) -> Double {
            let parents = arm.parents(ofProvenance: provenance) ?? []
            guard !parents.isEmpty else { return 1 }
            return 1 + parents.reduce(0) { $0 + ages[$1] } / Double(parents.count)
        }
        for composition in compositions {
            var (sum, size) = (0.0, 0.0)
            for part in composition.parts {
                size += Double(part.size)
                if case .synthetic(let provenance, let count) = part {
                    sum += Double(count) * age(ofProvenance: provenance)
                }
            }
            ages.append(size > 0 ? sum / size : 0)
        }
        return ages
    }
}
