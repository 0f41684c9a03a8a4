import Collapse

extension LanguageSetting {
    package var traits: [String] {
        guard let parallel = learner as? ParallelLearner else { return [] }
        return ["\(parallel.count) models in parallel"]
    }
}
