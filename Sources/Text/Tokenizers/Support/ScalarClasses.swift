import CUTF8proc

/// The coarse class of a Unicode scalar, as far as splitting text into words needs it.
enum ScalarClass: UInt8 {
    /// Neither letter, mark, number nor white space; malformed bytes too.
    case other
    /// Categories Lu, Ll, Lt, Lm, Lo.
    case letter
    /// Categories Mn, Mc, Me.
    case mark
    /// Categories Nd, Nl, No.
    case number
    /// The property White_Space.
    case space
}

/// The class of every scalar, from utf8proc's general categories.
///
/// The Basic Multilingual Plane is tabulated once (64 KiB); the rest is asked of utf8proc.
struct ScalarClasses: Sendable {
    static let shared = ScalarClasses()

    private let plane: [ScalarClass]

    private init() {
        plane = (0..<0x1_0000).map { Self.classify(UInt32($0)) }
    }

    /// The class of an ASCII byte or of any other scalar.
    @inline(__always)
    func callAsFunction(_ scalar: UInt32) -> ScalarClass {
        scalar < 0x1_0000 ? plane[Int(scalar)] : Self.classify(scalar)
    }

    /// Whether a regular expression's `\w` matches: letters, marks, decimal digits and letter
    /// numbers, connecting punctuation, joiners and the circled letters.
    func isWordCharacter(_ scalar: UInt32) -> Bool {
        switch utf8proc_category(utf8proc_int32_t(scalar)) {
        case UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_PC:
            return true
        case UTF8PROC_CATEGORY_SO:
            return (0x24B6...0x24E9).contains(scalar) || (0x1F130...0x1F149).contains(scalar)
                || (0x1F150...0x1F169).contains(scalar) || (0x1F170...0x1F189).contains(scalar)
        case UTF8PROC_CATEGORY_CF:
            return scalar == 0x200C || scalar == 0x200D
        default:
            return self(scalar) == .letter || self(scalar) == .mark
        }
    }

    private static func classify(_ scalar: UInt32) -> ScalarClass {
        // The five controls and NEL have category Cc but are white space.
        if (0x09...0x0D).contains(scalar) || scalar == 0x85 { return .space }
        switch utf8proc_category(utf8proc_int32_t(scalar)) {
        case UTF8PROC_CATEGORY_LU, UTF8PROC_CATEGORY_LL, UTF8PROC_CATEGORY_LT,
            UTF8PROC_CATEGORY_LM, UTF8PROC_CATEGORY_LO:
            return .letter
        case UTF8PROC_CATEGORY_MN, UTF8PROC_CATEGORY_MC, UTF8PROC_CATEGORY_ME:
            return .mark
        case UTF8PROC_CATEGORY_ND, UTF8PROC_CATEGORY_NL, UTF8PROC_CATEGORY_NO:
            return .number
        case UTF8PROC_CATEGORY_ZS, UTF8PROC_CATEGORY_ZL, UTF8PROC_CATEGORY_ZP:
            return .space
        default:
            return .other
        }
    }
}
