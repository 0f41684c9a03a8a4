/// Where the parts of a resolved value were written. Values that were filled in have no location.
struct LocationTree: Sendable {
    var location: SourceLocation?
    var children: [String: LocationTree] = [:]

    /// Whether nothing of the value was written anywhere.
    var isEmpty: Bool { location == nil && children.isEmpty }

    /// The location of the longest known beginning of `path`.
    func locate(_ path: ArraySlice<String>) -> SourceLocation? {
        guard let first = path.first, let child = children[first] else { return location }
        return child.locate(path.dropFirst()) ?? location
    }
}
