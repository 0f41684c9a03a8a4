import CUTF8proc
import Glibc

/// What is done to the characters of a text before it is split into documents.
///
/// The same text always gives the same bytes, and normalised text is left as it is. The work is
/// utf8proc's; its Unicode version is part of the result.
package struct UnicodeNormalizer: Sendable, Hashable, Codable {
    /// A normalisation form of UAX #15.
    package enum Form: String, Sendable, Hashable, Codable, CaseIterable {
        /// Canonical composition: texts that look the same are the same bytes.
        case nfc
        /// Compatibility composition: also ligatures, full-width letters, superscripts become
        /// plain.
        case nfkc
        /// Canonical decomposition: letters apart from their accents.
        case nfd
        /// Compatibility decomposition.
        case nfkd
        /// The characters stay as they are.
        case none
    }

    /// The keys of the normaliser's JSON object; all may be absent and others are refused.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case form
        case foldsCase = "fold-case"
        case stripsControls = "strip-controls"
    }

    /// The normalisation form; NFC unless another is given.
    package var form: Form
    /// Whether letters lose their case (full case folding: `ß` becomes `ss`).
    package var foldsCase: Bool
    /// Whether control characters (category Cc) are removed, but for line feed and tab.
    package var stripsControls: Bool

    package init(form: Form = .nfc, foldsCase: Bool = false, stripsControls: Bool = false) {
        self.form = form
        self.foldsCase = foldsCase
        self.stripsControls = stripsControls
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        self.init(
            form: container.contains(.form)
                ? try container.decodeChoice(Form.self, forKey: .form) : .nfc,
            foldsCase: try container.decodeIfPresent(Bool.self, forKey: .foldsCase) ?? false,
            stripsControls: try container.decodeIfPresent(Bool.self, forKey: .stripsControls)
                ?? false)
    }

    /// The normalised text.
    ///
    /// - Throws: ``UTF8Error`` where the bytes are not UTF-8.
    /// - Complexity: O(n); text in ASCII is only copied.
    package func normalize(_ bytes: [UInt8]) throws(UTF8Error) -> [UInt8] {
        if let offset = UTF8Validation.firstInvalidOffset(in: bytes) {
            throw UTF8Error(byteOffset: offset)
        }
        // A removed control may have stood between a letter and its accent, so it goes first.
        let text = stripsControls ? Self.strippingControls(bytes) : bytes
        if options == 0 { return text }
        // Nothing composes or is ordered across a line feed, so that lines in ASCII stay as they
        // are.
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var start = 0
        while start < text.count {
            let end = text[start...].firstIndex(of: 0x0A).map { $0 + 1 } ?? text.count
            let line = text[start..<end]
            if line.contains(where: { $0 >= 0x80 }) {
                Self.append(line, mappedWith: options, to: &result)
            } else if foldsCase {
                result.append(contentsOf: Self.lowercasedASCII(line))
            } else {
                result.append(contentsOf: line)
            }
            start = end
        }
        return result
    }

    private var options: UInt32 {
        let folding = foldsCase ? UTF8PROC_CASEFOLD.rawValue : 0
        return switch form {
        case .nfc: UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | folding
        case .nfkc:
            UTF8PROC_STABLE.rawValue | UTF8PROC_COMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
                | folding
        case .nfd: UTF8PROC_STABLE.rawValue | UTF8PROC_DECOMPOSE.rawValue | folding
        case .nfkd:
            UTF8PROC_STABLE.rawValue | UTF8PROC_DECOMPOSE.rawValue | UTF8PROC_COMPAT.rawValue
                | folding
        case .none: folding
        }
    }

    private static func append(
        _ text: ArraySlice<UInt8>, mappedWith options: UInt32, to bytes: inout [UInt8]
    ) {
        var result: UnsafeMutablePointer<UInt8>?
        let count = text.withUnsafeBufferPointer { text in
            utf8proc_map(
                text.baseAddress, text.count, &result, utf8proc_option_t(rawValue: options))
        }
        defer { free(result) }
        // The bytes are valid and the options sound, so that only memory can have run out.
        precondition(count >= 0, "utf8proc cannot map \(text.count) bytes: error \(count)")
        bytes.append(contentsOf: UnsafeBufferPointer(start: result, count: count))
    }

    private static func strippingControls(_ bytes: [UInt8]) -> [UInt8] {
        var kept: [UInt8] = []
        kept.reserveCapacity(bytes.count)
        var position = 0
        while position < bytes.count {
            let byte = bytes[position]
            // U+0080 ... U+009F are C2 80 ... C2 9F.
            if byte == 0xC2, bytes[position + 1] < 0xA0 {
                position += 2
                continue
            }
            let isControl = (byte < 0x20 && byte != 0x0A && byte != 0x09) || byte == 0x7F
            if !isControl { kept.append(byte) }
            position += 1
        }
        return kept
    }

    private static func lowercasedASCII(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }
    }
}
