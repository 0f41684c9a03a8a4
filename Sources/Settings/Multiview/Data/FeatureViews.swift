import Collapse
import Compute
import Support
import Text

/// Views of UCI's Multiple Features: 2,000 handwritten digits, 200 of each class.
enum FeatureView: String, CaseIterable, Hashable, Sendable {
    /// 216 profile correlations.
    case fac
    /// 76 Fourier coefficients.
    case fou
    /// 64 Karhunen-Loeve coefficients.
    case kar
    /// 6 morphological features.
    case mor
    /// 240 pixel averages.
    case pix
    /// 47 Zernike moments.
    case zer

    /// Columns, known before the set is.
    var width: Int {
        switch self {
        case .fac: 216
        case .fou: 76
        case .kar: 64
        case .mor: 6
        case .pix: 240
        case .zer: 47
        }
    }

    static let set = "mfeat"
}

/// A seed's order of the set's rows: the first only measure, the others are the stream. Columns are
/// standardised over all rows.
struct FeatureSource: ViewSource {
    private let views: [Matrix]
    private let stream: [Int]
    let testViews: [Matrix]
    let targets: DownstreamTargets

    var count: Int? { stream.count }

    /// - Throws: `SpecificationIssue` where no rows are left to train on, or a view is not what its
    ///   name says.
    init(
        _ set: FeatureSet, _ chosen: [FeatureView], testRows: Int, key: RandomKey
    ) throws(SpecificationIssue) {
        guard set.count > testRows else {
            throw SpecificationIssue(
                path: [MultiviewSetting.testRows.name],
                message: "\(set.name) has \(set.count) rows, which \(testRows) test rows leave "
                    + "none of to train on: lower test-rows")
        }
        var views: [Matrix] = []
        for name in chosen {
            guard let view = set.views.first(where: { $0.name == name.rawValue }),
                view.columns == name.width
            else {
                throw SpecificationIssue(
                    path: [MultiviewSetting.data.name],
                    message: "the manifest of \(set.name) has no view \(name.rawValue) of "
                        + "\(name.width) columns")
            }
            views.append(
                Matrix(rows: set.count, columns: view.columns, view.elements).standardised())
        }
        var random = RandomStream(key.with(purpose: .realOrder))
        let order = random.permutation(of: set.count)
        let test = Array(order[..<testRows])
        self.views = views
        stream = Array(order[testRows...])
        testViews = views.map { $0.selecting(rows: test) }
        targets = .classes(test.map { set.labels[$0] }, count: set.classes)
    }

    func views(of rows: [Int]) -> [Matrix] {
        let chosen = rows.map { stream[$0] }
        return views.map { $0.selecting(rows: chosen) }
    }
}
