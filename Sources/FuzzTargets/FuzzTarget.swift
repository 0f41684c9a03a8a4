/// A reader of files that may come from anyone, as a fuzzer drives it.
package struct FuzzTarget: Sendable {
    /// What the command line calls it.
    package let name: String
    /// Inputs that the reader accepts, made by the program's own writers.
    package let seeds: @Sendable () throws -> [[UInt8]]
    /// Reads an input to its end and uses what came of it.
    ///
    /// Throws what the reader throws to refuse the input. Any other fault is a trap: reading too
    /// far, or a value that does not survive being written and read again.
    package let read: @Sendable (_ input: [UInt8]) throws -> Void

    /// Every reader, in the order of a file's way through the program.
    package static let all =
        experiments + stores + packages + corpora + tokenizers + tokens + languageModels

    /// The target of that name.
    package static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// An input that stands for several files: they are separated by a NUL, the last may hold more.
struct InputParts {
    private let parts: [ArraySlice<UInt8>]

    init(_ input: [UInt8], count: Int) {
        parts = input.split(separator: 0, maxSplits: count - 1, omittingEmptySubsequences: false)
    }

    /// The bytes of a part; none where the input has fewer.
    subscript(index: Int) -> [UInt8] { index < parts.count ? Array(parts[index]) : [] }

    /// A part as text, malformed UTF-8 repaired.
    func text(_ index: Int) -> String { String(decoding: self[index], as: UTF8.self) }

    /// The input that has these parts.
    static func joined(_ parts: [[UInt8]]) -> [UInt8] { Array(parts.joined(separator: [0])) }
}
