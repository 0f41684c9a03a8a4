import Collapse
import Support

/// Which views encoders learn from.
enum ViewData: Hashable, Sendable {
    case synthetic(SyntheticViews)
    /// At least two views of the set `mfeat`, each once.
    case mfeat([FeatureView])

    /// Columns of each view.
    var widths: [Int] {
        switch self {
        case .synthetic(let views): Array(repeating: views.width, count: views.count)
        case .mfeat(let views): views.map(\.width)
        }
    }
}

extension ViewData: TaggedKeys {
    private enum Kind: String, CaseIterable, Sendable {
        case synthetic, mfeat
    }

    private static let kind = Key<Kind>("kind", .choice, help: "Where the views come from.")
    private static let views = Key<[FeatureView]>(
        "views", .list(.choice), default: [.fou, .kar],
        help:
            "Two or more of fac, fou, kar, mor, pix and zer: 216 profile correlations, 76 Fourier "
            + "and 64 Karhunen-Loeve coefficients, 6 morphological features, 240 pixel averages and "
            + "47 Zernike moments.")

    /// What a specification says when it says nothing.
    static let defaultValue = SpecificationValue.map([
        .init(kind.name, .text(Kind.synthetic.rawValue))
    ])

    /// The bare words will do.
    static var group: TaggedGroup {
        TaggedGroup(
            tag: kind.name,
            variants: [
                .init(
                    Kind.synthetic.rawValue, SyntheticViews.keys,
                    help: "Slices of one hidden normal vector through fixed nonlinear maps."),
                .init(
                    Kind.mfeat.rawValue, [views.declaration],
                    help: "Views of 2,000 handwritten digits (UCI Multiple Features)."),
            ])
    }

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        switch try values[Self.kind] {
        case .synthetic: self = .synthetic(try SyntheticViews(values))
        case .mfeat:
            let views = try values[Self.views]
            guard views.count >= 2, Set(views).count == views.count else {
                throw SpecificationIssue(
                    path: [Self.views.name],
                    message: "a correlation is of two views or more, each once: name others")
            }
            self = .mfeat(views)
        }
    }
}
