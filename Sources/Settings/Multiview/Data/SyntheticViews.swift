import Collapse
import Compute
import Support

/// Views of one hidden normal vector, the "God embedding" (He et al. 2024, their synthetic data): each
/// view sees a slice of it, through a fixed nonlinear map and noise.
///
/// With a slice of s dimensions and d columns, X_k = standardised(tanh(G_k A_k / sqrt(s)) B_k /
/// sqrt(d)) + noise, where the elements of A_k and B_k are standard normal. Tasks are tanh(G w) with w
/// normal of variance 1 / D. The paper names no maps, so that these are ours.
struct SyntheticViews: Hashable, Sendable {
    /// D, the dimensions of the hidden vector.
    var dimension: Int
    /// Views, at least two.
    var count: Int
    /// Columns of each view.
    var width: Int
    /// The share of a slice that the next view's has, too, 0 to 1.
    var commonRate: Double
    /// The standard deviation of the noise in each column, whose signal has 1.
    var noise: Double
    /// Tasks that representations are to solve.
    var tasks: Int

    /// s: slices of this size, as evenly spread as they can be, cover the hidden vector and share
    /// ``commonRate`` with the next: D / (1 + (views - 1)(1 - rate)), rounded.
    var sliceSize: Int {
        let share = 1 + Double(count - 1) * (1 - commonRate)
        return Int((Double(dimension) / share).rounded())
    }

    /// What of the slices is not as the keys say, in whole dimensions.
    var notes: [String] {
        let slices = (0..<count).map { slice(ofView: $0) }
        let shared = zip(slices, slices.dropFirst()).map { Double($0.clamped(to: $1).count) }
        let rates = shared.map { $0 / Double(sliceSize) }
        let unseen = dimension - Set(slices.joined()).count
        var notes: [String] = []
        if let least = rates.min(), let most = rates.max(),
            max(commonRate - least, most - commonRate) > 0.005
        {
            let range =
                least == most
                ? least.inThousandths
                : "between \(least.inThousandths) and \(most.inThousandths)"
            notes.append(
                "Slices of \(sliceSize) of the \(dimension) dimensions share \(range) with the next "
                    + "view's, where common-rate is \(commonRate.inThousandths).")
        }
        if unseen > 0 {
            notes.append("\(unseen) of the \(dimension) hidden dimensions are seen by no view.")
        }
        return notes
    }

    /// The dimensions that a view sees.
    func slice(ofView index: Int) -> Range<Int> {
        let start = Double(index * (dimension - sliceSize)) / Double(count - 1)
        let first = Int(start.rounded())
        return first..<first + sliceSize
    }
}

extension SyntheticViews: KeyGroup {
    private static let dimension = Key(
        "god-dimension", .integer(2...4_096), default: 50,
        help: "D, dimensions of the hidden normal vector that all views are slices of.")
    private static let count = Key(
        "view-count", .integer(2...8), default: 2, help: "How many views there are.")
    private static let width = Key(
        "view-width", .integer(1...4_096), default: 50, help: "Columns of each view.")
    private static let commonRate = Key(
        "common-rate", .number(0...1), default: 0.6,
        help: "The share of a view's slice that the next view sees, too: 0 for none, 1 for all.")
    private static let noise = Key(
        "noise", .number(0...100), default: 0.1,
        help: "The standard deviation of each column's noise, where its signal has 1.")
    private static let tasks = Key(
        "tasks", .integer(1...1_000), default: 50,
        help: "Functions of the hidden vector that a ridge regression learns from representations.")

    @KeyList static var keys: [KeyDeclaration] {
        dimension
        count
        width
        commonRate
        noise
        tasks
    }

    init(_ values: SpecificationValue) throws(SpecificationIssue) {
        self.init(
            dimension: try values[Self.dimension], count: try values[Self.count],
            width: try values[Self.width], commonRate: try values[Self.commonRate],
            noise: try values[Self.noise], tasks: try values[Self.tasks])
        guard sliceSize > 0 else {
            throw SpecificationIssue(
                path: [Self.dimension.name],
                message: "\(count) views of \(dimension) dimensions leave none to each: raise "
                    + "god-dimension or common-rate, or lower view-count")
        }
    }
}

/// A seed's synthetic views.
struct SyntheticSource: ViewSource {
    private let views: SyntheticViews
    private let key: RandomKey
    private let maps: [(inner: [Float], outer: [Float])]
    /// The mean and deviation of each column's signal over generation 0's and the test rows.
    private let scales: [[(mean: Double, deviation: Double)]]
    let testViews: [Matrix]
    let targets: DownstreamTargets

    var count: Int? { nil }

    /// Where the draws of maps and tasks begin, behind those of all rows.
    private static let firstMap = 1 << 40

    init(_ views: SyntheticViews, initialSize: Int, testRows: Int, key: RandomKey) {
        self.views = views
        let key = key.with(purpose: .realDraw)
        self.key = key
        let (slice, width, dimension) = (views.sliceSize, views.width, views.dimension)
        func draws(_ count: Int, _ index: Int, variance: Double) -> [Float] {
            NormalDraws.array(count, from: key.at(Self.firstMap + index)).map {
                Float($0 * variance.squareRoot())
            }
        }
        let maps = (0..<views.count).map { view in
            (
                inner: draws(slice * width, 1 + 2 * view, variance: 1 / Double(slice)),
                outer: draws(width * width, 2 + 2 * view, variance: 1 / Double(width))
            )
        }
        self.maps = maps
        let weights = draws(dimension * views.tasks, 0, variance: 1 / Double(dimension))

        let training = Self.draws(views, rows: Array(0..<initialSize), from: key)
        let test = Self.draws(
            views, rows: Array(0..<testRows), from: key.with(purpose: .evaluate))
        scales = (0..<views.count).map { view in
            let both =
                Self.signal(training, view: view, of: views, maps[view])
                + Self.signal(test, view: view, of: views, maps[view])
            return (0..<width).map { column in
                let values = stride(from: column, to: both.count, by: width).map {
                    Double(both[$0])
                }
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                let deviation = (squares / Double(values.count - 1)).squareRoot()
                return (mean, deviation > 0 ? deviation : 1)
            }
        }
        testViews = Self.observed(test, of: views, maps, scales)
        let hidden = test.flatMap { $0[..<dimension] }.map { Float($0) }
        let solutions = Self.product(hidden, weights, inner: dimension, columns: views.tasks)
        targets = .regression(
            Matrix(rows: testRows, columns: views.tasks, floats: Self.tanh(solutions)))
    }

    func views(of rows: [Int]) -> [Matrix] {
        Self.observed(Self.draws(views, rows: rows, from: key), of: views, maps, scales)
    }

    /// For each row the hidden vector and then the noise of each view, standard normal.
    private static func draws(
        _ views: SyntheticViews, rows: [Int], from key: RandomKey
    ) -> [[Double]] {
        rows.map {
            NormalDraws.array(views.dimension + views.count * views.width, from: key.at($0))
        }
    }

    private static func observed(
        _ draws: [[Double]], of views: SyntheticViews, _ maps: [(inner: [Float], outer: [Float])],
        _ scales: [[(mean: Double, deviation: Double)]]
    ) -> [Matrix] {
        (0..<views.count).map { view in
            let signal = signal(draws, view: view, of: views, maps[view])
            var observed = Matrix(rows: draws.count, columns: views.width)
            for (row, draw) in draws.enumerated() {
                for column in 0..<views.width {
                    let (mean, deviation) = scales[view][column]
                    let place = row * views.width + column
                    let noise = draw[views.dimension + view * views.width + column]
                    observed.elements[place] =
                        (Double(signal[place]) - mean) / deviation + views.noise * noise
                }
            }
            return observed
        }
    }

    /// What a view shows without noise. In single precision, as those products have the same bits
    /// for a row whatever other rows there are.
    private static func signal(
        _ draws: [[Double]], view: Int, of views: SyntheticViews,
        _ map: (inner: [Float], outer: [Float])
    ) -> [Float] {
        let slice = views.slice(ofView: view)
        let seen = draws.flatMap { $0[slice] }.map { Float($0) }
        let inner = tanh(product(seen, map.inner, inner: slice.count, columns: views.width))
        return product(inner, map.outer, inner: views.width, columns: views.width)
    }

    private static func product(
        _ a: [Float], _ b: [Float], inner: Int, columns: Int
    ) -> [Float] {
        let rows = a.count / inner
        return [Float](unsafeUninitializedCapacity: rows * columns) { result, count in
            count = rows * columns
            a.withUnsafeBufferPointer { a in
                b.withUnsafeBufferPointer { b in
                    guard let a = a.baseAddress, let b = b.baseAddress,
                        let c = result.baseAddress
                    else { return }
                    multiply(
                        MatrixView(reading: a, rows: rows, columns: inner),
                        MatrixView(reading: b, rows: inner, columns: columns),
                        into: MatrixView(c, rows: rows, columns: columns))
                }
            }
        }
    }

    private static func tanh(_ x: [Float]) -> [Float] {
        [Float](unsafeUninitializedCapacity: x.count) { result, count in
            count = x.count
            x.withUnsafeBufferPointer { x in
                guard let from = x.baseAddress, let out = result.baseAddress else { return }
                Float.kernels.tanhForward(out, from, x.count)
            }
        }
    }
}
