import CCrypto

/// SHA-256 (FIPS 180-4) over bytes that come piece by piece, computed by the system's libcrypto.
package struct SHA256: ~Copyable {
    // Looked up once: libcrypto would do it for every digest.
    nonisolated(unsafe) private static let algorithm = EVP_MD_fetch(nil, "SHA256", nil)

    private let context: OpaquePointer?

    package init() {
        context = EVP_MD_CTX_new()
        begin()
    }

    deinit { EVP_MD_CTX_free(context) }

    private func begin() {
        SHA256.check(EVP_DigestInit_ex(context, SHA256.algorithm, nil))
    }

    /// libcrypto fails where memory is short or its own files are broken: there is no digest to go
    /// on with.
    private static func check(_ status: Int32) {
        precondition(status == 1, "libcrypto cannot compute SHA-256")
    }

    /// Takes the bytes that follow.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        SHA256.check(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    /// Takes the bytes that follow.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { update($0) }
    }

    /// The digest of all bytes so far; those that follow begin anew.
    package mutating func finalize() -> Digest {
        defer { begin() }
        return Digest { SHA256.check(EVP_DigestFinal_ex(context, $0, nil)) }
    }

    /// The digest of memory, of a mapped file for instance.
    package static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
        Digest { check(EVP_Digest(bytes.baseAddress, bytes.count, $0, nil, algorithm, nil)) }
    }

    /// The digest of some bytes.
    package static func digest(of bytes: some Sequence<UInt8>) -> Digest {
        bytes.withContiguousStorageIfAvailable { digest(of: UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { digest(of: $0) }
    }
}

extension SHA256 {
    /// The 32 bytes that SHA-256 gives: the identity of a document, a text, an object or a package.
    package struct Digest: Sendable, Hashable, Comparable {
        // Four big-endian words, so that comparing words compares bytes.
        private let words: (UInt64, UInt64, UInt64, UInt64)

        fileprivate init(writing write: (UnsafeMutablePointer<UInt8>) -> Void) {
            words = withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { bytes in
                bytes.initialize(repeating: 0)
                if let base = bytes.baseAddress { write(base) }
                let raw = UnsafeRawBufferPointer(bytes)
                func word(_ index: Int) -> UInt64 {
                    UInt64(
                        bigEndian: raw.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
                }
                return (word(0), word(1), word(2), word(3))
            }
        }

        /// The first eight bytes as a number: uniform over all of `UInt64`, the same for ever.
        package var prefix: UInt64 { words.0 }

        /// 64 lower-case hexadecimal digits, as sha256sum prints them.
        package var hexadecimal: String {
            let digits = Array("0123456789abcdef".utf8)
            return String(
                decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
        }

        /// The 32 bytes.
        package var bytes: [UInt8] {
            [words.0, words.1, words.2, words.3].flatMap { word in
                (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
            }
        }

        package static func == (left: Digest, right: Digest) -> Bool {
            left.words == right.words
        }

        /// The order of the bytes, which is also that of ``hexadecimal``.
        package static func < (left: Digest, right: Digest) -> Bool {
            left.words < right.words
        }

        package func hash(into hasher: inout Hasher) {
            hasher.combine(words.0)
        }
    }
}
