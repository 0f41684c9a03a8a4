import Collapse
import Support

/// Every word that the reading of experiments says to the user.
enum SpecificationMessages {
    static func text(_ error: SpecificationError) -> String {
        ([error] + error.others).map(message).joined(separator: "\n")
    }

    private static func message(_ error: SpecificationError) -> String {
        var text = ""
        if let location = error.location { text += "\(location): " }
        text += sentence(error)
        for context in error.context { text += "\n  \(context)" }
        return text
    }

    private static func sentence(_ error: SpecificationError) -> String {
        let key = error.key.isEmpty ? "the value" : "`" + DottedPath.text(error.key) + "`"
        let last = error.key.last ?? ""
        switch error.kind {
        case .unreadable(let path, let reason):
            return "cannot read \(path): \(reason). Check the name and the permissions."
        case .syntax(let problem):
            return "not valid YAML: \(problem). Correct the text at this place or just before it."
        case .tooLarge(let limit):
            return "the file unfolds to more than \(limit) values. Use fewer aliases."
        case .notAMap(let found):
            return error.key.isEmpty
                ? "found \(found) where keys are expected. Write `key: value` lines."
                : "\(key) is \(found); expected a group of keys. Write `key: value` lines below it."
        case .duplicateKey:
            return "\(key) is written more than once in its group. Remove all but one."
        case .mergeKey:
            return "the merge key `<<` is not read. Write keys that arms share at the top level: "
                + "they are the defaults of every arm."
        case .keyIsNotAWord:
            return "found a key that is a list or a group. Write a word as the key."
        case .unsupportedFormat(let found, let newest):
            return "\(key) is \(found); this program reads format \(newest). "
                + "Use the version of the program that wrote the file."

        case .unknownKey(let nearest, let choices, let elsewhere):
            return unknownKey(
                key, parent: error.key.dropLast(), last: last, nearest: nearest, choices: choices,
                elsewhere: elsewhere)
        case .missingKey(let expected, let help, let inArm):
            let meaning = help.isEmpty ? "" : " (\(withoutPeriod(help)))"
            return "\(key) is missing; expected \(expected)\(meaning). Add the key"
                + (inArm ? " to the arm, or at the top level for all arms." : ".")
        case .wrongType(let found, let expected, let remedy):
            let advice: String
            switch remedy {
            case .dropQuotes: advice = "Remove the quotes."
            case .write(let text): advice = "Write `\(text)`."
            case .smallerFirst: advice = "Write the smaller number first."
            case .seeds(let count):
                advice =
                    count > 1
                    ? "Write `0..\(count - 1)` for \(count) seeds, or `[\(count)]` for the one of that number."
                    : "Write `[\(count)]`."
            case nil: advice = "Change the value."
            }
            return "\(key) is \(found); expected \(expected). \(advice)"
        case .outOfRange(let found, let expected):
            return "\(key) is \(found); expected \(expected). Choose a value in this range."
        case .notAChoice(let found, let choices, let nearest):
            let advice = nearest.map { "Write `\($0)`." } ?? "Choose one of these."
            return "\(key) is \(found); expected \(oneOf(choices)). \(advice)"
        case .rangeTooLong(let found, let limit):
            return
                "\(key) is \(found), which holds more than \(limit) numbers. Use a shorter range."
        case .noSuchElement(let count):
            return
                "\(key) does not exist: the list holds \(count) element\(count == 1 ? "" : "s"), "
                + "numbered from 0. Choose one of these, or write the whole list."
        case .unknownPreset(let name, let folder, let nearest, let names):
            let have = names.isEmpty ? "holds none" : "holds " + names.joined(separator: ", ")
            let advice =
                nearest.map { "Write `\($0)`." } ?? "Choose one of these, or write the keys."
            return "\(key) names the preset `\(name)`, but `\(folder)` \(have). \(advice)"
        case .presetNamesPreset:
            return
                "\(key) names another preset from inside a preset. Write that preset's keys here."
        case .presetContradicts(let preset, let tag, let presetTag, let writtenTag):
            return "\(key) is of \(tag) `\(writtenTag)`, but the preset `\(preset)` is of \(tag) "
                + "`\(presetTag)`. Remove `\(tag)` or choose another preset."

        case .badArmName:
            return
                "`\(last)` is not a name for an arm; expected lower-case letters, digits, `-`, `_` "
                + "and `.`, beginning with a letter or digit. Rename the arm."
        case .duplicateArm:
            return "two arms are called `\(last)`. Rename one."
        case .noArms:
            return "the experiment has no arms; expected a map `arms:` from names to keys, or "
                + "`workflow` at the top level for a single arm. Write one of them."
        case .unknownArm(let nearest, let names):
            let advice =
                nearest.map { "Write `\($0)`." }
                ?? "Choose one of these, or set `arms.\(last).workflow` too for a new arm."
            return
                "there is no arm `\(last)`; the arms are \(names.joined(separator: ", ")). \(advice)"
        case .noSeeds:
            return
                "\(key) is empty; expected at least one seed. Write `[0]` or a range such as `0..4`."
        case .repeatedSeed(let seed):
            return "\(key) holds \(seed) twice; expected different seeds. Remove the repetition."

        case .badOverride:
            return "not an override; expected KEY=VALUE with a dotted key, such as "
                + "`arms.mixture.real-fraction=0.2`. Correct it."
        case .commentInOverride:
            return
                "\(key) would lose what follows the `#` as a comment. Remove it, or put the value in "
                + "quotes."
        case .overrideWithoutEffect(let swept?):
            let structure = swept.prefix { $0 != "." }
            return "\(key) has no effect, because `\(structure)` tries values of its own. "
                + "Override `\(swept)` with a list instead."
        case .overrideWithoutEffect(nil):
            return "\(key) at the top level has no effect, because every arm has its own value. "
                + "Override `arms.NAME.\(DottedPath.text(error.key))` instead."

        case .sweepIsNotAList(let found):
            return "\(key) is \(found); expected a list of the values to try. "
                + "Write them in brackets: `[0, 0.1, 1]`."
        case .sweepOfExperimentKey:
            return last == "seeds"
                ? "`seeds` cannot be swept: every arm already runs every seed. "
                    + "Write the seeds at the top level."
                : "`\(last)` cannot be swept: it belongs to the whole experiment and not to an arm. "
                    + "Write one experiment file for each value."
        case .sweptTwice(let arm):
            return "\(key) is swept twice for the arm `\(arm)`. Remove one of the two lists."
        case .zippedUnequally(let found, let first, let count):
            return
                "\(key) has \(found) \(found == 1 ? "value" : "values") and `\(first)` has \(count): the lists of `zip` are walked "
                + "together and must be equally long."
        case .tooManyArms(let limit):
            return "the sweep makes more than \(limit) arms. Sweep fewer values."

        case .meaning(let message):
            let sentence = message.hasSuffix(".") ? message : message + "."
            return error.key.isEmpty ? sentence : "\(key): \(sentence)"
        }
    }

    private static func unknownKey(
        _ key: String, parent: ArraySlice<String>, last: String, nearest: String?,
        choices: [String], elsewhere: SpecificationError.Elsewhere?
    ) -> String {
        switch elsewhere {
        case .topLevel:
            return "\(key) is not a key of an arm: `\(last)` belongs to the whole experiment. "
                + "Write it at the top level."
        case .wholeArm:
            return "\(key) cannot change on the way: `\(last)` holds for a whole arm. "
                + "Write it in the arm."
        case .nested(let paths):
            let names = listed(paths.map { "`\($0)`" }, last: "and")
            return "\(key) is not a key; \(names) \(paths.count == 1 ? "is" : "are"). "
                + (paths.count == 1 ? "Write it there." : "Write the one that is meant.")
        case .setting(let names):
            return "\(key) is not a key of this setting, only of \(names). "
                + "Remove it or change `setting`."
        case .variants(let tag, let values):
            return "\(key) is only a key where `\(tag)` is \(listed(values, last: "or")). "
                + "Remove it or change `\(tag)`."
        case nil:
            if let nearest {
                return "\(key) is not a key; the nearest is `\(nearest)`. Write that or remove it."
            }
            let owner = parent.isEmpty ? "here" : "of `\(parent.joined(separator: "."))`"
            if choices.isEmpty {
                return "\(key) is not a key \(owner), which takes none. Remove it."
            }
            return "\(key) is not a key \(owner); expected \(oneOf(choices)). "
                + "Write one of these or remove it."
        }
    }

    private static func withoutPeriod(_ text: String) -> String {
        text.hasSuffix(".") ? String(text.dropLast()) : text
    }

    // MARK: Values and types in words

    static func oneOf(_ words: [String]) -> String {
        words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
    }

    static func listed(_ words: [String], last joint: String) -> String {
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return words.dropLast().joined(separator: ", ") + " \(joint) \(last)"
    }

    /// What was found, in words.
    static func found(_ node: SourceNode) -> String {
        switch node.content {
        case .list: return "a list"
        case .map: return "a group"
        case .scalar(let scalar):
            switch scalar.value {
            case .null: return "empty"
            case .text(let text):
                let short = text.unicodeScalars.prefix(60)
                var shown = String(String.UnicodeScalarView(short))
                if short.count < text.unicodeScalars.count { shown += "..." }
                return "the text " + JSONText.quoted(shown)
            default: return scalar.text
            }
        }
    }

    /// What a type expects, in words.
    static func expected(_ type: KeyType) -> String {
        switch type {
        case .boolean: return "true or false"
        case .integer(let range): return "a whole number" + bounds(range)
        case .number(let range):
            return "a number from \(number(range.lowerBound)) to \(number(range.upperBound))"
        case .text: return "text"
        case .path(let kind): return kind.isWord ? "text" : "the path of a \(kind.name)"
        case .choice(let words): return oneOf(words)
        case .list(.integer(let range)):
            return "a list of whole numbers\(bounds(range)), or a range such as 0..4"
        case .list(.text): return "a list of texts"
        case .list(.path(let kind)) where kind.isWord: return "a list of texts"
        case .list(let element): return "a list, each element \(expected(element))"
        case .group(let keys): return "a group of keys: " + listed(keys.map(\.key), last: "and")
        case .textOrGroup(let keys): return "text, or \(expected(.group(keys)))"
        case .changes: return "a group of keys that change from a generation on, and `from`"
        case .tagged(let group):
            var ways: [String] = []
            if let shorthand = group.shorthand { ways.append(expected(shorthand.type)) }
            if let folder = group.presetFolder {
                ways.append("the name of a preset in `\(folder)`")
            }
            ways.append(
                "a group whose `\(group.tag)` is "
                    + listed(group.variants.map(\.name), last: "or"))
            return ways.joined(separator: ", or ")
        case .optional(let type): return expected(type) + ", or null"
        }
    }

    private static func bounds(_ range: ClosedRange<Int>) -> String {
        range.upperBound == .max
            ? " of at least \(range.lowerBound)"
            : " from \(range.lowerBound) to \(range.upperBound)"
    }

    /// `1e12` rather than many zeros.
    static func number(_ value: Double) -> String {
        var digits = value
        var exponent = 0
        while abs(digits) >= 10, digits.truncatingRemainder(dividingBy: 10) == 0 {
            digits /= 10
            exponent += 1
        }
        return exponent < 6
            ? YAMLText.number(value, keepsFraction: false)
            : YAMLText.number(digits, keepsFraction: false) + "e\(exponent)"
    }
}
