/// Where a stored model of a run is, in short: `RUN:ARM/SEED/GENERATION`.
///
/// Parts that are left out from the end mean the only arm, its only seed, and the last generation.
package struct ModelAddress: Hashable, Sendable, CustomStringConvertible {
    /// A generation as people name it.
    package enum Generation: Hashable, Sendable, CustomStringConvertible {
        case number(Int)
        /// The model that the arm's fits begin from.
        case base

        /// Nil for a text that is neither `base` nor a number from 0.
        package init?(_ text: some StringProtocol) {
            if text == Self.base.description {
                self = .base
            } else if let number = Int(text), number >= 0 {
                self = .number(number)
            } else {
                return nil
            }
        }

        package var description: String {
            switch self {
            case .number(let number): "\(number)"
            case .base: "base"
            }
        }
    }

    /// The run directory, or the name of a run in `runs/`.
    package var run: String
    /// The arm's name; nil for the only one.
    package var arm: String?
    /// The seed as it was written; nil for the only one.
    package var seed: String?
    /// The generation as it was written; nil for the last.
    package var generation: String?

    package init(run: String, arm: String?, seed: String?, generation: String?) {
        self.run = run
        self.arm = arm
        self.seed = seed
        self.generation = generation
    }

    /// Reads a short address; nil for a text that is none.
    ///
    /// The names of arms hold no slash but may hold colons, as paths may: of several colons that one
    /// counts that follows a run.
    package init?(_ text: String, isRun: (String) -> Bool) {
        let candidates = text.indices.filter { text[$0] == ":" && $0 != text.startIndex }.filter {
            text[$0...].count(where: { $0 == "/" }) <= 2
        }
        let colon = candidates.first { isRun(String(text[..<$0])) } ?? candidates.first
        guard let colon else { return nil }
        let parts = text[text.index(after: colon)...].split(
            separator: "/", omittingEmptySubsequences: false)
        func part(_ index: Int) -> String? {
            parts.indices.contains(index) && !parts[index].isEmpty ? String(parts[index]) : nil
        }
        self.init(
            run: String(text[..<colon]), arm: part(0), seed: part(1), generation: part(2))
    }

    package var description: String {
        run + ":" + [arm, seed, generation].compactMap(\.self).joined(separator: "/")
    }
}

/// A part of an address that leads nowhere, and what there is instead.
package struct AddressError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The parts of an address; the raw value is the word for it.
    package enum Part: String, Sendable {
        case run, arm, seed, generation
    }

    /// The first part that is not there.
    package var part: Part
    /// What is wrong and what to do.
    package var description: String

    package init(_ part: Part, _ description: String) {
        self.part = part
        self.description = description
    }
}
