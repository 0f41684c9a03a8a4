package import Collapse
package import Support

/// An experiment with every value checked and filled in: what is hashed, stored and shown.
package struct ResolvedExperiment: Sendable {
    /// The declaration of the setting that all arms share.
    package var setting: SettingDeclaration
    /// The values of `ExperimentKeys.all`, in the order of declaration.
    package var experiment: SpecificationValue
    /// In the order of the file; a sweep's arms follow each other, its last axis fastest.
    package var arms: [ResolvedArm]

    /// What made the results beside the file, where it is the file of a run directory.
    package var provenance: RunProvenance?

    /// Locations of the experiment's own keys.
    var locations: LocationTree
    /// Locations of each arm's keys, in the order of `arms`.
    var armLocations: [LocationTree]

    /// Where the value at `path` was written: `["arms", "mixture", "real-fraction"]` or
    /// `["generations"]`.
    ///
    /// A value that an arm inherits is found where it stands at the top level, one that was filled
    /// in is found at its arm.
    package func locate(_ path: [String]) -> SourceLocation? {
        if path.count >= 2, path[0] == "arms" {
            guard let index = arms.firstIndex(where: { $0.name == path[1] }) else {
                return locations.location
            }
            return armLocations[index].locate(path[2...]) ?? locations.location
        }
        if let first = path.first, locations.children[first] == nil {
            for arm in armLocations {
                if let location = arm.children[first]?.locate(path[1...]) { return location }
            }
        }
        return locations.locate(path[...])
    }

    /// The error that shows the user an issue found after reading, with its location.
    package func error(for issue: SpecificationIssue) -> SpecificationError {
        let key = writtenPath(of: issue.path)
        var error = SpecificationError(.meaning(issue.message), key: key, at: locate(key))
        if key != issue.path {
            error.context.append("as it holds in `\(DottedPath.text(Array(issue.path[..<4])))`")
        }
        return error
    }
}

/// An arm with every value filled in.
package struct ResolvedArm: Sendable {
    /// The arm's name, with the swept values in brackets where a sweep made the arm.
    package var name: String
    /// The swept keys and values that made the arm, in the order of the sweep.
    ///
    /// A number stands for a schedule that is constant, and a word for a preset.
    package var coordinates: [(key: String, value: SpecificationValue)]
    /// The values of `ArmKeys.all(of:)`, in the order of declaration.
    package var values: SpecificationValue
}

extension ResolvedExperiment {
    /// The whole specification as one value, by which experiments are compared.
    package var value: SpecificationValue {
        .map([
            .init("experiment", experiment),
            .init(
                "arms",
                .map(
                    arms.map { arm in
                        .init(arm.name, arm.value)
                    })),
        ])
    }
}

extension ResolvedArm {
    /// Values and coordinates together.
    package var value: SpecificationValue {
        .map([
            .init("values", values),
            .init("swept", .map(coordinates.map { .init($0.key, $0.value) })),
        ])
    }
}
