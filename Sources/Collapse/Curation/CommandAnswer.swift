import Compute
import Support

/// What a program says of documents, read line by line: each of its ids, with a weight where weights
/// are asked for.
struct CommandAnswer {
    /// The weight of each document, 0 for one that is not kept.
    private(set) var weights: [Double]
    /// How many documents have been named.
    private(set) var named = 0

    private let returns: ExternalCommand.Returns
    private var isNamed: [Bool]
    private var rest: [UInt8] = []
    private var lines = 0

    /// The longest line that is read: a program may give back the documents themselves.
    private static let longestLine = 1 << 26
    /// As the stage `weight` has it: sums of weights stay finite.
    private static let largestWeight = 1e6

    init(count: Int, returns: ExternalCommand.Returns) {
        weights = Array(repeating: 0, count: count)
        isNamed = Array(repeating: false, count: count)
        self.returns = returns
    }

    /// Takes the next piece of the answer.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws(CommandFault) {
        var start = bytes.startIndex
        while let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
            try takeLine()
            start = end + 1
        }
        rest.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[start...]))
        guard rest.count <= Self.longestLine else {
            throw CommandFault("printed a line of more than \(Self.longestLine) bytes")
        }
    }

    /// Takes the end of the answer.
    mutating func finish() throws(CommandFault) {
        if !rest.isEmpty { try takeLine() }
        guard returns == .weights, let missing = isNamed.firstIndex(of: false) else { return }
        throw CommandFault(
            "gave weights to \(named) of \(isNamed.count) documents; the first without is id "
                + "\(missing). With returns: weights every document needs one, 0 to leave it out")
    }

    private mutating func takeLine() throws(CommandFault) {
        defer { rest.removeAll(keepingCapacity: true) }
        lines += 1
        if rest.allSatisfy({ $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }) { return }
        let value: JSONValue
        do {
            value = try JSONReader.read(rest)
        } catch {
            throw fault("is not JSON (column \(error.column): \(error.problem))")
        }
        guard case .object = value else {
            throw fault("is \(value.kindName), where an object with an id belongs")
        }
        guard let id = value["id"]?.wholeNumber else {
            throw fault("has no id that is a whole number")
        }
        guard isNamed.indices.contains(id) else {
            throw fault(
                "names the id \(id), which no document has: ids are 0 to \(isNamed.count - 1)")
        }
        guard !isNamed[id] else { throw fault("names the id \(id) a second time") }
        isNamed[id] = true
        named += 1
        weights[id] = try weight(value["weight"], of: id)
    }

    private func weight(_ value: JSONValue?, of id: Int) throws(CommandFault) -> Double {
        switch (returns, value) {
        case (.ids, nil): return 1
        case (.ids, _?):
            throw fault("gives a weight, where ids alone are asked for: say returns: weights")
        case (.weights, .integer(let weight)?) where (0...Int(Self.largestWeight)).contains(weight):
            return Double(weight)
        case (.weights, .real(let weight)?) where (0...Self.largestWeight).contains(weight):
            return weight
        case (.weights, nil): throw fault("has no weight for the id \(id)")
        case (.weights, _):
            throw fault("gives the id \(id) a weight that is no number from 0 to 1000000")
        }
    }

    /// What is wrong with the line that was read last, with its beginning.
    private func fault(_ problem: String) -> CommandFault {
        let shown = String(decoding: rest.prefix(60), as: UTF8.self)
        return CommandFault(
            "printed a line \(lines) that \(problem): "
                + TerminalText.escaped(shown.replacing("\t", with: " "))
                + (rest.count > 60 ? "..." : ""))
    }

    /// The first 48 bits of the SHA-256 of all weights: a whole number that a `Double` holds exactly.
    var checksum: Double {
        var hash = SHA256()
        weights.withUnsafeBytes { hash.update($0) }
        return Double(hash.finalize().prefix >> 16)
    }
}
