import ArgumentParser
import LanguageModels
import Support

/// How the next token is chosen.
struct SamplingArguments: ParsableArguments {
    @OptionGroup var rules: SamplingOptions

    @Flag(help: "Take the most probable token: temperature 0.")
    var greedy = false

    @Option(help: "Search with so many beams instead of drawing.")
    var beams = 1

    @Option(help: "A continuation of n tokens is scored log p / n^penalty in beam search.")
    var lengthPenalty = 1.0

    var rule: SamplingRule { greedy ? rules.rule.greedy : rules.rule }
}

/// An option for each sampling rule, as its declaration says: a new rule needs no line here.
struct SamplingOptions: ParsableArguments, CustomReflectable {
    /// How an option's text becomes the setting, by what the declaration says it is.
    private enum Wrapper {
        case integer(Option<Int?>)
        case number(Option<Double?>)

        init(_ declaration: KeyDeclaration) {
            var type = declaration.type
            if case .optional(let wrapped) = type { type = wrapped }
            let standard = declaration.defaultValue.flatMap { $0.isNull ? nil : $0.canonicalText }
            let help = ArgumentHelp(
                stringLiteral: declaration.help + (standard.map { " (default: \($0))" } ?? ""))
            if case .integer = type {
                self = .integer(Option(help: help))
            } else {
                self = .number(Option(help: help))
            }
        }

        var option: Any {
            switch self {
            case .integer(let option): option
            case .number(let option): option
            }
        }
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
            let name = Name(declaration)
            let given: SpecificationValue?
            switch Wrapper(declaration) {
            case .integer:
                given = try values.decode(Option<Int?>.self, forKey: name).wrappedValue
                    .map { .integer($0) }
            case .number:
                given = try values.decode(Option<Double?>.self, forKey: name).wrappedValue
                    .map { .number($0) }
            }
            settings[declaration.key] = given ?? declaration.defaultValue
        }
        rule = try SamplingRule(.map(settings))
    }

    /// The parser finds options by looking at properties: it is shown one for each rule.
    var customMirror: Mirror {
        Mirror(
            self,
            children: SamplingStages.keys.map {
                ("_" + Name($0).stringValue, Wrapper($0).option)
            })
    }
}
