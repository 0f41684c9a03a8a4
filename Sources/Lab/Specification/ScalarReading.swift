import Collapse
import Compute
import Support

/// Reads scalars as their declared types.
enum ScalarReading {
    /// The value of `node` as a boolean, integer, number, text or choice.
    static func value(
        _ node: SourceNode, as type: KeyType
    ) throws(SpecificationError) -> SpecificationValue {
        if type.isText, let text = text(node) { return .text(text) }
        guard case .scalar(let scalar) = node.content else { throw wrong(node, type) }
        switch type {
        case .boolean:
            if case .boolean(let value) = scalar.value { return .boolean(value) }
        case .integer(let range):
            if let value = wholeNumber(scalar.value) {
                guard range.contains(value) else { throw outside(node, scalar, type) }
                return .integer(value)
            }
            if case .number(let value) = scalar.value, value.rounded() == value || !value.isFinite {
                throw outside(node, scalar, type)
            }
        case .number(let range):
            var number: Double?
            if case .integer(let value) = scalar.value { number = Double(value) }
            if case .number(let value) = scalar.value { number = value }
            if let number {
                guard number.isFinite, range.contains(number) else {
                    throw outside(node, scalar, type)
                }
                // There is one zero, so that equal specifications have equal text.
                return .number(number == 0 ? 0 : number)
            }
        case .text, .path: break
        case .choice(let words):
            if words.contains(scalar.text) { return .text(scalar.text) }
            if scalar.value != .null {
                throw SpecificationError(
                    .notAChoice(
                        found: "`\(scalar.text)`", choices: words,
                        nearest: NearestWord.find(scalar.text, in: words)),
                    key: node.path, at: node.location)
            }
        case .list, .group, .textOrGroup, .changes, .tagged, .optional:
            preconditionFailure("\(type) is not the type of a scalar")
        }
        throw wrong(node, type)
    }

    /// A text: a scalar as it is written, or all that follows the = of an override, quotes aside.
    private static func text(_ node: SourceNode) -> String? {
        if case .scalar(let scalar) = node.content, !scalar.isPlain, node.problem == nil {
            return scalar.text
        }
        if let written = node.written { return written }
        guard case .scalar(let scalar) = node.content, scalar.value != .null else { return nil }
        return scalar.text
    }

    /// An integer, also written as `1e4`.
    private static func wholeNumber(_ value: SpecificationValue) -> Int? {
        switch value {
        case .integer(let value): value
        case .number(let value): abs(value) <= 0x1p53 ? Int(exactly: value) : nil
        default: nil
        }
    }

    private static func outside(
        _ node: SourceNode, _ scalar: SourceScalar, _ type: KeyType
    ) -> SpecificationError {
        SpecificationError(
            .outOfRange(found: scalar.text, expected: SpecificationMessages.expected(type)),
            key: node.path,
            at: node.location)
    }

    private static func wrong(_ node: SourceNode, _ type: KeyType) -> SpecificationError {
        SpecificationError(
            .wrongType(
                found: SpecificationMessages.found(node),
                expected: SpecificationMessages.expected(type),
                remedy: remedy(node, type)),
            key: node.path, at: node.location)
    }

    private static func remedy(_ node: SourceNode, _ type: KeyType) -> SpecificationError.Remedy? {
        guard case .scalar(let scalar) = node.content else { return nil }
        if case .boolean = type {
            switch scalar.text.lowercased() {
            case "yes", "on", "true": return .write("true")
            case "no", "off", "false": return .write("false")
            default: return nil
            }
        }
        if case .number(let range) = type, scalar.text.hasSuffix("%"),
            let percent = Double(scalar.text.dropLast().filter { $0 != " " })
        {
            // Twenty hundredths, and not the product with 0.01, which has more digits.
            let share = percent / 100
            return range.contains(share) ? .write("\(share)") : nil
        }
        guard !scalar.isPlain else { return nil }
        var plain = node
        plain.content = .scalar(SourceScalar(text: scalar.text, isPlain: true))
        return (try? value(plain, as: type)) == nil ? nil : .dropQuotes
    }
}

extension KeyType {
    /// Whether values are any text.
    fileprivate var isText: Bool {
        switch self {
        case .text, .path: true
        default: false
        }
    }
}
