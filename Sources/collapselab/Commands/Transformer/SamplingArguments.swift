import ArgumentParser
import Lab
import LanguageModels
import Settings
import Support

/// How the next token is chosen.
struct SamplingArguments: ParsableArguments {
    @OptionGroup var rules: SamplingOptions

    @Flag(help: "Take the most probable token: temperature 0.")
    var greedy = false

    @Option(SamplingPlan.beams, help: "Search with so many beams instead of drawing.")
    var beams = 1

    @Option(
        SamplingPlan.lengthPenalty,
        help: "A continuation of n tokens is scored log p / n^penalty in beam search.")
    var lengthPenalty = 1.0

    var rule: SamplingRule { greedy ? rules.rule.greedy : rules.rule }
}

/// An option for each sampling rule, as its declaration says: a new rule needs no line here.
struct SamplingOptions: ParsableArguments, CustomReflectable {
    /// The option of a rule: a number of the type of its key. Its range is checked with the other
    /// settings of the request, as that of an experiment file.
    private static func option(_ declaration: KeyDeclaration) -> Option<SpecificationValue?> {
        let standard = declaration.defaultValue.flatMap { $0.isNull ? nil : $0.canonicalText }
        let type: KeyType =
            switch declaration.type {
            case .integer, .optional(.integer): .integer(Int.min...Int.max)
            default: .number(-Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude)
            }
        let unlimited = KeyDeclaration(declaration.key, type, default: nil, help: declaration.help)
        return Option(
            parsing: .unconditional,
            help: ArgumentHelp(
                stringLiteral: declaration.help + (standard.map { " (default: \($0))" } ?? "")),
            transform: { try ArgumentReading.value($0, of: unlimited) })
    }

    /// The name under which the parser knows an option: `topK` for `--top-k`.
    private struct Name: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }

        init(_ declaration: KeyDeclaration) {
            let words = declaration.key.split(separator: "-")
            stringValue = words.dropFirst().reduce(String(words[0])) {
                $0 + $1.prefix(1).uppercased() + $1.dropFirst()
            }
        }
    }

    private(set) var rule = SamplingRule()

    init() {}

    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Name.self)
        var settings = SpecificationMap()
        for declaration in SamplingStages.keys {
            let given = try values.decode(
                Option<SpecificationValue?>.self, forKey: Name(declaration)
            ).wrappedValue
            settings[declaration.key] = given ?? declaration.defaultValue
        }
        rule = try SamplingRule(.map(settings))
    }

    /// The parser finds options by looking at properties: it is shown one for each rule.
    var customMirror: Mirror {
        Mirror(
            self,
            children: SamplingStages.keys.map {
                ("_" + Name($0).stringValue, Self.option($0))
            })
    }
}
