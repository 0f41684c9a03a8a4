import ArgumentParser
import Lab
import Support

/// Options that are read as keys of an experiment file are: the same type, range and message. A
/// value may begin with a minus sign.
extension Option where Value: Sendable {
    /// An option with a default, which its help names; nil stands for none.
    init(
        wrappedValue: Value, _ key: Key<Value>, name: NameSpecification = .long,
        help: ArgumentHelp? = nil
    ) {
        var help = help ?? Self.help(of: key)
        let standard = "\(wrappedValue)"
        if standard != "nil", !help.abstract.hasSuffix(")") {
            help.abstract += " (default: \(standard))"
        }
        self.init(
            wrappedValue: wrappedValue, name: name, parsing: .unconditional, help: help,
            transform: { try ArgumentReading.value($0, of: key) })
    }

    /// An option that must be given.
    init(_ key: Key<Value>, name: NameSpecification = .long, help: ArgumentHelp? = nil) {
        self.init(
            name: name, parsing: .unconditional, help: help ?? Self.help(of: key),
            transform: { try ArgumentReading.value($0, of: key) })
    }

    /// An option that may be left out.
    init<T>(ifGiven key: Key<T>, name: NameSpecification = .long, help: ArgumentHelp? = nil)
    where Value == T?, T: Sendable {
        self.init(
            name: name, parsing: .unconditional, help: help ?? Option<T>.help(of: key),
            transform: { try ArgumentReading.value($0, of: key) })
    }

    private static func help(of key: Key<Value>) -> ArgumentHelp {
        ArgumentHelp(stringLiteral: key.declaration.help)
    }
}

/// Keys that several commands have.
enum CommandKeys {
    static let seed = Key("seed", .integer(0...Int.max), help: "The seed.")
    static let workers = Key(
        "workers", .integer(1...1_024), help: "Worker threads (default: one for each core).")

    /// A count of at least `least`.
    static func count(_ name: String, from least: Int = 1, _ help: String) -> Key<Int> {
        Key(name, .integer(least...Int.max), help: help)
    }
}
