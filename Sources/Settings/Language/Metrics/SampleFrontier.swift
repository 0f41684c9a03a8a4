import Collapse
import Compute

/// The divergence frontier between contexts of the samples and of held-out text (Pillutla et al.
/// 2021): contexts of both are clustered together by what the reference model makes of them.
enum SampleFrontier {
    /// Contexts of either side; as in the paper there is a cluster for ten of a side.
    static let contextCount = 1_000
    private static let clusters = KMeans(clusterCount: contextCount / 10, maximumIterations: 100)

    static let area = MetricDeclaration(
        "samples.frontier_area", title: "area under the divergence frontier",
        direction: .nearerToReference,
        help:
            "Area under the divergence frontier between contexts of samples and of held-out text, "
            + "\(contextCount) of each in \(contextCount / 10) clusters: 1 where they are "
            + "distributed alike (Pillutla et al. 2021, with vectors of the reference model).",
        reference: "heldout.frontier_area")
    static let realArea = MetricDeclaration(
        "heldout.frontier_area", title: "area under the divergence frontier, real text",
        direction: .neither,
        help: "samples.frontier_area of generation 0's real sample.")

    static let metrics = [area, realArea]
    static let panel = PanelDeclaration(
        section: "Diversity", title: "Divergence frontier", metrics: [area])

    /// The area between vectors of held-out text and others.
    static func area(real: Matrix, other: Matrix, key: RandomKey) -> Double {
        DivergenceFrontier(real: real, samples: other, clusters: clusters, key: key).area
    }
}
