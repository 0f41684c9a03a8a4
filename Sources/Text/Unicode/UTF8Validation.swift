/// Where bytes stop being UTF-8.
package enum UTF8Validation {
    /// The position of the first byte that does not continue well-formed UTF-8; `nil` if all do.
    ///
    /// For a sequence that is cut short or malformed this is where the sequence begins.
    package static func firstInvalidOffset(in bytes: [UInt8]) -> Int? {
        do {
            _ = try UTF8Span(validating: bytes.span)
            return nil
        } catch {
            return error.byteOffsets.lowerBound
        }
    }

    /// The number of Unicode scalars in well-formed UTF-8.
    package static func scalarCount(in bytes: Span<UInt8>) -> Int {
        var count = 0
        for index in bytes.indices where bytes[index] & 0xC0 != 0x80 { count += 1 }
        return count
    }
}

/// Bytes that should be UTF-8 and are not.
package struct UTF8Error: Error, Hashable, CustomStringConvertible {
    /// The position of the first byte that is wrong.
    package var byteOffset: Int

    package init(byteOffset: Int) {
        self.byteOffset = byteOffset
    }

    package var description: String {
        "byte \(byteOffset) is not UTF-8: convert the text to UTF-8 first"
    }
}
