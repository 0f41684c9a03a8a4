import Support

/// What is wrong with an experiment file, a preset or an override, and where.
///
/// Its description is one message for the user: the place, what was found, what was expected and
/// what to do.
package struct SpecificationError: Error, Sendable, CustomStringConvertible {
    /// What is wrong, with the values that the message shows.
    package var kind: Kind
    /// The keys that lead to the value, as they were written.
    package var key: [String]
    /// nil when nothing was read, for example because the file is missing.
    package var location: SourceLocation?
    /// What was going on, innermost first.
    package var context: [String]
    /// What else is wrong with the same experiment, in the order of its lines.
    package var others: [SpecificationError] = []

    init(
        _ kind: Kind, key: [String] = [], at location: SourceLocation? = nil, context: [String] = []
    ) {
        self.kind = kind
        self.key = key
        self.location = location
        self.context = context
    }

    package var description: String { SpecificationMessages.text(self) }

    /// The closed list of what can be wrong.
    package enum Kind: Hashable, Sendable {
        case unreadable(path: String, reason: String)
        case syntax(String)
        case tooLarge(limit: Int)
        case notAMap(found: String)
        case duplicateKey
        case mergeKey
        case keyIsNotAWord
        case unsupportedFormat(found: String, newest: Int)

        /// `elsewhere` is where the key would be right.
        case unknownKey(nearest: String?, choices: [String], elsewhere: Elsewhere?)
        case missingKey(expected: String, help: String, inArm: Bool)
        case wrongType(found: String, expected: String, remedy: Remedy?)
        case outOfRange(found: String, expected: String)
        case notAChoice(found: String, choices: [String], nearest: String?)
        case rangeTooLong(found: String, limit: Int)
        case noSuchElement(count: Int)
        case unknownPreset(name: String, folder: String, nearest: String?, names: [String])
        case presetNamesPreset
        case presetContradicts(preset: String, tag: String, presetTag: String, writtenTag: String)

        case badArmName
        case duplicateArm
        case noArms
        case unknownArm(nearest: String?, names: [String])
        case noSeeds
        case repeatedSeed(Int)

        case badOverride
        case commentInOverride
        /// `swept` is the key of the sweep that hides the override, if a sweep does.
        case overrideWithoutEffect(swept: String?)

        case sweepIsNotAList(found: String)
        case sweepOfExperimentKey
        case sweptTwice(arm: String)
        case zippedUnequally(found: Int, first: String, count: Int)
        case tooManyArms(limit: Int)

        /// Found after types were checked: the setting or the loop objects.
        case meaning(String)
    }

    /// Where an unknown key would have been right.
    package enum Elsewhere: Hashable, Sendable {
        /// A key of the whole experiment, written in an arm.
        case topLevel
        /// A key of an arm that none of its phases may change.
        case wholeArm
        /// The same word further down, at some paths.
        case nested([String])
        /// A key of other settings.
        case setting(String)
        /// Keys of other variants of a tagged group: the tag and its values.
        case variants(tag: String, values: [String])
    }

    /// A common slip with a plain remedy.
    package enum Remedy: Hashable, Sendable {
        case dropQuotes
        /// The text to write instead.
        case write(String)
        /// A range that falls.
        case smallerFirst
        /// A number in place of the list of seeds.
        case seeds(Int)
    }
}

/// The first key in which two specifications differ.
package struct SpecificationDifference: Hashable, Sendable {
    /// Dotted: `arms.mixture.sampling.temperature`.
    package var key: String
    /// The value in the specification that was there before, in one line.
    package var existing: String
    /// The value that is asked for now, in one line.
    package var requested: String

    /// Whether the values are names of imported files.
    var isOfFiles: Bool {
        [existing, requested].allSatisfy {
            $0.hasPrefix("\"objects/") || PinnedFile(String($0.dropFirst().dropLast())) != nil
        }
    }

    /// Whether a value is the name of files.
    static func namesFile(_ value: SpecificationValue) -> Bool {
        guard case .text(let text) = value else { return false }
        return text.hasPrefix("objects/") || PinnedFile(text) != nil
    }

    package init(key: String, existing: String, requested: String) {
        self.key = key
        self.existing = existing
        self.requested = requested
    }
}
