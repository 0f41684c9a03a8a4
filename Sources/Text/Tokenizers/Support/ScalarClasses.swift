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

/// One step of reading UTF-8: a scalar and its length in bytes, or one byte that begins none.
struct ScalarStep {
    /// The scalar; `nil` where the byte does not begin a well-formed sequence.
    var scalar: UInt32?
    var length: Int

    /// Reads at `position`, accepting exactly the well-formed sequences of Unicode's table 3-7.
    @inline(__always)
    init(_ bytes: Span<UInt8>, at position: Int, limit: Int) {
        let lead = bytes[position]
        if lead < 0x80 {
            self.init(scalar: UInt32(lead), length: 1)
        } else {
            self = Self.multibyte(bytes, lead: lead, at: position, limit: limit)
        }
    }

    private init(scalar: UInt32?, length: Int) {
        self.scalar = scalar
        self.length = length
    }

    @inline(never)
    private static func multibyte(
        _ bytes: Span<UInt8>, lead: UInt8, at position: Int, limit: Int
    ) -> ScalarStep {
        let malformed = ScalarStep(scalar: nil, length: 1)
        let count: Int
        var value: UInt32
        // The second byte's range excludes overlong forms, surrogates and values above U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF:
            (count, value) = (2, UInt32(lead & 0x1F))
        case 0xE0...0xEF:
            (count, value) = (3, UInt32(lead & 0x0F))
            if lead == 0xE0 { second = 0xA0...0xBF }
            if lead == 0xED { second = 0x80...0x9F }
        case 0xF0...0xF4:
            (count, value) = (4, UInt32(lead & 0x07))
            if lead == 0xF0 { second = 0x90...0xBF }
            if lead == 0xF4 { second = 0x80...0x8F }
        default:
            return malformed
        }
        guard position + count <= limit, second.contains(bytes[position + 1]) else {
            return malformed
        }
        for index in 1..<count {
            let byte = bytes[position + index]
            guard byte & 0xC0 == 0x80 else { return malformed }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        return ScalarStep(scalar: value, length: count)
    }
}
