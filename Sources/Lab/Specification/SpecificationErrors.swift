/// Gathers what is wrong with an experiment, so that the user is told of all of it at once.
struct SpecificationErrors {
    /// More than this nobody reads before the first are mended.
    private static let most = 20

    private var errors: [SpecificationError] = []

    /// Whether nothing is wrong so far.
    var isEmpty: Bool { errors.isEmpty }

    /// The value of `body`; nil where it throws, which is noted.
    @discardableResult
    mutating func noting<Value>(
        _ body: () throws(SpecificationError) -> Value
    ) -> Value? {
        do throws(SpecificationError) {
            return try body()
        } catch {
            note(error)
            return nil
        }
    }

    /// Notes an error, unless the same was said of the same place: arms share what stands above them. A
    /// key that all of them lack is missing once.
    mutating func note(_ error: SpecificationError) {
        let isKnown = errors.contains { other in
            guard other.kind == error.kind else { return false }
            if case .missingKey(_, _, true) = error.kind { return other.key.last == error.key.last }
            return other.location == error.location
        }
        if !isKnown, errors.count < Self.most { errors.append(error) }
    }

    /// - Throws: All that was noted as one error, in the order of the lines.
    func check() throws(SpecificationError) {
        let sorted = errors.sorted { ($0.location?.line ?? 0) < ($1.location?.line ?? 0) }
        guard var first = sorted.first else { return }
        first.others = Array(sorted.dropFirst())
        throw first
    }
}
