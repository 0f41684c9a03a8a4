import Collapse
import Compute

/// How often a verdict says what is true of planted drifts: its power, and its level where nothing
/// drifts.
struct VerdictBenchmark {
    static let usage = "verdict [EXPERIMENTS]"
    private let experiments: Int

    /// Nil where an argument is none of its own.
    init?(_ arguments: ArraySlice<String>) {
        guard arguments.count <= 1 else { return nil }
        guard let text = arguments.first else {
            experiments = 2_000
            return
        }
        guard let count = Int(text), count > 0 else { return nil }
        experiments = count
    }

    /// By drift, definition, outcome and number of seeds the share of experiments: of 12 generations,
    /// with heavy-tailed chains whose deviation at the end is three margins, and differences of ten
    /// margins.
    func run() -> [String: Double] {
        let margin = 0.1
        let metric = MetricDeclaration(
            "risk", title: "risk", direction: .lowerIsBetter, help: "")
        // Chains tell nothing of sizes.
        let rules = DefinitionRule.risk(metric, margin: margin, catastrophic: 1).filter {
            $0.statistic != .scaling
        }
        var shares: [String: Double] = [:]
        for drift in SimulatedChains.Drift.allCases {
            let chains = SimulatedChains(
                drift: drift, size: drift == .none ? 0 : 10 * margin, deviation: 3 * margin)
            for seeds in [5, 10, 20] {
                var counts: [String: Int] = [:]
                for experiment in 0..<experiments {
                    var random = RandomStream(
                        RandomKey(seed: UInt64(experiment), purpose: .test))
                    let curves = chains.curves(seeds: seeds, random: &random)
                    let verdicts = Verdict.of(
                        rules.map {
                            VerdictCase(
                                arm: "arm", definition: $0.definition, rule: $0,
                                reference: "its control", evidence: .curves(curves))
                        })
                    for verdict in verdicts where verdict.outcome != .inconclusive {
                        counts[
                            "\(drift.rawValue)/\(verdict.definition.rawValue)/"
                                + "\(verdict.outcome.rawValue)/\(seeds)", default: 0] += 1
                    }
                }
                for (name, count) in counts {
                    shares[name] = Double(count) / Double(experiments)
                }
            }
        }
        return shares
    }
}
