package import Support

/// The parts of a corpus.
package enum Split: String, Sendable, Hashable, Codable, CaseIterable {
    /// What models and tokenizers learn from.
    case train
    /// Held out for choices that are made while training.
    case validation
    /// Held out for the figures that are reported.
    case test
}

/// Which split a document belongs to: decided by its content alone.
///
/// The first 64 bits of the SHA-256 of the normalised bytes, read as a fraction u of 2^64, put a
/// document into test when u < `test`, into validation when u < `test + validation`, and into train
/// otherwise. So documents that are added, removed or reordered move no other document.
package struct SplitRule: Sendable, Hashable, Codable {
    /// The keys of the rule's JSON object; decoding requires both and refuses others.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case validation
        case test
    }

    /// The expected share of documents in validation.
    package let validation: Double
    /// The expected share of documents in test.
    package let test: Double

    /// 5 % validation and 12 % test.
    package static let standard = SplitRule(uncheckedValidation: 0.05, test: 0.12)

    private init(uncheckedValidation validation: Double, test: Double) {
        self.validation = validation
        self.test = test
    }

    /// A rule with the given shares; `nil` unless they lie in 0 ..< 1 and leave something to train
    /// on.
    package init?(validation: Double, test: Double) {
        guard (0..<1).contains(validation), (0..<1).contains(test), validation + test < 1 else {
            return nil
        }
        self.init(uncheckedValidation: validation, test: test)
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.strictContainer(keyedBy: CodingKeys.self)
        let validation = try container.decode(Double.self, forKey: .validation)
        let test = try container.decode(Double.self, forKey: .test)
        guard let rule = SplitRule(validation: validation, test: test) else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "validation \(validation) and test \(test) are not shares "
                        + "from 0 to 1 that leave something to train on"))
        }
        self = rule
    }

    /// The split of the document with this digest.
    package func split(of digest: SHA256.Digest) -> Split {
        // 53 bits fit a Double exactly.
        let fraction = Double(digest.prefix >> 11) * 0x1p-53
        if fraction < test { return .test }
        return fraction < test + validation ? .validation : .train
    }

    /// One line that a hash or a message can hold: `test 0.12 validation 0.05`.
    package var summary: String { "test \(test) validation \(validation)" }
}
