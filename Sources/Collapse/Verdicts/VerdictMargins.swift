public import Support

/// The margins of an experiment's verdicts that are not the setting's own.
public struct VerdictMargins: KeyGroup, Hashable {
    /// By definition; those that are missing are the setting's.
    public let values: [CollapseDefinition: Double]

    private static let margins = CollapseDefinition.allCases.map { definition in
        (
            definition,
            Key<Double?>(
                definition.rawValue, .optional(.number(1e-12...1e9)), default: .some(nil),
                help:
                    "Of \(definition.title), in the unit of what decides it; null for the setting's."
            )
        )
    }

    @KeyList public static var keys: [KeyDeclaration] { margins.map(\.1.declaration) }

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        var margins: [CollapseDefinition: Double] = [:]
        for (definition, key) in Self.margins { margins[definition] = try values[key] }
        self.values = margins
    }

    /// The rules with these margins.
    ///
    /// - Throws: `SpecificationIssue` where a margin is given for what a setting does not decide.
    public func applied(
        to rules: [DefinitionRule], setting: String
    ) throws(SpecificationIssue) -> [DefinitionRule] {
        for definition in CollapseDefinition.allCases
        where values[definition] != nil && !rules.contains(where: { $0.definition == definition }) {
            throw SpecificationIssue(
                path: [definition.rawValue],
                message: "\(definition.withoutDesign), so that it has no margin: leave it out")
        }
        return rules.map { rule in
            var rule = rule
            rule.margin = values[rule.definition] ?? rule.margin
            return rule
        }
    }
}

/// How an experiment's arms are judged.
public struct VerdictKeys: KeyGroup, Hashable {
    private static let marginKey = Key<VerdictMargins>(
        "margins", .group, filledFrom: .map([]),
        help: "Differences that count as none, for each definition of collapse.")

    @KeyList public static var keys: [KeyDeclaration] { marginKey }

    public let margins: VerdictMargins

    public init(_ values: SpecificationValue) throws(SpecificationIssue) {
        margins = try values[Self.marginKey]
    }

    /// The rules of a setting with the experiment's margins.
    ///
    /// - Throws: `SpecificationIssue` below the key `verdict`.
    public func rules(
        of setting: SettingDeclaration
    ) throws(SpecificationIssue) -> [DefinitionRule] {
        try SpecificationIssue.within(Self.marginKey.name) { () throws(SpecificationIssue) in
            try margins.applied(to: setting.definitions, setting: setting.name)
        }
    }
}
