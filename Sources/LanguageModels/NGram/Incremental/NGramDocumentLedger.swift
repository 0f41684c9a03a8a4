/// Which documents a model holds, and how often: what was never added cannot be removed.
///
/// A document is known by 128 bits that are made of its tokens; two that differ share them with a probability of about
/// 2^-128.
struct NGramDocumentLedger: Sendable {
    private struct Fingerprint: Hashable, Sendable {
        var low: UInt64 = 0x243F_6A88_85A3_08D3
        var high: UInt64 = 0x1319_8A2E_0370_7344

        init(_ document: ArraySlice<UInt32>) {
            for token in document {
                low = (low ^ UInt64(token)) &* 0x9E37_79B9_7F4A_7C15
                low ^= low >> 32
                high = (high &+ UInt64(token)) &* 0xC2B2_AE3D_27D4_EB4F
                high ^= high >> 29
            }
            high ^= UInt64(document.count)
        }
    }

    private var copies: [Fingerprint: Int] = [:]

    mutating func add(_ document: ArraySlice<UInt32>, copies count: Int) {
        guard count > 0 else { return }
        copies[Fingerprint(document), default: 0] += count
    }

    /// Takes copies out; false, and nothing is changed, where there are not so many.
    mutating func remove(_ document: ArraySlice<UInt32>, copies count: Int) -> Bool {
        let fingerprint = Fingerprint(document)
        guard let held = copies[fingerprint], held >= count else { return false }
        copies[fingerprint] = held == count ? nil : held - count
        return true
    }
}
