package import Collapse
import Support

extension DiscreteSetting {
    /// The setting `discrete`, with the evaluation `distribution`; sizes count draws.
    package static var declaration: SettingDeclaration {
        SettingDeclaration(
            name: "discrete",
            summary:
                "A discrete next-token source and the n-gram model of its order: every distance from the "
                + "truth is exact.",
            version: 1,
            sizeUnit: "draws",
            keys: keys,
            evaluations: [.init("distribution", version: 1)],
            metrics: DiscreteMetric.allCases.map(\.declaration),
            headline: DiscreteMetric.squaredError.declaration,
            definitions: DefinitionRule.error(DiscreteMetric.squaredError.declaration) + [
                DefinitionRule(
                    .variance, DiscreteMetric.entropy.declaration, largerIsWorse: false,
                    margin: 0.05, improves: false),
                DefinitionRule(
                    .tails, DiscreteMetric.alive.declaration, largerIsWorse: false, isRatio: true,
                    margin: 0.05),
            ], panels: DiscreteMetric.panels,
            recordUnit: .chains(seeds: 250))
    }

    static let source = Key<DiscreteSourceChoice>(
        "source", .tagged, filledFrom: DiscreteSourceChoice.defaultValue,
        help: "The true distribution of the next symbol.")
    static let smoothing = Key<DiscreteSmoothing>(
        "smoothing", .tagged, filledFrom: DiscreteSmoothing.defaultValue,
        help: "How counts become probabilities.")
    static let contexts = Key<ContextPolicy>(
        "contexts", .choice, default: .chain,
        help:
            "At order 1 and above: truth draws the context of every example from the true distribution; "
            + "chain lets models (and the truth) write documents whose contexts are their own "
            + "symbols.")
    static let documentLength = Key(
        "document-length", .integer(1...1_000_000), default: 400,
        help: "Draws in a document with contexts: chain.")
    static let scoringSmoothing = Key(
        "scoring-smoothing", .number(0...1e6), default: 0,
        help:
            "Added to every count before the excess cross-entropy is measured, so that a lost "
            + "symbol costs a finite amount; 0 measures the model as it is.")
    static let recordedMetrics = Key<[DiscreteMetric]>(
        "metrics", .list(.choice), default: [],
        help: "The metrics that are recorded; an empty list records all.")

    @KeyList private static var keys: [KeyDeclaration] {
        source
        smoothing
        contexts
        documentLength
        DecodingRule.keys
        scoringSmoothing
        recordedMetrics
    }
}
